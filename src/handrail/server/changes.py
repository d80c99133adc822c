"""What entries of the log mean for the inbox and the wall, as events of the stream: what is another one now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import orjson

from ..audit.entry import Entry
from ..engine.inbox import Inbox
from ..engine.oversight import Oversight
from ..engine.rows import Row
from ..engine.wall import Card
from ..review.model import Review
from ..store.protocol import Reader

Topic = Literal["inbox", "oversight"]
TOPICS: Final[tuple[Topic, ...]] = ("inbox", "oversight")
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
class Moved:
    """A card of the wall as it is now, and when (µs) the entry was committed that changed it."""

    at: int
    card: Card


@dataclass(frozen=True, slots=True)
class Tick:
    """The time (µs), where nothing happened for a while."""

    now: int


class News(NamedTuple):
    """An event of the stream: at which position, for whom, and its bytes."""

    position: int
    topic: Topic
    chunk: bytes


@dataclass(frozen=True, slots=True)
class Rooms:
    """What is shown of a tenant, by the topics under which one follows it."""

    inbox: Inbox
    oversight: Oversight


def news(rooms: Rooms, reader: Reader, entries: Sequence[Entry], topics: Collection[Topic]) -> list[News]:
    """What these entries mean for those who follow, in the order of the last entry about each review and run.

    Where the directory changed, what came before is not told: readers fetch everything anew.
    """
    anew = max((entry.i for entry in entries if entry.type in ANEW), default=-1)
    told = [News(anew, topic, event("reset", {}, anew)) for topic in topics if anew >= 0]
    if "inbox" in topics:
        told += (one for one in _rows(rooms.inbox, reader, entries) if one.position > anew)
    if "oversight" in topics:
        told += (one for one in _cards(rooms.oversight, reader, entries) if one.position > anew)
    return sorted(told, key=lambda one: one.position)


def chosen(told: Sequence[News], topics: Collection[Topic]) -> list[bytes]:
    """The events for one who follows these topics; one for both is told once."""
    return list(dict.fromkeys(one.chunk for one in told if one.topic in topics))


def _rows(inbox: Inbox, reader: Reader, entries: Sequence[Entry]) -> list[News]:
    changes = _changes(inbox, reader, entries)
    rows = inbox.drawn(reader, inbox.rows_in(reader), [one for _, one in changes])
    return [
        News(entry.i, "inbox", event("row", Changed(entry.t, row), entry.i))
        for (entry, _), row in zip(changes, rows, strict=True)
    ]


def _cards(oversight: Oversight, reader: Reader, entries: Sequence[Entry]) -> list[News]:
    last: dict[str, Entry] = {}
    latest = {entry.sub: entry for entry in entries}
    for subject, run in oversight.changed(reader, latest).items():
        if run not in last or last[run].i < latest[subject].i:
            last[run] = latest[subject]
    cards = oversight.drawn(reader, list(last)) if last else []
    return [_moved(last[one.id], one) for one in cards]


def _moved(entry: Entry, card: Card) -> News:
    return News(entry.i, "oversight", event("card", Moved(entry.t, card), entry.i))


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
