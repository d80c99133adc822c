"""How long people will probably take is told to who has to wait, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.backend import Wait
from handrail.clock import HOUR, MINUTE
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="clerk", reviewers="group:desk")


@rail.approval(name="stamp", within="4h")
def stamp(number: int) -> int:
    return number


@rail.approval(name="file", within="4h", wait="defer")
def file(number: int) -> int:
    return number


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        scripted.person("ann", groups=("desk",))
        yield scripted


def proposed(people: Any, number: int) -> Any:
    """One more, a moment after the one before."""
    people.clock.advance(0.01)
    return stamp.propose(number)


def worked(people: Any, count: int, minutes: int = 4) -> None:
    """Ann decides one after another, two at a time, each in some minutes."""
    for number in range(0, count, 2):
        tickets = [proposed(people, number), proposed(people, number + 1)]
        for ticket in tickets:
            people.clock.advance(minutes * 60)
            people.approves("stamp")
            people.react(ticket.review)


@pytest.mark.parametrize(("minutes", "words"), [
    ((7, 12, 20), "about 12 min (7 to 20 min)"), ((0.5, 12, 120), "about 12 min (30 s to 2 h)"),
    ((4, 4, 4.2), "about 4 min"),
])  # fmt: skip
def test_a_range_is_told_in_as_few_words_as_it_takes(minutes, words):
    low, likely, high = (round(one * MINUTE) for one in minutes)
    assert str(Wait("range", 1, 1, low, likely, high)) == words


def test_a_range_is_told_from_the_reviews_before(people):
    worked(people, 40)
    found = stamp.propose(99).estimated_wait
    assert found is not None
    assert (found.known, found.online, found.position) == ("range", 1, 1)
    low, likely, high = found.low or 0, found.likely or 0, found.high or 0
    assert 2 * MINUTE <= low <= likely <= high < 12 * MINUTE
    assert str(found).startswith("about 4 min")
    score = rail.core.backend.feedback
    if type(rail.core.backend).__name__ == "Embedded":
        told = score.wait_score()
        assert (told.ended, told.median) == (40, 8 * MINUTE)
        assert 0 < told.inside <= told.foretold < told.ended


def test_who_comes_later_waits_longer_and_never_beyond_the_deadline(people):
    worked(people, 40)
    tickets = [proposed(people, number) for number in range(8)]
    people.clock.advance(3)
    first, last = tickets[0].estimated_wait, tickets[-1].estimated_wait
    assert first is not None
    assert last is not None
    assert (first.position, last.position) == (1, 8)
    assert (first.likely or 0) < (last.likely or 0) <= (last.high or 0) <= 4 * HOUR


def test_nothing_is_told_from_few_reviews(people):
    worked(people, 4)
    found = stamp.propose(99).estimated_wait
    assert found is not None
    assert (found.known, found.likely, str(found)) == ("too_few", None, "not known yet: too few reviews are over")


def test_nobody_online_is_said_instead_of_a_number(people):
    worked(people, 40)
    people.clock.advance(2 * 3600)
    found = stamp.propose(99).estimated_wait
    assert found is not None
    assert (found.known, found.online, str(found)) == ("nobody_online", 0, "no reviewer is online")


def test_what_is_decided_waits_no_more(people):
    people.approves("stamp")
    ticket = stamp.propose(1)
    people.react(ticket.review)
    assert ticket.estimated_wait is None


def test_a_deferred_call_tells_it_too(people):
    with pytest.raises(handrail.Pending) as pending:
        file(1)
    assert str(pending.value.estimated_wait) in ("no reviewer is online", "not known yet: too few reviews are over")
