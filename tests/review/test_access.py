"""Who may never decide, whatever they are asked, delegated or linked to later; claims, comments and delegation."""

import pytest

from handrail.action import commands as action
from handrail.errors import AlreadyDecided, NotAllowed, NotReady, UnknownPerson
from handrail.principal import SYSTEM, Principal, agent
from handrail.review import commands as c
from handrail.run import commands as run
from tests.heart.desk import ANN, BOB, BOT, CYD, LOCAL, OLGA, STRANGER, TEAM, Desk, group


@pytest.fixture
def desk() -> Desk:
    desk = Desk(ann="team", bob="team", cyd="else")
    desk.employ("olga", "team", os_user="osu_olga")
    desk.propose()
    return desk


@pytest.mark.parametrize("by", [BOT, STRANGER, SYSTEM, OLGA, CYD, Principal("policy", "pol_1", "none")])
def test_the_barred_and_the_unasked_do_not_decide(desk: Desk, by: Principal) -> None:
    for command in (c.Decide("approve", desk.review().view), c.Claim(), c.Escalate(), c.Delegate(BOB.id)):
        with pytest.raises(NotAllowed):
            desk.ask(command, by)


def test_a_person_with_an_agents_id_gains_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.decide(Principal("agent", ANN.id, "apikey"), "approve")


def test_an_owner_who_is_a_person_is_barred() -> None:
    desk = Desk(ann="team", bob="team")
    desk.propose(by=agent("agt_anns", ANN.id))
    with pytest.raises(NotAllowed):
        desk.decide(ANN, "approve")


def test_who_started_the_run_is_barred_from_its_actions() -> None:
    desk = Desk(ann="team", bob="team")
    starter = agent("agt_bot", ANN.id)
    desk.submit("run_1", run.Open("a title"), starter)
    desk.propose(more={"run": "run_1"})
    with pytest.raises(NotAllowed):
        desk.decide(ANN, "approve")
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_nobody_delegates_to_the_barred_to_groups_or_to_strangers(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.ask(c.Delegate(OLGA.id), ANN)
    for nobody in (group(TEAM), "usr_nobody", "agt_bot"):
        with pytest.raises(UnknownPerson):
            desk.ask(c.Delegate(nobody), ANN)


def test_a_delegate_may_decide_and_who_delegated_still_may(desk: Desk) -> None:
    assert desk.ask(c.Delegate(CYD.id, "your field"), ANN) == ["Delegated"]
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]


def test_a_delegate_who_is_later_linked_to_the_owner_is_barred(desk: Desk) -> None:
    desk.ask(c.Delegate(CYD.id), ANN)
    desk.employ("cyd", "else", os_user="osu_olga")
    with pytest.raises(NotAllowed):
        desk.decide(CYD, "approve")


def test_who_is_linked_to_the_owner_after_the_vote_is_not_counted() -> None:
    desk = Desk(ann="team", bob="team", cyd="team")
    desk.propose(quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.employ("ann", "team", os_user="osu_olga")
    assert desk.decide(BOB, "approve") == ["Voted"]
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]


def test_who_was_barred_at_the_opening_stays_barred(desk: Desk) -> None:
    desk.employ("olga", "team")
    with pytest.raises(NotAllowed):
        desk.decide(OLGA, "approve")


def test_who_was_removed_decides_no_more(desk: Desk) -> None:
    desk.dismiss("ann")
    with pytest.raises(NotAllowed):
        desk.decide(ANN, "approve")


def test_who_joins_the_group_may_decide(desk: Desk) -> None:
    desk.employ("cyd", "team")
    assert desk.decide(CYD, "reject") == ["Decided", "Refused"]


def test_a_question_bars_the_agent_alone(desk: Desk) -> None:
    desk.propose("act_2", pattern="question", more={"kind": "question"})
    with pytest.raises(NotAllowed):
        desk.decide(BOT, "answer", "act_2", value=1)
    assert desk.decide(OLGA, "answer", "act_2", value=1) == ["Decided", "Succeeded"]


def test_alone_one_decides_what_one_has_asked_and_the_agent_does_not() -> None:
    desk = Desk()
    desk.propose(reviewers=(), by=agent("agt_bot", "user:local"))
    with pytest.raises(NotAllowed):
        desk.decide(agent("agt_bot", "user:local"), "approve")
    assert desk.decide(LOCAL, "approve") == ["Decided", "Cleared"]
    assert desk.review().decision.auth == "solo"  # type: ignore[union-attr]


def test_the_first_added_person_ends_solo_mode() -> None:
    desk = Desk()
    desk.propose()
    desk.employ("ann", "team")
    with pytest.raises(NotAllowed):
        desk.decide(LOCAL, "approve")
    assert desk.decide(ANN, "approve") == ["Decided", "Cleared"]


def test_a_claim_is_a_signal_and_no_lock(desk: Desk) -> None:
    assert desk.ask(c.Claim(), ANN) == ["Claimed"]
    assert desk.review().claimed_by == ANN.id
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]
    assert desk.review().claimed_by is None


def test_claiming_again_prolongs_and_only_the_holder_releases(desk: Desk) -> None:
    desk.ask(c.Claim(), ANN)
    first = desk.review().claim_until
    desk.wait(1_000_000)
    desk.ask(c.Claim(), ANN)
    assert desk.review().claim_until == (first or 0) + 1_000_000
    with pytest.raises(NotReady):
        desk.ask(c.Release(), BOB)
    assert desk.ask(c.Release(), ANN) == ["Released"]
    with pytest.raises(NotReady):
        desk.ask(c.Release(), ANN)


def test_people_of_the_directory_and_the_proposing_agent_comment(desk: Desk) -> None:
    for by in (ANN, CYD, OLGA, BOT):
        assert desk.ask(c.Comment("a word"), by) == ["Commented"]
    for by in (STRANGER, LOCAL):
        with pytest.raises(NotAllowed):
            desk.ask(c.Comment("a word"), by)
    assert desk.review().comments == 4


def test_a_comment_changes_no_view_and_no_claim(desk: Desk) -> None:
    desk.ask(c.Claim(), ANN)
    view = desk.review().view
    desk.ask(c.Comment("a word"), BOB)
    assert (desk.review().view, desk.review().claimed_by) == (view, ANN.id)


def test_a_closed_review_takes_no_comment(desk: Desk) -> None:
    desk.submit("act_1", action.Withdraw(), BOT)
    with pytest.raises(AlreadyDecided):
        desk.ask(c.Comment("a word"), ANN)


@pytest.mark.parametrize("by", [ANN, BOT])
def test_only_the_engine_opens_and_closes(desk: Desk, by: Principal) -> None:
    with pytest.raises(NotAllowed):
        desk.ask(c.Close(), by)
    review = desk.review()
    opening = c.Open("approval", "held", "act_1", 2, review.demand, 1, review.bind, "low")
    with pytest.raises(NotAllowed):
        desk.submit("rev_other", opening, by)


@pytest.mark.parametrize("state", ["open", "claimed", "decided"])
def test_superseding_closes_a_review_in_any_live_state(state: str) -> None:
    desk = Desk(ann="team")
    desk.propose(undo=1_000_000)
    if state == "claimed":
        desk.ask(c.Claim(), ANN)
    if state == "decided":
        desk.decide(ANN, "approve")
    desk.propose("act_2", more={"supersedes": "act_1"})
    assert desk.review().status == "superseded"
