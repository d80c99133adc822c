"""The exceptions pattern: four calls 1, 2 and 4 s apart, then people; each answer, colour and place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="settler")


class PaymentError(Exception):
    """The bank did not do it."""


class Bank:
    """A bank that refuses some calls, and remembers all."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.errors: list[BaseException] = []

    def settle(self, cents: int) -> str:
        self.calls.append(cents)
        if self.errors:
            raise self.errors.pop(0)
        return f"settled {cents}"

    def refuses(self, times: int, error: type[Exception] = PaymentError) -> None:
        self.errors = [error(f"no {n}") for n in range(1, times + 1)]


bank = Bank()


@rail.exceptions(name="bank.settle", on=(PaymentError,))
def settle(cents: int) -> str:
    return bank.settle(cents)


@rail.exceptions(name="bank.asettle", on=(PaymentError,))
async def asettle(cents: int) -> str:
    return bank.settle(cents)


def in_sync(cents: int) -> str:
    return settle(cents)


def in_async(cents: int) -> str:
    return asyncio.run(asettle(cents))


NAMES = {in_sync: "bank.settle", in_async: "bank.asettle"}
in_each_colour = pytest.mark.parametrize("call", [in_sync, in_async])


@pytest.fixture(autouse=True)
def a_new_bank() -> None:
    bank.calls, bank.errors = [], []


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        yield scripted


@in_each_colour
def test_a_call_that_goes_well_asks_nobody(people, call):
    assert call(5) == "settled 5"
    assert people.asked == []
    assert people.waits == []


@in_each_colour
def test_four_calls_one_two_and_four_seconds_apart_and_then_people_are_asked(people, call):
    bank.refuses(4)
    people.decides(NAMES[call], "skip")
    with pytest.raises(handrail.ActionSkipped) as ended:
        call(5)
    assert bank.calls == [5, 5, 5, 5]
    assert people.waits == [1.0, 2.0, 4.0]
    assert [(one.state.kind, one.state.cause) for one in people.asked] == [("exception", "attempts_failed")]
    assert isinstance(ended.value.__cause__, PaymentError)


@in_each_colour
def test_an_error_that_passes_reaches_nobody(people, call):
    bank.refuses(2)
    assert call(5) == "settled 5"
    assert people.waits == [1.0, 2.0]


@in_each_colour
def test_an_unexpected_error_goes_to_people_at_once(people, call):
    bank.refuses(1, ValueError)
    people.decides(NAMES[call], "retry")
    assert call(5) == "settled 5"
    assert (bank.calls, people.waits) == ([5, 5], [])


@in_each_colour
def test_a_persons_retry_begins_the_attempts_anew(people, call):
    bank.refuses(5)
    people.decides(NAMES[call], "retry")
    assert call(5) == "settled 5"
    assert people.waits == [1.0, 2.0, 4.0, 1.0]


@in_each_colour
def test_a_retry_with_other_arguments_runs_those(people, call):
    bank.refuses(4)
    people.edits(NAMES[call], cents=4)
    assert call(5) == "settled 4"
    assert bank.calls == [5, 5, 5, 5, 4]


@in_each_colour
def test_a_supplied_result_is_the_callers(people, call):
    bank.refuses(4)
    people.decides(NAMES[call], "supply", value="settled by hand")
    assert call(5) == "settled by hand"


@rail.exceptions(name="bank.count", on=(PaymentError,), retries=0)
def count(cents: int) -> int | None:
    bank.settle(cents)
    return cents


@rail.exceptions(name="bank.anything", on=(PaymentError,), retries=0)
def anything(cents: int):
    return bank.settle(cents)


@pytest.mark.parametrize("value", ["five", 5.5, [5], {"cents": 5}, True])
def test_a_supplied_result_that_is_not_of_the_return_type_is_refused_with_the_field(people, value):
    bank.refuses(1)
    people.decides("bank.count", "supply", value=value)
    with pytest.raises(handrail.InvalidValue, match="whole number") as refused:
        count(5)
    assert [one.path for one in refused.value.errors] == [""]


@pytest.mark.parametrize("value", [7, None])
def test_a_supplied_result_of_the_return_type_is_the_callers(people, value):
    bank.refuses(1)
    people.decides("bank.count", "supply", value=value)
    assert count(5) == value


@pytest.mark.parametrize("value", ["x", 5, {"a": [1]}, None])
def test_without_an_annotation_any_plain_result_may_be_supplied(people, value):
    bank.refuses(1)
    people.decides("bank.anything", "supply", value=value)
    assert anything(5) == value


@in_each_colour
def test_an_abort_raises_with_the_original_error_as_its_cause(people, call):
    bank.refuses(4)
    people.decides(NAMES[call], "abort")
    with pytest.raises(handrail.Aborted) as ended:
        call(5)
    assert str(ended.value.__cause__) == "no 4"


@in_each_colour
def test_a_silent_deadline_fails_the_call_with_its_error_as_cause(people, call):
    bank.refuses(4)
    people.stays_silent(NAMES[call])
    with pytest.raises(handrail.ActionFailed, match="nobody answered in time") as ended:
        call(5)
    assert str(ended.value.__cause__) == "no 4"


@in_each_colour
def test_where_nobody_is_to_be_asked_the_error_itself_is_raised(people, call):
    people.person("ann")
    bank.refuses(4)
    with pytest.raises(PaymentError, match="no 4"):
        call(5)
    assert len(bank.calls) == 4


@rail.approval(name="bank.wire", reviewers="user:ann")
@rail.exceptions(on=PaymentError, retries=0, reviewers="user:ben")
def wire(cents: int) -> str:
    return bank.settle(cents)


@rail.exceptions(on=PaymentError, retries=0, reviewers="user:ben")
@rail.approval(name="bank.draw", reviewers="user:ann")
def draw(cents: int) -> str:
    return bank.settle(cents)


@pytest.fixture
def staff(people: Any) -> Any:
    people.person("ann")
    people.person("ben")
    return people


@pytest.mark.parametrize(("name", "call"), [("bank.wire", wire), ("bank.draw", draw)])
def test_who_is_asked_about_failures_tries_the_approved_bytes_again_in_either_order_of_decorators(staff, name, call):
    bank.refuses(1)
    staff.approves(name, by="ann")
    staff.decides(name, "retry", by="ben")
    assert call(5) == "settled 5"
    assert bank.calls == [5, 5]


def test_bytes_of_who_is_asked_about_failures_alone_wait_for_those_who_approve(staff):
    bank.refuses(1)
    staff.approves("bank.wire", by="ann")
    staff.edits("bank.wire", by="ben", cents=999)
    staff.decides("bank.wire", "retry", by="ann")
    assert wire(5) == "settled 999"
    assert bank.calls == [5, 999]
    assert [(one.state.kind, one.state.round) for one in staff.asked] == [
        ("approval", 1), ("exception", 1), ("exception", 2)
    ]  # fmt: skip


def test_who_is_asked_about_failures_alone_does_not_agree_to_their_own_bytes(staff):
    bank.refuses(1)
    staff.approves("bank.wire", by="ann")
    staff.edits("bank.wire", by="ben", cents=999)
    staff.decides("bank.wire", "retry", by="ben")
    with pytest.raises(handrail.NotAllowed):
        wire(5)
    assert bank.calls == [5]
