"""What people are told of a call is worked out when they are asked, and stays as it was."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="courier")
stock = {"O-1": 3}


async def risk_of(order: str) -> str:
    """Looked up elsewhere, on the event loop."""
    return "low" if stock[order] else "high"


@rail.approval(
    name="send", describe=lambda order: f"Send {order}", impact="it leaves the house", risk="medium",
    context=lambda order: {"in stock": stock[order]},
)  # fmt: skip
def send(order: str) -> str:
    return order


@rail.approval(name="send.async", describe=lambda order: f"Send {order}", impact="it leaves", risk=risk_of)
async def send_async(order: str) -> str:
    return order


@pytest.fixture
def people() -> Any:
    stock["O-1"] = 3
    with reviewing(rail) as scripted:
        yield scripted


def test_description_risk_impact_and_context_are_frozen_when_people_are_asked(people):
    ticket = send.propose("O-1")
    stock["O-1"] = 0
    record = rail.core.backend.review(ticket.review or "")
    assert (record.action.state.name, record.action.state.risk) == ("send", "medium")
    assert record.action.story == {"description": "Send O-1", "impact": "it leaves the house"}
    assert record.action.context == {"in stock": 3}


def test_what_is_told_may_come_from_a_coroutine(people):
    people.approves("send.async")
    assert asyncio.run(send_async("O-1")) == "O-1"
    assert people.asked[0].action.state.risk == "low"
    assert people.asked[0].action.story == {"description": "Send O-1", "impact": "it leaves"}


def test_a_review_that_nobody_knows_is_an_error_of_its_own_and_a_lookup_error(people):
    with pytest.raises(handrail.UnknownReview) as found:
        rail.core.backend.review("rev_00000000000000000000000000")
    assert isinstance(found.value, LookupError)
