"""The routes of pushes: which of one's browsers show them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from ..directory.telling import SILENT
from ..errors import InvalidValue, NotFound, NotReady
from ..ids import derive
from ..notify.subscription import private_key, public_text, require_subscription
from ..store.protocol import Store
from ..store.vault import Subscription
from ..view.escape import visible
from .auth.passkeys import NAME_LENGTH
from .exchange import Exchange, answer, nothing
from .lives import Handler
from .passkeys import binary

MOST: Final = 20
"""Browsers of one person."""


async def list_browsers(exchange: Exchange) -> Response:
    """The caller's browsers, with which key one subscribes, and whether they are told by pushes at all; without a key
    the operator has not set pushes up."""
    found, service, who = await asyncio.to_thread(_known, exchange), exchange.service, exchange.who
    key = public_text(private_key(_store(exchange).secret)) if service.pushes else None
    ways = service.accounts.directory(who.tenant).tellings.get(who.principal.id, SILENT).ways
    told = any(one.by in service.pushes for one in ways)
    return answer({"key": key, "told": told, "items": [_described(one) for one in found]})


async def subscribe(exchange: Exchange) -> Response:
    """Show the caller pushes in this browser from now on."""
    given = await exchange.members(name=str, endpoint=str, key=str, secret=str)
    if not exchange.service.pushes:
        raise NotReady("nobody is told by pushes here: the operator sets that up with a channel in notify.yaml")
    name, endpoint = (given["name"] or "").strip(), given["endpoint"] or ""
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidValue(f"a browser has a name of 1 to {NAME_LENGTH} characters, by which you know it")
    key, secret = (binary(part, given[part] or "", 200) for part in ("key", "secret"))
    require_subscription(endpoint, key, secret)
    who, digest = exchange.who, hashlib.sha256(endpoint.encode()).digest()
    found = Subscription(
        digest, derive("psh", endpoint), who.tenant, who.principal.id, endpoint, key, secret, name,
        exchange.service.database.clock.now(),
    )  # fmt: skip
    await asyncio.to_thread(_keep, exchange, found)
    return answer(_described(found), 201)


async def unsubscribe(exchange: Exchange) -> Response:
    """Show the caller no pushes in that browser any more."""
    if not await asyncio.to_thread(_drop, exchange, exchange.id):
        raise NotFound(f"nothing has the id {exchange.id!a} here")
    return nothing()


def _keep(exchange: Exchange, found: Subscription) -> None:
    with _store(exchange).vault(write=True) as vault:
        others = [one for one in vault.subscriptions(found.tenant, found.person) if one.digest != found.digest]
        if len(others) >= MOST:
            raise NotReady(f"{MOST} browsers of yours show pushes: remove one that you do not use first")
        vault.put_subscription(found)


def _drop(exchange: Exchange, id_: str) -> bool:
    with _store(exchange).vault(write=True) as vault:
        return vault.drop_subscription(exchange.who.tenant, exchange.who.principal.id, id_)


def _known(exchange: Exchange) -> list[Subscription]:
    with _store(exchange).vault() as vault:
        return vault.subscriptions(exchange.who.tenant, exchange.who.principal.id)


def _store(exchange: Exchange) -> Store:
    return exchange.service.database.process.store


def _described(one: Subscription) -> Mapping[str, Any]:
    return {"id": one.id, "name": visible(one.name), "born": one.born}


HANDLERS: Final[Mapping[str, Handler]] = {
    "list_push_browsers": list_browsers,
    "subscribe_to_push": subscribe,
    "unsubscribe_from_push": unsubscribe,
}
