"""Which errors are alike, and what may be kept for ever of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.action.likeness import TYPE, error_type, likeness


@pytest.mark.parametrize(
    ("outcome", "named"),
    [
        ({"error": "x", "type": "PaymentError"}, "PaymentError"),
        ({"error": "PaymentError: card declined"}, "PaymentError"),
        ({"error": "bank.errors.PaymentError: card declined"}, "PaymentError"),
        ({"error": "test.<locals>.PaymentError: x"}, "PaymentError"),
        ({"error": "TimeoutError"}, "TimeoutError"),
        ({"error": "Ann Doe's card was declined: 5"}, None),
        ({"error": "x", "type": "Ann Doe"}, None),
        ({"error": "x", "type": "A" * 121}, None),
        ({"error": "x", "type": "Er\u202eror"}, None),
        ({"error": "x", "type": ["PaymentError"]}, "x"),
        ({"value": 5}, None),
        ("PaymentError", None),
        (None, None),
    ],
)
def test_the_type_of_an_error_is_an_identifier_or_nothing(outcome, named):
    assert error_type(outcome) == named


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("card 4711 declined", "card 12 declined"),
        ("order O-12958 is gone", "order O-7 is gone"),
        ("no customer 'Ann Doe'", 'no customer "Ben Roe"'),
        ("no row «a b»", "no row `c`"),
        ("at 2026-01-02T03:04:05Z", "at 2025-12-31T23:59:59.5Z"),
        ("request 5f0c11d2-6b1e-4a55-9f3a-0b9f6f9f1c11", "request 0f0c11d2-6b1e-4a55-9f3a-0b9f6f9f1c12"),
        ("Card  declined\n", "card declined"),
    ],
)
def test_numbers_ids_and_what_is_quoted_make_no_difference(one, other):
    assert likeness({"error": f"PaymentError: {one}"}) == likeness({"error": f"PaymentError: {other}"})


@pytest.mark.parametrize("other", ["PaymentError: card expired", "CardError: card declined", "PaymentError"])
def test_another_type_or_other_words_are_another_failure(other):
    assert likeness({"error": "PaymentError: card declined"}) != likeness({"error": other})


@pytest.mark.parametrize("outcome", [None, 5, [], {}, {"error": 5}, {"value": "x"}])
def test_what_is_no_error_is_like_nothing(outcome):
    assert likeness(outcome) is None


@given(st.text(), st.text())
def test_whatever_an_executor_says_gives_a_type_that_fits_and_a_bounded_text(error, named):
    outcome = {"error": error, "type": named}
    found = error_type(outcome)
    assert found is None or TYPE.fullmatch(found)
    assert len(likeness(outcome) or "") <= 3_000
