"""A call that succeeded is answered by its kept result: after restarts, years later, and never by running it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import apsw
import pytest

import handrail
from handrail.testing import reviewing
from handrail.testing.reviewing import by_way_of
from tests.gate.conftest import served

TEN_YEARS: Final = "3650d"


@dataclass(frozen=True)
class Booking:
    """What the function gives back."""

    account: str
    amount: Decimal
    day: date


BOOKED: Final = Booking("DE89", Decimal("7.10"), date(2026, 2, 3))


class Ledger:
    """A database file, and one life of the program after another."""

    def __init__(self, path: Path) -> None:
        self.path, self.effects = path, 0

    def life(self) -> tuple[handrail.Rail, Any]:
        """A program that was started anew."""
        rail = handrail.connect("sqlite:///:memory:", agent="keeper")

        @rail.approval(name="ledger.book")
        def book(account: str, amount: Decimal) -> Booking:
            self.effects += 1
            return Booking(account, amount, date(2026, 2, 3))

        return rail, book

    def erase(self) -> None:
        """Erase every text and argument, as a data-protection officer may ask for."""
        with apsw.Connection(str(self.path)) as connection:
            connection.execute("DELETE FROM disclosures WHERE name <> 'data'; DELETE FROM revisions")


@pytest.fixture
def ledger(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    path = tmp_path / "handrail.db"
    place = str(path)
    with by_way_of(served, place) if getattr(request, "param", "") == "http" else by_way_of(place=place):
        yield Ledger(path)


def book(rail: handrail.Rail, function: Any, keyed: bool) -> Any:
    """Make the same call as ever, in a run that goes on or under a key."""
    if keyed:
        return function.having(key="booking-7")("DE89", Decimal("7.10"))
    found: list[Any] = []
    with pytest.raises(SystemError, match="goes down"), rail.run("february"):
        found.append(function("DE89", Decimal("7.10")))
        raise SystemError("the host goes down")
    return found[0]


@pytest.mark.parametrize("keyed", [False, True])
def test_the_same_call_gets_the_kept_result_with_its_type_after_restarts_and_years(ledger: Ledger, keyed: bool):
    rail, function = ledger.life()
    with reviewing(rail) as people:
        people.approves("ledger.book")
        assert book(rail, function, keyed) == BOOKED
    for late in ("30d", TEN_YEARS):
        rail, function = ledger.life()
        with reviewing(rail) as people:
            people.clock.advance(late)
            assert book(rail, function, keyed) == BOOKED
            assert people.asked == []
    assert ledger.effects == 1


@pytest.mark.parametrize("ledger", ["embedded", "http"], indirect=True)
def test_a_result_that_was_erased_is_told_to_be_and_the_call_does_not_run_again(ledger: Ledger):
    rail, function = ledger.life()
    with reviewing(rail) as people:
        people.approves("ledger.book")
        book(rail, function, keyed=True)
    ledger.erase()
    rail, function = ledger.life()
    with reviewing(rail) as people:
        for _ in range(2):
            with pytest.raises(handrail.ResultErased, match="ran once, and its result was erased since; it is not run"):
                book(rail, function, keyed=True)
        assert people.asked == []
    assert ledger.effects == 1
