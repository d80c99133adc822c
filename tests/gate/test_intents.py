"""An agent says what for it acts (`intent=`): once people refused that in a run, nothing does it there without them."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

from .test_policy import PATH, apply

rail = handrail.connect("sqlite:///:memory:", agent="runner", quiet=True)


@rail.approval(name="account.close", intent="end the contract")
def close(number: int) -> str:
    return f"closed {number}"


def cancel(number: int) -> str:
    return f"cancelled {number}"


POLICY = PATH + "rules: [{name: free, action: contract.cancel, verdict: run, replaces: code}]\n"


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        apply(scripted, POLICY)
        yield scripted


def cancelled(number: int) -> Any:
    return rail.call("contract.cancel", {"number": number}, fn=cancel, intent="end the contract")


def test_another_way_to_what_was_refused_asks_and_shows_the_refusal(people: Any) -> None:
    people.rejects("account.close", note="they still pay")
    people.approves("contract.cancel")
    with rail.run("support"):
        assert cancelled(1) == "cancelled 1"
        with pytest.raises(handrail.Denied, match="they still pay"):
            close(1)
        assert cancelled(2) == "cancelled 2"
    [refused, asked] = people.asked
    assert asked.view["verdict"]["reason"] == "intent_refused"
    shown = asked.view["verdict"]["refused"]
    assert shown["review"] == refused.state.id
    assert set(shown) == {"by", "at", "review"}


def test_a_run_inside_the_one_of_the_refusal_is_concerned_and_another_run_is_not(people: Any) -> None:
    people.rejects("account.close")
    people.rejects("contract.cancel", note="nor so")
    with pytest.raises(handrail.Denied, match="nor so"), rail.run("outer"):
        with pytest.raises(handrail.Denied):
            close(1)
        with rail.run("inner"):
            cancelled(1)
    with rail.run("else"):
        assert cancelled(1) == "cancelled 1"
