"""The routes of people, agents, keys and sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import Request, Response

from ..clock import DAY, micros
from ..codec.people_file import read_people
from ..codec.policies import compiled_text, text_digest
from ..codec.policy_file import PolicyFileError, read_policy_file
from ..directory.commands import PutAgent, PutKey, RemoveKey, Scope
from ..directory.model import Directory, Key
from ..engine import rehearsal, roster
from ..engine.request import Request as Sent
from ..engine.roster import profile
from ..errors import InvalidValue, NotFound
from ..ids import mint
from ..policy.register import ID, PutPolicy
from ..wire import records
from .addresses import network_of
from .auth.accounts import Use
from .auth.callers import Caller, SignedIn
from .exchange import Exchange, answer, nothing
from .rights import cookie_name, require_same_site
from .service import Service

Handler = Callable[[Exchange], Awaitable[Response]]
SCOPES: Final[tuple[Scope, ...]] = ("propose", "execute")
OVERLAP: Final = DAY
LONGEST: Final = 3660 * DAY


def described(caller: Caller, directory: Directory) -> dict[str, Any]:
    """Who a caller is, and what they may do."""
    label = directory.labels.get(caller.principal.id)
    session = caller.session
    return {
        "tenant": caller.tenant, "kind": caller.principal.kind, "id": caller.principal.id,
        "auth": caller.principal.auth, "owner": caller.principal.owner, "label": label,
        "permissions": sorted(caller.permissions), "scopes": sorted(caller.scopes), "key": caller.key,
        "solo": directory.solo, "csrf": session.csrf if session else None, "until": session.until if session else None,
    }  # fmt: skip


async def me(exchange: Exchange) -> Response:
    """Who asks."""
    return answer(described(exchange.who, exchange.service.accounts.directory(exchange.who.tenant)))


async def name(exchange: Exchange) -> Response:
    """What people call an id."""
    given = str(exchange.request.path_params["id"])[:200]
    return answer({"id": given, "name": exchange.service.archive(exchange.who.tenant).name(given)})


async def ids(exchange: Exchange) -> Response:
    """The ids that begin so."""
    beginning = exchange.text("beginning") or ""
    if not 1 <= len(beginning) <= 40 or not (beginning.isascii() and beginning.replace("_", "").isalnum()):
        raise InvalidValue("beginning is 1 to 40 letters and digits with which ids begin")
    archive = exchange.service.archive(exchange.who.tenant)
    return answer({"ids": archive.beginning(beginning, exchange.number("limit", 10, 1, 50))})


async def directory(exchange: Exchange) -> Response:
    """Everybody present, with the names that are kept."""
    found = exchange.service.accounts.directory(exchange.who.tenant)
    return answer(
        {
            "solo": found.solo,
            "people": [records.plain(one) for one in found.people.values()],
            "agents": [records.plain(one) for one in found.agents.values()],
            "labels": dict(found.labels),
        }
    )


async def put_people(exchange: Exchange) -> Response:
    """Bring the directory to what a people file says; with `dry_run` only say what would change."""
    given = await exchange.members(file=str, prune=bool, dry_run=bool)
    if not given["file"]:
        raise InvalidValue("file is missing: send the text of a people file")
    accounts, who = exchange.service.accounts, exchange.who
    found = accounts.directory(who.tenant)
    prune = bool(given["prune"])
    people = read_people(given["file"])
    roster.require_own_links(found, people, prune=prune)
    plan = roster.changes(found, people, prune=prune)
    if plan and not given["dry_run"]:
        sent = [
            Sent(mint("cmd"), subject, command, who.principal, who.tenant)
            for subject, command in roster.commands(found, plan)
        ]
        await asyncio.to_thread(exchange.service.database.process.engine.together, sent)
    changes = [{"kind": one.kind, "id": one.id, "handle": one.handle, "what": one.what} for one in plan]
    return answer({"changes": changes})


async def get_policy(exchange: Exchange) -> Response:
    """The active policy, and the text that was applied."""
    found = exchange.service.archive(exchange.who.tenant).policy()
    return answer({"state": records.plain(found.state) if found else None, "text": found.text if found else None})


async def put_policy(exchange: Exchange) -> Response:
    """Check a policy among the people who are there, and make it the active one unless `dry_run` is set."""
    given = await exchange.members(file=str, dry_run=bool)
    file = given["file"] or ""
    found = read_policy_file(file)
    mistakes = rehearsal.mistakes(found, exchange.service.accounts.directory(exchange.who.tenant))
    if mistakes:
        raise PolicyFileError(tuple(mistakes))
    active = exchange.service.archive(exchange.who.tenant).policy()
    before = active.file.policy if active and active.file else None
    changes = [{"mark": mark, "what": words} for mark, words in rehearsal.differences(before, found.policy)]
    if not given["dry_run"]:
        compiled = compiled_text(found.policy)
        command = PutPolicy(file, compiled, text_digest(file), text_digest(compiled))
        await exchange.backend.acall(ID, command, command_id=exchange.command_id)
    return answer({"changes": changes, "applied": not given["dry_run"]})


async def invite(exchange: Exchange) -> Response:
    """A secret with which somebody sets their password."""
    accounts, tenant = exchange.service.accounts, exchange.who.tenant
    if exchange.id not in accounts.directory(tenant).people:
        raise NotFound("nobody has this id")
    return answer({"secret": await asyncio.to_thread(accounts.invite, tenant, exchange.id)}, 201)


async def list_keys(exchange: Exchange) -> Response:
    """Every key, also those that ended; never their secrets."""
    accounts, tenant = exchange.service.accounts, exchange.who.tenant
    found = accounts.directory(tenant)
    items = [
        {**records.plain(one), "label": _name(found, one.id), "agent_name": _name(found, one.agent),
         "last_use": accounts.last_use(tenant, one.id)}
        for one in found.keys.values()
    ]  # fmt: skip
    return answer({"items": items})


def _name(found: Directory, subject: str) -> Any:
    return profile(found, subject).get("name")


async def create_key(exchange: Exchange) -> Response:
    """Give an agent a key; an agent of a new name becomes known."""
    given = await exchange.members(agent=str, owner=str, scopes=list, expires=str, label=str)
    if not given["agent"] or len(given["agent"]) > 200:
        raise InvalidValue("agent is the name of the program, of 1 to 200 characters")
    scopes = _scopes(given["scopes"])
    service, who = exchange.service, exchange.who
    until = _until(exchange, given["expires"])
    found = service.accounts.directory(who.tenant)
    names = service.database.process.engine.names(who.tenant)
    agent = names.agent(given["agent"])
    owner = _owner(found, who.principal.id, given["owner"])
    known = found.agents.get(agent)
    if known is not None and given["owner"] and known.owner != owner:
        raise InvalidValue("somebody else answers for this agent, and that cannot change: leave owner out")
    if known is None:
        said = given["owner"] or str(profile(found, owner).get("handle", ""))
        await exchange.backend.acall(agent, PutAgent(owner, given["agent"], said))
    return await _new_key(exchange, PutKey(agent, scopes, until, given["label"] or given["agent"]))


def _owner(found: Directory, maker: str, handle: str | None) -> str:
    """The person who answers for an agent: the one named, else whoever makes its first key."""
    owner = found.resolve(handle) if handle else maker
    if owner is None or owner not in found.people:
        raise InvalidValue(f"{(handle or '')[:60]!a} is nobody here: owner is the handle of a person, such as user:ann")
    return owner


def _scopes(given: Any) -> tuple[Scope, ...]:
    scopes = tuple(one for one in SCOPES if given is None or one in given)
    if not scopes or (given is not None and set(given) - set(SCOPES)):
        raise InvalidValue(f"scopes is a list of {' and '.join(SCOPES)}")
    return scopes


def _until(exchange: Exchange, expires: str | None) -> int | None:
    if expires is None:
        return None
    try:
        return exchange.service.database.clock.now() + micros(expires)
    except ValueError as error:
        raise InvalidValue(f"expires: {error}") from None


async def _new_key(exchange: Exchange, put: PutKey) -> Response:
    key = mint("key")
    text = await asyncio.to_thread(exchange.service.accounts.keep_key, exchange.who.tenant, key)
    await exchange.backend.acall(key, put)
    return answer({"id": key, "agent": put.agent, "scopes": put.scopes, "until": put.until, "secret": text}, 201)


def _key(exchange: Exchange) -> Key:
    found = exchange.service.accounts.directory(exchange.who.tenant).keys.get(exchange.id)
    if found is None:
        raise NotFound("there is no such key")
    return found


async def rotate_key(exchange: Exchange) -> Response:
    """A new key for the same agent; the old one ends after `overlap`, a day if nothing is said."""
    given = await exchange.members(overlap=str)
    old = _key(exchange)
    said = given["overlap"]
    ends = _until(exchange, said) if said is not None else exchange.service.database.clock.now() + OVERLAP
    label = _name(exchange.service.accounts.directory(exchange.who.tenant), old.id) or ""
    made = await _new_key(exchange, PutKey(old.agent, old.scopes, old.until, label))
    earlier = ends if old.until is None else min(old.until, ends or old.until)
    await exchange.backend.acall(old.id, PutKey(old.agent, old.scopes, earlier, label))
    return made


async def remove_key(exchange: Exchange) -> Response:
    """End a key now."""
    found = await exchange.backend.acall(_key(exchange).id, RemoveKey())
    await asyncio.to_thread(exchange.service.accounts.forget_key, exchange.who.tenant, found["id"])
    return answer(found)


async def sign_in(exchange: Exchange) -> Response:
    """A session, as a cookie for a browser or as a token for a terminal."""
    require_same_site(exchange.service, exchange.request)
    given = await exchange.members(name=str, password=str, use=str)
    use: Use = "terminal" if given["use"] == "terminal" else "browser"
    if given["use"] not in (None, "browser", "terminal"):
        raise InvalidValue("use is browser or terminal")
    signed = await asyncio.to_thread(
        exchange.service.accounts.sign_in, (given["name"] or "")[:200], given["password"] or "",
        network_of(exchange.request), use=use,
    )  # fmt: skip
    return await _admitted(exchange, signed, use)


async def accept(exchange: Exchange) -> Response:
    """Set the password that an invitation asks for, and sign in."""
    require_same_site(exchange.service, exchange.request)
    given = await exchange.members(secret=str, password=str)
    signed = await asyncio.to_thread(
        exchange.service.accounts.accept, (given["secret"] or "")[:200], given["password"] or ""
    )
    return await _admitted(exchange, signed, "browser")


async def _admitted(exchange: Exchange, signed: SignedIn, use: Use) -> Response:
    found = described(signed.caller, exchange.service.accounts.directory(signed.caller.tenant))
    if use == "terminal":
        return answer({**found, "token": signed.token}, 201)
    response = answer(found, 201)
    await change_session(exchange.service, exchange.request, response, signed.token)
    return response


async def change_session(service: Service, request: Request, response: Response, token: str) -> None:
    """Give the browser its new session; the one that it came with ends."""
    name = cookie_name(service)
    await asyncio.to_thread(service.accounts.sign_out, request.cookies.get(name, ""))
    response.set_cookie(name, token, path="/", secure=service.settings.secure, httponly=True, samesite="strict")


async def sign_out(exchange: Exchange) -> Response:
    """End this session."""
    text = exchange.request.cookies.get(cookie_name(exchange.service), "")
    bearer = exchange.request.headers.get("authorization", "").partition(" ")[2]
    await asyncio.to_thread(exchange.service.accounts.sign_out, bearer or text)
    response = nothing()
    response.delete_cookie(
        cookie_name(exchange.service), path="/", secure=exchange.service.settings.secure, httponly=True,
        samesite="strict",
    )  # fmt: skip
    return response


HANDLERS: Final[Mapping[str, Handler]] = {
    "get_me": me,
    "get_name": name,
    "find_ids": ids,
    "get_directory": directory,
    "put_people": put_people,
    "invite_person": invite,
    "get_policy": get_policy,
    "put_policy": put_policy,
    "list_keys": list_keys,
    "create_key": create_key,
    "rotate_key": rotate_key,
    "remove_key": remove_key,
    "sign_in": sign_in,
    "sign_out": sign_out,
    "accept_invitation": accept,
}
