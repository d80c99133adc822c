"""The policy chooses the pattern by how critical an action is; what ran by itself is drawn as a sample."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import handrail
from handrail.codec.policy_file import PolicyFileError
from handrail.directory.model import Names
from handrail.embedded import Embedded, solo_person
from handrail.review.commands import Decide, Elapse
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="worker")
done: list[Any] = []
PATHS = """
paths: {ops: {levels: [{ask: user:local, for: 1h}]}}
default_path: ops
"""
ROUTES = (
    PATHS
    + """
criticality:
  - {name: in production, when: env == "prod"}
  - {name: many rows, when: args.rows > 100, action: rows.delete}
  - {name: done for the first time, when: history.first}
rules:
  - {name: harmless, action: "*", when: criticality == "low", verdict: run}
  - {name: when sure, action: "*", when: criticality == "medium", pattern: confidence, threshold: 0.8}
  - {name: two eyes, action: "*", when: criticality == "high", pattern: approval}
  - {name: four eyes, action: "*", when: criticality == "critical", pattern: approval}
"""
)


@rail.gate(name="rows.delete", risk="low")
def delete(rows: int) -> int:
    done.append(rows)
    return rows


@rail.gate(name="rows.delete.async", risk="low")
async def delete_async(rows: int) -> int:
    done.append(rows)
    return rows


@rail.gate
def plain(rows: int) -> int:
    done.append(rows)
    return rows


class OutOfPaper(Exception):
    pass


@rail.gate(name="print")
def out_of_paper(pages: int) -> int:
    done.append(pages)
    if len(done) == 1:
        raise OutOfPaper("tray 2 is empty")
    return pages


@pytest.fixture
def people() -> Any:
    done.clear()
    with reviewing(rail, env="prod") as scripted:
        yield scripted


def state(ticket: Any) -> Any:
    return rail.core.backend.action(ticket.id).state


def newest() -> Any:
    return rail.core.backend.newest("action")[0]


def sample_of(people: Any, action: str) -> Any:
    """The review that a sample opened, found as a person finds it."""
    found: Any = Embedded(people.database, solo_person).newest("review")
    return rail.core.backend.review(next(one.id for one in found if one.action == action))


def decision_of(review: str) -> Any:
    return rail.core.backend.review(review).decision


def judge(people: Any, record: Any, outcome: Any, **given: Any) -> Any:
    command = Decide(outcome, record.state.view, **given)
    return Embedded(people.database, solo_person).call(record.state.id, command)


def test_without_a_policy_people_decide(people):
    people.approves("test_auto.plain")
    assert plain(1) == 1
    assert len(people.asked) == 1


def test_the_same_call_is_asked_about_less_as_it_becomes_less_critical(people):
    people.policy(ROUTES)
    people.approves("rows.delete")
    assert delete(500) == 500
    first: Any = people.asked[0]
    assert first.view["verdict"] | {"pol": ""} == {
        "verdict": "review", "pattern": "approval", "reason": "rule", "rule": "four-eyes", "pol": "",
        "criticality": {"level": "critical", "because": ["in production", "many rows", "done for the first time"]},
    }  # fmt: skip
    people.approves("rows.delete")
    ticket = delete.having(confidence=0.79).propose(1)
    assert (state(ticket).pattern, state(ticket).rule) == ("confidence", "when-sure")
    assert ticket.wait(5) == 1
    assert people.asked[-1].view["verdict"]["criticality"] == {"level": "medium", "because": ["in production"]}
    assert delete.having(confidence=0.8)(2) == 2
    assert len(people.asked) == 2


def test_async_alike(people):
    people.policy(ROUTES)
    people.approves("rows.delete.async")
    assert asyncio.run(delete_async(1)) == 1
    assert asyncio.run(delete_async.having(confidence=0.9)(2)) == 2
    assert len(people.asked) == 1


def test_a_criterion_without_an_answer_asks_people(people):
    people.policy(PATHS + 'criticality: [{name: big, when: args.absent > 1}]\nrules: [{action: "*", verdict: run, '
                  'when: criticality == "medium"}]')  # fmt: skip
    people.approves("test_auto.plain")
    plain(1)
    assert people.asked[0].view["verdict"]["reason"] == "condition_error"


def test_without_a_usable_number_confidence_is_a_check_with_its_reason(people):
    people.policy(PATHS + "rules: [{action: 'test_auto.plain', pattern: confidence, threshold: 0.8}]")
    for given, reason in ((None, "no_usable_confidence"), (float("nan"), "no_usable_confidence"),
                          (0.79, "below_threshold")):  # fmt: skip
        ticket = plain.having(confidence=given).propose(1)
        record: Any = rail.core.backend.review(state(ticket).review)
        assert (record.state.kind, record.view["verdict"]["reason"]) == ("check", reason)
        assert state(ticket).threshold == "0.8"
    assert plain.having(confidence=0.8)(1) == 1


def test_a_rule_handles_failures_that_the_code_says_nothing_of(people):
    people.policy(PATHS + "rules: [{action: print, pattern: exceptions}]")
    people.decides("print", "retry")
    assert out_of_paper(3) == 3
    assert (done, people.asked[0].state.cause) == ([3, 3], "attempts_failed")


def test_without_such_a_rule_its_error_reaches_the_caller_as_it_is(people):
    people.policy(PATHS + "rules: [{action: print, verdict: run}]")
    with pytest.raises(OutOfPaper, match="tray 2 is empty") as found:
        out_of_paper(3)
    assert found.value.__cause__ is None
    assert people.asked == []


def test_watched_runs_inside_a_watched_run_and_asks_elsewhere(people):
    people.policy(PATHS + "rules: [{action: test_auto.plain, pattern: watched}]")
    with rail.oversight("nightly"):
        ticket = plain.propose(1)
        assert (state(ticket).status, state(ticket).pattern) == ("cleared", "watched")
        with rail.run("inside"):
            assert state(plain.propose(2)).status == "cleared"
    outside = plain.propose(3)
    assert (state(outside).status, state(outside).reason) == ("held", "not_watched")
    with rail.run("unwatched"):
        assert state(plain.propose(4)).reason == "not_watched"


@pytest.mark.parametrize(("mode", "runs"), [("shadow", True), ("autonomous", True), ("assisted", False)])
def test_a_mode_says_what_becomes_of_what_would_be_asked(people, mode: str, runs: bool):
    people.policy(PATHS + f"rules: [{{action: test_auto.plain, pattern: approval, path: ops, mode: {mode}}}]")
    if not runs:
        people.approves("test_auto.plain")
    assert plain(1) == 1
    action = newest()
    assert (action.pattern, action.reason) == ("approval", mode if runs else "rule")
    assert [level.ask for level in action.demand.levels] == [("user:local",)]


def test_in_doubt_people_are_asked_in_every_mode(people):
    people.policy(
        PATHS + "rules: [{action: test_auto.plain, when: args.absent > 1, pattern: approval, mode: autonomous}]"
    )
    people.approves("test_auto.plain")
    assert plain(1) == 1
    assert len(people.asked) == 1


def test_what_the_code_asks_for_is_asked_in_every_mode(people):
    @rail.approval(name="guarded")
    def guarded() -> int:
        return 1

    people.policy(PATHS + "rules: [{action: guarded, pattern: approval, mode: autonomous}]")
    people.approves("guarded")
    assert guarded() == 1
    assert len(people.asked) == 1


def test_a_sample_is_looked_at_after_it_ran_and_changes_nothing(people):
    people.policy(PATHS + "rules: [{action: test_auto.plain, pattern: approval, mode: sampled, sample: 1}]")
    assert plain(7) == 7
    action = newest()
    record = sample_of(people, action.id)
    assert (record.state.kind, record.state.choices) == ("sample", ("right", "wrong"))
    assert record.view["verdict"]["reason"] == "sampled"
    before = rail.core.backend.history(action.id)
    judge(people, record, "wrong", note="seven is too many")
    assert decision_of(record.state.id).note == "seven is too many"
    assert rail.core.backend.history(action.id) == before
    assert rail.core.backend.action(action.id).state.status == "succeeded"


def test_what_was_drawn_and_then_asked_about_is_no_sample(people):
    people.policy(PATHS + "rules: [{action: test_auto.plain, verdict: run, sample: 1}]")
    ticket = plain.propose(7)
    assert (state(ticket).status, state(ticket).share, state(ticket).sampled) == ("cleared", "1.0", False)
    people.policy(PATHS + "rules: [{action: test_auto.plain, pattern: approval}]")
    people.approves("test_auto.plain")
    assert ticket.wait(5) == 7
    found: Any = Embedded(people.database, solo_person).newest("review")
    assert [one.kind for one in found] == ["approval"]


def test_a_sample_that_nobody_looks_at_ends_and_changes_nothing(people):
    people.policy(PATHS + "rules: [{action: test_auto.plain, verdict: run, sample: 1}]")
    assert plain(7) == 7
    action = newest()
    record = sample_of(people, action.id)
    people.clock.advance(7200)
    Embedded(people.database, solo_person).call(record.state.id, Elapse())
    assert rail.core.backend.review(record.state.id).state.status == "expired"
    assert rail.core.backend.action(action.id).state == action


def test_of_what_runs_by_itself_the_share_is_drawn_and_none_that_people_decided_on(people):
    people.policy(PATHS + "rules: [{action: test_auto.plain, pattern: confidence, threshold: 0.5, sample: 0.5}]")
    draw = people.database.process.engine.names("default").draw
    for ticket in [plain.having(confidence=0.9).propose(one) for one in range(8)]:
        assert not state(ticket).sampled
        ticket.wait(5)
        assert state(ticket).sampled == (draw(ticket.id) < 0.5)
    people.policy(PATHS + "rules: [{action: test_auto.plain, pattern: confidence, threshold: 0.5, sample: 1}]")
    people.approves("test_auto.plain")
    asked = plain.having(confidence=0.1).propose(1)
    asked.wait(5)
    assert (state(asked).sampled, state(asked).reviews) == (False, 1)


def test_draws_are_even_and_known_only_to_who_knows_the_secret():
    one, other = Names(b"secret"), Names(b"another")
    drawn = [one.draw(f"act_{number}") for number in range(10_000)]
    for share in (0.01, 0.3, 0.9):
        assert abs(sum(value < share for value in drawn) - 10_000 * share) < 200
    assert drawn[:5] == [one.draw(f"act_{number}") for number in range(5)]
    assert all(value != other.draw(f"act_{number}") for number, value in enumerate(drawn[:100]))


def test_code_draws_samples_of_what_it_lets_run_whatever_its_pattern(people):
    @rail.exceptions(name="export", sample=1, reviewers="user:local")
    def export() -> int:
        return 1

    @rail.gate(name="move", sample=1)
    def move() -> int:
        return 2

    people.policy(PATHS + "rules: [{action: move, verdict: run}]")
    assert (export(), move()) == (1, 2)
    found: Any = Embedded(people.database, solo_person).newest("review")
    assert [one.kind for one in found] == ["sample", "sample"]
    record = rail.core.backend.review(found[0].id)
    with pytest.raises(handrail.InvalidValue, match="say in a note what would be right"):
        judge(people, record, "wrong", value=3)
    assert record.state.status == "open"


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), True])
def test_a_share_that_is_none_is_refused(share: Any):
    with pytest.raises(handrail.UsageError, match="sample="):
        rail.gate(sample=share)(lambda: None)


def test_the_code_can_draw_samples_and_a_correction_has_the_type_of_the_output(people):
    @rail.confidence(name="team", of=lambda _: 0.9, threshold=0.8, sample=1, reviewers="user:local")
    def team(text: str) -> int:
        return len(text)

    assert team("abc") == 3
    record = sample_of(people, newest().id)
    with pytest.raises(handrail.InvalidValue):
        judge(people, record, "wrong", value="four")
    judge(people, record, "wrong", value=4)
    assert decision_of(record.state.id).value == 4
    assert rail.core.backend.feedback.decisions(-1).items[-1].outcome == "wrong"


def test_patterns_have_names_and_an_unknown_one_lists_the_known():
    with pytest.raises(handrail.UsageError, match=r"did you mean 'confidence'\? known are approval, auto, confidence"):
        rail.gate(pattern="confidense")
    with pytest.raises(handrail.UsageError, match="unknown keyword sample"):
        rail.gate(pattern="approval", sample=0.1)(lambda: None)


def test_a_pattern_of_ones_own_is_made_of_those_that_are_there(people):
    @handrail.pattern("cautious")
    def cautious(rail: handrail.Rail, **keywords: Any) -> Any:
        """Approved, and looked after when it fails."""

        def decorate(function: Any) -> Any:
            return rail.approval(**keywords)(rail.exceptions(retries=0)(function))

        return decorate

    @rail.gate(pattern="cautious", name="wire", risk="high")
    def wire() -> int:
        done.append(1)
        if len(done) == 1:
            raise OutOfPaper("the bank is closed")
        return 1

    people.approves("wire")
    people.decides("wire", "retry")
    assert wire() == 1
    assert newest().pattern == "approval+exceptions"
    with pytest.raises(handrail.UsageError, match="already"):
        handrail.pattern("auto")(cautious)


def test_a_tool_loop_leaves_the_choice_to_the_policy(people):
    people.policy(PATHS + "rules: [{action: 'crm.*', pattern: confidence, threshold: 0.9}]")
    assert rail.call("crm.merge", {"a": 1}, fn=lambda a: a + 1, confidence=0.93, pattern="auto") == 2
    tools = rail.wrap({"crm.read": lambda a: a}, pattern="auto")
    people.approves("crm.read")
    assert tools["crm.read"](1) == 1


def test_a_policy_that_is_wrong_is_refused_before_it_is_tried(people):
    with pytest.raises(PolicyFileError, match="`criticality` is what this decides"):
        people.policy(PATHS + 'criticality: [{name: a, when: criticality == "low"}]')
