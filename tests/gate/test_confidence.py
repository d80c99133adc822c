"""What an agent is sure enough of goes on by itself; the rest people accept, correct or reject."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="triage")
SURE: dict[str, Any] = {"threshold": 0.8, "reviewers": "user:local"}
scores: dict[str, Any] = {}
predicted: list[str] = []
paid: list[int] = []


@dataclass(frozen=True)
class Label:
    name: str
    score: float | None


@rail.confidence(name="classify", of=lambda label: label.score, **SURE)
def classify(text: str) -> Label:
    """Give a ticket to a team."""
    predicted.append(text)
    return Label("billing", scores.get(text))


@rail.confidence(name="classify.async", of=lambda label: label.score, **SURE)
async def classify_async(text: str) -> Label:
    return Label("billing", scores.get(text))


@rail.confidence(name="score", of=lambda found: scores["of"], **SURE)
def score(text: str) -> str:
    return text.upper()


def charge(amount: int) -> int:
    paid.append(amount)
    return amount


pay = rail.confidence(name="pay", **SURE)(charge)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    scores.clear()
    predicted.clear()
    paid.clear()


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        yield scripted


def test_what_the_predictor_is_sure_of_is_used_as_it_is_and_recorded(people):
    scores["a"] = 0.8
    assert classify("a") == Label("billing", 0.8)
    ticket = classify.propose("a")
    state = rail.core.backend.action(ticket.id).state
    assert (state.status, state.pattern, state.reason) == ("succeeded", "confidence", "sure")
    assert (state.confidence, state.threshold, state.attempt) == ("0.8", "0.8", 0)
    types = [one.type for one in rail.core.backend.history(ticket.id)]
    assert types == ["action.proposed", "action.cleared", "action.succeeded"]
    assert ticket.wait(5) == Label("billing", 0.8)


@pytest.mark.parametrize("found", [0.7999999999999999, 0.0, None])
def test_of_what_it_is_less_sure_people_accept_it(people, found: float | None):
    scores["a"] = found
    people.approves("classify")
    assert classify("a") == Label("billing", found)
    decision = handrail.last_decision()
    assert decision is not None
    assert decision.outcome == "approve"


@pytest.mark.parametrize("found", [float("nan"), float("inf"), -0.1, 1.1, None, "0.9", True])
def test_what_is_no_number_from_0_to_1_is_no_confidence(people, found: Any):
    scores["of"] = found
    people.approves("score")
    assert score("a") == "A"
    assert len(people.asked) == 1


def test_a_measure_that_fails_asks_people(people):
    people.approves("score")
    assert score("a") == "A"
    assert len(people.asked) == 1


def test_why_people_are_asked_is_told(people):
    for found, reason in ((0.5, "below_threshold"), (float("nan"), "no_usable_confidence")):
        scores["of"] = found
        ticket = score.propose("a")
        record = rail.core.backend.review(rail.core.backend.action(ticket.id).state.review or "")
        assert (record.state.kind, record.state.choices) == ("check", ("approve", "edit", "reject"))
        view: Any = record.view
        assert view["verdict"]["reason"] == reason
        assert view["action"]["threshold"] == "0.8"
        assert view["action"]["confidence"] == ("0.5" if reason == "below_threshold" else None)
        assert record.action.context == {"inputs": {"text": "a"}}
        assert record.action.args == '{"output":"A"}'


def test_a_correction_is_used_instead_in_its_type(people):
    scores["a"] = 0.3
    people.edits("classify", output={"name": "legal", "score": None})
    assert classify("a") == Label("legal", None)


def test_a_correction_of_another_type_is_refused(people):
    scores["of"] = 0.1
    people.edits("score", output=7)
    with pytest.raises(handrail.InvalidValue, match="output"):
        score("a")


def test_what_is_rejected_is_not_used(people):
    scores["a"] = 0.3
    people.rejects("classify", note="not a ticket")
    with pytest.raises(handrail.Denied, match="not a ticket"):
        classify("a")


def test_an_event_loop_does_the_same(people):
    scores["a"], scores["b"] = 0.9, 0.1
    people.edits("classify.async", output={"name": "legal", "score": None})

    async def both() -> list[Label]:
        return [await classify_async("a"), await classify_async("b")]

    assert asyncio.run(both()) == [Label("billing", 0.9), Label("legal", None)]


def test_what_the_predictor_raises_reaches_the_caller_and_nothing_is_asked(people):
    @rail.confidence(name="breaks", of=lambda found: 1.0, **SURE)
    def breaks() -> str:
        raise ZeroDivisionError("no model")

    with pytest.raises(ZeroDivisionError, match="no model"):
        breaks()


def test_a_restarted_run_finds_what_was_decided_though_the_model_answers_anew(people):
    scores["a"] = 0.3
    people.edits("classify", output={"name": "legal", "score": None})
    with pytest.raises(ZeroDivisionError), rail.run("triage-1"):
        assert classify("a") == Label("legal", None)
        raise ZeroDivisionError("killed")
    scores["a"] = 0.9
    with rail.run("triage-1"):
        assert classify("a") == Label("legal", None)
    assert predicted == ["a", "a"]
    people.rejects("classify")
    with pytest.raises(handrail.Denied):
        classify.having(key="ticket-1")("b")
    scores["b"] = 0.99
    with pytest.raises(handrail.Denied):
        classify.having(key="ticket-1")("b")


def test_a_call_with_effects_runs_from_the_threshold_on(people):
    assert pay.having(confidence=0.8)(3) == 3
    assert paid == [3]
    people.approves("pay")
    assert pay.having(confidence=0.79)(4) == 4
    people.rejects("pay")
    with pytest.raises(handrail.Denied):
        pay(5)
    assert paid == [3, 4]


def test_dynamic_dispatch_says_how_sure_it_is(people):
    assert rail.call("pay", {"amount": 1}, fn=charge, confidence=0.9, **SURE) == 1
    people.rejects("pay")
    with pytest.raises(handrail.Denied):
        rail.call("pay", {"amount": 2}, fn=charge, confidence=0.7, **SURE)


def test_what_is_sure_enough_runs_and_is_tried_again(people):
    tries: list[int] = []

    @rail.confidence(name="pay.again", **SURE)
    @rail.exceptions(name="pay.again", on=(ConnectionError,), retries=1, backoff="10ms", reviewers="user:local")
    def again(amount: int) -> int:
        tries.append(amount)
        if len(tries) == 1:
            raise ConnectionError("gone")
        return amount

    assert again.having(confidence=0.9)(3) == 3
    assert tries == [3, 3]
    people.rejects("pay.again")
    with pytest.raises(handrail.Denied):
        again.having(confidence=0.1)(4)
    with pytest.raises(handrail.UsageError, match="no effects"):
        rail.confidence(of=lambda found: 1.0, threshold=0.5)(again)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_is_a_number_from_0_to_1(threshold: float):
    with pytest.raises(handrail.UsageError, match="from 0 to 1"):
        rail.confidence(threshold=threshold)(lambda: None)


def test_a_predictor_has_no_effects_to_look_for():
    with pytest.raises(handrail.UsageError, match="no effects"):
        rail.confidence(of=lambda found: 1.0, threshold=0.5, reconcile=lambda: True)(lambda: None)
