"""What people ask of runs in the terminal, and what the runs' process says to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.monitors import steps_above


@pytest.fixture
def loop(rail: handrail.Rail) -> Iterator[handrail.Handle[list[str]]]:
    """An agent's loop in a thread of its own, until it is stopped."""

    def work() -> list[str]:
        run = handrail.watched_run()
        read: list[str] = []
        run.cleanup(lambda: None)
        for number in run.steps(itertools.count()):
            read += run.guidance
            run.report(number, f"row {number}", spend=0.5)
            if read:
                break
        return read

    handle = rail.start(work, title="mail loop", supervisors="group:treasury")
    yield handle
    handle.result(60)


def ended(handle: handrail.Handle[Any]) -> BaseException | None:
    try:
        handle.result(60)
    except BaseException as error:
        return error
    return None


def test_a_run_is_paused_guided_and_told_to_go_on(company: Any, loop: Any) -> None:
    out = company("runs", "pause", "mail loop", "--reason", "look at this", "--wait", "60").out
    assert "mail loop is paused" in out
    assert "confirmed it after" in out
    assert "reads it at its next step" in company("runs", "guide", "mail loop", "only the small ones").out
    shown = company("runs", "show", "mail loop").out
    assert "asked to pause by" in shown
    assert "1 message, 0 of them read" in shown
    assert company("runs", "pause", "mail loop", "--reason", "again").code == 1
    assert "goes on" in company("runs", "resume", "mail loop", "--wait", "60").out
    assert loop.result(60) == ["only the small ones"]
    assert "of its own process: waits" in company("runs", "show", "mail loop").out


def test_who_supervises_nothing_of_it_is_refused(company: Any, loop: Any) -> None:
    refused = company("runs", "stop", "mail loop", "--reason", "no", user="cfo")
    assert refused.code == 1
    assert "supervises" in refused.err
    company("runs", "guide", "mail loop", "come to an end")


def test_each_step_of_a_run_is_followed_to_its_end(company: Any, rail: Any) -> None:
    handle = rail.start(
        lambda: list(handrail.watched_run().steps(itertools.count())), title="loop", supervisors="group:treasury",
        monitors=[steps_above(3)],
    )  # fmt: skip
    size = 0
    while handle.status != "paused":
        size = rail.core.backend.changed(size, 10)
    assert "the monitor of steps spoke" in company("runs", "show", "loop").out
    assert "is stopped" in company("runs", "stop", "loop", "--reason", "seen enough", "--wait", "60").out
    assert isinstance(ended(handle), handrail.Stopped)
    out = company("runs", "watch", "loop", columns=160).out
    lines = [" ".join(line.split("  ")[1:]).strip() for line in out.splitlines()]
    assert lines[0] == "begun"
    assert "step    0" in out
    assert "report  2" in out
    assert "asked to pause by its monitor: the monitor of steps spoke" in lines
    assert any(line.startswith("told to stop by") and line.endswith("seen enough") for line in lines)
    assert any(line.startswith("confirmed by its process") for line in lines)


def test_what_agents_write_is_drawn(company: Any, rail: Any) -> None:
    with rail.oversight("bell \x07", supervisors="group:treasury") as run:
        for step in run.steps(["\x1b[2Jcleared"]):
            run.report(step, "\x1b]0;title\x07")
    for words in (("list",), ("show", run.id), ("watch", run.id)):
        out = company("runs", *words).out
        assert not any(letter < " " and letter != "\n" for letter in out), words
