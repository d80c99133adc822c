"""A call that failed and went to a person: its error is shown behind the fence, and the person's answer is its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from handrail.action.commands import Settle, Start
from handrail.errors import FencedOff
from handrail.stream import JSON


@dataclass
class Receipt:
    """What a payment gives back."""

    number: int


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


@pytest.fixture
def failed(company, wire, rail):
    """An approved action whose attempt failed and which its executor handed to people; the ticket and its review."""
    ticket = wire.propose("DE89", 5)
    company("reviews", "approve", ticket.review, "-qy")
    backend = rail._gate.backend
    started = backend.call(ticket.id, Start("executor-1", backend.action(ticket.id).state.bind))
    error: JSON = {"error": "PaymentError: the bank\x1b[2J said no"}
    backend.call(ticket.id, Settle("executor-1", started["fence"], "failed", error, escalate=True))
    return ticket


def test_the_error_is_shown_behind_the_fence(company, failed):
    assert "failed: payments.wire" in company("reviews", "list").out
    out = company("reviews", "show", failed.review).out
    assert "┆ attempt 1 failed: PaymentError: the bank⟨U+001B⟩[2J said no" in out
    assert "handrail reviews retry | edit | supply | skip | abort" in out


@pytest.mark.parametrize(
    ("words", "told", "status"),
    [
        (["supply", '{"receipt": 7}'], "Ran: {", "succeeded"),
        (["skip"], "Skipped: the agent's work goes on without it.", "skipped"),
        (["abort", "-m", "give up"], "Failed: ", "failed"),
        (["retry"], "Cleared; nobody has run it yet.", "cleared"),
        (["edit", "--set", "amount=4"], "YOUR CHANGES", "cleared"),
    ],
)
def test_each_answer_ends_the_wait(company, failed, words, told, status):
    verb, *rest = words
    said = company("reviews", verb, failed.review, *rest, "-qy")
    assert said.code == 0, said.err
    assert told in said.out
    assert failed.status == status


def test_aborting_needs_a_reason(company, failed):
    assert company("reviews", "abort", failed.review, "-qy").code == 2


def test_the_log_tells_of_the_failed_attempt(company, failed):
    company("reviews", "supply", failed.review, "paid by hand", "-qy")
    out = " ".join(company("explain", failed.id).out.split())
    assert "attempt 1 failed" in out
    assert 'succeeded, says the person: "paid by hand"' in out
    assert "user:ann supplied the result" in out


def test_what_is_known_of_a_lost_call_is_shown_with_what_was_reported_too_late(company, wire, rail):
    ticket = wire.propose("DE89", 5)
    company("reviews", "approve", ticket.review, "-qy")
    backend = rail._gate.backend
    started = backend.call(ticket.id, Start("executor-1", backend.action(ticket.id).state.bind))
    settle = Settle("executor-1", started["fence"], "unknown", {"error": "TimeoutError: no answer"})
    backend.call(ticket.id, settle)
    with pytest.raises(FencedOff):
        backend.call(ticket.id, replace(settle, outcome="succeeded", value={"value": "sent\x1b[2J"}))
    out = company("reviews", "show", ticket.review).out
    fenced = " ".join(line.removeprefix("┆ ") for line in out.splitlines() if line.startswith("┆"))
    assert "nobody knows how it ended: it started under 1 s before, at executor-1, with the key hr_act_" in fenced
    assert "TimeoutError: no answer" in fenced
    assert "reported too late to count: succeeded: " in fenced
    assert "sent⟨U+001B⟩[2J" in fenced


@pytest.fixture
def fails(company, wire, rail):
    """Fails one more action with an error, and gives the review that asks about it."""

    def fail(error: str, amount: int = 5) -> str:
        ticket = wire.propose("DE89", amount)
        company("reviews", "approve", ticket.review, "-qy")
        backend = rail._gate.backend
        started = backend.call(ticket.id, Start("executor-1", backend.action(ticket.id).state.bind))
        value: JSON = {"error": error, "at": [f"settle in bank.py:{amount}: raise x"]}
        return str(
            backend.call(ticket.id, Settle("executor-1", started["fence"], "failed", value, escalate=True))["review"]
        )

    return fail


def test_failures_that_are_alike_are_one_row_are_seen_together_and_decided_alone(company, fails):
    alike = [fails(f"PaymentError: card {n} declined", n) for n in range(1, 4)]
    fails("Unreachable: no route")
    out = company("reviews", "list").out
    assert "failed: payments.wire: PaymentError: card 1 declined  ×3" in out
    shown = company("reviews", "show", alike[1]).out
    assert "2 others failed like this: handrail reviews list --all --like" in " ".join(shown.split())
    assert [one["id"] for one in company("reviews", "list", "--like", alike[1], "--json").json["reviews"]] == alike
    assert len(company("reviews", "list", "--like", alike[1]).out.splitlines()) == 4
    assert company("reviews", "skip", alike[0], "-qy").code == 0
    assert [one["id"] for one in company("reviews", "list", "--like", alike[1], "--json").json["reviews"]] == alike[1:]


def test_failures_are_found_by_the_type_of_their_error(company, fails, wire):
    first = fails("PaymentError: no")
    fails("Unreachable: no route")
    wire.propose("DE89", 9)
    assert [one["id"] for one in company("reviews", "list", "--error", "PaymentError", "--json").json["reviews"]] == [
        first
    ]
    assert company("reviews", "list", "--error", "KeyError").out == "Nothing waits for you.\n"


@pytest.mark.parametrize("words", [["--error", "a b"], ["--error", "A", "--like", "x"]])
def test_what_can_be_no_failure_is_said(company, words):
    ended = company("reviews", "list", *words)
    assert ended.code == 2
    assert "--error" in ended.err


def test_a_review_that_is_about_no_failure_has_none_like_it(company, wire):
    ended = company("reviews", "list", "--like", wire.propose("DE89", 9).review)
    assert "is not about a failure" in ended.err


def test_where_it_was_raised_is_told_of_the_last_attempt(company, fails):
    assert "┆   settle in bank.py:5: raise x" in company("reviews", "show", fails("PaymentError: no")).out


@pytest.fixture
def lost(company, rail):
    """An action whose result is a receipt, whose attempt failed, and which people are asked about."""

    @rail.approval(name="payments.pay")
    @rail.exceptions(on=ValueError, retries=0)
    def pay(amount: int) -> Receipt:
        raise ValueError(amount)

    ticket = pay.propose(5)
    company("reviews", "approve", ticket.review, "-qy")
    backend = rail.core.backend
    started = backend.call(ticket.id, Start("executor-1", backend.action(ticket.id).state.bind))
    settle = Settle("executor-1", started["fence"], "failed", {"error": "ValueError: 5"}, escalate=True)
    backend.call(ticket.id, settle)
    return ticket


def test_a_result_that_does_not_fit_is_told_by_field_and_the_review_stays_open(company, lost):
    said = company("reviews", "supply", lost.review, '{"number": "seven"}', "-qy")
    assert said.code != 0
    assert "number" in said.err
    assert "whole number" in said.err
    assert lost.status == "held"
    assert company("reviews", "supply", lost.review, '{"number": 7}', "-qy").code == 0
    assert lost.wait(0) == Receipt(number=7)


@pytest.mark.parametrize(("typed", "value"), [("7", "7"), ("null", "null"), ('"a"', '"a"'), ("by hand", "by hand")])
def test_what_is_typed_for_a_text_is_that_text(company, rail, typed, value):
    @rail.approval(name="payments.note")
    @rail.exceptions(on=ValueError, retries=0)
    def note() -> str:
        raise ValueError

    ticket = note.propose()
    company("reviews", "approve", ticket.review, "-qy")
    backend = rail.core.backend
    started = backend.call(ticket.id, Start("executor-1", backend.action(ticket.id).state.bind))
    backend.call(ticket.id, Settle("executor-1", started["fence"], "failed", {"error": "x"}, escalate=True))
    assert company("reviews", "supply", ticket.review, typed, "-qy").code == 0
    assert ticket.wait(0) == value
