"""What a run that ended otherwise than finished leaves behind is cleaned up, and each clean-up is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.testing import reviewing
from tests.gate.watching import found, told

rail = handrail.connect("sqlite:///:memory:", agent="runner")
PLAN = ["customers", "orders", "items"]


@pytest.fixture(autouse=True)
def way() -> str:
    """In this process alone: what a server does is tested there."""
    return "embedded"


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        yield scripted


def test_clean_up_runs_backwards_after_a_stop_and_each_is_recorded(people: Any) -> None:
    people.stops("migration", "enough", before="orders")
    cleaned: list[str] = []

    def fails() -> None:
        raise OSError("disk full")

    with pytest.raises(handrail.Stopped), rail.oversight("migration") as run:
        run.cleanup(cleaned.append, "first")
        run.cleanup(fails)
        run.cleanup(cleaned.append, "last")
        list(run.steps(PLAN))
    assert cleaned == ["last", "first"]
    assert [one.status for one in found(people).cleanups] == ["done", "failed", "done"]
    assert told(people, "run.cleaned") == [None, "OSError: disk full", None]


def test_clean_up_runs_after_a_failure_and_not_after_success(people: Any) -> None:
    cleaned: list[str] = []
    with pytest.raises(KeyError), rail.oversight("migration") as run:
        run.cleanup(cleaned.append, "failed")
        raise KeyError
    with rail.oversight("other") as run:
        run.cleanup(cleaned.append, "finished")
    assert cleaned == ["failed"]
    assert [one.status for one in found(people, "other").cleanups] == ["waits"]
