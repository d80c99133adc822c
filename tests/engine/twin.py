"""Engines on one database beside a pure world that is told the same: whatever either says, the other must say too."""

import contextlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from handrail.action import commands as action
from handrail.action.facts import LEASE
from handrail.action.model import Action
from handrail.audit.entry import parse_entry
from handrail.codec.records import NAMES as TYPES
from handrail.directory.commands import Deny, PutGroup
from handrail.engine.batch import QUIET
from handrail.engine.engine import Engine
from handrail.engine.lives import due_at
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.engine.request import Answer, Latch, Renew, Request, Tick
from handrail.errors import FencedOff, HandrailError, Refused
from handrail.principal import SYSTEM, Principal
from handrail.run.commands import Stop
from handrail.store.sqlite import SQLiteStore
from handrail.testing import FrozenClock
from tests.heart.desk import ELAPSE
from tests.heart.world import NAMES, START, Change, State, World

from .readable import Readable

SECRET: Final = b"a secret of the tests"
_NAMED: Final = {"actor"}
"""The texts that the pure world leaves out: who acted is named from labels that only a database keeps."""


@dataclass
class Side:
    """A process's engine, and which refusals it has told lately: by actor, code and command, when, how many since."""

    engine: Engine
    told: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)


@dataclass
class Sent:
    """A command on its way: what the world has refused it with, else the state that the world was then in."""

    request: Request
    expected: HandrailError | None
    state: State | None

    def check(self) -> None:
        """The engine answers as the world does."""
        raised = self.request.error
        assert type(raised) is type(self.expected), f"the world says {self.expected!r}, the engine {raised!r}"
        if self.expected is None and self.state is not None:
            answer = self.request.result()
            assert (answer["status"], answer["rev"]) == (self.state.status, self.state.rev)


class Twin:
    """A world and one or more engines. Each command goes to the world and to the engine whose turn it is."""

    def __init__(self, stores: Sequence[SQLiteStore], groups: Sequence[str] = ()) -> None:
        """`groups` are named at once: else an engine names those that are asked, which the world does not."""
        self.clock: Final = FrozenClock(START)
        for store in stores:
            vars(store)["secret"] = SECRET
        self.stores: Final = stores
        self.sides: Final = [Side(Engine(store, self.clock)) for store in stores]
        self.world = World()
        self.log: list[Change] = []
        self.answered: list[tuple[Request, Answer]] = []
        self.agreed = True
        self._seen = 0
        self._readable: Final = Readable()
        self._sent: list[Sent] = []
        self._together, self._ids, self._turn = 1, 0, 0
        for group in groups:
            put = PutGroup(NAMES.look_up("group", group), f"group:{group}")
            self.submit(NAMES.group(group), put, SYSTEM)

    @property
    def side(self) -> Side:
        """Whose turn it is: they alternate with each transaction."""
        return self.sides[self._turn % len(self.sides)]

    def submit(self, subject: str, command: object, actor: Principal) -> None:
        """One command to both. Raises what both refuse it with."""
        if self._unread(subject, command):
            self.settle()
        request = self._request(subject, self._real(subject, command), actor)
        expected = self._to_world(subject, command, actor)
        self._sent.append(Sent(request, expected, self.world.states.get(subject)))
        if len(self._sent) >= self._together:
            self.settle()
        if expected is not None:
            raise expected

    def gather(self, count: int) -> None:
        """Let the next commands, up to `count`, go to one engine in one transaction."""
        self.settle()
        self._together = count

    def settle(self) -> None:
        """Commit what was gathered, and compare."""
        sent, self._sent, self._together = self._sent, [], 1
        if sent:
            self.agreed = False
            self._commit([one.request for one in sent])
            for one in sent:
                one.check()
            self.answered += [(one.request, one.request.result()) for one in sent if one.expected is None]
            self.compare()
            self._turn += 1
            self.agreed = True

    def _commit(self, requests: list[Request]) -> None:
        """All of them in one transaction: one is led by this thread, more queue while this thread leads."""
        engine, latches = self.side.engine, [Latch() for _ in requests]
        if len(requests) == 1:
            with suppress(HandrailError):
                engine.call(requests[0])
            return
        with engine._leading:
            for request, latch in zip(requests, latches, strict=True):
                request.done = latch
                engine.submit(request)
        for latch in latches:
            latch.wait()

    def _request(self, subject: str, command: object, actor: Principal) -> Request:
        self._ids += 1
        return Request(f"cmd_{self._ids}", subject, command, actor)

    def later(self, micros: int) -> None:
        """Let time pass for both."""
        self.settle()
        self.clock.advance(micros / 1_000_000)
        self.world = self.world.later(self.clock.now())

    def sweep(self) -> None:
        """Do everything that is due, as often as something is; both agree what that is."""
        self.settle()
        while due := self._due():
            with self.side.engine.store.read() as reader:
                found = {subject for _, subject in reader.due(self.world.now, 1000)}
            assert found == due
            for subject in sorted(due):
                self._turn += 1
                self._catch_up(subject)
                self.side.engine.call(self._request(subject, Tick(), SYSTEM))
                self.compare()

    def repeat(self, which: int) -> None:
        """Send an earlier command again, to whichever engine: the first answer, and nothing happens."""
        self.settle()
        if self.answered:
            request, answer = self.answered[which % len(self.answered)]
            self._turn += 1
            again = Request(request.id, request.subject, request.command, request.actor)
            assert self.side.engine.call(again) == answer
            self.compare()

    def renew(self, held: Action, executor: str, fence: int, actor: Principal) -> None:
        """An executor's process says that it is alive."""
        self.settle()
        self._turn += 1
        lease = self.world.leases.get(held.id)
        holds = (held.executor, held.fence, held.holder) == (executor, fence, actor.id)
        rests = held.not_before is not None
        alive = holds and not rests and held.status in ("claimed", "started") and lease is not None
        alive = alive and lease is not None and lease > self.world.now
        answer = self.side.engine.call(self._request(held.id, Renew(executor, fence), actor))
        assert answer == {"renewed": alive}
        if alive:
            leases = {**self.world.leases, held.id: self.world.now + LEASE}
            self.world = replace(self.world, leases=leases)
        self._same_lease(held.id)

    def _to_world(self, subject: str, command: object, actor: Principal) -> HandrailError | None:
        self._catch_up(subject)
        try:
            self._change(subject, command, actor)
            if isinstance(command, Stop):
                self._catch_up(subject)
        except HandrailError as error:
            if isinstance(error, Refused) and error.recorded:
                self._deny(error, subject, command, actor)
            if isinstance(error, FencedOff) and isinstance(command, action.Settle):
                with contextlib.suppress(Refused):
                    self._change(subject, action.Testify(command.fence, command.outcome, command.value), actor)
            return error
        return None

    def _change(self, subject: str, command: object, actor: Principal) -> bool:
        self.world, changes = self.world.submit(subject, command, actor)
        self.log += changes
        return bool(changes)

    def _catch_up(self, subject: str) -> None:
        """What the engine promises to do before anything else happens to a stream."""
        while subject in self._due() and self._change(subject, ELAPSE[subject[:3]], SYSTEM):
            continue

    def _due(self) -> set[str]:
        leases = self.world.leases
        times = {key: due_at(state, leases.get(key) or None) for key, state in self.world.states.items()}
        return {key for key, time in times.items() if time is not None and time <= self.world.now}

    def _deny(self, error: Refused, subject: str, command: object, actor: Principal) -> None:
        """A refusal is an entry; equal ones within a second are counted into the next."""
        key = (actor.id, error.code, type(command).__name__)
        last, missed = self.side.told.get(key, (0, 0))
        if self.world.now - last < QUIET:
            self.side.told[key] = (last, missed + 1)
            return
        self.side.told[key] = (self.world.now, 0)
        self._change(actor.id, Deny(error.code, subject, type(command).__name__, missed + 1), actor)

    def _real(self, subject: str, command: Any) -> Any:
        """The command with the engine's digests."""
        return replace(
            command, **{name: self._readable.real(subject, digest) for name, digest in _digests(command).items()}
        )

    def _unread(self, subject: str, command: object) -> bool:
        """Whether the command names a digest that the world has made and the engine has not been asked for yet."""
        made = (one for one in _digests(command).values() if one.startswith(("text:{", "bind:act_")))
        return any(self._readable.real(subject, digest) == digest for digest in made)

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

    def close(self) -> None:
        """Close every engine and its store."""
        for side in self.sides:
            side.engine.close()


def _digests(command: Any) -> dict[str, str]:
    return {one.name: getattr(command, one.name) for one in fields(command) if one.name in ("view", "bind")}


def _said(raw: bytes) -> tuple[object, ...]:
    entry = parse_entry(raw)
    act = (entry.act.kind, entry.act.id, entry.act.auth)
    return entry.sub, entry.rev, entry.type, entry.from_, entry.to, entry.t, act, sorted(entry.sd.keys() - _NAMED)


def _happened(change: Change) -> tuple[object, ...]:
    sealed, before = change.sealed, change.before.status if change.before else None
    act = (sealed.by.kind, sealed.by.id, sealed.by.auth)
    texts = sorted({"data", *sealed.texts})
    return change.subject, sealed.rev, TYPES[type(sealed.event)], before, change.after.status, sealed.at, act, texts
