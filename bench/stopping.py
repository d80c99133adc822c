"""Four processes that start one action after another in 100 running runs, and a person who stops them all.

`python -m bench.stopping DATABASE RUNS` is a child: at each line that it reads it works until it is stopped, and prints
when its last start was acknowledged.
"""

import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import IO, Final

from handrail.action.commands import Propose
from handrail.embedded import Database, Embedded, local_agent, solo_person
from handrail.errors import StopInForce
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.stops import Halt, Lift
from handrail.run.commands import Open, Resume
from handrail.run.model import Run

PROCESSES: Final = 4
RUNS: Final = 25
"""Of each process."""
STARTS: Final = 100
"""Entries that the log gains before it is stopped."""


def measure(path: Path, count: int) -> list[int]:
    """From sending a stop to the last start that any process acknowledged, in ns; 0 where none came after it."""
    command = [sys.executable, "-m", "bench.stopping", str(path), str(RUNS)]
    database = Database(str(path))
    person = Embedded(database, solo_person)
    with ExitStack() as stack:
        children = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(PROCESSES)
        ]
        lines = [(one.stdin, one.stdout) for one in children if one.stdin and one.stdout]
        for _, told in lines:
            told.readline()
        found = [_stop(person, lines) for _ in range(count)]
        for asked, _ in lines:
            asked.close()
    database.close()
    return found


def _stop(person: Embedded, lines: list[tuple[IO[bytes], IO[bytes]]]) -> int:
    size = person.archive.size()
    for asked, _ in lines:
        asked.write(b"go\n")
        asked.flush()
    until = size + STARTS
    while size < until:
        size = person.changed(size, 10)
    stop, sent = mint("stp"), time.monotonic_ns()
    person.call(stop, Halt("all", "measured"))
    last = max(int(told.readline()) for _, told in lines)
    _go_on(person, stop)
    return max(0, last - sent)


def _go_on(person: Embedded, stop: str) -> None:
    """Let everything be as it was before."""
    size = person.archive.size()
    while sum(one.status == "paused" for one in _runs(person)) < PROCESSES * RUNS:
        size = person.changed(size, 10)
    person.call(stop, Lift("measured"))
    for one in _runs(person):
        person.call(one.id, Resume())


def _runs(person: Embedded) -> list[Run]:
    return [one for one in person.newest("run", limit=200) if isinstance(one, Run)]


def _agent(path: str, runs: int) -> None:
    database = Database(path)
    agent = Embedded(database, local_agent("bench", None))
    named = [mint("run") for _ in range(runs)]
    for run in named:
        agent.call(run, Open("bench"))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(_work(agent, named), flush=True)
    database.close()


def _work(agent: Embedded, runs: list[str]) -> int:
    last, executor = 0, mint("exe")
    for run in cycle(runs):
        declared = Declaration("exceptions", reviewers=("user:local",))
        asked = Propose("bench.pay", "{}", "sha256:0", "{}", declared, run=run, executor=executor, start=True)
        try:
            answer = agent.call(mint("act"), asked)
        except StopInForce:
            return last
        assert answer["status"] == "started", answer
        last = time.monotonic_ns()
    raise AssertionError("runs never end")


if __name__ == "__main__":
    _agent(sys.argv[1], int(sys.argv[2]))
