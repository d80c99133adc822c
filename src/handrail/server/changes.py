"""What entries of the log mean for the inbox, as events of the stream: the rows that are others now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from ..audit.entry import Entry
from ..engine.inbox import Inbox
from ..engine.rows import Row
from ..review.model import Review
from ..store.protocol import Reader

ANEW: Final = frozenset({
    "person.added", "person.changed", "person.removed", "agent.changed", "agent.removed", "key.added",
    "stop.halted", "stop.lifted",
})  # fmt: skip
"""After these all rows may be others: names, and who may not decide what; or something is stopped, or no more."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first thing one who follows is told: the time (µs), the log position from which on rows come, and their own
    id."""

    now: int
    v: int
    me: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A row as it is now, and when (µs) the entry was committed that changed it."""

    at: int
    row: Row


@dataclass(frozen=True, slots=True)
class Tick:
    """The time (µs), where nothing happened for a while."""

    now: int


def news(inbox: Inbox, reader: Reader, entries: Sequence[Entry]) -> list[bytes]:
    """What these entries mean for the inbox, as events: one for each review that changed, in the order of the last
    entry about it. Where the directory changed, what came before is not told: readers fetch everything anew."""
    anew = max((entry.i for entry in entries if entry.type in ANEW), default=None)
    changes = [(entry, one) for entry, one in _changes(inbox, reader, entries) if anew is None or entry.i > anew]
    rows = inbox.drawn(reader, inbox.rows_in(reader), [one for _, one in changes])
    told = [] if anew is None else [event("reset", {}, anew)]
    return told + [event("row", Changed(entry.t, row), entry.i) for (entry, _), row in zip(changes, rows, strict=True)]


def _changes(inbox: Inbox, reader: Reader, entries: Sequence[Entry]) -> list[tuple[Entry, Review]]:
    """The reviews whose rows are others now, each with the last entry about it, in the order of these."""
    last = {entry.sub: entry for entry in entries}
    found: dict[str, tuple[Entry, Review]] = {}
    for subject, reviews in inbox.changed(reader, last).items():
        for one in reviews:
            if one.id not in found or found[one.id][0].i < last[subject].i:
                found[one.id] = last[subject], one
    return sorted(found.values(), key=lambda change: change[0].i)


def event(name: str, data: object, position: int | None = None) -> bytes:
    """One event of the stream."""
    mark = b"" if position is None else b"id: %d\n" % position
    return mark + b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
