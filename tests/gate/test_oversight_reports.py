"""What a watched run reports: kept in order, without secrets, and never lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import handrail
from handrail.errors import InvalidValue, Unavailable
from handrail.gate import reports
from handrail.gate.reports import Reports
from handrail.run.commands import Observation, Observe
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


@dataclass
class Database:
    """Where reports go, which may be away."""

    away: Exception | None = None
    kept: list[Observation] = field(default_factory=list)

    def send(self, command: Observe) -> None:
        if self.away is not None:
            raise self.away
        self.kept += command.items


def numbered(count: int) -> list[Observation]:
    return [Observation("report", number, str(number)) for number in range(count)]


def test_a_secret_in_a_result_is_not_reported(people: Any) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    with rail.oversight("migration") as run:
        run.report(f"login with {secret}", {"key": secret})
        run.note(f"the key is {secret}")
        assert run.results == {f"login with {secret}": {"key": secret}}, "the program itself keeps it"
    told = people.somebody(None).observations(found(people).id)
    assert [one.observation.kind for one in told] == ["report", "note"]
    assert all(secret not in str(one) for one in told)


def test_what_is_no_json_or_too_long_is_reported_by_its_beginning(people: Any) -> None:
    class Row:
        def __str__(self) -> str:
            raise RuntimeError

    with rail.oversight("migration") as run:
        run.report("object", {1, 2})
        run.report("long", "x" * 100_000)
        run.report("silent", Row())
        run.report("half a letter", "\ud800")
    told = [one.observation for one in people.somebody(None).observations(found(people).id)]
    assert [one.value for one in told] == [None, None, None, None]
    assert [len(one.text or "") for one in told] == [6, reports.TEXT, len("a Row without a text"), 1]


def test_what_an_absent_database_did_not_take_is_sent_later_in_order() -> None:
    database = Database(Unavailable("away"))
    kept = Reports(database.send, lambda: 0)
    for one in numbered(1_200):
        kept.add(one)
    with pytest.raises(Unavailable):
        kept.flush()
    database.away = None
    kept.flush()
    assert [one.step for one in database.kept] == [one.step for one in numbered(1_200)]


def test_what_had_to_be_dropped_is_told() -> None:
    database = Database(Unavailable("away"))
    kept = Reports(database.send, lambda: 0)
    for one in numbered(reports.KEPT + 3):
        kept.add(one)
    database.away = None
    kept.flush()
    assert (database.kept[0].text or "").startswith("3 observations before this one were lost")
    assert [one.step for one in database.kept[1:]] == [str(number + 3) for number in range(reports.KEPT)]


def test_what_is_refused_is_said_once_and_keeps_nothing_else_from_being_sent() -> None:
    database = Database(InvalidValue("too much"))
    kept = Reports(database.send, lambda: 0)
    kept.add(numbered(1)[0])
    with pytest.raises(InvalidValue):
        kept.flush()
    database.away = None
    kept.add(Observation("note", 1, text="next"))
    kept.flush()
    assert [one.text for one in database.kept] == ["next"]


@pytest.mark.parametrize("wrong", [{"tokens": -1}, {"tokens": True}, {"spend": -0.01}, {"spend": float("inf")}])
def test_what_cannot_be_spent_is_refused(people: Any, wrong: Any) -> None:
    with rail.oversight("migration") as run, pytest.raises(handrail.UsageError):
        run.report("step", **wrong)
