"""Work that is done under an action waits while people decide on it, and is refused with it."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.action.commands import Claim, Settle, Start, Withdraw
from handrail.embedded import Embedded, local_agent
from handrail.review.commands import Decide
from handrail.testing import reviewing
from handrail.view.model import folds

rail = handrail.connect("sqlite:///:memory:", agent="planner")
done: list[str] = []


@rail.approval(name="plan")
def plan(goal: str) -> str:
    done.append(goal)
    return goal


@rail.approval(name="step")
def step(what: str) -> str:
    done.append(what)
    return what


@pytest.fixture
def people() -> Any:
    done.clear()
    with reviewing(rail) as scripted:
        yield scripted


def decide(people: Any, ticket: Any, outcome: str) -> None:
    record = rail.core.backend.review(ticket.review)
    seen = folds(record.view) or ()
    people.somebody(None).call(ticket.review, Decide(outcome, record.state.view, seen=seen))  # type: ignore[arg-type]


def test_a_further_attempt_is_refused_too_once_the_action_above_it_will_not_run(people):
    above = plan.propose("move the shop")
    below = [step.having(parent=above.id).propose(what) for what in ("pack", "tape")]
    backend = rail.core.backend
    for ticket in (above, *below):
        decide(people, ticket, "approve")
    for ticket in below:
        backend.call(ticket.id, Start("exe_1", backend.action(ticket.id).state.bind))
        backend.call(ticket.id, Settle("exe_1", 1, "failed", {"error": "x"}, retry_in=1_000_000))
    backend.call(above.id, Withdraw())
    people.clock.advance("1s")
    again = Start("exe_1", backend.action(below[1].id).state.bind, 1)
    assert (backend.call(below[1].id, again)["status"], below[1].status) == ("refused", "refused")
    people.clock.advance("2m")
    assert backend.call(below[0].id, Claim("exe_2"))["status"] == "refused"
    for ticket in below:
        with pytest.raises(handrail.Denied) as denied:
            ticket.wait(timeout=30)
        assert denied.value.reason == "parent_refused"
    assert done == []


def test_what_is_refused_takes_with_it_what_is_done_under_it(people):
    above = plan.propose("move the shop")
    with rail.under(above):
        below = step.propose("pack")
    deepest = step.having(parent=below.id).propose("tape")
    decide(people, deepest, "approve")
    decide(people, below, "approve")
    with pytest.raises(handrail.WaitTimeout):
        deepest.wait(timeout=0.3)
    decide(people, above, "reject")
    for ticket in (below, deepest):
        with pytest.raises(handrail.Denied, match="refused with the action under which") as denied:
            ticket.wait(timeout=30)
        assert denied.value.reason == "parent_refused"
    late = step.having(parent=above.id).propose("unpack")
    assert late.status == "refused"
    assert done == []


def test_what_is_agreed_to_lets_what_is_under_it_run(people):
    above = plan.propose("move the shop")
    below = step.having(parent=above.id).propose("pack")
    decide(people, below, "approve")
    decide(people, above, "approve")
    assert below.wait(timeout=30) == "pack"
    assert above.wait(timeout=30) == "move the shop"


def test_an_action_that_is_taken_back_takes_what_is_under_it_with_it(people):
    above = plan.propose("move the shop")
    below = step.having(parent=above.id).propose("pack")
    decide(people, below, "approve")
    rail.core.backend.call(above.id, handrail.action.commands.Withdraw())
    with pytest.raises(handrail.Denied, match="refused with the action"):
        below.wait(timeout=30)


def test_the_action_of_others_is_as_one_that_is_not_there(people, way):
    if way == "http":
        pytest.skip("the other agent is on the database itself")
    theirs = Embedded(people.database, local_agent("stranger", "user:somebody"))
    people.person("somebody")
    above = plan.propose("move the shop")
    said = []
    for wanted in (above.id, "act_00000000000000000000000000", "run_00000000000000000000000000"):
        with rail.core.diverted(theirs, rail.core.notice), pytest.raises(handrail.UnknownAction) as unknown:
            step.having(parent=wanted).propose("pack")
        said.append(str(unknown.value).replace(wanted, "…"))
    assert said[0] == said[1]
