"""Levels, reminders, escalation, and what a claim holds back."""

import pytest

from handrail.clock import HOUR, MINUTE
from handrail.errors import Late, NotAllowed, NotReady
from handrail.review import commands as c
from handrail.review.lifecycle import CLAIM
from tests.heart.desk import ANN, BOB, CYD, Desk

FIRST = ("group:first",)
THEN = (("group:second", HOUR),)


@pytest.fixture
def desk() -> Desk:
    """Ann is asked for an hour, then Bob for another."""
    desk = Desk(ann="first", bob="second")
    desk.propose(reviewers=FIRST, within=HOUR, then=THEN)
    return desk


def test_who_comes_later_may_not_decide_yet(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.decide(BOB, "approve")


def test_after_its_time_the_next_level_is_asked_and_the_earlier_stays_allowed(desk: Desk) -> None:
    desk.wait(HOUR)
    assert desk.sweep() == ["Escalated"]
    assert desk.decide(ANN, "approve") == ["Decided", "Cleared"]


def test_votes_stay_when_the_ladder_moves() -> None:
    desk = Desk(ann="first", bob="second")
    desk.propose(reviewers=FIRST, within=HOUR, then=THEN, quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.wait(HOUR)
    desk.sweep()
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_the_ladder_ends_with_the_sum_of_its_levels(desk: Desk) -> None:
    desk.wait(2 * HOUR)
    with pytest.raises(Late):
        desk.decide(ANN, "approve")
    assert desk.sweep() == ["Expired", "Refused"]


@pytest.mark.parametrize("people", [{"bob": "second"}, {"bob": "second", "olga": "first"}])
def test_a_level_that_asks_nobody_is_passed_at_once(people: dict[str, str]) -> None:
    desk = Desk(**people)
    if "olga" in people:
        desk.employ("olga", "first", os_user="osu_olga")
    desk.propose(reviewers=FIRST, within=HOUR, then=THEN)
    assert desk.review().level == 1
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_escalation_passes_levels_that_add_nobody(desk: Desk) -> None:
    desk.propose("act_2", reviewers=FIRST, within=HOUR, then=(("group:first", HOUR), *THEN))
    desk.wait(HOUR)
    desk.sweep()
    assert desk.review("act_2").level == 2


def test_with_nobody_further_up_the_review_waits_for_its_deadline(desk: Desk) -> None:
    desk.dismiss("bob")
    desk.wait(HOUR)
    assert desk.sweep() == ["Escalated"]
    assert (desk.review().level, desk.review().due_at) == (0, desk.review().deadline)


def test_a_person_escalates_now_and_only_while_there_is_somebody(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.ask(c.Escalate(), BOB)
    assert desk.ask(c.Escalate("above me"), ANN) == ["Escalated"]
    with pytest.raises(NotReady):
        desk.ask(c.Escalate(), ANN)
    assert desk.review().level_until == desk.review().deadline


def test_a_claim_holds_the_ladder_until_its_end(desk: Desk) -> None:
    desk.wait(HOUR - MINUTE)
    desk.ask(c.Claim(), ANN)
    desk.wait(MINUTE)
    assert desk.sweep() == []
    desk.wait(CLAIM - MINUTE)
    assert desk.sweep() == ["Released", "Escalated"]


def test_a_claim_never_holds_the_deadline(desk: Desk) -> None:
    desk.wait(2 * HOUR - MINUTE)
    desk.ask(c.Claim(), ANN)
    assert desk.review().claim_until == desk.review().deadline
    desk.wait(MINUTE)
    assert desk.sweep() == ["Expired", "Refused"]


def test_a_released_claim_lets_the_ladder_go_on(desk: Desk) -> None:
    desk.wait(HOUR - MINUTE)
    desk.ask(c.Claim(), ANN)
    desk.wait(MINUTE)
    assert desk.ask(c.Release(), ANN) == ["Released"]
    assert desk.sweep() == ["Escalated"]


def test_reminders_come_again_and_again_until_the_deadline() -> None:
    desk = Desk(ann="first")
    desk.propose(reviewers=FIRST, within=HOUR, remind=20 * MINUTE)
    done = []
    for _ in range(6):
        desk.wait(10 * MINUTE)
        done.append(desk.sweep())
    assert done == [[], ["Reminded"], [], ["Reminded"], [], ["Expired", "Refused"]]


def test_a_claim_does_not_hold_reminders() -> None:
    desk = Desk(ann="first")
    desk.propose(reviewers=FIRST, within=HOUR, remind=5 * MINUTE)
    desk.ask(c.Claim(), ANN)
    desk.wait(5 * MINUTE)
    assert desk.sweep() == ["Reminded"]
    assert desk.review().claimed_by == ANN.id


def test_the_next_level_is_reminded_from_its_own_start() -> None:
    desk = Desk(ann="first", cyd="second")
    desk.propose(reviewers=FIRST, within=HOUR, then=THEN, remind=40 * MINUTE)
    desk.wait(HOUR)
    assert desk.sweep() == ["Escalated"]
    assert desk.review().remind_at == desk.world.now + 40 * MINUTE
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]


def test_sweeping_twice_does_nothing_twice(desk: Desk) -> None:
    desk.wait(HOUR)
    desk.sweep()
    assert desk.sweep() == []
