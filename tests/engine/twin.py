"""Engines on one database beside a pure world that is told the same: whatever either says, the other must say too."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from handrail.action import commands as action
from handrail.action.facts import LEASE
from handrail.action.model import Action
from handrail.audit.entry import parse_entry
from handrail.codec.records import NAMES as TYPES
from handrail.directory.commands import Deny
from handrail.engine.batch import QUIET
from handrail.engine.engine import Engine
from handrail.engine.lives import due_at
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.engine.request import Answer, Renew, Request, Tick
from handrail.errors import HandrailError, Refused
from handrail.principal import SYSTEM, Principal
from handrail.review import commands as review
from handrail.store.sqlite import SQLiteStore
from handrail.testing import FrozenClock
from tests.heart.world import START, Change, World

from .readable import Readable

SECRET: Final = b"a secret of the tests"
_NAMED: Final = {"actor"}
"""The texts that the pure world leaves out: who acted is named from labels that only a database keeps."""


@dataclass
class Side:
    """One process's engine, and which refusals it has told lately: by actor and code, when, and how many since."""

    engine: Engine
    told: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


class Twin:
    """A world and one or more engines. Each command goes to the world and to the engine whose turn it is."""

    def __init__(self, stores: Sequence[SQLiteStore]) -> None:
        self.clock: Final = FrozenClock(START)
        for store in stores:
            vars(store)["secret"] = SECRET
        self.stores: Final = stores
        self.sides: Final = [Side(Engine(store, self.clock)) for store in stores]
        self.world = World()
        self.log: list[Change] = []
        self.sent: list[tuple[Request, Answer]] = []
        self.agreed = True
        self._seen = 0
        self._readable: Final = Readable()
        self._ids = 0

    @property
    def side(self) -> Side:
        """Whose turn it is: they alternate with each command."""
        return self.sides[self._ids % len(self.sides)]

    def submit(self, subject: str, command: object, actor: Principal) -> None:
        """One command to both. Raises what both refuse it with."""
        self._ids, self.agreed = self._ids + 1, False
        request = Request(f"cmd_{self._ids}", subject, self._real(subject, command), actor)
        expected = self._to_world(subject, command, actor)
        raised = _error(self.side.engine, request)
        assert type(raised) is type(expected), f"the world says {expected!r}, the engine {raised!r}"
        if raised is None:
            self.sent.append((request, request.result()))
            self._same_answer(subject, request.result())
        self.compare()
        self.agreed = True
        if expected is not None:
            raise expected

    def later(self, micros: int) -> None:
        """Let time pass for both."""
        self.clock.advance(micros / 1_000_000)
        self.world = self.world.later(self.clock.now())

    def sweep(self) -> None:
        """Do everything that is due, as often as something is; both agree what that is."""
        while due := self._due():
            with self.side.engine.store.read() as reader:
                found = {subject for _, subject in reader.due(self.world.now, 1000)}
            assert found == due
            for subject in sorted(due):
                self._ids += 1
                self._catch_up(subject)
                self.side.engine.call(Request(f"cmd_{self._ids}", subject, Tick(), SYSTEM))
                self.compare()

    def repeat(self, which: int) -> None:
        """Send an earlier command again, to whichever engine: the first answer, and nothing happens."""
        if self.sent:
            request, answer = self.sent[which % len(self.sent)]
            self._ids += 1
            again = Request(request.id, request.subject, request.command, request.actor)
            assert self.side.engine.call(again) == answer
            self.compare()

    def renew(self, held: Action, executor: str, fence: int, actor: Principal) -> None:
        """An executor's process says that it is alive."""
        self._ids += 1
        lease = self.world.leases.get(held.id)
        holds = (held.executor, held.fence) == (executor, fence) and held.status in ("claimed", "started")
        alive = holds and lease is not None and lease > self.world.now
        answer = self.side.engine.call(Request(f"cmd_{self._ids}", held.id, Renew(executor, fence), actor))
        assert answer == {"renewed": alive}
        if alive:
            leases = {**self.world.leases, held.id: self.world.now + LEASE}
            self.world = replace(self.world, leases=leases)
        self._same_lease(held.id)

    def _to_world(self, subject: str, command: object, actor: Principal) -> HandrailError | None:
        self._catch_up(subject)
        try:
            self._change(subject, command, actor)
        except HandrailError as error:
            if isinstance(error, Refused) and error.recorded:
                self._deny(error, subject, command, actor)
            return error
        return None

    def _change(self, subject: str, command: object, actor: Principal) -> bool:
        self.world, changes = self.world.submit(subject, command, actor)
        self.log += changes
        return bool(changes)

    def _catch_up(self, subject: str) -> None:
        """What the engine promises to do before anything else happens to a stream."""
        while subject in self._due() and self._change(subject, _elapse(subject), SYSTEM):
            continue

    def _due(self) -> set[str]:
        leases = self.world.leases
        times = {key: due_at(state, leases.get(key) or None) for key, state in self.world.states.items()}
        return {key for key, time in times.items() if time is not None and time <= self.world.now}

    def _deny(self, error: Refused, subject: str, command: object, actor: Principal) -> None:
        """A refusal is an entry; equal ones within a second are counted into the next."""
        key = (actor.id, error.code)
        last, missed = self.side.told.get(key, (0, 0))
        if self.world.now - last < QUIET:
            self.side.told[key] = (last, missed + 1)
            return
        self.side.told[key] = (self.world.now, 0)
        self._change(actor.id, Deny(error.code, subject, type(command).__name__, missed + 1), actor)

    def _real(self, subject: str, command: Any) -> Any:
        """The command with the engine's digests."""
        known = {one.name: getattr(command, one.name) for one in fields(command) if one.name in ("view", "bind")}
        return replace(command, **{name: self._readable.real(subject, digest) for name, digest in known.items()})

    def compare(self) -> None:
        """Every entry since the last look is a change of the world's, in order; and each changed state is the same."""
        with self.side.engine.store.read() as reader:
            rows = reader.entries(TENANT, after=self._seen - 1)
            found, expected = [_said(row.entry) for row in rows], [_happened(one) for one in self.log[self._seen :]]
            assert found == expected, f"the world changed {expected}, the log holds {found}"
            changed = {row.sub for row in rows}
            for row in reader.streams(TENANT, changed):
                state = self._readable.state(reader, row)
                assert state == self.world.states[row.id], f"the world has {self.world.states[row.id]}, the row {state}"
        for subject in changed:
            self._same_lease(subject)
        self._seen += len(rows)

    def _same_lease(self, subject: str) -> None:
        state = self.world.states[subject]
        if isinstance(state, Action) and state.status in ("claimed", "started"):
            with self.side.engine.store.read() as reader:
                assert reader.streams(TENANT, (subject,))[0].lease == self.world.leases[subject]

    def _same_answer(self, subject: str, answer: Answer) -> None:
        state = self.world.states.get(subject)
        assert state is None or (answer["status"], answer["rev"]) == (state.status, state.rev)

    def close(self) -> None:
        """Close every engine and its store."""
        for side in self.sides:
            side.engine.close()


def _error(engine: Engine, request: Request) -> HandrailError | None:
    try:
        engine.call(request)
    except HandrailError as error:
        return error
    return None


def _elapse(subject: str) -> object:
    return action.Elapse() if subject.startswith("act_") else review.Elapse()


def _said(raw: bytes) -> tuple[object, ...]:
    entry = parse_entry(raw)
    act = (entry.act.kind, entry.act.id, entry.act.auth)
    return entry.sub, entry.rev, entry.type, entry.from_, entry.to, entry.t, act, sorted(entry.sd.keys() - _NAMED)


def _happened(change: Change) -> tuple[object, ...]:
    sealed, before = change.sealed, change.before.status if change.before else None
    act = (sealed.by.kind, sealed.by.id, sealed.by.auth)
    texts = sorted({"data", *sealed.texts})
    return change.subject, sealed.rev, TYPES[type(sealed.event)], before, change.after.status, sealed.at, act, texts
