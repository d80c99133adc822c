"""The directory as it was: who belonged to what at any entry of the log, from the log alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..backend import Event
from ..codec.records import read_event
from ..directory.events import PersonAdded, PersonChanged, PersonRemoved
from ..directory.model import Directory, Person
from ..review.events import Delegated, Edited, Escalated, Opened
from ..wire.directory import Told


@dataclass
class Membership:
    """The people after the entries that were read so far, with their erasable names; nobody yet means solo mode."""

    people: dict[str, Person] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    solo: bool = True

    def read(self, moment: Moment) -> None:
        """Take one entry of a person's stream."""
        event, id_ = moment.event, moment.subject
        match event:
            case PersonAdded() | PersonChanged():
                self.people[id_] = Person(
                    id_, "present", moment.entry.rev, event.handle, event.os_user, event.groups, None, event.roles
                )
                self.labels[id_] = moment.entry.texts.get("profile")
                self.solo = False
            case PersonRemoved():
                self.people.pop(id_, None)
            case _:
                pass

    def directory(self) -> Directory:
        """Everybody who is there."""
        return Directory(Told(self.people, {}, self.labels), dict(self.people), self.solo, dict(self.labels))


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

    def may(self, people: Membership, at: int) -> frozenset[str]:
        """Everybody who may decide at that time (µs), also those who stand in for somebody."""
        directory = people.directory()
        asked = [one for level in self.levels[: self.level + 1] for one in level]
        found = {person for one in (*asked, *self.delegates) for person in directory.members(one)}
        barred = directory.with_substitutes(self.barred, at)
        stand_in = {one for one in (directory.substitute(person, at) for person in found - barred) if one}
        return frozenset(found | {one for one in stand_in if directory.members(one)}) - barred


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry with the stream it belongs to and its typed event."""

    subject: str
    entry: Event
    event: Any


def moments(told: Iterable[tuple[str, Event]]) -> list[Moment]:
    """Entries with their typed events."""
    return [Moment(subject, entry, read_event(entry.type, dict(entry.data))) for subject, entry in told]
