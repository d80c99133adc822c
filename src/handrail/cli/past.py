"""The directory as it was: who belonged to what at any entry of the log, from the log alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..backend import Event
from ..codec.records import read_event
from ..directory.events import PersonAdded, PersonChanged, PersonRemoved
from ..principal import SOLO_ID
from ..review.events import Delegated, Edited, Escalated, Opened


@dataclass
class Membership:
    """People and their groups after the entries that were read so far; nobody yet means solo mode."""

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    solo: bool = True

    def read(self, subject: str, event: object) -> None:
        """Take one entry of a person's stream."""
        match event:
            case PersonAdded() | PersonChanged():
                self.groups[subject] = event.groups
                self.solo = False
            case PersonRemoved():
                self.groups.pop(subject, None)
            case _:
                pass

    def members(self, asked: str) -> set[str]:
        """The people behind an id that is asked, which is a person's or a group's."""
        if self.solo:
            return {SOLO_ID}
        return {person for person, groups in self.groups.items() if asked == person or asked in groups}


@dataclass
class Asked:
    """Whom one review asked, after the entries that were read so far."""

    levels: list[tuple[str, ...]] = field(default_factory=list)
    level: int = 0
    delegates: set[str] = field(default_factory=set)
    barred: frozenset[str] = frozenset()

    def read(self, event: object) -> None:
        """Take one entry of the review's stream."""
        match event:
            case Opened():
                self.levels = [level.ask for level in event.demand.levels]
                self.level, self.barred = event.level, frozenset(event.barred)
            case Escalated():
                self.level = event.level
            case Delegated():
                self.delegates.add(event.to)
            case Edited():
                self.levels = [level.ask for level in event.demand.levels]
            case _:
                pass

    def may(self, people: Membership) -> frozenset[str]:
        """Everybody who may decide now."""
        asked = [one for level in self.levels[: self.level + 1] for one in level]
        found = {person for one in (*asked, *self.delegates) for person in people.members(one)}
        return frozenset(found - self.barred)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry with the stream it belongs to and its typed event."""

    subject: str
    entry: Event
    event: Any


def moments(told: Iterable[tuple[str, Event]]) -> list[Moment]:
    """Entries with their typed events."""
    return [Moment(subject, entry, read_event(entry.type, dict(entry.data))) for subject, entry in told]
