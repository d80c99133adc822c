"""One simulated world: processes on one file, agents, people, a world outside; and one chance for everything."""

from __future__ import annotations

import os
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Final

import pytest

from handrail.action import events as e
from handrail.action.model import Action
from handrail.backend import Answer
from handrail.clock import DAY, MINUTE
from handrail.directory.model import Names
from handrail.engine.request import Renew, Request, Tick, tenant_secret
from handrail.errors import Unavailable
from handrail.review.model import Review
from handrail.store.sqlite import SQLiteStore

from . import invariants
from .faults import Crash, Faults
from .history import History
from .ledger import Ledger
from .machine import Machine, SkewedClock, Time
from .outside import Effect, Outside, on_stage
from .tasks import Task

START: Final = 20_000 * DAY
MACHINES: Final = ("one", "two", "three")
SKEW: Final = 5 * MINUTE
SWIFT: Final = Path("/dev/shm")
"""Where a commit waits for no disk: what power cuts leave is tested elsewhere."""


class World:
    """Everything that one seed leads to."""

    def __init__(self, seed: int, path: str) -> None:
        self.seed: Final = seed
        self.path: Final = path
        self.chance: Final = Random(seed)
        self.seen: Counter[str] = Counter()
        self.trace: list[str] = []
        self.time: Final = Time(START)
        self.faults: Final = Faults(self.chance, self.seen)
        self.outside: Final = Outside(self.chance)
        self.ledger: Final = Ledger()
        self.starts: dict[tuple[str, int], tuple[str, int | None]] = {}
        self.tasks: list[Task] = []
        store = SQLiteStore(path)
        self.names: Final = Names(tenant_secret(store.secret, "default"))
        self.history: Final = History(store, self.names)
        self.machines: dict[str, Machine] = {}
        self._sent: list[Request] = []
        self._answers: deque[Answer] = deque()
        self._effects = 0
        self.calls = 0
        self.sending: Machine | None = None
        self._before = (0, 0)
        for name in MACHINES:
            self.boot(name)

    def boot(self, name: str) -> Machine:
        """Begin a process on the file; its clock is its own."""
        clock = SkewedClock(self.time, self.chance.randint(-SKEW, SKEW) if self.chance.random() < 0.5 else 0)
        machine = self.machines[name] = Machine(name, self.path, clock, self.faults)
        return machine

    def machine(self) -> Machine:
        """Any process."""
        return self.machines[self.chance.choice(MACHINES)]

    def crash(self, machine: Machine) -> None:
        """A process is killed; its calls end where they are, and another process takes its place."""
        machine.die()
        for task in self.tasks:
            if task.machine is machine:
                task.bury()
        self.tasks = [task for task in self.tasks if not task.over]
        self.boot(machine.name)
        self.seen["crash"] += 1

    def send(self, machine: Machine, request: Request) -> Answer:
        """One command to a process's engine. Raises the refusal, `Unavailable`, or `Crash`."""
        return self._kept(request, self._submit(machine, [request])[0])

    def send_together(self, machine: Machine, requests: list[Request]) -> None:
        """Several commands in one transaction; refusals concern their senders alone."""
        for request, told in zip(requests, self._submit(machine, requests), strict=True):
            if not isinstance(told, BaseException):
                self._kept(request, told)

    def _submit(self, machine: Machine, requests: list[Request]) -> list[Any]:
        self.sending = machine
        self._sent += requests
        self.seen.update(f"command {type(one.command).__name__}" for one in requests)
        try:
            machine.engine.together(requests)
        except Crash:
            raise
        except Exception as error:
            self.seen[f"refused {type(error).__name__}"] += 1
        return [one.error if one.error is not None else one.answer for one in requests]

    def _kept(self, request: Request, told: Any) -> Answer:
        """Give back an answer and remember that it was given. Raises what it is refused with."""
        if isinstance(told, BaseException):
            raise told
        answer: Answer = told
        self._answers.append(answer)
        if not isinstance(request.command, Tick | Renew) and answer.get("items") != []:
            self.ledger.note(request, answer, self.time.now)
        return answer

    def fresh_answers(self) -> Iterator[Answer]:
        """Answers since the last look."""
        while self._answers:
            yield self._answers.popleft()

    def fresh_effects(self) -> list[Effect]:
        """Effects since the last look."""
        found, self._effects = self.outside.journal[self._effects :], len(self.outside.journal)
        return found

    def look(self) -> None:
        """Read the log, and check everything."""
        self.history.look(self._sent)
        self._sent = []
        for news in self.history.news:
            self.seen[f"{news.entry.type} {news.entry.from_} -> {news.entry.to}"] += 1
            after = news.change.after
            if isinstance(news.change.sealed.event, e.Started) and isinstance(after, Action):
                known = (after.bind, invariants.granted_argument(self, after))
                self.starts[after.id, after.attempt] = known
        invariants.check(self)

    def moved(self) -> bool:
        """Whether anything was committed or begun since this was asked last."""
        before, self._before = self._before, (len(self.history.leaves), self.calls)
        return before != self._before

    def at_rest(self) -> bool:
        """Whether nothing is due any more, now or later, and nobody waits; a run that is watched is always due."""
        with self.history.store.read() as rows:
            due = [subject for _, subject in rows.due(self.time.now + 10_000 * DAY, 10_000)]
        return all(one.startswith("run_") for one in due) and all(task.over for task in self.tasks)

    def say(self, text: str) -> None:
        """Note a step for who reads the trace."""
        self.trace.append(f"{len(self.trace):4} {(self.time.now - START) / 1_000_000:10.3f}  {text}")

    def actions(self) -> list[Action]:
        """Every action, in the order of their first entries."""
        return [one for one in self.history.states.values() if isinstance(one, Action)]

    def reviews(self) -> list[Review]:
        """Every review."""
        return [one for one in self.history.states.values() if isinstance(one, Review)]

    def directory(self) -> Any:
        """Who is there."""
        return self.history.directory()

    @property
    def states(self) -> dict[str, Any]:
        """Every state, by id."""
        return dict(self.history.states)

    def due(self, machine: Machine) -> list[str]:
        """What a process's sweeper finds due, by its own clock."""
        try:
            with machine.store.read() as rows:
                return [subject for _, subject in rows.due(machine.engine.clock.now(), 100)]
        except Unavailable:
            return []

    def close(self) -> None:
        """Clear everything away."""
        for machine in self.machines.values():
            machine.die()
        for task in self.tasks:
            task.bury()
        self.history.store.close()


def _template(folder: Path, chance: Random) -> Path:
    """An empty database, made once: its secret is the same in every simulation."""
    path = folder / "template.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "urandom", chance.randbytes)
        SQLiteStore(str(path)).close()
    return path


class Stage:
    """A folder for worlds, one after another."""

    def __init__(self) -> None:
        self._folder: Final = TemporaryDirectory(dir=SWIFT if SWIFT.is_dir() else None)
        self._template: Final = _template(Path(self._folder.name), Random(0))

    def close(self) -> None:
        """Remove it."""
        self._folder.cleanup()

    @contextmanager
    def world(self, seed: int) -> Iterator[World]:
        """A world in which everything that is drawn comes from the seed."""
        with TemporaryDirectory(dir=self._folder.name) as folder, ExitStack() as stack:
            path = os.path.join(folder, "a.db")
            shutil.copy(self._template, path)
            salts = Random(f"salts {seed}")
            patched = stack.enter_context(pytest.MonkeyPatch.context())
            patched.setattr(os, "urandom", salts.randbytes)
            world = World(seed, path)
            stack.callback(world.close)
            clock = SimpleNamespace(monotonic=lambda: world.time.ran / 1_000_000)
            patched.setattr("handrail.gate.conduct.time", clock)
            stack.enter_context(on_stage(world.outside))
            yield world
