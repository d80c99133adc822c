"""Attempts are durable: who is killed between two of them goes on where it was, after the pause that was promised."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import handrail

PROGRAM = """
import sys, handrail

rail = handrail.connect(sys.argv[1], agent="settler", owner="olga", quiet=True)


@rail.exceptions(name="bank.settle", on=ConnectionError, retries=3, backoff="200ms", reviewers="user:local")
def settle() -> str:
    with open(sys.argv[2], "a") as calls:
        calls.write("call\\n")
    raise ConnectionError("no line")


settle.having(key="I-204")()
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[str, handrail.Rail]]:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    rail = handrail.connect(url, agent="settler", owner="olga", quiet=True)
    yield url, rail
    rail.close()


def test_four_calls_and_their_pauses_hold_across_a_kill_between_two_attempts(tmp_path: Path, place: Any):
    (url, rail), program, calls = place, tmp_path / "program.py", tmp_path / "calls"
    program.write_text(PROGRAM)

    @rail.exceptions(name="bank.settle", on=ConnectionError, retries=3, backoff="200ms", reviewers="user:local")
    def settle() -> str:
        raise AssertionError("the program runs it")

    action = settle.having(key="I-204").propose().id
    first = begin(program, url, calls)
    until(rail, action, "action.attempt_failed")
    first.send_signal(signal.SIGKILL)
    first.wait(20)
    second = begin(program, url, calls)
    until(rail, action, "action.held")
    second.kill()
    second.wait(20)
    found = [(one.type, one.at, one.data) for one in rail.core.backend.history(action)]
    failed = [(at, data["not_before"] - at) for name, at, data in found if name == "action.attempt_failed"]
    starts = [at for name, at, _ in found if name == "action.started"]
    assert calls.read_text().count("call") == len(starts) == 4
    assert [pause for _, pause in failed[:3]] == [200_000, 400_000, 800_000]
    assert all(start >= at + pause for start, (at, pause) in zip(starts[1:], failed, strict=False))


def begin(program: Path, url: str, calls: Path) -> subprocess.Popen[bytes]:
    """A new process of the program."""
    return subprocess.Popen([sys.executable, str(program), url, str(calls)])


def until(rail: handrail.Rail, action: str, event: str) -> None:
    """Wait for an event of an action."""
    backend, rev = rail.core.backend, -1
    while event not in [one.type for one in backend.history(action)]:
        answer = backend.wait(action, rev, 60)
        assert answer is not None, f"no {event} within a minute"
        rev = answer["rev"]
