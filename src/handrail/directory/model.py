"""People, groups and agents, as the log knows them: by id, and by the keyed hash of what they are called."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from ..ids import keyed
from ..principal import SOLO_ID
from ..stream import JSON
from .commands import Scope
from .roles import DEFAULT, Permission, Role, permissions
from .telling import SILENT, Telling, telling_of
from .times import MOST_STEPS, Absence, Rota, Times, rota_of, times_of

Status = Literal["present", "removed"]


@dataclass(frozen=True, slots=True)
class Person:
    """One human being. `handle` is a keyed hash, `os_user` a keyed id, `profile` the digest of the erasable names."""

    id: str
    status: Status
    rev: int
    handle: str
    os_user: str | None
    groups: tuple[str, ...]
    profile: str | None
    roles: tuple[Role, ...] = DEFAULT

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do."""
        return permissions(self.roles)


@dataclass(frozen=True, slots=True)
class Group:
    """A set of people that a path can ask."""

    id: str
    status: Status
    rev: int
    handle: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class Agent:
    """A program that proposes actions. `owner` is a person's id or the keyed id of an OS user."""

    id: str
    status: Status
    rev: int
    owner: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class Guest:
    """A principal that is in the log only since it was refused something."""

    id: str
    status: Status
    rev: int


@dataclass(frozen=True, slots=True)
class Key:
    """What lets an agent in over HTTP, until `until` (µs); `None` is without end. `maker` has seen its secret."""

    id: str
    status: Status
    rev: int
    agent: str
    scopes: tuple[Scope, ...]
    until: int | None
    profile: str | None
    maker: str = ""

    def opens(self, now: int) -> bool:
        """Whether it lets its agent in at that time (µs)."""
        return self.status == "present" and (self.until is None or now < self.until)


Member = Person | Group | Agent | Key | Guest


class Names:
    """Turns handles and OS users into ids and look-up hashes, under the database's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret: Final = secret

    def look_up(self, kind: str, name: str) -> str:
        """The keyed hash under which `name` is found again."""
        return hmac.digest(self._secret, f"{kind}|{name}".encode(), "sha256").hex()

    def group(self, handle: str) -> str:
        """The id of the group with that handle, known or not."""
        return keyed("grp", self._secret, handle)

    def agent(self, name: str) -> str:
        """The id of the agent with that name."""
        return keyed("agt", self._secret, name)

    def os_user(self, name: str) -> str:
        """The id that stands for an OS user whom no person is linked to."""
        return keyed("osu", self._secret, name)

    def intent(self, text: str) -> str:
        """The id that stands for the purpose of an action."""
        return keyed("int", self._secret, text)

    def budget(self, *parts: str) -> str:
        """The id of the budget of a limit for what it counts by."""
        return keyed("bud", self._secret, *parts)

    def argument(self, action: str, name: str, value: str) -> str:
        """What stands for the value of an argument of an action."""
        return keyed("arg", self._secret, action, name, value)

    def target(self, text: str) -> str:
        """What stands for how the target of an action looks."""
        return keyed("tgt", self._secret, text)

    def failure(self, action: str, words: str) -> str:
        """What stands for the errors of an action that are alike."""
        return keyed("fal", self._secret, action, words)

    def draw(self, action: str) -> float:
        """A number from 0 up to 1 for an action, as good as random to whoever does not know the secret."""
        found = hmac.digest(self._secret, f"draw|{action}".encode(), "sha256")
        return int.from_bytes(found[:7]) / (1 << 56)

    def run(self, name: str) -> str:
        """The id of the run with that name."""
        return keyed("run", self._secret, name)


@dataclass(frozen=True)
class Directory:
    """Everybody present at one moment. While nobody was ever added it is in solo mode: one person, in every group.

    `labels` are the erasable names, by id, as far as they are kept, also of those who left; `keys` are also those that
    ended, `former` the people who were removed.
    """

    names: Names
    people: Mapping[str, Person] = field(default_factory=dict)
    solo: bool = True
    labels: Mapping[str, JSON] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    former: Mapping[str, Person] = field(default_factory=dict)

    @cached_property
    def _by_handle(self) -> Mapping[str, str]:
        return {person.handle: person.id for person in self.people.values()}

    @cached_property
    def _deciding(self) -> Mapping[str, Person]:
        return {key: person for key, person in self.people.items() if "decide" in person.permissions}

    @cached_property
    def administrators(self) -> frozenset[str]:
        """Everybody who may change the directory, once there is somebody."""
        return frozenset(key for key, person in self.people.items() if "administer" in person.permissions)

    @cached_property
    def _members(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for person in self._deciding.values():
            for group in person.groups:
                found.setdefault(group, set()).add(person.id)
        return {group: frozenset(members) for group, members in found.items()}

    def resolve(self, spec: str) -> str | None:
        """The id behind `user:ann` or `group:treasury`; `None` for anything else."""
        kind, _, handle = spec.partition(":")
        if spec == SOLO_ID and self.solo:
            return SOLO_ID
        if kind == "group":
            return self.names.group(handle)
        return None if kind != "user" else self._by_handle.get(self.names.look_up("user", handle))

    def members(self, asked: str) -> frozenset[str]:
        """The people who may decide behind an asked id, which is a person's or a group's."""
        if self.solo:
            return frozenset({SOLO_ID}) if asked == SOLO_ID or asked.startswith("grp_") else frozenset()
        if asked in self.people:
            return frozenset({asked} & self._deciding.keys())
        return self._members.get(asked, frozenset())

    def named(self, asked: str) -> frozenset[str]:
        """Everybody behind an asked id, also those who may not decide."""
        if self.solo or asked in self.people:
            return frozenset({asked}) if asked in self.people else self.members(asked)
        return frozenset(key for key, person in self.people.items() if asked in person.groups)

    def asked_as(self, person: str) -> frozenset[str]:
        """Every id under which this person can be asked: their own, and their groups'."""
        if person not in self.people:
            return frozenset()
        return frozenset({person, *self.people[person].groups})

    def same(self, owner: str) -> frozenset[str]:
        """Everybody that the owner's id stands for: itself, whoever is linked to that OS user or to the owner's, and
        whoever came back under the handle that the owner had. The owner `""` is nobody."""
        if not owner:
            return frozenset()
        known = self.people.get(owner) or self.former.get(owner)
        users, handle = {owner, known.os_user if known else None} - {None}, known.handle if known else None
        alike = (one.id for one in self.people.values() if one.os_user in users or one.handle == handle)
        return frozenset({owner, *alike})

    def makers(self, agent: str) -> frozenset[str]:
        """Everybody who has seen a secret with which that agent comes in, also one that ended."""
        return frozenset(key.maker for key in self.keys.values() if key.agent == agent and key.maker)

    @cached_property
    def tellings(self) -> Mapping[str, Telling]:
        """How people are told what waits for them, of those who are."""
        found = {key: telling_of(self.labels.get(key)) for key in self.people}
        return {key: one for key, one in found.items() if one.ways}

    def ways(self, person: str = "") -> frozenset[str]:
        """The channels on which a person is told; without a person, all on which anybody is."""
        told = [self.tellings.get(person, SILENT)] if person else self.tellings.values()
        return frozenset(way.by for one in told for way in one.ways)

    @cached_property
    def times(self) -> Mapping[str, Times]:
        """When people are there, of those who say so."""
        found = {key: times_of(self.labels.get(key)) for key in self.people}
        return {key: one for key, one in found.items() if one is not None}

    @cached_property
    def rotas(self) -> Mapping[str, Rota]:
        """Who is on call when, of the groups that have a rota."""
        found = {key: rota_of(label) for key, label in self.labels.items() if key.startswith("grp_")}
        return {key: one for key, one in found.items() if one is not None}

    def absence(self, person: str, now: int) -> Absence | None:
        """The absence that a person has at that time (µs)."""
        known = self.times.get(person)
        return next((one for one in known.absences if one.covers(now)), None) if known else None

    def substitute(self, person: str, now: int) -> str | None:
        """Who is there at that time (µs) in place of a person who is not: the one who stands in, or who does for them,
        and so on. `None` where that is nobody."""
        seen = {person}
        while (absence := self.absence(person, now)) is not None:
            found = self.resolve(absence.substitute) if absence.substitute else None
            if found is None or found in seen or len(seen) > MOST_STEPS:
                return None
            seen.add(person := found)
        return person if len(seen) > 1 else None

    def with_substitutes(self, people: frozenset[str], now: int) -> frozenset[str]:
        """People, and everybody who is named to stand in for one of them at that time (µs), and so on."""
        found, new = set(people), set(people)
        while new:
            away = (self.absence(one, now) for one in new)
            named = {self.resolve(one.substitute) for one in away if one and one.substitute} - {None}
            new = {one for one in named if one is not None} - found
            found |= new
        return frozenset(found)

    def linked(self, os_user: str) -> Person | None:
        """The person whom this OS user is linked to."""
        key = self.names.os_user(os_user)
        return next((person for person in self.people.values() if person.os_user == key), None)
