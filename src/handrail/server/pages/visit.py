"""One request for a page: who looks, where somebody without a session is sent, and what an error becomes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from ...errors import HandrailError, NotFound, Unauthenticated
from ...view.escape import visible
from ...wire.refusals import Broken
from ...wire.routes import ROUTES
from ..auth.callers import Caller
from ..exchange import ID
from ..rights import cookie_name, require
from ..service import Service
from .faults import told
from .form import Form, form_of, own_path, require_token
from .paper import HEADERS, Paper, paper_of

log: Final = logging.getLogger("handrail.server")
NEEDS: Final = {route.name: route for route in ROUTES}
"""What a page shows or does is an operation of the API, and so it needs what that needs."""
ELSEWHERE: Final = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True)
class Visit:
    """A request for a page; an open page has no caller."""

    service: Service
    request: Request
    caller: Caller | None = None

    @property
    def who(self) -> Caller:
        """Who looks at a page that is not open."""
        assert self.caller is not None
        return self.caller

    @property
    def paper(self) -> Paper:
        """The templates."""
        return paper_of(self.request)

    @property
    def review(self) -> str:
        """The id in the path. Raises `NotFound` for one that can be of no review."""
        found = str(self.request.path_params["id"])
        if not ID.fullmatch(found) or not found.startswith("rev_"):
            raise NotFound("no review has this address: check that it was copied whole")
        return found

    @property
    def me(self) -> dict[str, Any]:
        """What the head of a page says of who looks."""
        who, archive = self.who, self.service.archive(self.who.tenant)
        assert who.session is not None
        return {
            "id": who.principal.id, "name": visible(archive.name(who.principal.id)), "csrf": who.session.csrf,
            "permissions": who.permissions, "solo": self.service.accounts.directory(who.tenant).solo,
        }  # fmt: skip

    async def form(self) -> Form:
        """What was sent, from one of our own pages; of somebody signed in also with their session's token."""
        found = await form_of(self.service, self.request)
        if self.caller is not None:
            require_token(self.caller, found)
        return found

    async def need(self, operation: str) -> None:
        """Raise `NotAllowed` unless who looks may use an operation of the API."""
        await require(self.service, NEEDS[operation], self.who)


Handler = Callable[[Visit], Awaitable[Response]]


def add(app: FastAPI, service: Service, method: str, path: str, handler: Handler, *, need: str | None = None) -> None:
    """Add a page; with `need`, the name of an operation, it is for signed-in people who may use that."""

    async def endpoint(request: Request) -> Response:
        try:
            if need is None:
                return await handler(Visit(service, request))
            caller = _signed_in(service, request)
            if isinstance(caller, Response):
                return caller
            visit = Visit(service, request, caller)
            await visit.need(need)
            return await handler(visit)
        except ClientDisconnect:
            raise
        except Unauthenticated as error:
            return told(request, error, kept=await _written(service, request))
        except HandrailError as error:
            return told(request, error)
        except Exception as error:
            log.error("a page failed", exc_info=error)
            return told(request, Broken("Nothing of this request was acknowledged."))

    app.add_api_route(path, endpoint, methods=[method], include_in_schema=False)


def _signed_in(service: Service, request: Request) -> Caller | Response:
    """Who looks, or where they go first. A form without a session is an error: where it leads to is no page."""
    cookie = request.cookies.get(cookie_name(service))
    try:
        if not cookie:
            raise Unauthenticated("You are not signed in.")
        return service.accounts.by_session(cookie)
    except Unauthenticated:
        if request.method != "GET":
            raise
    path = own_path(request.url.path)
    if not cookie and request.headers.get("sec-fetch-site") in ELSEWHERE:
        return paper_of(request).page("onward.html", path=path)
    return see_other(f"/login?next={quote(path, safe='/')}")


async def _written(service: Service, request: Request) -> str:
    """What somebody wrote into a form whose session had ended meanwhile, so that they can take it along."""
    if request.method != "POST":
        return ""
    try:
        form = await form_of(service, request)
    except HandrailError:
        return ""
    return form.text("args") or form.text("note") or form.text("value")


def see_other(path: str) -> Response:
    """Go on there, with GET."""
    return Response(status_code=303, headers={**HEADERS, "Location": path})
