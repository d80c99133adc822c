"""The list of reviews without script: those for who looks, all that are open, and those that ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from fastapi import FastAPI, Response

from ...engine.inbox import Inbox
from ...engine.rows import Row
from ...errors import InvalidValue
from ...review.model import OPEN
from ..exchange import ID
from ..service import Service
from .standing import ASKS, DONE
from .visit import Visit, add

VIEWS: Final = {"mine": "For me", "open": "All open", "done": "Ended"}
SHOWN: Final = 100
SEARCHED: Final = 1_000
"""Open reviews among which those for who looks are found; the inbox searches as many."""


def mount(app: FastAPI, service: Service) -> None:
    """Add the page."""
    add(app, service, "GET", "/d", show, need="get_inbox")


async def show(visit: Visit) -> Response:
    """A page of the list."""
    query = visit.request.query_params
    view, after = query.get("view", "mine"), query.get("after")
    if view not in VIEWS:
        raise InvalidValue("view is mine, open or done")
    if after is not None and not ID.fullmatch(after):
        raise InvalidValue("after is the id with which the page before ended")
    inbox = Inbox(visit.service.archive(visit.who.tenant))
    rows, following, count = await asyncio.to_thread(_found, inbox, view, after, for_me(visit))
    return visit.paper.page(
        "list.html", me=visit.me, rows=rows, following=following, count=count, view=view, views=VIEWS,
        now=visit.service.database.clock.now(), asks=ASKS, done=DONE, open=OPEN,
    )  # fmt: skip


def _found(
    inbox: Inbox, view: str, after: str | None, mine: Callable[[Row], bool]
) -> tuple[list[Row], str | None, int]:
    """The rows of a page, where the next one begins, and how many reviews are open."""
    if view != "mine":
        page = inbox.page(after, SHOWN, ended=view == "done")
        return page.rows, page.next, page.open
    found: list[Row] = []
    count, seen = 0, 0
    while seen < SEARCHED:
        page = inbox.page(after, min(200, SEARCHED - seen))
        found += filter(mine, page.rows)
        count, after, seen = page.open, page.next, seen + len(page.rows)
        if len(found) >= SHOWN or after is None:
            break
    return found, after, count


def for_me(visit: Visit) -> Callable[[Row], bool]:
    """Whether a review asks who looks, and they may decide it and have not voted."""
    directory = visit.service.accounts.directory(visit.who.tenant)
    me, may = visit.who.principal.id, "decide" in visit.who.permissions
    person = directory.people.get(me)
    places = {me, *(person.groups if person else ())}

    def mine(row: Row) -> bool:
        asked = directory.solo or not places.isdisjoint(row.asked)
        return may and asked and row.status in OPEN and me not in row.barred and me not in _voters(row)

    return mine


def _voters(row: Row) -> Iterator[str]:
    return (one.id for one in row.votes)
