"""The route of the supervisors' wall: watched runs as cards, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Response

from ..engine.happened import Happening
from ..engine.rows import Who
from ..engine.wall import Card
from .exchange import Exchange, answer
from .lives import Handler
from .rights import visible

MOST: Final = 500
"""Cards of one page."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many watched runs need what, and how many ended in the last hour; from 2,000 on nobody counts."""

    stuck: int
    waiting: int
    costly: int
    running: int
    ended: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A page of the wall as of the log position `v`; the next one begins behind `next`. `now` is in µs."""

    now: int
    v: int
    items: tuple[Card, ...]
    next: str | None
    counts: Tally


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything that the page of one run shows, as of the log position `v`: its card, what happened last, the newest
    first, and who is named to supervise it beside whoever answers for it. `now` is in µs."""

    now: int
    v: int
    card: Card
    happened: tuple[Happening, ...]
    supervisors: tuple[Who, ...]


async def watched(exchange: Exchange) -> Response:
    """A page of cards: those that need people first, then by age; those that ended in the last hour at the end."""
    after, limit = exchange.after, exchange.number("limit", 100, 1, MOST)
    wall = exchange.service.hubs.of(exchange.who.tenant).oversight
    now = exchange.service.database.clock.now()
    found = await asyncio.to_thread(wall.page, after, limit, now)
    return answer(Watched(now, found.v, tuple(found.cards), found.next, Tally(**found.counts)))


async def page(exchange: Exchange) -> Response:
    """Everything that the page of one run shows."""
    run = visible(exchange.service, exchange.who, exchange.id).id
    wall = exchange.service.hubs.of(exchange.who.tenant).oversight
    found = await asyncio.to_thread(wall.sheet, run)
    now = exchange.service.database.clock.now()
    return answer(RunPage(now, found.v, found.card, found.happened, found.supervisors))


HANDLERS: Final[Mapping[str, Handler]] = {"get_oversight": watched, "get_run_page": page}
