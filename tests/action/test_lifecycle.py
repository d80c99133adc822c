"""An action's life up to its grant: routing, questions, withdrawing, superseding, and who may say what."""

from typing import Any, Final

import pytest

from handrail.action import commands as c
from handrail.clock import DAY, HOUR, MINUTE
from handrail.errors import InvalidValue, NotAllowed, NotReady
from handrail.policy.declaration import Declaration
from handrail.principal import SYSTEM, person
from tests.heart.desk import ANN, BOT, OLGA, STRANGER, TEAM, Desk
from tests.heart.world import text_of

HARMLESS: Final = {"risk": "low", "reversible": True}


@pytest.fixture
def desk() -> Desk:
    return Desk(ann="team", bob="team")


def test_a_reviewed_action_is_held_with_a_review_of_its_bytes(desk: Desk) -> None:
    assert desk.propose() == ["Proposed", "Held", "Opened"]
    assert desk.action().status == "held"
    assert desk.review().bind == desk.action().bind
    assert desk.action().review == desk.review().id


def test_without_a_reviewer_the_action_is_refused_in_the_same_commit(desk: Desk) -> None:
    assert desk.propose(reviewers=("group:nobody",)) == ["Proposed", "Refused"]
    assert (desk.action().status, desk.action().reason) == ("refused", "no_reviewer")


def test_a_rule_that_lets_it_run_grants_at_once_and_can_start_in_the_same_commit(desk: Desk) -> None:
    assert desk.propose(pattern="auto") == ["Proposed", "Cleared"]
    started = desk.propose("act_2", pattern="auto", more={"executor": "x1", "start": True})
    assert started == ["Proposed", "Cleared", "Claimed", "Started"]
    assert (desk.action("act_2").attempt, desk.action("act_2").fence) == (1, 1)


def test_only_an_agent_proposes_and_only_once(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.propose(by=ANN)
    desk.propose()
    with pytest.raises(NotReady):
        desk.propose()


def test_the_grant_lives_a_day_from_the_release_and_then_the_action_is_refused(desk: Desk) -> None:
    desk.propose(undo=HOUR)
    desk.decide(ANN, "approve")
    desk.wait(HOUR)
    assert desk.sweep() == ["TookEffect", "Cleared"]
    grant = desk.action().grant
    assert grant is not None
    assert grant.expires_at == desk.world.now + DAY
    desk.wait(DAY)
    with pytest.raises(NotReady, match="expired"):
        desk.start()
    assert desk.sweep() == ["Refused"]
    assert desk.action().reason == "grant_expired"


def test_a_grant_that_expires_while_claimed_is_refused_too(desk: Desk) -> None:
    desk.propose(grant=30_000_000)
    desk.decide(ANN, "approve")
    desk.submit("act_1", c.Claim("x1"), BOT)
    desk.wait(30_000_000)
    assert desk.sweep() == ["Refused"]


@pytest.mark.parametrize("by", [BOT, SYSTEM])
def test_withdrawing_closes_the_review(desk: Desk, by: object) -> None:
    desk.propose()
    assert desk.submit("act_1", c.Withdraw(note="no need"), by) == ["Withdrawn", "Withdrawn"]  # type: ignore[arg-type]
    assert desk.review().status == "withdrawn"


def test_the_owner_withdraws_and_nobody_else(desk: Desk) -> None:
    desk.employ("olga", "team", os_user="osu_olga")
    desk.propose()
    for other in (STRANGER, ANN):
        with pytest.raises(NotAllowed):
            desk.submit("act_1", c.Withdraw(), other)
    assert desk.submit("act_1", c.Withdraw(), OLGA)[0] == "Withdrawn"


def test_a_cleared_action_can_be_withdrawn_and_a_claimed_one_cannot(desk: Desk) -> None:
    for subject in ("act_1", "act_2"):
        desk.propose(subject)
        desk.decide(ANN, "approve", subject)
    desk.submit("act_1", c.Withdraw(), BOT)
    desk.submit("act_2", c.Claim("x1"), BOT)
    with pytest.raises(NotReady):
        desk.submit("act_2", c.Withdraw(), BOT)


def test_superseding_takes_a_held_action_back_with_its_review(desk: Desk) -> None:
    desk.propose()
    names = desk.propose("act_2", more={"supersedes": "act_1"})
    assert names == ["Proposed", "Withdrawn", "Superseded", "Held", "Opened"]
    assert (desk.action().status, desk.action().reason) == ("withdrawn", "superseded")


def test_superseding_an_action_that_was_sent_back_leaves_it_as_it_ended(desk: Desk) -> None:
    desk.propose()
    desk.decide(ANN, "send_back", note="smaller, please")
    assert desk.propose("act_2", more={"supersedes": "act_1"}) == ["Proposed", "Held", "Opened"]
    assert (desk.action().status, desk.action().reason) == ("refused", "changes_requested")


def test_another_agent_of_another_owner_cannot_supersede(desk: Desk) -> None:
    desk.propose()
    with pytest.raises(NotAllowed):
        desk.propose("act_2", by=STRANGER, more={"supersedes": "act_1"})
    assert desk.action().status == "held"
    assert "act_2" not in desk.world.states


def test_an_action_cannot_supersede_itself(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.propose(more={"supersedes": "act_1"})


@pytest.mark.parametrize("by", [BOT, STRANGER, ANN, person("usr_admin", "webauthn")])
@pytest.mark.parametrize("say", ["clear", "refuse", "conclude", "revise"])
def test_only_the_engine_says_what_a_review_means(desk: Desk, by: object, say: str) -> None:
    desk.propose()
    action = desk.action()
    forged = {
        "clear": c.Clear(str(action.review), action.bind, MINUTE),
        "refuse": c.Refuse(str(action.review), "rejected"),
        "conclude": c.Conclude(str(action.review), "succeeded", 1),
        "revise": c.Revise(2, "bind:other"),
    }
    with pytest.raises(NotAllowed):
        desk.submit("act_1", forged[say], by)  # type: ignore[arg-type]


def test_an_answer_is_the_result_of_the_question_in_the_same_commit(desk: Desk) -> None:
    desk.propose(pattern="question", more={"kind": "question"})
    assert desk.decide(ANN, "answer", value={"size": 2}) == ["Decided", "Succeeded"]
    assert text_of(desk.action().outcome or "") == {"value": {"size": 2}}
    assert desk.action().grant is None


def test_a_question_without_an_answer_takes_its_default_or_is_refused(desk: Desk) -> None:
    kind = {"kind": "question"}
    desk.propose(pattern="question", at_end="answer", args='{"default":"no"}', more=kind)
    desk.propose("act_2", pattern="question", more=kind)
    desk.wait(4 * HOUR)
    desk.sweep()
    assert text_of(desk.action().outcome or "") == {"value": "no"}
    assert (desk.action("act_2").status, desk.action("act_2").reason) == ("refused", "expired")


@pytest.mark.parametrize(("kind", "at_end"), [("question", "approve"), ("call", "answer")])
def test_time_cannot_approve_a_question_nor_answer_a_call(desk: Desk, kind: str, at_end: str) -> None:
    with pytest.raises(InvalidValue):
        desk.propose(at_end=at_end, reviewers=(TEAM,), more={"kind": kind, **HARMLESS})


@pytest.mark.parametrize(
    ("at_end", "more", "status", "reason"),
    [
        ("reject", HARMLESS, "refused", "expired"),
        ("approve", HARMLESS, "cleared", "declared"),
        ("approve", {"risk": "low"}, "refused", "expired"),
        ("approve", {"risk": "medium", "reversible": True}, "refused", "expired"),
    ],
)
def test_the_deadline_brings_the_chosen_outcome_and_approves_only_what_is_harmless(
    desk: Desk, at_end: str, more: dict[str, Any], status: str, reason: str
) -> None:
    desk.propose(at_end=at_end, more=more)
    desk.wait(4 * HOUR)
    desk.sweep()
    assert (desk.action().status, desk.action().reason) == (status, reason)


def test_what_stays_in_the_log_for_ever_is_no_free_text(desk: Desk) -> None:
    for wrong in (
        {"name": "refund for Ann Smith"}, {"run": "Ann's run"}, {"supersedes": "the one before"},
        {"executor": "Ann's laptop", "start": True, "declared": Declaration("auto", (TEAM,))},
    ):  # fmt: skip
        with pytest.raises(InvalidValue):
            desk.propose(more=wrong)
    desk.propose(more={"intent": "help Ann Smith"})
    assert "Ann" not in str(desk.log[-3].sealed.event)
    assert text_of(desk.action().story or "") == {"intent": "help Ann Smith"}
    desk.propose("act_2", more={"intent": "help Ann Smith"})
    assert desk.action("act_2").intent == desk.action().intent
