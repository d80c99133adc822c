"""Who is asked about failures alone tries approved bytes again; bytes of their own need those who approve."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.action.commands import Settle, Start
from handrail.codec.canonical import canonical
from handrail.embedded import Embedded
from handrail.principal import Auth, person
from handrail.review.commands import Decide
from handrail.testing import reviewing

RULES = "rules: [{name: signed, action: bank.sign, pattern: approval, auth: [webauthn]}]\n"
rail = handrail.connect("sqlite:///:memory:", agent="signer")


@rail.approval(name="bank.sign", reviewers="user:ann")
@rail.exceptions(on=ConnectionError, retries=0, reviewers="user:ben")
def sign(cents: int) -> int:
    return cents


@pytest.fixture(autouse=True)
def way() -> str:
    """In this process alone: how people sign in is the server's matter, and tested there."""
    return "embedded"


class Staff:
    """People with several ways to sign in, and an action that ann approved and whose attempt failed."""

    def __init__(self, people: Any) -> None:
        self._database = people.database
        self.backend: Any = rail.core.backend
        ticket: Any = sign.propose(5)
        with pytest.raises(handrail.NotAllowed):
            self.decide("ann", "local", ticket.review, "approve")
        self.decide("ann", "webauthn", ticket.review, "approve")
        self.action = ticket.id
        started = self.backend.call(ticket.id, Start("one", self.state.bind))
        failed = Settle("one", started["fence"], "failed", {"error": "ConnectionError: no line"}, escalate=True)
        self.review = self.backend.call(ticket.id, failed)["review"]

    @property
    def state(self) -> Any:
        return self.backend.action(self.action).state

    def decide(self, handle: str, auth: Auth, review: str, outcome: Any, **given: Any) -> None:
        known = self.backend.archive.directory().resolve(f"user:{handle}")
        view = self.backend.review(review).state.view
        someone = Embedded(self._database, lambda _: person(known, auth))
        someone.call(review, Decide(outcome, view, **given))


@pytest.fixture
def staff() -> Any:
    with reviewing(rail) as people:
        people.person("ann")
        people.person("ben")
        people.policy(RULES)
        yield Staff(people)


def test_the_approved_bytes_are_tried_again_by_who_is_asked_about_failures(staff: Staff):
    bound = staff.state.bind
    staff.decide("ben", "local", staff.review, "retry")
    assert (staff.state.status, staff.state.bind) == ("cleared", bound)


def test_bytes_of_who_is_asked_about_failures_alone_wait_for_approvers_signed_in_as_their_rule_demands(staff: Staff):
    staff.decide("ben", "local", staff.review, "edit", args=canonical({"cents": 999}))
    assert staff.state.status == "held"
    for handle, auth in (("ben", "local"), ("ben", "webauthn"), ("ann", "local"), ("ann", "session")):
        with pytest.raises(handrail.NotAllowed):
            staff.decide(handle, auth, staff.review, "retry")  # type: ignore[arg-type]
    assert staff.state.status == "held"
    staff.decide("ann", "webauthn", staff.review, "retry")
    assert staff.state.status == "cleared"
    assert staff.state.grant.bind == staff.state.bind
