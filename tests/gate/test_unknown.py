"""A started call that nobody reported about: the probe is asked, then people, and nothing runs twice blindly."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")


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
