"""Who may use a route: deny by default, one rule a route, and the principal from the credential alone."""

from __future__ import annotations

import hmac
from typing import Final

from fastapi import Request

from ..action.model import Action
from ..codec.records import State
from ..engine.request import Refuse
from ..errors import NotFound, Unauthenticated
from ..review.model import Review
from ..run.model import Run
from ..wire.refusals import Foreign
from ..wire.routes import Route
from .auth.callers import Caller
from .service import Service

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF: Final = "x-csrf-token"


def cookie_name(service: Service) -> str:
    """The session's cookie. The `__Host-` prefix needs TLS, which a server on one's own machine does without."""
    return "__Host-handrail" if service.settings.secure else "handrail"


async def caller_of(service: Service, request: Request, *, used: bool = True) -> Caller:
    """Who asks: by the `Authorization` header, else by the cookie. Raises `Unauthenticated` and `Foreign`."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise Unauthenticated("send the key as `Authorization: Bearer …`")
        if text.startswith("hrs_"):
            return service.accounts.by_session(text, used=used)
        return service.accounts.by_key(text, used=used)
    cookie = request.cookies.get(cookie_name(service))
    if not cookie:
        raise Unauthenticated("send a key as `Authorization: Bearer …`, or sign in")
    caller = service.accounts.by_session(cookie, used=used)
    if request.method not in SAFE:
        _require_own_page(service, request, caller)
    return caller


def require_same_site(service: Service, request: Request) -> None:
    """Raise `Foreign` where a browser says that another site sent this."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (origin is not None and origin.lower() != service.settings.origin.lower()) or site not in (
        None,
        "same-origin",
        "none",
    ):
        raise Foreign(f"this was sent by another site than {service.settings.origin}")


def _require_own_page(service: Service, request: Request, caller: Caller) -> None:
    require_same_site(service, request)
    assert caller.session is not None
    if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), caller.session.csrf.encode()):
        raise Foreign("this lacks the token of your session: load the page again")


async def require(service: Service, route: Route, caller: Caller) -> None:
    """Raise `NotAllowed` unless the caller may use the route at all. Each refusal is an entry in the log."""
    why = _refusal(route, caller)
    if why:
        await service.backend(caller).acall(caller.principal.id, Refuse(route.name, why))


async def may_still(service: Service, request: Request, route: Route) -> bool:
    """Whether a request that goes on for long may go on. Looking is no use of the session, so that one can end."""
    try:
        return _refusal(route, await caller_of(service, request, used=False)) is None
    except Unauthenticated:
        return False


def _refusal(route: Route, caller: Caller) -> str | None:
    if caller.is_agent:
        if route.scope is None:
            return "an agent's key cannot do this; a person does, signed in"
        if route.scope != "any" and route.scope not in caller.scopes:
            return f"this key lacks the scope {route.scope}: ask an administrator for another key"
    elif route.permission is None:
        return "a person cannot do this; an agent does, with its key"
    elif route.permission not in caller.permissions:
        return f"this needs the permission to {route.permission}, which none of your roles gives"
    return None


def visible(service: Service, caller: Caller, subject: str) -> State:
    """The state of a stream that the caller may see. Raises `NotFound` alike for what is not there or not theirs."""
    state = service.archive(caller.tenant).state(subject)
    if state is None or (caller.is_agent and not _own(service, caller, state)):
        raise NotFound(f"nothing has the id {subject[:40]!a} here")
    return state


def _own(service: Service, caller: Caller, state: State) -> bool:
    match state:
        case Action():
            return state.agent == caller.principal.id or "execute" in caller.scopes
        case Review():
            held = service.archive(caller.tenant).state(state.action)
            return held is not None and _own(service, caller, held)
        case Run():
            return state.agent == caller.principal.id or ("execute" in caller.scopes and state.abandoned)
        case _:
            return state.id == caller.principal.id
