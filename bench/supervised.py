"""Supervised runs in several processes on one database, of which a person stops one after another.

`python -m bench.supervised DATABASE RUNS` is a child with so many runs at a time. Of each it prints that it goes on,
and once it was stopped when the last body of it began, in monotonic ns.
"""

import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

import orjson

import handrail
from handrail.run.commands import Stop

from .house import House


@dataclass(frozen=True, slots=True)
class Amount:
    """How many processes with how many runs each, and how many of these are stopped."""

    processes: int
    runs: int
    stops: int


@dataclass
class Measured:
    """Durations in ns from the sending of a stop to its commit, or to the last body of the run that began where that is
    later. `late` are bodies that began after the stop was acknowledged."""

    stops: list[int] = field(default_factory=list)
    late: int = 0


def measure(path: Path, amount: Amount) -> Measured:
    """Stop runs one after another while all others go on; who was stopped begins another one."""
    house, said, found, chance = House(path), SimpleQueue[list[Any]](), Measured(), Random(7)
    house.rail.core.backend.name("run_none")
    command = [sys.executable, "-m", "bench.supervised", str(path), str(amount.runs)]
    with ExitStack() as stack:
        for _ in range(amount.processes):
            child = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            stack.callback(child.terminate)
            threading.Thread(target=_listen, args=(child, said), daemon=True).start()
        going = [said.get()[0] for _ in range(amount.processes * amount.runs)]
        for _ in range(amount.stops):
            run = going.pop(chance.randrange(len(going)))
            sent = time.monotonic_ns()
            house.people.call(run, Stop("enough"))
            kept = time.monotonic_ns()
            going += _until_over(said, run, sent, kept, found)
            while len(going) < amount.processes * amount.runs:
                going.append(said.get()[0])
    house.close()
    return found


def _listen(child: "subprocess.Popen[bytes]", said: "SimpleQueue[list[Any]]") -> None:
    assert child.stdout is not None
    for line in child.stdout:
        said.put(orjson.loads(line))


def _until_over(said: "SimpleQueue[list[Any]]", run: str, sent: int, kept: int, found: Measured) -> list[str]:
    """Take in how a run ended; the runs that were begun meanwhile."""
    begun: list[str] = []
    while len(told := said.get()) == 1 or told[0] != run:
        begun.append(told[0])
    found.stops.append(max(kept, told[1]) - sent)
    found.late += told[1] > kept
    return begun


class Agent:
    """Threads that go on with one run after another."""

    def __init__(self, path: str) -> None:
        self.rail = handrail.connect(path if "://" in path else f"sqlite:///{path}", agent="bench", quiet=True)
        self._telling = threading.Lock()
        self._own = threading.local()
        self._pause = threading.Event()
        self.step = self.rail.exceptions(name="bench.step", on=ConnectionError)(self._step)

    def _step(self, number: int) -> int:
        self._own.began = time.monotonic_ns()
        return number

    def work(self, seed: int) -> None:
        """Go on with runs until the process ends."""
        chance = Random(seed)
        while True:
            run = ""
            try:
                with self.rail.oversight("bench") as scope:
                    run, self._own.began = scope.id, 0
                    self._tell(run)
                    for number in scope.steps(range(10**9)):
                        scope.report(number, self.step(number))
                        self._pause.wait(chance.uniform(0.5, 1.5))
            except handrail.Stopped:
                self._tell(run, self._own.began)

    def _tell(self, *what: object) -> None:
        with self._telling:
            sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    agent = Agent(sys.argv[1])
    for seed in range(int(sys.argv[2])):
        threading.Thread(target=agent.work, args=(seed,), daemon=True).start()
    sys.stdin.read()
