"""Answers the reads of a transaction: from the cache where the log has not moved, else from the store."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from ..action.model import Action
from ..audit.disclosure import open_disclosure
from ..codec.policies import read_policy
from ..codec.records import State, read_state
from ..directory.model import Agent, Directory, Group, Key, Names, Person
from ..policy.register import ID as ACTIVE
from ..policy.register import ActivePolicy
from ..policy.rules import Policy, Unreadable
from ..policy.standing import Standing
from ..policy.stops import InForce, Stop
from ..review.model import Review
from ..run.model import Run
from ..store.protocol import Head, Reader, Stream
from ..stream import JSON
from ..view.model import Erased
from .lives import final, leased
from .sources import Going

CACHED: Final = 20_000
VIEWS: Final = 500
NEWS: Final = 1_000
PERMISSIONS: Final = 100
"""Of more standing permissions for the same actions the newest count."""
MEMBERS: Final = (Person, Group, Agent, Key)
GOING: Final = frozenset({"held", "cleared", "claimed", "running", "paused"})
"""How actions and runs stand that could go on."""
UNENDED: Final = GOING | {"started"}
"""How those stand that stops look at."""
NOWHERE: Final = Head("", 0, b"", 0, -1)


@dataclass
class Cache:
    """The states of one tenant as of a log size, and with its digest what people see of the reviews that were opened
    here last. Leases are not in it: they move without an entry. `turn` is the agent whose action a worker got last."""

    size: int = -1
    states: dict[str, State] = field(default_factory=dict)
    views: dict[str, tuple[str, JSON]] = field(default_factory=dict)
    directory: tuple[int, Directory] | None = None
    policy: tuple[str, Policy | Unreadable] | None = None
    stops: tuple[int, tuple[InForce, ...]] | None = None
    turn: str = ""

    def catch_up(self, reader: Reader, tenant: str, head: Head) -> None:
        """Forget what other processes have changed since."""
        if head.size < self.size:
            self._forget()
        elif head.size != self.size and self.states:
            news = reader.entries(tenant, after=self.size - 1, limit=NEWS)
            if len(news) == NEWS:
                self._forget()
            for entry in news:
                self.states.pop(entry.sub, None)
                self.views.pop(entry.sub, None)
        self.size = head.size

    def _forget(self) -> None:
        self.states.clear()
        self.views.clear()

    def unknown(self, subjects: Iterable[str]) -> set[str]:
        """Those of the streams that have to be read: all that are not here, and for their lease those that run."""
        known = self.states
        return {one for one in subjects if one not in known or leased(known[one])}

    def keep(self, states: Mapping[str, State], texts: Mapping[str, JSON], size: int) -> None:
        """Remember what was just committed, except lives that are over. `size` moves last: who is interrupted here
        reads the changes again."""
        for subject, state in states.items():
            if final(state):
                self.states.pop(subject, None)
                self.views.pop(subject, None)
            else:
                self.states[subject] = state
                if isinstance(state, Review) and state.view in texts:
                    self.views[subject] = (state.view, texts[state.view])
        _shorten(self.states, CACHED)
        _shorten(self.views, VIEWS)
        self.size = size


def _shorten(kept: dict[str, Any], most: int) -> None:
    """Drop the oldest."""
    while len(kept) > most:
        del kept[next(iter(kept))]


class Reads:
    """`Sources` over one transaction, under what the batch has changed so far. Nobody else writes meanwhile."""

    def __init__(self, reader: Reader, tenant: str, cache: Cache, names: Names, directory_at: int) -> None:
        self._reader, self._tenant, self._cache = reader, tenant, cache
        self._names, self._directory_at = names, directory_at
        self.changed: dict[str, State] = {}
        self.leases: dict[str, int] = {}
        self.members: dict[str, State] = {}
        self.blobs: dict[str, str] = {}
        self.texts: dict[str, JSON] = {}
        self._absent: set[str] = set()
        self._leases: dict[str, int | None] = {}

    def take(self, states: Mapping[str, State], leases: Mapping[str, int]) -> bool:
        """Let the batch's later reads see what was decided; whether the directory, or what is stopped, is among it."""
        self.changed |= states
        self.leases |= leases
        members = {subject: one for subject, one in states.items() if isinstance(one, MEMBERS)}
        self.members |= members
        return bool(members) or any(_turns(one) for one in states.values())

    def load(self, subjects: Iterable[str]) -> None:
        """Read these streams at once, as far as they are not known; of what is executed also the lease."""
        unknown = self._cache.unknown(subjects) - self._leases.keys() - self._absent
        if unknown:
            self.adopt(unknown, self._reader.streams(self._tenant, unknown))

    def adopt(self, asked: Set[str], rows: Iterable[Stream]) -> None:
        """Take what the store has of the streams that were asked for."""
        known = self._cache.states
        for row in rows:
            if row.id not in known:
                known[row.id] = read_state(row.kind, row.state)
            self._leases[row.id] = row.lease
        self._absent |= asked - known.keys()

    def state(self, subject: str) -> State | None:
        found = self.changed.get(subject) or self._cache.states.get(subject)
        if found is None and subject not in self._absent:
            self.load((subject,))
            found = self._cache.states.get(subject)
        return found

    def lease(self, subject: str) -> int | None:
        if subject in self.leases:
            return self.leases[subject]
        state = self.state(subject)
        if state is None or not leased(state):
            return None
        if subject not in self._leases:
            self.load((subject,))
        return self._leases.get(subject)

    def text(self, subject: str, digest: str) -> JSON | Erased:
        if digest in self.texts:
            return self.texts[digest]
        known, view = self._cache.views.get(subject, (None, None))
        if known == digest:
            return view
        found = self._reader.text(self._tenant, subject, digest)
        return Erased(digest) if found is None else opened(open_disclosure(found).value)

    def args(self, action: str, number: int) -> str | None:
        found = self._reader.revision(self._tenant, action, number)
        return found.args if found else None

    def schema(self, digest: str) -> str | None:
        return self.blobs.get(digest) or self._reader.blob(self._tenant, digest)

    def waiting(self, run: str) -> frozenset[str]:
        limit = 2 + len(self.changed)
        found = {row.id for row in self._reader.page(self._tenant, "action", parent=run, limit=limit)}
        for subject, state in self.changed.items():
            if getattr(state, "run", None) == run:
                (found.add if state.status in ("held", "unknown") else found.discard)(subject)
        return frozenset(found)

    def inside(self, run: str, most: int) -> tuple[str, ...]:
        changed = self.changed
        found = {one for one in self._reader.inside(self._tenant, run, most + len(changed)) if one not in changed}
        found |= {subject for subject, state in changed.items() if _around(state) == run and state.status in GOING}
        return tuple(sorted(found)[:most])

    def refused(self, run: str, intent: str) -> Action | None:
        rows = self._reader.refused(self._tenant, run, intent)
        found = [read_state(row.kind, row.state) for row in rows] + list(self.changed.values())
        fitting = (one for one in found if isinstance(one, Action) and (one.run, one.intent) == (run, intent))
        said = (one for one in fitting if one.status == "refused" and one.answered_at)
        return max(said, key=lambda one: one.answered_at or 0, default=None)

    def past(self, agent: str, name: str, statuses: tuple[str, ...], since: int, most: int) -> list[Action]:
        rows = self._reader.past(self._tenant, agent, name, statuses, since, most + len(self.changed))
        found = {row.id: read_state(row.kind, row.state) for row in rows if row.id not in self.changed}
        states = [one for one in (*found.values(), *self.changed.values()) if isinstance(one, Action)]
        fitting = [one for one in states if (one.agent, one.name) == (agent, name) and one.status in statuses]
        fitting.sort(key=lambda one: (-one.proposed_at, one.id))
        return [one for one in fitting if one.proposed_at >= since][:most]

    def permissions(self, group: str) -> tuple[Standing, ...]:
        rows = self._reader.permissions(self._tenant, group, PERMISSIONS)
        stored = (read_state(row.kind, row.state) for row in rows if row.id not in self.changed)
        found = [one for one in (*stored, *self.changed.values()) if isinstance(one, Standing) and one.group == group]
        return tuple(sorted((one for one in found if one.status == "present"), key=lambda one: (one.until, one.id)))

    def stops(self) -> tuple[InForce, ...]:
        known = self._cache.stops
        if known is None or known[0] != self._directory_at:
            known = self._cache.stops = (self._directory_at, read_stops(self._reader, self._tenant))
        changed = {subject: one for subject, one in self.changed.items() if isinstance(one, Stop)}
        if not changed:
            return known[1]
        found = {one.stop.id: one for one in known[1]} | {
            subject: InForce(one, _reason(self.text(one.id, one.note))) for subject, one in changed.items() if one.note
        }
        return _counting(found.values())

    def going(self, after: str, limit: int) -> Going:
        rows = self._reader.going(self._tenant, after, limit)
        upto = rows[-1].id if len(rows) == limit else None
        states = {row.id: read_state(row.kind, row.state) for row in rows} | {
            subject: one for subject, one in self.changed.items() if subject > after and (not upto or subject <= upto)
        }
        fitting = (one for _, one in sorted(states.items()) if isinstance(one, Action | Run))
        return Going([one for one in fitting if one.status in UNENDED], upto)

    def policy(self) -> Policy | Unreadable | None:
        active = self.state(ACTIVE)
        if not isinstance(active, ActivePolicy):
            return None
        known = self._cache.policy
        if known is None or known[0] != active.compiled:
            body = self.blobs.get(active.compiled) or self._reader.blob(self._tenant, active.compiled)
            known = self._cache.policy = (active.compiled, read_policy(body, active.compiled))
        return known[1]

    def directory(self) -> Directory:
        known = self._cache.directory
        if known is None or known[0] != self._directory_at:
            known = (self._directory_at, read_directory(self._reader, self._tenant, self._names))
            self._cache.directory = known
        if not self.members:
            return known[1]
        changed = {subject: one for subject, one in self.members.items() if isinstance(one, Person)}
        people = {**known[1].people, **changed}
        present = {key: person for key, person in people.items() if person.status == "present"}
        keys = {subject: one for subject, one in self.members.items() if isinstance(one, Key)}
        solo = known[1].solo and not changed
        told = {subject: one for subject, one in self.members.items() if isinstance(one, Person | Group)}
        labels = {subject: self.texts[one.profile] for subject, one in told.items() if one.profile in self.texts}
        return replace(
            known[1], people=present, solo=solo, keys={**known[1].keys, **keys}, labels={**known[1].labels, **labels}
        )


def _turns(state: State) -> bool:
    """Whether what is stopped is another since this change."""
    return isinstance(state, Stop) and (state.rev == 1 or state.status == "removed")


def _reason(text: JSON | Erased) -> str | None:
    return text if isinstance(text, str) else None


def _counting(found: Iterable[InForce]) -> tuple[InForce, ...]:
    return tuple(sorted((one for one in found if one.stop.status == "present"), key=lambda one: one.stop.at))


def read_stops(reader: Reader, tenant: str) -> tuple[InForce, ...]:
    """The stops in force, the oldest first."""
    found: list[InForce] = []
    for row in _all(reader, tenant, "stop"):
        state = read_state(row.kind, row.state)
        if isinstance(state, Stop) and state.status == "present":
            text = reader.text(tenant, state.id, state.note or "")
            found.append(InForce(state, _reason(opened(open_disclosure(text).value)) if text else None))
    return _counting(found)


def _around(state: State) -> str | None:
    return state.run if isinstance(state, Action) else state.parent if isinstance(state, Run) else None


def read_active(reader: Reader, tenant: str) -> Policy | Unreadable | None:
    """The active policy, as a snapshot holds it."""
    for row in reader.streams(tenant, (ACTIVE,)):
        active = read_state(row.kind, row.state)
        assert isinstance(active, ActivePolicy)
        return read_policy(reader.blob(tenant, active.compiled), active.compiled)
    return None


def read_directory(reader: Reader, tenant: str, names: Names) -> Directory:
    """Everybody present, with the names that are kept."""
    people: dict[str, Person] = {}
    former: dict[str, Person] = {}
    agents: dict[str, Agent] = {}
    keys: dict[str, Key] = {}
    labels: dict[str, JSON] = {}
    solo = True
    for kind in ("person", "group", "agent", "key"):
        for row in _all(reader, tenant, kind):
            state: Any = read_state(kind, row.state)
            solo = solo and kind != "person"
            if state.profile:
                text = reader.text(tenant, row.id, state.profile)
                labels[row.id] = opened(open_disclosure(text).value) if text else {"$erased": state.profile}
            if isinstance(state, Key):
                keys[row.id] = state
            if isinstance(state, Agent):
                if state.status == "present":
                    agents[row.id] = state
                labels.setdefault(state.owner, _owner_label(labels[row.id]))
            if isinstance(state, Person):
                (people if state.status == "present" else former)[row.id] = state
    return Directory(names, people, solo, labels, agents, keys, former)


def _owner_label(profile: JSON) -> JSON:
    """What an agent's profile says about who answers for it."""
    return {"handle": profile.get("owner")} if isinstance(profile, dict) else None


def _all(reader: Reader, tenant: str, kind: str) -> list[Any]:
    rows: list[Any] = []
    while True:
        after = (rows[-1].rank, rows[-1].born, rows[-1].id) if rows else None
        page = reader.page(tenant, kind, after=after, limit=1000)
        rows += page
        if len(page) < 1000:
            return rows


def opened(value: bytes) -> JSON:
    """The value of a disclosure."""
    found: JSON = orjson.loads(value)
    return found
