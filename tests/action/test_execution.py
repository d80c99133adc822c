"""Claim, start, settle; leases and fencing; attempts, exceptions and unknown outcomes."""

import pytest

from handrail.action import commands as c
from handrail.action.facts import LEASE, PROBE_WITHIN
from handrail.clock import DAY, HOUR, MINUTE, SECOND
from handrail.errors import FencedOff, NotAllowed, NotReady, RunHeld, WrongBytes
from handrail.review import commands as asked
from tests.heart.desk import ANN, BOB, BOT, STRANGER, WORKER, Desk
from tests.heart.world import text_of


@pytest.fixture
def desk() -> Desk:
    """One action that a person has approved."""
    desk = Desk(ann="team", bob="team")
    desk.propose()
    desk.decide(ANN, "approve")
    return desk


def probing(desk: Desk) -> None:
    desk.propose("act_2", pattern="auto", more={"probe": True, "executor": "x1", "start": True})


def test_an_approved_action_is_claimed_started_and_settled(desk: Desk) -> None:
    assert desk.start() == ["Claimed", "Started"]
    assert desk.settle("succeeded", value={"value": 7}) == ["Succeeded"]
    assert text_of(desk.action().outcome or "") == {"value": 7}


def test_other_bytes_than_the_granted_do_not_start(desk: Desk) -> None:
    with pytest.raises(WrongBytes):
        desk.submit("act_1", c.Start("x1", "bind:act_1:1:{}"), BOT)


def test_only_the_proposing_agent_executes(desk: Desk) -> None:
    for command in (c.Claim("x1"), c.Start("x1", desk.action().bind), c.Settle("x1", 0, "failed")):
        for other in (STRANGER, ANN):
            with pytest.raises(NotAllowed):
                desk.submit("act_1", command, other)


def test_a_worker_that_may_execute_others_actions_does_and_alone_reports(desk: Desk) -> None:
    assert desk.start(by=WORKER) == ["Claimed", "Started"]
    assert desk.action().holder == WORKER.id
    for other in (BOT, STRANGER):
        with pytest.raises((FencedOff, NotAllowed)):
            desk.submit("act_1", c.Settle("x1", desk.action().fence, "succeeded"), other)
    assert desk.submit("act_1", c.Settle("x1", desk.action().fence, "failed"), WORKER) == ["Failed"]
    assert desk.action().holder is None


def test_a_held_action_does_not_start() -> None:
    desk = Desk(ann="team")
    desk.propose()
    with pytest.raises(NotReady):
        desk.start()


def test_a_claim_lapses_with_its_lease_and_the_next_has_a_higher_fence(desk: Desk) -> None:
    desk.submit("act_1", c.Claim("x1"), BOT)
    desk.wait(LEASE)
    assert desk.sweep() == ["Lapsed"]
    assert desk.start(executor="x2") == ["Claimed", "Started"]
    assert (desk.action().executor, desk.action().fence) == ("x2", 2)


@pytest.mark.parametrize(("executor", "fence"), [("x2", 1), ("x1", 0), ("x1", 2)])
def test_who_is_fenced_off_neither_starts_nor_settles(desk: Desk, executor: str, fence: int) -> None:
    desk.submit("act_1", c.Claim("x1"), BOT)
    with pytest.raises(FencedOff):
        desk.submit("act_1", c.Start(executor, desk.action().bind, fence), BOT)
    desk.start()
    with pytest.raises(FencedOff):
        desk.settle("succeeded", executor=executor, fence=fence)


def test_a_lease_that_ended_before_the_start_starts_nothing(desk: Desk) -> None:
    desk.submit("act_1", c.Claim("x1"), BOT)
    desk.wait(LEASE)
    with pytest.raises(FencedOff):
        desk.start()


def test_a_report_after_the_lease_is_refused_also_before_the_sweeper_ran(desk: Desk) -> None:
    desk.start()
    desk.wait(LEASE)
    with pytest.raises(FencedOff):
        desk.settle("succeeded")
    assert desk.sweep() == ["Lost", "Inquired", "Opened"]
    with pytest.raises(FencedOff):
        desk.settle("succeeded", fence=1)


def test_a_second_report_changes_nothing(desk: Desk) -> None:
    desk.start()
    desk.settle("failed", value="no")
    with pytest.raises(FencedOff):
        desk.settle("succeeded")


def test_after_a_failed_attempt_nobody_starts_before_the_next_one_is_due(desk: Desk) -> None:
    desk.start()
    assert desk.settle("failed", retry_in=HOUR) == ["AttemptFailed"]
    desk.wait(HOUR - SECOND)
    assert desk.sweep() == []
    with pytest.raises(NotReady, match="not due yet"):
        desk.start()
    with pytest.raises(NotReady, match="as soon as the next one is due"):
        desk.submit("act_1", c.Release("x1", 1), BOT)
    desk.wait(SECOND)
    assert desk.sweep() == ["Lapsed"]
    desk.start(executor="x2")
    assert (desk.action().attempt, desk.action().tries, desk.action().fence) == (2, 2, 2)


def test_between_two_attempts_a_call_is_taken_back(desk: Desk) -> None:
    desk.submit("act_1", c.Claim("x1"), BOT)
    with pytest.raises(NotReady, match="before it is claimed"):
        desk.submit("act_1", c.Withdraw(), BOT)
    desk.start()
    desk.settle("failed", retry_in=HOUR)
    assert desk.submit("act_1", c.Withdraw(), BOT) == ["Withdrawn"]


def test_the_last_failed_attempt_ends_the_action(desk: Desk) -> None:
    desk.start()
    assert desk.settle("failed", value={"error": "boom"}) == ["Failed"]
    assert text_of(desk.action().outcome or "") == {"error": "boom"}


def test_attempts_end_with_the_grant(desk: Desk) -> None:
    desk.start()
    desk.settle("failed", retry_in=2 * DAY)
    desk.wait(DAY)
    assert desk.sweep() == ["Refused"]


def test_a_grant_that_ran_out_starts_nothing_also_before_the_sweeper_ran(desk: Desk) -> None:
    desk.wait(DAY)
    with pytest.raises(NotReady, match="expired"):
        desk.start()


@pytest.fixture
def failed(desk: Desk) -> Desk:
    """All attempts failed, and a person is asked what now."""
    desk.start()
    assert desk.settle("failed", escalate=True) == ["AttemptFailed", "Held", "Opened"]
    return desk


def test_an_exception_asks_with_all_attempts_counted(failed: Desk) -> None:
    assert (failed.review().kind, failed.review().cause) == ("exception", "attempts_failed")
    assert (failed.review().number, failed.action().reviews) == (2, 2)
    with pytest.raises(NotReady):
        failed.start()


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("retry", "cleared"), ("supply", "succeeded"), ("skip", "skipped"), ("abort", "failed")],
)
def test_one_person_answers_an_exception(failed: Desk, outcome: str, status: str) -> None:
    failed.decide(ANN, outcome, value="by hand")
    assert failed.action().status == status


def test_a_retry_starts_the_next_attempt_under_a_new_grant(failed: Desk) -> None:
    before = failed.action().grant
    failed.wait(HOUR)
    failed.decide(ANN, "retry")
    assert failed.action().grant != before
    failed.start(executor="x2")
    assert (failed.action().attempt, failed.action().fence) == (2, 2)


def test_a_supplied_result_is_the_outcome(failed: Desk) -> None:
    failed.decide(ANN, "supply", value=[1])
    assert text_of(failed.action().outcome or "") == {"value": [1]}


def test_a_retry_with_edited_arguments_runs_the_edited_bytes(failed: Desk) -> None:
    old = failed.action().bind
    assert failed.decide(ANN, "edit", args='{"n":2}') == ["Edited", "Revised", "Decided", "Cleared"]
    with pytest.raises(WrongBytes):
        failed.submit("act_1", c.Start("x1", old), BOT)
    failed.start()


def test_edited_bytes_need_the_quorum_that_the_action_needs_also_after_a_failure() -> None:
    desk = Desk(ann="team", bob="team")
    desk.propose(pattern="auto", quorum=(("any", 2),), more={"executor": "x1", "start": True})
    desk.settle("failed", escalate=True)
    assert desk.decide(ANN, "edit", args='{"n":2}') == ["Edited", "Revised"]
    with pytest.raises(Exception, match="another person"):
        desk.decide(ANN, "retry")
    assert desk.decide(BOB, "retry") == ["Decided", "Cleared"]
    decision = desk.review().decision
    assert decision is not None
    assert decision.counted == (ANN.id, BOB.id)


def test_an_exception_that_nobody_answers_fails(failed: Desk) -> None:
    failed.wait(4 * HOUR)
    assert failed.sweep() == ["Expired", "Failed"]


def test_a_crash_after_the_start_is_unknown_and_people_are_asked(desk: Desk) -> None:
    desk.start()
    desk.wait(LEASE)
    assert desk.sweep() == ["Lost", "Inquired", "Opened"]
    assert (desk.review().cause, desk.action().status) == ("outcome_unknown", "unknown")


@pytest.mark.parametrize(
    ("outcome", "status"), [("happened", "succeeded"), ("not_happened", "failed"), ("retry", "cleared")]
)
def test_a_person_says_what_became_of_it(desk: Desk, outcome: str, status: str) -> None:
    desk.start()
    desk.settle("unknown")
    desk.decide(ANN, outcome, value=3)
    assert desk.action().status == status


def test_an_unknown_outcome_that_nobody_knows_stays_unknown_until_a_probe_tells(desk: Desk) -> None:
    desk.start()
    desk.settle("unknown")
    desk.wait(4 * HOUR)
    assert desk.sweep() == ["Expired", "Unresolved"]
    assert (desk.action().status, desk.action().review) == ("unknown", None)
    assert desk.submit("act_1", c.Reconcile("happened", {"value": 1}, fence=2), BOT) == ["Succeeded"]


@pytest.fixture
def alone() -> Desk:
    """One action that runs by a rule; nobody whom its code names is there."""
    desk = Desk(ann="team")
    desk.propose(pattern="auto", reviewers=("user:left",), more={"executor": "x1", "start": True})
    assert desk.action().status == "started"
    return desk


def test_an_exception_with_nobody_to_ask_fails(alone: Desk) -> None:
    assert alone.settle("failed", escalate=True) == ["Failed"]


def test_an_unknown_outcome_with_nobody_to_ask_stays_unknown_until_a_probe_tells(alone: Desk) -> None:
    assert alone.settle("unknown") == ["Lost", "Unresolved"]
    assert alone.submit("act_1", c.Reconcile("unclear", fence=2), BOT) == []
    assert alone.submit("act_1", c.Reconcile("not_happened", fence=2), BOT) == ["Cleared"]


def test_a_probe_that_is_silent_with_nobody_to_ask_is_not_awaited_for_ever() -> None:
    desk = Desk(ann="team")
    more = {"probe": True, "executor": "x1", "start": True}
    desk.propose(pattern="auto", reviewers=("user:left",), more=more)
    assert desk.settle("unknown") == ["Lost"]
    desk.wait(PROBE_WITHIN)
    assert desk.sweep() == ["Unresolved"]


def test_the_probe_comes_before_people(desk: Desk) -> None:
    probing(desk)
    assert desk.settle("unknown", "act_2") == ["Lost"]
    desk.wait(PROBE_WITHIN)
    assert desk.sweep() == ["Inquired", "Opened"]


def test_an_unclear_probe_asks_people_at_once(desk: Desk) -> None:
    probing(desk)
    desk.settle("unknown", "act_2")
    assert desk.submit("act_2", c.Reconcile("unclear", fence=2), BOT) == ["Inquired", "Opened"]
    assert desk.submit("act_2", c.Reconcile("unclear", fence=2), BOT) == []


@pytest.mark.parametrize(("found", "status"), [("happened", "succeeded"), ("not_happened", "cleared")])
def test_the_probe_answers_and_takes_the_question_back(desk: Desk, found: str, status: str) -> None:
    probing(desk)
    desk.settle("unknown", "act_2")
    desk.submit("act_2", c.Reconcile("unclear", fence=2), BOT)
    desk.submit("act_2", c.Reconcile(found, fence=2), BOT)  # type: ignore[arg-type]
    assert (desk.action("act_2").status, desk.review("act_2").status) == (status, "withdrawn")


def test_what_did_not_happen_fails_once_the_grant_is_over(desk: Desk) -> None:
    desk.propose("act_2", pattern="auto", grant=MINUTE, more={"probe": True, "executor": "x1", "start": True})
    desk.settle("unknown", "act_2")
    desk.wait(MINUTE)
    assert desk.submit("act_2", c.Reconcile("not_happened", fence=2), BOT) == ["Failed"]


@pytest.mark.parametrize("fence", [1, 3])
def test_what_a_probe_found_about_another_attempt_is_refused(desk: Desk, fence: int) -> None:
    probing(desk)
    desk.settle("unknown", "act_2")
    with pytest.raises(FencedOff, match="ask it again"):
        desk.submit("act_2", c.Reconcile("not_happened", fence=fence), BOT)
    assert desk.action("act_2").status == "unknown"


def test_there_is_nothing_to_reconcile_while_the_outcome_is_known(desk: Desk) -> None:
    with pytest.raises(NotReady):
        desk.submit("act_1", c.Reconcile("happened", fence=2), BOT)


@pytest.mark.parametrize("hold", ["action", "run"])
def test_a_run_that_waits_as_a_whole_starts_nothing_while_one_action_is_held(hold: str) -> None:
    desk = Desk(ann="team")
    run = {"run": desk.open_run(hold=hold)}
    desk.propose(pattern="auto", more=run)
    desk.propose("act_2", more=run)
    if hold == "action":
        assert desk.start() == ["Claimed", "Started"]
        return
    with pytest.raises(RunHeld):
        desk.start()
    assert desk.propose("act_3", pattern="auto", more={**run, "executor": "x1", "start": True})[-1] == "Cleared"
    desk.decide(ANN, "reject", "act_2")
    desk.start()


def test_an_exception_review_can_be_edited_by_the_one_person_whom_a_role_asks() -> None:
    desk = Desk(ann="legal")
    desk.propose(
        pattern="auto", reviewers=("group:legal",), quorum=(("group:legal", 1),),
        more={"executor": "x1", "start": True},
    )  # fmt: skip
    desk.settle("failed", escalate=True)
    assert desk.decide(ANN, "edit", args='{"n":2}')[-1] == "Cleared"


def test_a_command_to_the_review_of_a_finished_action_changes_nothing(failed: Desk) -> None:
    failed.decide(ANN, "skip")
    assert failed.ask(asked.Elapse(), BOT) == []
