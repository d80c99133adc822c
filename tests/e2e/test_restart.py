"""A killed agent that is started again goes on where it was: real processes on a real file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.embedded import Database, Embedded, solo_person
from handrail.review import commands as c

SCRIPT = """
import sys, handrail
rail = handrail.connect("sqlite:///" + sys.argv[1])
@rail.approval(name="send")
def send(amount: int) -> int:
    with open(sys.argv[1] + ".effects", "a") as file:
        file.write(f"{amount}\\n")
    return amount
"""
IN_A_RUN = 'with rail.run("nightly"): print("got", [send(7) for _ in range(2)], flush=True)\n'
WITHOUT_ONE = 'print("got", send(7), flush=True)\n'
BY_TICKET = 'print("got", send.propose(7).wait(), flush=True)\n'


class Agent:
    """An agent program on a database, that can be killed and started again."""

    def __init__(self, folder: Path, body: str) -> None:
        self.path = folder / "handrail.db"
        self.script = folder / "agent.py"
        self.script.write_text(SCRIPT + body)
        self.database = Database(str(self.path))
        self.people = Embedded(self.database, solo_person)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, str(self.script), str(self.path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self.process

    def held(self) -> str:
        """Wait for the line that says what is held; the id of its review."""
        assert self.process is not None
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if "reviews show" in line:
                return line.split("show ")[1].split()[0]
        raise AssertionError(f"the agent ended: {self.process.wait()}")

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def approve(self, review: str) -> None:
        self.people.call(review, c.Decide("approve", self.people.review(review).state.view))

    def output(self) -> str:
        assert self.process is not None
        return self.process.communicate(timeout=30)[0]

    def effects(self) -> list[str]:
        return Path(f"{self.path}.effects").read_text().split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_killed_while_waiting_in_a_run_it_finds_its_question_again(folder):
    agent = Agent(folder, IN_A_RUN)
    agent.start()
    first = agent.held()
    agent.kill()
    agent.start()
    assert agent.held() == first
    agent.approve(first)
    agent.approve(agent.held())
    assert "got [7, 7]" in agent.output()
    agent.database.close()


def test_killed_without_run_or_key_it_asks_anew(folder):
    agent = Agent(folder, WITHOUT_ONE)
    agent.start()
    first = agent.held()
    agent.kill()
    agent.start()
    second = agent.held()
    assert second != first
    agent.approve(second)
    assert "got 7" in agent.output()
    assert agent.effects() == ["7"]
    agent.database.close()


def test_two_equal_calls_run_twice_and_a_restart_after_the_first_runs_only_the_second(folder):
    agent = Agent(folder, IN_A_RUN)
    agent.start()
    first = agent.held()
    agent.approve(first)
    second = agent.held()
    agent.kill()
    assert agent.effects() == ["7"]
    agent.start()
    assert agent.held() == second
    agent.approve(second)
    assert "got [7, 7]" in agent.output()
    assert agent.effects() == ["7", "7"]
    agent.start()
    assert agent.process is not None
    assert "RunFinished" in agent.process.communicate(timeout=30)[1]
    agent.database.close()


@pytest.mark.parametrize("body", [WITHOUT_ONE, BY_TICKET])
def test_the_line_on_stderr_says_what_is_held_until_when_and_how_to_decide(folder, body: str):
    agent = Agent(folder, body)
    process = agent.start()
    assert process.stderr is not None
    head, advice = process.stderr.readline(), process.stderr.readline()
    assert head.startswith("handrail: held until ")
    assert "send  amount 7" in head
    assert f"--db sqlite:///{agent.path}" in advice
    agent.kill()
    agent.database.close()
