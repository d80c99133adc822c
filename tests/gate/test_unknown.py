"""A started call that nobody reported about: the probe is asked, then people, and nothing runs twice blindly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")


@dataclass(frozen=True)
class Receipt:
    account: str
    amount: Decimal


@rail.approval(name="slow")
def slow() -> None:
    raise TimeoutError("no answer")


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        yield scripted


def test_a_timeout_after_the_start_is_asked_about_and_a_person_supplies_the_truth(people):
    people.approves("slow")
    people.decides("slow", "not_happened")
    with pytest.raises(handrail.ActionFailed):
        slow()
    assert [record.state.cause for record in people.asked] == ["held", "outcome_unknown"]


def test_a_timeout_that_nobody_can_clear_up_ends_as_unknown(people):
    people.approves("slow")
    people.stays_silent("slow")
    with pytest.raises(handrail.OutcomeUnknown):
        slow()


def test_an_unknown_outcome_is_asked_about_again_when_the_call_is_made_again(people):
    people.approves("slow")
    people.stays_silent("slow")
    keyed = slow.having(key="transfer-9")
    with pytest.raises(handrail.OutcomeUnknown):
        keyed()
    people.decides("slow", "happened")
    keyed()
    assert len(people.asked) == 3


def test_a_probe_clears_up_an_unknown_outcome_without_people(people):
    calls: list[int] = []

    @rail.approval(name="probed.pay", reconcile=lambda number: (True, number * 10))
    def probed(number: int) -> int:
        calls.append(number)
        raise TimeoutError

    people.approves("probed.pay")
    assert probed(4) == 40
    assert calls == [4]


def test_a_probe_that_finds_nothing_lets_the_call_run_again(people):
    calls: list[int] = []

    @rail.approval(name="retried", reconcile=lambda number: False)
    def retried(number: int) -> int:
        calls.append(number)
        if len(calls) == 1:
            raise TimeoutError
        return number

    people.approves("retried")
    assert retried(4) == 4
    assert calls == [4, 4]


def test_a_probe_gets_the_typed_arguments_and_gives_the_typed_result(people):
    seen: list[Any] = []

    def probe(account: str, amount: Decimal) -> tuple[bool, Receipt]:
        seen.append((account, amount))
        return True, Receipt(account, amount)

    @rail.approval(name="probed", reconcile=probe)
    def probed(account: str, amount: Decimal) -> Receipt:
        raise TimeoutError("no answer")

    people.approves("probed")
    assert probed("DE89", Decimal("90.00")) == Receipt("DE89", Decimal("90.00"))
    assert seen == [("DE89", Decimal("90.00"))]


def test_a_probe_that_knows_no_result_gives_none_and_the_call_says_so(people):
    @rail.approval(name="vague", reconcile=lambda: True)
    def vague() -> int:
        raise TimeoutError("no answer")

    people.approves("vague")
    with pytest.raises(handrail.NotSerialisable, match="could not be kept"):
        vague()
    assert rail.gate.backend.newest("action")[0].status == "succeeded"
