"""The routes of people, agents, keys and sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import Request, Response

from ..codec import policies
from ..codec.people_file import read_groups, read_people
from ..directory.model import Directory
from ..engine import rehearsal, roster
from ..engine.differences import differences
from ..engine.rows import Names
from ..errors import InvalidValue
from ..policy.register import ID
from ..policy.rules import Policy
from ..wire import records
from ..wire.directory import directory_out
from .addresses import network_of
from .auth.accounts import Use
from .auth.administration import Administration
from .auth.callers import Caller, SignedIn
from .exchange import Exchange, answer, nothing
from .rights import cookie_name, require_same_site
from .service import Service

Handler = Callable[[Exchange], Awaitable[Response]]


def described(caller: Caller, directory: Directory) -> dict[str, Any]:
    """Who a caller is, and what they may do."""
    label = directory.labels.get(caller.principal.id)
    session, person = caller.session, directory.people.get(caller.principal.id)
    return {
        "tenant": caller.tenant, "kind": caller.principal.kind, "id": caller.principal.id,
        "auth": caller.principal.auth, "owner": caller.principal.owner, "label": label,
        "permissions": sorted(caller.permissions), "scopes": sorted(caller.scopes), "key": caller.key,
        "solo": directory.solo, "csrf": session.csrf if session else None, "until": session.until if session else None,
        "name": Names(directory).of(caller.principal.id), "groups": list(person.groups) if person else [],
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
    return answer(directory_out(found))


async def put_people(exchange: Exchange) -> Response:
    """Bring the directory to what a people file says; with `dry_run` only say what would change."""
    given = await exchange.members(file=str, prune=bool, dry_run=bool)
    if not given["file"]:
        raise InvalidValue("file is missing: send the text of a people file")
    found = exchange.service.accounts.directory(exchange.who.tenant)
    prune = bool(given["prune"])
    people = await asyncio.to_thread(read_people, given["file"])
    groups = await asyncio.to_thread(read_groups, given["file"])
    plan = roster.plan(found, people, prune=prune, groups=groups)
    if plan and not given["dry_run"]:
        await asyncio.to_thread(exchange.backend.together, roster.commands(found, plan))
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
    found, changes = await asyncio.to_thread(_rehearsed, exchange, file)
    if not given["dry_run"]:
        await exchange.backend.acall(ID, policies.put_policy(file, found), command_id=exchange.command_id)
    return answer({"changes": changes, "applied": not given["dry_run"]})


def _rehearsed(exchange: Exchange, file: str) -> tuple[Policy, list[dict[str, str]]]:
    """A policy that can be applied, and what it changes. Off the event loop: a long file takes seconds."""
    found = rehearsal.checked(file, exchange.service.accounts.directory(exchange.who.tenant)).policy
    active = exchange.service.archive(exchange.who.tenant).policy()
    before = active.file.policy if active and active.file else None
    return found, [{"mark": mark, "what": words} for mark, words in differences(before, found)]


def _office(exchange: Exchange) -> Administration:
    return Administration(exchange.service.accounts, exchange.backend)


async def invite(exchange: Exchange) -> Response:
    """A secret with which somebody sets their password."""
    return answer(await asyncio.to_thread(_office(exchange).invite, exchange.id), 201)


async def sign_out_person(exchange: Exchange) -> Response:
    """End every session of somebody."""
    return answer(await asyncio.to_thread(_office(exchange).sign_out, exchange.id))


async def list_keys(exchange: Exchange) -> Response:
    """Every key, also those that ended; never their secrets."""
    return answer({"items": await asyncio.to_thread(_office(exchange).list_keys)})


async def create_key(exchange: Exchange) -> Response:
    """Give an agent a key; an agent of a new name becomes known."""
    given = await exchange.members(agent=str, owner=str, scopes=list, expires=str, label=str)
    return answer(await asyncio.to_thread(_office(exchange).create_key, **given), 201)


async def rotate_key(exchange: Exchange) -> Response:
    """A new key for the same agent; the old one ends after `overlap`, a day if nothing is said."""
    given = await exchange.members(overlap=str)
    return answer(await asyncio.to_thread(_office(exchange).rotate_key, exchange.id, given["overlap"]), 201)


async def remove_key(exchange: Exchange) -> Response:
    """End a key now."""
    return answer(await asyncio.to_thread(_office(exchange).remove_key, exchange.id))


async def put_agent(exchange: Exchange) -> Response:
    """Make an agent known, or change who answers for it."""
    given = await exchange.members(agent=str, owner=str)
    return answer(await asyncio.to_thread(_office(exchange).put_agent, **given))


async def remove_agent(exchange: Exchange) -> Response:
    """Take an agent out, and end its keys with it."""
    return answer(await asyncio.to_thread(_office(exchange).remove_agent, exchange.id))


async def sign_in(exchange: Exchange) -> Response:
    """A session, as a cookie for a browser or as a token for a terminal."""
    require_same_site(exchange.service, exchange.request)
    given = await exchange.members(name=str, password=str, use=str)
    use = use_of(given["use"])
    signed = await asyncio.to_thread(
        exchange.service.accounts.sign_in, (given["name"] or "")[:200], given["password"] or "",
        network_of(exchange.request), use=use,
    )  # fmt: skip
    return await admitted(exchange, signed, use)


async def accept(exchange: Exchange) -> Response:
    """Set the password that an invitation asks for, and sign in."""
    require_same_site(exchange.service, exchange.request)
    given = await exchange.members(secret=str, password=str, use=str)
    use = use_of(given["use"])
    signed = await asyncio.to_thread(
        exchange.service.accounts.accept, (given["secret"] or "")[:200], given["password"] or "", use=use
    )
    return await admitted(exchange, signed, use)


def use_of(given: str | None) -> Use:
    """For what a session is used: in a browser it is a cookie, in a terminal a token."""
    if given not in (None, "browser", "terminal"):
        raise InvalidValue("use is browser or terminal")
    return "terminal" if given == "terminal" else "browser"


async def admitted(exchange: Exchange, signed: SignedIn, use: Use) -> Response:
    """The answer to who has signed in, with their session."""
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


async def end_session(service: Service, request: Request, response: Response) -> None:
    """End the session that the browser came with, and let it forget the cookie."""
    name = cookie_name(service)
    await asyncio.to_thread(service.accounts.sign_out, request.cookies.get(name, ""))
    response.delete_cookie(name, path="/", secure=service.settings.secure, httponly=True, samesite="strict")


async def sign_out(exchange: Exchange) -> Response:
    """End this session."""
    bearer = exchange.request.headers.get("authorization", "").partition(" ")[2]
    response = nothing()
    if bearer:
        await asyncio.to_thread(exchange.service.accounts.sign_out, bearer)
    else:
        await end_session(exchange.service, exchange.request, response)
    return response


HANDLERS: Final[Mapping[str, Handler]] = {
    "get_me": me,
    "get_name": name,
    "find_ids": ids,
    "get_directory": directory,
    "put_people": put_people,
    "invite_person": invite,
    "sign_out_person": sign_out_person,
    "put_agent": put_agent,
    "remove_agent": remove_agent,
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
