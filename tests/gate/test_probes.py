"""A probe tells whether a call of unknown outcome took effect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import handrail
from handrail.action.commands import Reconcile, Start
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")


@dataclass(frozen=True)
class Receipt:
    account: str
    amount: Decimal


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        yield scripted


def test_a_probe_gets_the_typed_arguments_and_gives_the_typed_result(people):
    seen: list[Any] = []

    def probe(account: str, amount: Decimal) -> tuple[bool, Receipt]:
        seen.append((account, amount))
        return True, Receipt(account, amount)

    @rail.approval(name="typed.probe", reconcile=probe)
    def probed(account: str, amount: Decimal) -> Receipt:
        raise TimeoutError("no answer")

    people.approves("typed.probe")
    assert probed("DE89", Decimal("90.00")) == Receipt("DE89", Decimal("90.00"))
    assert seen == [("DE89", Decimal("90.00"))]


def test_a_probe_that_knows_no_result_gives_none_and_the_call_says_so(people):
    @rail.approval(name="vague", reconcile=lambda: True)
    def vague() -> int:
        raise TimeoutError("no answer")

    people.approves("vague")
    with pytest.raises(handrail.NotSerialisable, match="could not be kept"):
        vague()
    assert rail.core.backend.newest("action")[0].status == "succeeded"


def test_a_probe_clears_up_an_unknown_outcome_without_people(people):
    calls: list[int] = []

    @rail.approval(name="probed", reconcile=lambda number: (True, number * 10))
    def probed(number: int) -> int:
        calls.append(number)
        raise TimeoutError

    people.approves("probed")
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


def test_when_two_ask_their_probes_at_once_the_first_answer_counts_and_the_other_one_follows_it(people):
    def probe(number: int) -> tuple[bool, int]:
        other = unknown()
        rail.core.backend.call(other.id, Reconcile("happened", {"value": 40}, fence=other.fence))
        return True, 41

    @rail.approval(name="asked.twice", reconcile=probe)
    def asked_twice(number: int) -> int:
        raise TimeoutError

    people.approves("asked.twice")
    assert asked_twice(4) == 40


def test_what_a_probe_found_before_another_attempt_began_says_nothing_about_that_one(people):
    calls: list[int] = []
    asked: list[int] = []

    def probe(number: int) -> Any:
        asked.append(number)
        if len(asked) == 2:
            return True, number
        other, backend = unknown(), rail.core.backend
        backend.call(other.id, Reconcile("not_happened", fence=other.fence))
        backend.call(other.id, Start("exe_other", other.bind))
        people.clock.advance("2m")
        return False

    @rail.approval(name="stale.probe", reconcile=probe)
    def stale(number: int) -> int:
        calls.append(number)
        raise TimeoutError

    people.approves("stale.probe")
    assert stale(4) == 4
    assert (calls, asked) == ([4], [4, 4])


def unknown() -> Any:
    """The action of unknown outcome, as another worker finds it."""
    (found,) = [one for one in rail.core.backend.newest("action") if one.status == "unknown"]
    return found
