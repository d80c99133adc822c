"""Failures that wait for people: found by the type of their error, counted where they are alike, told without harm."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.server.examples import BODIES

from .house import House
from .test_inbox import inbox, propose
from .test_page import decide, house, page
from .test_page_past import attempt

__all__ = ["house"]


def fail(house: House, bot: str, ann: str, error: str, **value: Any) -> str:
    """An approved action that failed; the review that asks about it."""
    asked = propose(house, bot)
    assert decide(house, ann, asked["review"], "approve").status_code == 200
    given = {"value": {"error": error, **value}} if value else {}
    found: str = attempt(house, bot, asked["id"], asked["bind"], error, escalate=True, **given)["review"]
    return found


def listed(house: House, key: str, query: str) -> list[str]:
    answer = house("GET", f"/reviews?{query}", key)
    assert answer.status_code == 200, answer.text
    return [one["state"]["id"] for one in answer.json()["items"]]


def test_failures_are_found_by_the_type_of_their_error_page_after_page(house: House):
    bot, ann = house.company.key(), house.session("ann")
    payments = [fail(house, bot, ann, f"PaymentError: card {n} declined") for n in range(3)]
    other = fail(house, bot, ann, "no connection", type="net.Unreachable")
    propose(house, bot)
    assert listed(house, ann, "error=PaymentError") == payments
    assert listed(house, ann, "error=net.Unreachable") == [other]
    assert listed(house, ann, f"error=PaymentError&limit=2&after={payments[0]}") == payments[1:]
    assert listed(house, ann, "error=Payment") == []
    assert decide(house, ann, payments[1], "skip").status_code == 200
    assert listed(house, ann, "error=PaymentError") == [payments[0], payments[2]]


@pytest.mark.parametrize("query", ["error=", "error=a%20b", "error=<script>", "like=x"])
def test_what_can_be_no_failure_is_refused_with_a_word(house: House, query: str):
    answer = house("GET", f"/reviews?{query}", house.session("ann"))
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_failures_that_are_alike_have_one_key_and_their_page_counts_the_others(house: House):
    bot, ann = house.company.key(), house.session("ann")
    alike = [fail(house, bot, ann, f"PaymentError: card '{n}' declined") for n in range(3)]
    apart = fail(house, bot, ann, "PaymentError: card expired")
    rows = {row["id"]: row for row in inbox(house, ann)["items"]}
    (key,) = {rows[one]["alike"] for one in alike}
    assert rows[apart]["alike"] != key
    assert {rows[one]["error"] for one in rows} == {"PaymentError"}
    assert rows[alike[0]]["failed"] == "PaymentError: card '0' declined"
    assert listed(house, ann, f"like={key}") == alike
    assert listed(house, ann, f"like={key}&error=PaymentError") == alike
    assert listed(house, ann, f"like={key}&error=KeyError") == []
    assert [page(house, ann, one)["failing_alike"] for one in (*alike, apart)] == [2, 2, 2, 0]
    assert decide(house, ann, alike[0], "skip").status_code == 200
    assert [page(house, ann, one)["failing_alike"] for one in alike] == [2, 1, 1]


def test_another_action_that_fails_with_the_same_words_is_another_failure(house: House):
    bot, ann = house.company.key(), house.session("ann")
    fail(house, bot, ann, "PaymentError: no")
    asked = propose(house, bot, name="payments.pay")
    assert decide(house, ann, asked["review"], "approve").status_code == 200
    attempt(house, bot, asked["id"], asked["bind"], "PaymentError: no", escalate=True)
    assert len({row["alike"] for row in inbox(house, ann)["items"]}) == 2


def test_a_hostile_error_is_drawn_bounded_and_without_its_secret(house: House):
    bot, ann = house.company.key(), house.session("ann")
    evil = "PaymentError: \u202e<script>\x1b[2J password=hunter2x9 "
    deep = {"at": [evil] * 50, "because": [{"error": evil, "at": ["x" * 5_000, evil]}] * 9 + [5]}
    review = fail(house, bot, ann, evil, **deep)
    (row,) = inbox(house, ann)["items"]
    (told,) = page(house, ann, review)["attempts"]
    for text in (row["failed"], told["text"], *told["trace"]):
        assert "hunter2" not in text
        assert not {"\u202e", "\x1b"} & set(text)
        assert len(text) <= 4_000
    assert told["error"] == "PaymentError"
    assert 0 < len(told["trace"]) <= 12 + 4 * 13
    assert any(line.startswith("because of PaymentError: ⟨U+202E⟩") for line in told["trace"])


@pytest.mark.parametrize(
    "value", [{"at": "x"}, {"at": [{}, None, 5]}, {"because": "x"}, {"because": [None, {"at": 5}]}]
)
def test_whatever_an_executor_sends_as_a_trace_the_page_is_there(house: House, value: dict[str, Any]):
    bot, ann = house.company.key(), house.session("ann")
    review = fail(house, bot, ann, "x", **value)
    assert page(house, ann, review)["attempts"][0]["text"] == "x"


RECEIPT = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}


def test_a_result_that_does_not_fit_is_refused_by_field_over_http_and_nothing_is_lost(house: House):
    bot, ann = house.company.key(), house.session("ann")
    asked = propose(house, bot, returns=RECEIPT)
    assert decide(house, ann, asked["review"], "approve").status_code == 200
    review = attempt(house, bot, asked["id"], asked["bind"], "x", escalate=True)["review"]
    assert page(house, ann, review)["returns"] == RECEIPT
    for value, path in (({"number": "7"}, "/number"), ({}, "/number"), (None, ""), ([7], "")):
        refused = decide(house, ann, review, "supply", value=value)
        assert refused.status_code == 422, refused.text
        assert path in [one["path"] for one in refused.json()["errors"]]
    assert page(house, ann, review)["row"]["status"] == "open"
    assert decide(house, ann, review, "supply", value={"number": 7}).status_code == 200
    assert house("GET", f"/actions/{asked['id']}", bot).json()["state"]["status"] == "succeeded"


def test_a_result_that_is_said_to_have_happened_fits_or_is_not_told(house: House):
    bot, ann = house.company.key(), house.session("ann")
    for value, status in (({"number": "7"}, 422), (None, 200), ({"number": 7}, 200)):
        asked = propose(house, bot, returns=RECEIPT)
        assert decide(house, ann, asked["review"], "approve").status_code == 200
        review = attempt(house, bot, asked["id"], asked["bind"], "x", outcome="unknown")["review"]
        assert decide(house, ann, review, "happened", value=value).status_code == status


@pytest.mark.parametrize("returns", ["x", 5, ["a"]])
def test_a_schema_of_a_result_that_is_none_is_refused_when_it_is_proposed(house: House, returns: Any):
    body = {**BODIES["propose_action"], "returns": returns}
    assert house("POST", "/actions", house.company.key(), json=body).status_code == 422
