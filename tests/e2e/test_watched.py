"""Watched runs of real processes on a real file: what a stop ends with them, and what a kill leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from handrail.embedded import Database, Embedded, solo_person
from handrail.run import commands as r
from handrail.run.model import Run

HEAD = """
import os, sys, handrail
rail = handrail.connect("sqlite:///" + sys.argv[1], quiet=True)
def say(*words): print(*words, flush=True)
"""
TREE = """
TREE = (
    "trap '' TERM; exec 3>&1 >/dev/null; sleep 90 3>&- & echo $! >> pids; echo $$ >> pids;"
    "echo ready >&3; exec 3>&-; wait; sleep 90"
)
try:
    with rail.oversight("dump") as run:
        run.cleanup(say, "cleaned")
        for step in run.steps(["first"]):
            run.subprocess(["sh", "-c", TREE], cwd=os.path.dirname(sys.argv[1]))
except handrail.Stopped as stopped:
    say(stopped.reason)
"""
STEPS = """
with rail.oversight("nightly", id="nightly") as run:
    for step in run.steps(["first", "second"]):
        say(step)
        if step == "second":
            sys.stdin.readline()
            run.report(step)
say("over")
"""
FORKED = """
with rail.oversight("forked") as run:
    run.report("before")
    child = os.fork()
    run.report("child" if child == 0 else "parent")
    if child == 0:
        list(run.steps(["of the child"]))
        sys.exit(0)
    os.waitpid(child, 0)
"""


class Agent:
    """A program on a database, and the person who watches it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "handrail.db"
        self.database = Database(str(self.path))
        self.person = Embedded(self.database, solo_person)
        self.running: list[subprocess.Popen[str]] = []

    def start(self, body: str) -> subprocess.Popen[str]:
        script = self.path.parent / "agent.py"
        script.write_text(HEAD + body)
        process = subprocess.Popen(
            [sys.executable, str(script), str(self.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.running.append(process)
        return process

    def run(self) -> Run:
        """The newest run, as it stands."""
        found = self.person.newest("run")[0]
        assert isinstance(found, Run)
        return found

    def until(self, what: Any) -> Run:
        """The newest run, once that is true of it."""
        size = 0
        while not what(self.run()):
            size = self.person.changed(size, 10)
        return self.run()

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.communicate()
        self.database.close()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    found = Agent(tmp_path)
    yield found
    found.close()


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and that nobody has asked for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc").exists()


def line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def test_a_stop_from_elsewhere_ends_a_program_with_all_that_it_started(agent: Agent) -> None:
    process = agent.start(TREE)
    assert line(process.stdout) == "ready"
    agent.person.call(agent.run().id, r.Stop("the disk is full"))
    assert process.communicate(timeout=30)[0].split("\n")[:2] == ["cleaned", "the disk is full"]
    assert [pid for pid in (agent.path.parent / "pids").read_text().split() if alive(int(pid))] == []
    state = agent.run()
    assert (state.status, [one.status for one in state.cleanups]) == ("stopped", ["done"])
    assert state.control is not None
    assert state.control.confirmed_at is not None


def test_a_killed_agent_enters_its_run_again_and_waits_there_while_it_is_paused(agent: Agent) -> None:
    first = agent.start(STEPS)
    assert [line(first.stdout), line(first.stdout)] == ["first", "second"]
    agent.person.call(agent.run().id, r.Pause("let me see"))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = agent.start(STEPS)
    agent.until(lambda run: run.control.confirmed_at is not None)
    agent.person.call(agent.run().id, r.Resume())
    assert [line(second.stdout), line(second.stdout)] == ["first", "second"]
    assert second.communicate("\n", timeout=60)[0] == "over\n"
    kinds = [one.type for one in agent.person.history(agent.run().id)]
    assert kinds.count("run.entered") == 1
    assert agent.run().status == "finished"


def test_a_forked_process_reports_for_itself_and_nothing_twice(agent: Agent) -> None:
    process = agent.start(FORKED)
    assert process.wait(60) == 0
    state = agent.run()
    told = [(one.observation.kind, one.observation.step) for one in agent.person.observations(state.id)]
    assert sorted(one for one in told if one[0] == "report") == [
        ("report", "before"), ("report", "child"), ("report", "of the child"), ("report", "parent"),
    ]  # fmt: skip
    assert (state.status, state.totals.steps) == ("finished", 4)
