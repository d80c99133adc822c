"""The routes of the inbox: its rows, page by page, and everything about one review."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Response

from ..engine.escalation import escalation
from ..engine.inbox import Inbox
from ..engine.rows import Row
from ..engine.sheet import Sheets, Viewer
from ..errors import InvalidValue
from .exchange import Exchange, answer
from .lives import Handler
from .rights import visible


@dataclass(frozen=True, slots=True)
class Counts:
    """How many reviews are open; from 10,000 on nobody counts."""

    open: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the inbox as of the log position `v`; the next one begins behind `next`. `now` is in µs."""

    now: int
    v: int
    items: tuple[Row, ...]
    next: str | None
    counts: Counts


async def listed(exchange: Exchange) -> Response:
    """A page of rows: those that are open by risk and age, or those that ended, newest first."""
    view = exchange.text("view") or "open"
    if view not in ("open", "done"):
        raise InvalidValue("view is open or done")
    after, limit = exchange.after, exchange.number("limit", 200, 1, 500)
    inbox = Inbox(exchange.service.archive(exchange.who.tenant))
    found = await asyncio.to_thread(inbox.page, after, limit, ended=view == "done")
    now = exchange.service.database.clock.now()
    return answer(Listed(now, found.v, tuple(found.rows), found.next, Counts(found.open)))


async def page(exchange: Exchange) -> Response:
    """Everything that the page of one review shows, as the caller sees it."""
    state = visible(exchange.service, exchange.who, exchange.id)
    zone, now = _zone(exchange.text("zone") or "UTC"), exchange.service.database.clock.now()
    viewer = Viewer(exchange.who.principal, exchange.who.permissions, now, zone)
    sheets = Sheets(exchange.service.archive(exchange.who.tenant))
    return answer(await asyncio.to_thread(sheets.page, state.id, viewer))


async def who(exchange: Exchange) -> Response:
    """Who is asked about a review now, who next, and what happens at the end."""
    state, service = visible(exchange.service, exchange.who, exchange.id), exchange.service
    archive, now = service.archive(exchange.who.tenant), service.database.clock.now()
    return answer(await asyncio.to_thread(escalation, archive, state.id, now))


def _zone(name: str) -> tzinfo:
    """A time zone by its name, as browsers tell it; UTC where this machine knows none of that name."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


HANDLERS: Final[Mapping[str, Handler]] = {"get_inbox": listed, "get_review_page": page, "get_review_who": who}
