"""Once people refused an intent in a run, only what they agree to afterwards runs with it."""

from __future__ import annotations

from typing import Any

from tests.heart.desk import ANN, Desk

INTENT = {"run": "run_1", "intent": "close the account"}


def desk() -> Desk:
    found = Desk(ann="team")
    found.open_run()
    return found


def refuse(at: Desk, subject: str = "act_no") -> None:
    """An action with the intent, which Ann rejects."""
    at.propose(subject, more=INTENT)
    at.decide(ANN, "reject", subject)
    at.wait(1)


def by_rule(at: Desk, subject: str = "act_1", **more: Any) -> list[str]:
    """An action that a rule lets run."""
    return at.propose(subject, pattern="auto", more={**INTENT, **more})


def test_what_a_rule_lets_run_is_held_after_a_refusal() -> None:
    at = desk()
    assert by_rule(at, "act_0") == ["Proposed", "Cleared"]
    refuse(at)
    assert by_rule(at, executor="x1", start=True) == ["Proposed", "Held", "Opened"]
    assert at.action().reason == "intent_refused"
    at.decide(ANN, "approve")
    assert at.start() == ["Claimed", "Started"]


def test_another_intent_another_run_and_none_are_not_concerned() -> None:
    at = desk()
    refuse(at)
    at.open_run("run_2")
    others: list[dict[str, Any]] = [{"intent": "greet"}, {"run": "run_2"}, {"run": None}, {"intent": None}]
    for number, other in enumerate(others):
        assert by_rule(at, f"act_{number}", **other) == ["Proposed", "Cleared"]


def test_a_grant_from_before_the_refusal_starts_nothing_without_a_new_decision() -> None:
    at = desk()
    by_rule(at, "act_rule")
    at.propose("act_agreed", more=INTENT)
    at.decide(ANN, "approve", "act_agreed")
    at.wait(1)
    refuse(at)
    for subject in ("act_rule", "act_agreed"):
        assert at.start(subject) == ["Held", "Opened"]
        at.decide(ANN, "approve", subject)
        assert at.start(subject) == ["Claimed", "Started"]


def test_another_attempt_needs_a_new_decision_too() -> None:
    at = desk()
    by_rule(at)
    at.start()
    at.settle("failed", retry_in=0)
    refuse(at)
    assert at.start() == ["Held", "Opened"]


def test_what_was_sent_back_counts_as_refused_and_what_expired_does_not() -> None:
    at = desk()
    at.propose("act_back", more=INTENT)
    at.decide(ANN, "send_back", "act_back")
    assert by_rule(at) == ["Proposed", "Held", "Opened"]
    at = desk()
    at.propose("act_late", more=INTENT, within=1)
    at.wait(2)
    at.sweep()
    assert at.action("act_late").reason == "expired"
    assert by_rule(at) == ["Proposed", "Cleared"]


def test_silence_does_not_approve_what_was_refused_before() -> None:
    at = desk()
    refuse(at)
    at.propose("act_1", at_end="approve", more={**INTENT, "risk": "low", "reversible": True})
    assert at.review().demand.at_end == "reject"


def test_where_nobody_can_be_asked_it_is_refused() -> None:
    at = desk()
    by_rule(at)
    refuse(at)
    at.dismiss("ann")
    assert by_rule(at, "act_2")[-1] == "Refused"
