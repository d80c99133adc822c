"""Monitors pause a watched run by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.clock import SECOND
from handrail.monitors import errors_above, longer_than, repeated, silent, spend_above, steps_above, unattended
from handrail.testing import reviewing
from tests.gate.watching import found

rail = handrail.connect("sqlite:///:memory:", agent="runner")


@pytest.fixture(autouse=True)
def way() -> str:
    """In this process alone: what a server does is tested there."""
    return "embedded"


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        yield scripted


@rail.approval(name="oversight.write")
def write(table: str) -> str:
    return f"{table} written"


@pytest.mark.parametrize(
    ("monitor", "kind"),
    [(spend_above(0.5), "spend"), (steps_above(2), "steps"), (errors_above(50), "errors")],
    ids=["spend", "steps", "errors"],
)
def test_a_monitor_pauses_the_run_by_what_it_reports(people: Any, monitor: Any, kind: str) -> None:
    people.stops("migration", "seen enough")
    done: list[int] = []
    with pytest.raises(handrail.Stopped, match="seen enough"), rail.oversight("migration", monitors=[monitor]) as run:
        for number in run.steps(range(50)):
            done.append(number)
            run.report(number, KeyError(number) if kind == "errors" else number, spend=0.25)
    assert found(people).alarm == kind
    assert len(done) == (5 if kind == "errors" else 2)


def test_a_loop_of_equal_calls_is_paused(people: Any) -> None:
    for _ in range(4):
        people.approves("oversight.write")
    with rail.oversight("migration", monitors=[repeated(3)]) as run:
        for number in range(2):
            write(str(number))
        write("1")
        run.supervision.reports.flush()
        assert found(people).status == "running"
        write("1")
        run.supervision.reports.flush()
        assert (found(people).status, found(people).alarm) == ("paused", "repeated")


@pytest.mark.parametrize(("monitor", "kind"), [(longer_than("1h"), "duration"), (silent("10m"), "silence")])
def test_a_monitor_pauses_the_run_as_time_passes(people: Any, monitor: Any, kind: str) -> None:
    with rail.oversight("migration", id="nightly", monitors=[monitor]) as run:
        people.clock.advance(monitor.limit / SECOND)
        size = 0
        while found(people).status != "paused":
            size = people.somebody(None).changed(size, 10)
        assert found(people).alarm == kind
        run.note("still here")


def test_a_monitor_pauses_a_run_that_nobody_may_stop(people: Any) -> None:
    people.person("ann")
    with rail.oversight("migration", id="nightly", monitors=[unattended("5m")]) as run:
        run.note("begun")
        run.supervision.reports.flush()
        people.clock.advance(301)
        size = 0
        while found(people).status != "paused":
            size = people.somebody(None).changed(size, 10)
        assert found(people).alarm == "unattended"


@pytest.mark.parametrize(
    ("monitor", "wrong"),
    [
        (spend_above, 0), (spend_above, float("nan")), (steps_above, 0), (repeated, True), (errors_above, 101),
        (silent, "soon"), (longer_than, 0),
    ],
)  # fmt: skip
def test_a_monitor_without_a_usable_limit_is_refused(monitor: Any, wrong: Any) -> None:
    with pytest.raises(handrail.UsageError):
        monitor(wrong)


def test_what_is_no_monitor_is_refused(people: Any) -> None:
    wrong: Any = [40]
    with pytest.raises(handrail.UsageError, match="spend_above"), rail.oversight("migration", monitors=wrong):
        pass
