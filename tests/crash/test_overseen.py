"""Agents, supervisors and workers are killed at any moment: each clean-up of a run is done once, or said to be lost."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from handrail.engine.verify import verify
from handrail.run.commands import Stop
from handrail.run.model import Run
from tests.crash import ledger, overseen
from tests.crash.clock import SharedClock
from tests.crash.overseen import Order
from tests.crash.places import STORES, Place, place
from tests.engine.kit import Desk
from tests.night import by_night, longer_by_night

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.test_overseen"])
WAIT = 60.0


class Life:
    """One process, and what it says of how far it is."""

    def __init__(self, at: Place, target: Callable[[Order], None], run: str = "") -> None:
        self._said, tell = PROCESSES.Pipe(duplex=False)
        order = Order(at.url, at.folder, tell, run)
        self.process: ForkServerProcess = PROCESSES.Process(target=target, args=(order,), daemon=True)
        self.process.start()
        tell.close()

    @property
    def said(self) -> Connection:
        """Where it says something."""
        return self._said

    def hear(self) -> object:
        """The next thing it says."""
        assert self._said.poll(WAIT), "it says nothing"
        return self._said.recv()

    def kill(self) -> None:
        """End it now, whatever it is at."""
        self.process.kill()
        self.process.join()


class House:
    """Everybody who lives at one database, and the dice."""

    def __init__(self, at: Place, seed: int) -> None:
        self.at, self.chance, self.clock = at, random.Random(seed), SharedClock(at.folder / "clock")
        self.desk = Desk(at.address, self.clock)
        self.worker = self._worker()
        self.runs: list[str] = []

    def _worker(self) -> Life:
        found = Life(self.at, overseen.clean)
        assert found.hear() == "ready"
        return found

    def state(self, run: str) -> Run:
        return self.desk.agent.run(run)[0]

    def agent(self) -> Life:
        """An agent that is at work, for some steps already."""
        found = Life(self.at, overseen.oversee)
        self.runs.append(str(found.hear()))
        for _ in range(self.chance.randrange(4)):
            found.hear()
        return found

    def gone(self, run: str) -> None:
        """Let the time pass after which a process that is silent counts as gone."""
        self.clock.advance("61s")
        self.desk.tick(run)

    def settled(self, run: str) -> None:
        """Wait until everything is cleaned up after a run."""
        while not (state := self.state(run)).final or state.unsettled:
            assert self.desk.agent.wait(run, state.rev, WAIT), f"nothing comes of {state}"

    def agent_dies(self) -> None:
        """Its worker does what it can; the rest is lost, and said so."""
        agent = self.agent()
        agent.kill()
        run = self.runs[-1]
        self.gone(run)
        self.settled(run)
        state = self.state(run)
        assert (state.status, state.lost) == ("failed", True)
        assert [one.status for one in state.cleanups] == ["done", "lost"][: len(state.cleanups)]

    def supervisor_dies(self) -> None:
        """What was asked counts or not; what is asked again does, and the agent cleans up by itself."""
        agent, run = self.agent(), self.runs[-1]
        supervisor = Life(self.at, overseen.supervise, run)
        for _ in range(self.chance.randrange(3)):
            supervisor.hear()
        supervisor.kill()
        if self.state(run).status != "stopped":
            self.desk.person.call(run, Stop("enough"))
        self.settled(run)
        agent.process.join(WAIT)
        state = self.state(run)
        assert state.control
        assert state.control.confirmed_at
        assert {one.status for one in state.cleanups} <= {"done"}

    def worker_dies(self) -> None:
        """A clean-up that it was at is lost: nobody knows how far it came, and nobody begins it again."""
        agent = self.agent()
        agent.kill()
        run = self.runs[-1]
        self.gone(run)
        if self.state(run).cleanups and self.chance.random() < 0.7:
            assert self.worker.hear() == "cleaning"
        self.worker.kill()
        self.worker = self._worker()
        self.gone(run)
        self.settled(run)

    def check(self) -> None:
        """Each clean-up has ended, and was done as often as the log says."""
        done = Counter(run for (run,) in ledger.read(self.at.folder, "cleaned"))
        for run in self.runs:
            named = [one for one in self.state(run).cleanups if one.name]
            assert {one.status for one in self.state(run).cleanups} <= {"done", "lost"}, run
            least = sum(one.status == "done" for one in named)
            assert least <= done[run] <= len(named), run
        with self.desk.store.read() as reader:
            assert verify(reader, "default").problems == []

    def close(self) -> None:
        """Let nobody go on."""
        self.worker.kill()
        self.desk.close()


@longer_by_night
@pytest.mark.parametrize("store", STORES)
def test_whoever_is_killed_every_clean_up_is_done_once_or_said_to_be_lost(store: str, tmp_path: Path) -> None:
    seed, kills = random.randrange(2**32), by_night(100, 10)
    print(f"seed {seed}, {kills} kills")
    with place(store, tmp_path) as at:
        house = House(at, seed)
        try:
            for number in range(kills):
                (house.agent_dies, house.supervisor_dies, house.worker_dies)[number % 3]()
            house.check()
            statuses = Counter(one.status for run in house.runs for one in house.state(run).cleanups)
            print(f"of {sum(statuses.values())} clean-ups {statuses['done']} were done and {statuses['lost']} lost")
        finally:
            house.close()
