"""What entries of the log mean for the inbox, as events of the stream: the rows that are others now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from ..audit.entry import Entry
from ..engine.inbox import Inbox
from ..engine.rows import Material, Row, Rows
from ..store.protocol import Reader

ANEW: Final = frozenset({
    "person.added", "person.changed", "person.removed", "agent.changed", "agent.removed", "key.added",
})  # fmt: skip
"""After these all rows may be others: names, and who may not decide what."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first thing one who follows is told: the time (µs), and the log position from which on rows come."""

    now: int
    v: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A row as it is now, and when (µs) the entry was committed that changed it."""

    at: int
    row: Row


@dataclass(frozen=True, slots=True)
class Tick:
    """The time (µs), where nothing happened for a while."""

    now: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a row is made of, and the entry that changed it: its position and time (µs)."""

    position: int
    at: int
    material: Material


@dataclass(frozen=True, slots=True)
class News:
    """What some entries mean for the inbox, as one snapshot holds it. It is drawn after that was let go."""

    rows: Rows
    changes: tuple[Change, ...]
    anew: int | None

    def chunks(self) -> list[bytes]:
        """The events: one for each review that changed, in the order of the last entry about it. Where the directory
        changed, what came before is not told: readers fetch everything anew."""
        changes = [one for one in self.changes if self.anew is None or one.position > self.anew]
        told = [] if self.anew is None else [event("reset", {}, self.anew)]
        return told + [event("row", Changed(one.at, self.rows.row(one.material)), one.position) for one in changes]


def news(inbox: Inbox, reader: Reader, entries: Sequence[Entry]) -> News:
    """What these entries mean for the inbox: of each review the last one."""
    last = {entry.sub: entry for entry in entries}
    anew = max((entry.i for entry in entries if entry.type in ANEW), default=None)
    found: dict[str, Change] = {}
    for subject, materials in inbox.changed(reader, last).items():
        for one in materials:
            known = found.get(one.review.id)
            if known is None or known.position < last[subject].i:
                found[one.review.id] = Change(last[subject].i, last[subject].t, one)
    changes = sorted(found.values(), key=lambda change: change.position)
    return News(inbox.rows_in(reader), tuple(changes), anew)


def event(name: str, data: object, position: int | None = None) -> bytes:
    """One event of the stream."""
    mark = b"" if position is None else b"id: %d\n" % position
    return mark + b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
