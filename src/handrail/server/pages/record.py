"""The record of one review, to be printed: what was shown, what was decided by whom, and every entry of the log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import FastAPI, Response

from ...backend import Event
from ...engine.archive import Archive
from ...view.escape import visible
from ..service import Service
from .decide import read
from .standing import ASKS, DONE, standing, until
from .visit import Visit, add

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def mount(app: FastAPI, service: Service) -> None:
    """Add the page."""
    add(app, service, "GET", "/d/{id}/record", show, need="get_review_history")


async def show(visit: Visit) -> Response:
    """The record as of now."""
    page = await read(visit)
    archive = visit.service.archive(visit.who.tenant)
    rows = await asyncio.to_thread(_entries, archive, [visit.review, page["row"]["action"]])
    return visit.paper.page(
        "record.html", me=visit.me, page=page, row=page["row"], asks=ASKS.get(page["row"]["kind"], "Review"),
        until=until(page), said=list(standing(page, "")), done=DONE, entries=rows, exact=exact,
        size=await asyncio.to_thread(archive.size),
    )  # fmt: skip


def _entries(archive: Archive, subjects: list[str]) -> list[dict[str, Any]]:
    """What the log says of these lives, in its order."""
    found = [(subject, event) for subject in subjects for event in archive.history(subject)]
    return list(_rows(archive, sorted(found, key=lambda one: one[1].index)))


def _rows(archive: Archive, found: list[tuple[str, Event]]) -> Iterator[dict[str, Any]]:
    for subject, event in found:
        yield {
            "index": event.index, "at": exact(event.at), "type": event.type, "subject": subject,
            "by": visible(archive.name(event.by.id)), "id": event.by.id, "auth": event.by.auth,
            "before": event.before, "after": event.after,
        }  # fmt: skip


def exact(time: int) -> str:
    """A time in UTC to the millisecond."""
    at = _EPOCH + timedelta(microseconds=time)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"
