"""A call runs on the arguments that it was started with, and not at all once somebody else goes on with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from handrail.action.commands import Settle
from handrail.backend import Backend
from handrail.client.http import Http
from handrail.client.transport import Transport
from handrail.embedded import Database, Embedded, local_agent, solo_person
from handrail.errors import FencedOff
from handrail.gate.call import Gated, prepare
from handrail.gate.conduct import Steps, conduct
from handrail.gate.effects import Commit, Evaluate, Held, Look, Moved
from handrail.gate.memory import Seat
from handrail.policy.declaration import Declaration
from handrail.review.commands import Decide
from tests.server.company import Company
from tests.server.house import serving


class Place:
    """An agent's backend, and the person who decides for it."""

    def __init__(self, database: Database, agent: Backend) -> None:
        self.agent = agent
        self.person = Embedded(database, solo_person)

    def decide(self, action: str, outcome: Any, args: str | None = None) -> None:
        review = self.person.action(action).state.review or ""
        self.person.call(review, Decide(outcome, self.person.review(review).state.view, args=args))

    def failed(self, action: str) -> None:
        """Its executor says that the call failed, and asks a person."""
        state = self.person.action(action).state
        self.agent.call(action, Settle(state.executor or "", state.fence, "failed", {"error": "no"}, escalate=True))


@pytest.fixture
def place(way: str, request: pytest.FixtureRequest) -> Iterator[Place]:
    database = Database(request.getfixturevalue("postgres") if way == "postgres" else ":memory:")
    if way == "http":
        company = Company("", database.clock, database=database)
        with serving(company) as house:
            agent = Http(Transport(house.url, company.key("payer")))
            yield Place(database, agent)
            agent.close()
    else:
        yield Place(database, Embedded(database, local_agent("payer", None)))
    database.close()


class Call:
    """One call of a function, whose steps the test performs."""

    def __init__(self, place: Place) -> None:
        self.ran: list[int] = []
        self.place = place
        self.action = ""
        self.steps = self._steps()

    def _steps(self) -> Steps:
        def pay(n: int) -> None:
            self.ran.append(n)

        gated = Gated(pay, "test.pay", Declaration())
        return conduct(Seat(self.place.agent, "exe_1"), prepare(gated, (90,), {}, None))

    def until_it_reads(self) -> Look:
        """Everything before the stored arguments are read."""
        effect = next(self.steps)
        while not isinstance(effect, Look):
            effect = self.steps.send(self._performed(effect))
        return effect

    def to_the_end(self, effect: Any) -> None:
        """Everything from an effect on."""
        with suppress(StopIteration):
            while True:
                effect = self.steps.send(self._performed(effect))

    def _performed(self, effect: Any) -> Any:
        match effect:
            case Commit():
                self.action = effect.subject
                return self.place.agent.call(effect.subject, effect.command)
            case Moved():
                return self.place.agent.wait(effect.action, effect.rev, 10.0)
            case Held():
                return self.place.decide(self.action, "approve")
            case Look():
                return effect.read()
            case Evaluate():
                return effect.function(*effect.args, **effect.kwargs)
            case _:
                raise AssertionError(effect)


def test_what_was_edited_after_a_start_runs_under_its_own_start_alone(place: Place):
    call = Call(place)
    reading = call.until_it_reads()
    place.failed(call.action)
    place.decide(call.action, "edit", '{"n":9000}')
    with pytest.raises(FencedOff, match="nothing was run") as refused:
        reading.read()
    effect = call.steps.throw(refused.value)
    assert call.ran == []
    call.to_the_end(effect)
    assert call.ran == [9000]
    assert place.person.action(call.action).state.attempt == 2


def test_arguments_are_read_by_who_started_them_while_the_call_goes_on(place: Place):
    call = Call(place)
    call.until_it_reads()
    state = place.person.action(call.action).state
    for bind, fence in ((state.bind, state.fence + 1), ("sha256:" + "0" * 64, state.fence)):
        with pytest.raises(FencedOff, match="nothing was run"):
            place.agent.granted(state.id, bind, fence)
    assert place.agent.granted(state.id, state.bind, state.fence) == '{"n":90}'
    place.agent.call(state.id, Settle("exe_1", state.fence, "succeeded"))
    with pytest.raises(FencedOff, match="nothing was run") as refused:
        place.agent.granted(state.id, state.bind, state.fence)
    call.to_the_end(call.steps.throw(refused.value))
    assert call.ran == []
