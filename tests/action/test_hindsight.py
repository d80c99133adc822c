"""What turned out after an action was over: a note that changes nothing else."""

from dataclasses import replace

import pytest

from handrail.action import commands as c
from handrail.errors import NotAllowed, NotReady
from handrail.principal import Principal
from tests.heart.desk import ANN, BOB, BOT, STRANGER, WORKER, Desk

WRONG = c.ReportOutcome(wrong=True)
RIGHT = c.ReportOutcome(wrong=False)


@pytest.fixture
def desk() -> Desk:
    """One action that has succeeded."""
    desk = Desk(ann="team", bob="team")
    desk.propose()
    desk.decide(ANN, "approve")
    desk.start()
    desk.settle("succeeded", value={"value": 7})
    return desk


def test_a_report_changes_nothing_but_itself(desk: Desk) -> None:
    before = desk.action()
    assert desk.submit("act_1", WRONG, BOT) == ["OutcomeReported"]
    after = desk.action()
    assert (after.status, after.turned_out, after.told_by) == ("succeeded", "wrong", "agent")
    assert replace(after, rev=before.rev, turned_out=None, told_by=None) == before


@pytest.mark.parametrize("who", [BOT, WORKER, ANN, BOB])
def test_who_may_know_it_says_it(desk: Desk, who: Principal) -> None:
    assert desk.submit("act_1", WRONG, who) == ["OutcomeReported"]


def test_a_strange_agent_says_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.submit("act_1", WRONG, STRANGER)


def test_a_refusal_can_turn_out_wrong() -> None:
    desk = Desk(ann="team")
    desk.propose()
    desk.decide(ANN, "reject")
    assert desk.submit("act_1", WRONG, ANN) == ["OutcomeReported"]
    assert desk.action().status == "refused"


def test_what_is_not_over_has_not_turned_out() -> None:
    desk = Desk(ann="team")
    desk.propose()
    with pytest.raises(NotReady, match="held"):
        desk.submit("act_1", WRONG, BOT)
    desk.submit("act_1", c.Withdraw(), BOT)
    with pytest.raises(NotReady, match="withdrawn"):
        desk.submit("act_1", WRONG, BOT)


def test_the_same_again_is_said_once_unless_there_is_more_to_say(desk: Desk) -> None:
    desk.submit("act_1", WRONG, ANN)
    assert desk.submit("act_1", WRONG, BOB) == []
    assert desk.submit("act_1", c.ReportOutcome(wrong=True, note="twice"), BOB) == ["OutcomeReported"]


def test_no_agent_takes_back_what_a_person_said(desk: Desk) -> None:
    desk.submit("act_1", WRONG, ANN)
    with pytest.raises(NotAllowed, match="person"):
        desk.submit("act_1", RIGHT, BOT)
    assert desk.submit("act_1", RIGHT, BOB) == ["OutcomeReported"]
    assert desk.action().turned_out == "right"


def test_a_person_and_the_agent_correct_the_agent(desk: Desk) -> None:
    desk.submit("act_1", WRONG, BOT)
    assert desk.submit("act_1", RIGHT, BOT) == ["OutcomeReported"]
    assert desk.submit("act_1", WRONG, ANN) == ["OutcomeReported"]
