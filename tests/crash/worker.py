"""A process that may die at any moment: four agents with gated calls in runs, two people who decide, one who changes
the policy, and one who erases."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

import handrail
from handrail.backend import ReviewRecord
from handrail.codec.canonical import canonical
from handrail.codec.policies import compiled_text, text_digest
from handrail.codec.policy_file import read_policy_file
from handrail.embedded import Embedded, solo_person
from handrail.errors import FencedOff, Outcome, Refused, RunFinished, Unavailable
from handrail.gate.worker import Worker as Hand
from handrail.policy.register import ID as POLICY
from handrail.policy.register import PutPolicy
from handrail.review.commands import Decide
from tests.crash import erasing, ledger
from tests.crash.clock import SharedClock

AGENTS: Final = 4
DECIDERS: Final = 2
STEPS: Final = 3
SLOTS: Final = 3
ASKED: Final = "default_path: p\npaths: {p: {levels: [{ask: user:local, for: 4h}]}}\n"
POLICIES: Final = (
    ASKED + "rules: [{name: asks, action: effect, pattern: approval}]\n",
    ASKED + "rules: [{name: asks, action: nothing, pattern: approval}]\n",
    "rules: [{name: runs, action: effect, verdict: run, replaces: code}]\n",
    "rules: [{name: denies, action: effect_async, verdict: deny}]\n",
)
WEIGHTS: Final = {"approve": 6, "edit": 2, "happened": 2, "retry": 2}


@dataclass(frozen=True)
class Order:
    """What the parent wants of a worker. `last` lets the agents finish the run they are in and then end."""

    folder: Path
    url: str
    name: str
    seed: int
    last: bool = False


def work(order: Order) -> None:
    """Live until killed, or with `last` until told that everybody is done."""
    Worker(order).live()


def hand(order: Order) -> None:
    """Execute what others proposed, until killed: as `handrail work` does."""
    rail = Worker(order).rail
    functions = {gated.name: gated for gated in rail.core.registry}
    asyncio.run(Hand(rail.core, functions, SLOTS).run(0.0))


class Worker:
    """One life of a worker process."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.ledger = ledger.Ledger(order.folder)
        self.random = random.Random(order.seed)
        self.done = threading.Semaphore(0)
        self.idle = threading.Event()
        self.rail = handrail.connect(order.url, agent="crash", quiet=True, clock=SharedClock(order.folder / "clock"))
        self.effect = self.rail.approval(name="effect")(self._effect)
        self.effect_async = self.rail.approval(name="effect_async")(self._effect_async)

    def _effect(self, token: str, amount: int) -> int:
        self.ledger.note("effect", token, amount)
        return amount

    async def _effect_async(self, token: str, amount: int) -> int:
        self.ledger.note("effect", token, amount)
        return amount

    def live(self) -> None:
        """Start everybody and wait."""
        targets: list[Callable[[int], None]] = [self._agent, self._agent, self._async_agent, self._async_agent]
        for number, target in enumerate(targets):
            threading.Thread(target=self._guarded, args=(target, number), daemon=True).start()
        others = [*[self._decide_for_ever] * DECIDERS, self._rule, self._erase]
        for number, target in enumerate(others):
            threading.Thread(target=self._guarded, args=(target, number), daemon=True).start()
        for _ in targets:
            self.done.acquire()
        self.ledger.note("drained", self.order.name)
        threading.Event().wait()

    def _guarded(self, target: Callable[[int], None], number: int) -> None:
        try:
            target(number)
        except BaseException:
            self.ledger.note("broken", self.order.name, traceback.format_exc())
        self.done.release()

    def _runs(self, number: int) -> Iterator[str]:
        """The runs of an agent that are not over: the first one may have been begun before the process died."""
        mine = f"{self.order.name}/{number}"
        over = {run for (run,) in ledger.read(self.order.folder, "run over")}
        names = (f"{mine}/{count}" for count in itertools.count())
        waiting = (run for run in names if run not in over)
        return itertools.islice(waiting, 1) if self.order.last else waiting

    def _agent(self, number: int) -> None:
        for run in self._runs(number):
            while not self._ended(run):
                self.idle.wait(0.2)
            self.ledger.note("run over", run)

    def _ended(self, run: str) -> bool:
        """Enter a run and do what is left of it; whether it is over, and not cut short by a database that was away."""
        try:
            with self.rail.run(run):
                self._steps(run)
        except RunFinished:
            return True
        except Unavailable:
            return False
        return True

    def _steps(self, run: str) -> None:
        """A blocking call, a proposal that is waited for, a call with a key of its own."""
        self._note(lambda: self.effect(f"{run}/0", 10), f"{run}/0")
        ticket = self.effect.propose(f"{run}/1", 20)
        self.ledger.note("proposed", ticket.id)
        self._note(ticket.wait, f"{run}/1")
        self._note(lambda: self.effect.having(key=f"{run}/2")(f"{run}/2", 30), f"{run}/2")

    def _note(self, call: Callable[[], Any], token: str) -> None:
        try:
            self.ledger.note("returned", token, call())
        except (Outcome, FencedOff) as error:
            self.ledger.note("raised", token, type(error).__name__)

    def _async_agent(self, number: int) -> None:
        asyncio.run(self._work_async(number))

    async def _work_async(self, number: int) -> None:
        for run in self._runs(number):
            while not await self._aended(run):
                await asyncio.to_thread(self.idle.wait, 0.2)
            self.ledger.note("run over", run)

    async def _aended(self, run: str) -> bool:
        try:
            async with self.rail.run_async(run):
                await asyncio.gather(*(self._step(f"{run}/{step}") for step in range(STEPS)))
        except RunFinished:
            return True
        except Unavailable:
            return False
        return True

    async def _step(self, token: str) -> None:
        try:
            self.ledger.note("returned", token, await self.effect_async(token, 40))
        except (Outcome, FencedOff) as error:
            self.ledger.note("raised", token, type(error).__name__)

    @property
    def person(self) -> Embedded:
        """The one person of solo mode."""
        return Embedded(self.rail.core.backend.database, solo_person)  # type: ignore[attr-defined]

    def _rule(self, _: int) -> None:
        """Change the policy now and then: a call may run by itself, or be denied."""
        while True:
            self.idle.wait(self.random.uniform(0.1, 0.5))
            text = self.random.choice(POLICIES)
            compiled = compiled_text(read_policy_file(text).policy)
            put = PutPolicy(text, compiled, text_digest(text), text_digest(compiled))
            with contextlib.suppress(Refused, Unavailable):
                self.ledger.note("applied", self.person.call(POLICY, put)["rev"])

    def _erase(self, _: int) -> None:
        """Erase what can be erased of the actions of runs that are over."""
        while True:
            self.idle.wait(self.random.uniform(0.1, 0.5))
            with contextlib.suppress(Unavailable):
                over = [one for one in self.person.newest("run", limit=20) if one.status == "finished"]
                for one in over[:1]:
                    erasing.erase(self.person.archive, self.order.url, one.id, self.ledger)

    def _decide_for_ever(self, _: int) -> None:
        person = self.person
        while True:
            try:
                open_reviews = person.waiting(limit=20)
            except Unavailable:
                open_reviews = []
            if open_reviews:
                self._decide(person, self.random.choice(open_reviews))
            else:
                self.idle.wait(0.01)

    def _decide(self, person: Embedded, record: ReviewRecord) -> None:
        choices = record.state.choices
        outcome = self.random.choices(choices, [WEIGHTS.get(one, 1) for one in choices])[0]
        args = orjson.loads(record.action.args or "{}")
        edited = canonical({**args, "amount": args["amount"] + 1}) if outcome == "edit" else None
        value = args["amount"] if outcome == "happened" else None
        try:
            answer = person.call(record.state.id, Decide(outcome, record.state.view, None, value, edited))
        except (Refused, Unavailable):
            return
        self.ledger.note("decided", record.state.id, answer["outcome"])
