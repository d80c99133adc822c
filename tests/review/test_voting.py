"""Votes, quorums across roles, edits, and taking a vote back."""

from typing import Any

import pytest

from handrail.clock import HOUR, MINUTE
from handrail.errors import AlreadyDecided, InvalidValue, Late, NotAllowed, NotReady, StaleView, Unseen
from handrail.policy.paths import Demand, Level
from handrail.principal import person
from handrail.review import commands as c
from tests.heart.desk import ANN, BOB, BOT, CYD, Desk
from tests.heart.world import text_of

BOTH_ROLES = (("group:legal", 1), ("group:finance", 1))


@pytest.fixture
def desk() -> Desk:
    return Desk(ann="team", bob="team", cyd="team")


def test_one_approval_decides_where_one_is_needed(desk: Desk) -> None:
    desk.propose()
    assert desk.decide(ANN, "approve", note="fine") == ["Decided", "Cleared"]
    decision = desk.review().decision
    assert decision is not None
    assert (decision.by, decision.auth, decision.counted) == (ANN.id, "session", (ANN.id,))
    assert text_of(decision.note or "") == "fine"


def test_two_approvals_need_two_people(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    assert desk.decide(ANN, "approve") == ["Voted"]
    with pytest.raises(AlreadyDecided, match="another person"):
        desk.decide(ANN, "approve")
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


@pytest.mark.parametrize(
    ("groups", "votes", "agreed"),
    [
        ({"ann": "legal finance", "bob": "legal"}, (ANN, BOB), True),
        ({"ann": "legal", "bob": "legal finance"}, (ANN, BOB), True),
        ({"ann": "legal finance", "bob": "finance"}, (ANN, BOB), True),
        ({"ann": "legal", "bob": "legal", "cyd": "finance"}, (ANN, BOB), False),
        ({"ann": "legal", "bob": "legal", "cyd": "legal finance"}, (ANN, BOB, CYD), True),
        ({"ann": "legal finance", "bob": "legal finance"}, (ANN,), False),
    ],
)
def test_each_person_fills_one_place_of_the_roles(
    groups: dict[str, str], votes: tuple[object, ...], agreed: bool
) -> None:
    desk = Desk(**groups)
    desk.propose(reviewers=("group:legal", "group:finance"), quorum=BOTH_ROLES)
    for voter in votes:
        desk.decide(voter, "approve")  # type: ignore[arg-type]
    assert (desk.review().status == "decided") == agreed


@pytest.mark.parametrize(("outcome", "reason"), [("reject", "rejected"), ("send_back", "changes_requested")])
def test_any_other_outcome_by_one_person_decides_at_once(desk: Desk, outcome: str, reason: str) -> None:
    desk.propose(quorum=(("any", 3),))
    desk.decide(ANN, "approve")
    desk.decide(BOB, outcome)
    assert (desk.action().status, desk.action().reason) == ("refused", reason)


def test_a_decision_names_the_view_that_stands(desk: Desk) -> None:
    desk.propose()
    with pytest.raises(StaleView):
        desk.decide(ANN, "approve", view="text:another")


@pytest.mark.parametrize(("outcome", "more"), [("approve", {}), ("edit", {"args": '{"n":2}'})])
@pytest.mark.parametrize("seen", [(), ("args.a",), ("args.b", "args.c")])
def test_what_would_run_is_not_approved_unless_it_was_seen_whole(
    desk: Desk, outcome: str, more: dict[str, Any], seen: tuple[str, ...]
) -> None:
    desk.propose()
    desk.world.folds = ("args.a", "args.b")
    with pytest.raises(Unseen) as refusal:
        desk.decide(ANN, outcome, seen=seen, **more)
    assert refusal.value.folds == tuple(path for path in desk.world.folds if path not in seen)
    assert all(path in str(refusal.value) for path in refusal.value.folds)
    assert desk.decide(ANN, outcome, seen=("args.b", "args.a"), **more)[-1] == "Cleared"


def test_nor_is_a_failed_action_tried_again(desk: Desk) -> None:
    desk.propose()
    desk.decide(ANN, "approve")
    desk.start()
    desk.settle("failed", escalate=True)
    desk.world.folds = ("args.a",)
    with pytest.raises(Unseen):
        desk.decide(ANN, "retry")
    assert "Decided" in desk.decide(ANN, "retry", seen=("args.a",))


@pytest.mark.parametrize("outcome", ["reject", "send_back"])
def test_what_lets_nothing_run_needs_nothing_opened(desk: Desk, outcome: str) -> None:
    desk.propose()
    desk.world.folds = None
    assert "Decided" in desk.decide(ANN, outcome)


def test_nothing_is_approved_of_which_the_view_is_erased(desk: Desk) -> None:
    desk.propose()
    desk.world.folds = None
    with pytest.raises(Unseen, match="erased"):
        desk.decide(ANN, "approve", seen=("args.a",))


def test_what_was_opened_is_kept_with_the_vote_and_nothing_else_is(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    desk.world.folds = ("args.a", "args.b")
    desk.decide(ANN, "approve", seen=("args.b", "args.a", "story.x"))
    assert text_of(desk.log[-1].sealed.texts["seen"]) == ["args.a", "args.b"]
    desk.decide(BOB, "edit", args='{"n":2}', seen=("args.a", "args.b"))
    assert desk.log[-1].subject == "act_1"
    assert text_of(desk.log[-2].sealed.texts["seen"]) == ["args.a", "args.b"]
    desk.world.folds = ()
    desk.decide(CYD, "approve", seen=("args.a",))
    decided = next(one.sealed for one in desk.log[::-1] if type(one.sealed.event).__name__ == "Decided")
    assert "seen" not in decided.texts


def test_an_edit_that_decides_keeps_what_was_opened_with_the_view_it_was_opened_in(desk: Desk) -> None:
    desk.propose()
    desk.world.folds = ("args.a",)
    desk.decide(ANN, "edit", args='{"n":2}', seen=("args.a",))
    kept = {type(one.sealed.event).__name__: one.sealed.texts for one in desk.log}
    assert "seen" in kept["Edited"]
    assert "seen" not in kept["Decided"]


def test_a_refusal_names_few_of_many_folds(desk: Desk) -> None:
    desk.propose()
    desk.world.folds = tuple(f"args.f{number}" for number in range(1_000))
    with pytest.raises(Unseen, match=r"args.f7 and 992 more") as refusal:
        desk.decide(ANN, "approve")
    assert len(refusal.value.folds) == 1_000


def test_outcomes_of_other_kinds_are_no_choice(desk: Desk) -> None:
    desk.propose()
    for outcome in ("answer", "retry", "skip", "abort", "happened"):
        with pytest.raises(InvalidValue):
            desk.decide(ANN, outcome)


def test_an_edit_by_one_who_is_enough_decides_on_the_edited_bytes(desk: Desk) -> None:
    desk.propose()
    before = desk.action().bind
    assert desk.decide(ANN, "edit", args='{"n":2}') == ["Edited", "Revised", "Decided", "Cleared"]
    grant = desk.action().grant
    assert grant is not None
    assert grant.bind == desk.action().bind != before
    assert (desk.action().revision, desk.review().round) == (2, 2)


def test_an_edit_voids_the_votes_and_counts_as_the_editors(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    assert desk.decide(BOB, "edit", args='{"n":2}') == ["Edited", "Revised"]
    assert [vote.by for vote in desk.review().votes] == [BOB.id]
    with pytest.raises(AlreadyDecided):
        desk.decide(BOB, "approve")
    assert desk.decide(ANN, "approve") == ["Decided", "Cleared"]


def test_after_an_edit_the_old_view_is_stale(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    old = desk.review().view
    desk.decide(BOB, "edit", args='{"n":2}')
    with pytest.raises(StaleView):
        desk.decide(ANN, "approve", view=old)


def test_the_deadline_does_not_move_with_an_edit(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    deadline = desk.review().deadline
    desk.wait(HOUR)
    desk.decide(BOB, "edit", args='{"n":2}')
    assert desk.review().deadline == deadline


def test_an_edit_without_arguments_is_refused_and_the_round_stands(desk: Desk) -> None:
    desk.propose()
    before = desk.review()
    with pytest.raises(InvalidValue):
        desk.decide(ANN, "edit")
    assert desk.review() == before


@pytest.mark.parametrize("fresh", [None, Demand((Level(("grp_x",), HOUR),), auth=("webauthn",))])
def test_an_edit_that_the_rules_deny_leaves_the_round_standing(desk: Desk, fresh: Demand | None) -> None:
    desk.propose(quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.give(desk.review().id, demand=Demand(desk.review().demand.levels, (("any", 2),), auth=("session",)))
    desk.give("act_1", demand=fresh)
    before = desk.review()
    with pytest.raises(NotAllowed):
        desk.decide(BOB, "edit", args='{"n":2}')
    assert desk.review() == before


def test_the_edited_round_needs_the_stricter_of_both_demands(desk: Desk) -> None:
    desk.propose()
    levels = desk.review().demand.levels
    desk.give("act_1", demand=Demand(levels, (("any", 2),), undo=MINUTE, auth=("session",)))
    assert desk.decide(ANN, "edit", args='{"n":2}') == ["Edited", "Revised"]
    demand = desk.review().demand
    assert (demand.quorum, demand.undo, demand.auth) == ((("any", 2),), MINUTE, ("session",))


def test_a_decision_may_need_a_way_to_sign_in(desk: Desk) -> None:
    desk.propose()
    desk.give(desk.review().id, demand=Demand(desk.review().demand.levels, auth=("webauthn",)))
    with pytest.raises(NotAllowed, match="webauthn"):
        desk.decide(ANN, "approve")
    assert desk.decide(person(ANN.id, "webauthn"), "approve") == ["Decided", "Cleared"]


def test_at_the_deciding_vote_only_those_count_who_may_decide_now(desk: Desk) -> None:
    desk.propose(quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.dismiss("ann")
    assert desk.decide(BOB, "approve") == ["Voted"]
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]
    assert desk.review().decision.counted == (BOB.id, CYD.id)  # type: ignore[union-attr]


def test_a_vote_counts_only_with_roles_it_had_and_still_has() -> None:
    desk = Desk(ann="legal", bob="legal", cyd="finance")
    desk.propose(reviewers=("group:legal", "group:finance"), quorum=BOTH_ROLES)
    desk.decide(ANN, "approve")
    desk.employ("ann", "finance")
    assert desk.decide(CYD, "approve") == ["Voted"]
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]
    assert desk.review().decision.counted == (BOB.id, CYD.id)  # type: ignore[union-attr]


def test_a_late_vote_is_refused_also_before_the_sweeper_ran(desk: Desk) -> None:
    desk.propose()
    desk.wait(4 * HOUR)
    for refused in (c.Decide("approve", desk.review().view), c.Claim(), c.Delegate(BOB.id), c.Escalate()):
        with pytest.raises(Late):
            desk.ask(refused, ANN)
    desk.sweep()
    with pytest.raises(Late):
        desk.decide(ANN, "approve")


def test_the_second_decision_comes_too_late(desk: Desk) -> None:
    desk.propose()
    desk.decide(ANN, "approve")
    with pytest.raises(AlreadyDecided):
        desk.decide(BOB, "reject")


def test_within_the_undo_window_nothing_runs_and_the_vote_can_be_taken_back(desk: Desk) -> None:
    desk.propose(undo=MINUTE)
    assert desk.decide(ANN, "approve") == ["Decided"]
    with pytest.raises(NotReady):
        desk.start()
    deadline = desk.review().deadline
    assert desk.ask(c.Revoke("wrong one"), ANN) == ["Revoked"]
    assert (desk.review().status, desk.review().votes, desk.review().deadline) == ("open", (), deadline)
    assert desk.decide(ANN, "reject") == ["Decided"]


def test_only_a_counted_voter_takes_back_and_the_other_votes_stay(desk: Desk) -> None:
    desk.propose(undo=MINUTE, quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.decide(BOB, "approve")
    for other in (CYD, BOT):
        with pytest.raises(NotAllowed):
            desk.ask(c.Revoke(), other)
    desk.ask(c.Revoke(), BOB)
    assert [vote.by for vote in desk.review().votes] == [ANN.id]


def test_after_the_window_the_decision_stands_also_before_the_sweeper_ran(desk: Desk) -> None:
    desk.propose(undo=MINUTE)
    desk.decide(ANN, "approve")
    desk.wait(MINUTE)
    with pytest.raises(AlreadyDecided):
        desk.ask(c.Revoke(), ANN)
    assert desk.sweep() == ["TookEffect", "Cleared"]
    with pytest.raises(AlreadyDecided):
        desk.ask(c.Revoke(), ANN)


def test_a_rejection_waits_for_its_window_too(desk: Desk) -> None:
    desk.propose(undo=MINUTE)
    desk.decide(ANN, "reject")
    assert desk.action().status == "held"
    desk.wait(MINUTE)
    assert desk.sweep() == ["TookEffect", "Refused"]


def test_what_was_answered_takes_effect_with_its_value(desk: Desk) -> None:
    desk.propose(pattern="question", undo=MINUTE, more={"kind": "question"})
    desk.decide(ANN, "answer", value="blue")
    desk.wait(MINUTE)
    desk.sweep()
    assert text_of(desk.action().outcome or "") == {"value": "blue"}


def test_nothing_can_be_taken_back_that_was_not_decided(desk: Desk) -> None:
    desk.propose()
    with pytest.raises(NotReady):
        desk.ask(c.Revoke(), ANN)
