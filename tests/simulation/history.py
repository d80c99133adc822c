"""The log as an onlooker reads it from the file: each new entry with the states around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from handrail.action import events as e
from handrail.action.facts import LEASE
from handrail.action.model import Action
from handrail.audit import tree
from handrail.audit.disclosure import open_disclosure
from handrail.audit.entry import Entry, leaf, parse_entry
from handrail.codec.policies import read_policy
from handrail.codec.records import State, read_event, read_state
from handrail.directory.model import Agent, Directory, Names, Person
from handrail.engine.replay import advance
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.engine.request import Request
from handrail.policy.register import ID as ACTIVE
from handrail.policy.register import ActivePolicy
from handrail.policy.stops import Stop
from handrail.principal import Principal
from handrail.review.model import Review
from handrail.run.model import Run
from handrail.store.protocol import Head
from handrail.store.sqlite import Rows, SQLiteStore
from handrail.stream import Sealed
from tests.heart.world import Change, barred

EVERYTHING: Final = 1_000_000


class News(NamedTuple):
    """One entry: as the heart's invariants want it, as it was written, and what its actor had sent to its stream.

    `answer` is what people said in the review that its action waited for; `in_the_way` is why a start should not have
    been, by what stood then.
    """

    change: Change
    entry: Entry
    sent: tuple[object, ...]
    answer: str | None
    in_the_way: str


@dataclass
class History:
    """Follows the log. What it has seen once must stay."""

    store: SQLiteStore
    names: Names
    states: dict[str, State] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)
    leases: dict[str, int | None] = field(default_factory=dict)
    head: Head | None = None
    frontier: tree.Frontier = tree.EMPTY
    roots: dict[int, bytes] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)

    def look(self, sent: list[Request]) -> None:
        """Read what is new since the last look, after these requests were sent."""
        self.news = []
        with self.store.read() as rows:
            self.head = rows.head(TENANT)
            fresh = rows.entries(TENANT, after=len(self.leaves) - 1, limit=EVERYTHING)
            data = {one.i: one.text for one in rows.disclosures(TENANT, [e.i for e in fresh]) if one.name == "data"}
            for row in fresh:
                self._entry(rows, parse_entry(row.entry), data[row.i], sent)
                self.leaves.append(leaf(row.entry))
            if fresh:
                self.frontier = tree.extend(self.frontier, self.leaves[len(self.leaves) - len(fresh) :])
                self.roots[len(self.leaves)] = tree.root(self.frontier)
            executed = [one.id for one in self.states.values() if isinstance(one, Action) and not one.final]
            self.leases = {row.id: row.lease for row in rows.streams(TENANT, executed)}

    def stored(self, subjects: list[str]) -> dict[str, State]:
        """The states that the rows hold."""
        with self.store.read() as rows:
            return {row.id: read_state(row.kind, row.state) for row in rows.streams(TENANT, subjects)}

    def _entry(self, rows: Rows, entry: Entry, data: str, sent: list[Request]) -> None:
        before: Any = self.states.get(entry.sub)
        after: Any = advance(before, entry, data)
        by = Principal(entry.act.kind, entry.act.id, entry.act.auth)
        commands = tuple(one.command for one in sent if one.subject == entry.sub and one.actor.id == by.id)
        sealed: Sealed[Any] = Sealed(event_of(entry, data), entry.rev, entry.t, by, entry.sd)
        change = Change(
            entry.sub, None, sealed, before, after, self.leases.get(entry.sub), self.directory(),
            self._barred(after, entry.t), self._policy(rows),
        )  # fmt: skip
        self.states[entry.sub] = after
        if isinstance(sealed.event, e.Claimed | e.Started):
            self.leases[entry.sub] = entry.t + LEASE
        self.news.append(News(change, entry, commands, self._answer(before), self._in_the_way(change)))

    def _answer(self, before: State | None) -> str | None:
        review = self.states.get(before.review or "") if isinstance(before, Action) else None
        return review.decision.outcome if isinstance(review, Review) and review.decision else None

    def _in_the_way(self, change: Change) -> str:
        """What forbids that it begins: a stop that it is under; or that it starts: its run, or one around it, was
        stopped or is paused, or waits as a whole for another action."""
        own = change.after
        if isinstance(change.sealed.event, e.Proposed | e.Claimed | e.Started) and isinstance(own, Action):
            found = [one.id for one in self.states.values() if isinstance(one, Stop) and self._under(one, own)]
            if found:
                return f"{found[0]} stops it"
        if not isinstance(change.sealed.event, e.Started) or not isinstance(own, Action) or own.run is None:
            return ""
        run = self.states.get(own.run)
        if not isinstance(run, Run):
            return "its run is not there"
        beside = (one for one in self.states.values() if isinstance(one, Action) and one.run == run.id)
        waiting = [one.id for one in beside if one.id != own.id and one.status in ("held", "unknown")]
        if run.hold == "run" and waiting:
            return f"{waiting[0]} of its run waits for people"
        return self._held_up(run)

    def _held_up(self, run: Run | None) -> str:
        while run is not None:
            if run.status in ("paused", "stopped"):
                return f"{run.id} is {run.status}"
            above = self.states.get(run.parent or "")
            run = above if isinstance(above, Run) else None
        return ""

    def _under(self, stop: Stop, own: Action) -> bool:
        """Whether a stop that is in force is about an action, said apart from the code under test."""
        directory, target = self.directory(), stop.target or ""
        if stop.status != "present":
            return False
        if stop.scope == "team":
            linked = [one for one in directory.people.values() if own.owner in (one.id, one.os_user)]
            return directory.solo or any(target in one.groups for one in linked)
        if stop.scope == "tool":
            return own.name == target or (target.endswith("*") and own.name.startswith(target[:-1]))
        return stop.scope == "all" or own.agent == target

    def directory(self) -> Directory:
        """Who is there, by what the entries say."""
        everybody = {one.id: one for one in self.states.values() if isinstance(one, Person)}
        people = {key: one for key, one in everybody.items() if one.status == "present"}
        agents = {one.id: one for one in self.states.values() if isinstance(one, Agent)}
        return Directory(self.names, people, not everybody, {}, agents)

    def _barred(self, state: State, now: int) -> frozenset[str]:
        held = self.states.get(getattr(state, "action", "")) or state
        if not isinstance(held, Action):
            return frozenset()
        known = _Known(self.states, self.directory(), now)
        return barred(known, held.agent, held.owner, held.run, held.kind)  # type: ignore[arg-type]

    def _policy(self, rows: Rows) -> Any:
        active = self.states.get(ACTIVE)
        if not isinstance(active, ActivePolicy):
            return None
        return read_policy(rows.blob(TENANT, active.compiled), active.compiled)


class _Known(NamedTuple):
    states: Mapping[str, State]
    directory: Directory
    now: int


def event_of(entry: Entry, data: str) -> Any:
    """The event that an entry records."""
    members = orjson.loads(open_disclosure(data).value)
    return read_event(entry.type, members)
