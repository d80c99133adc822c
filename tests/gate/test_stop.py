"""A person stops a run from elsewhere: nothing more of it starts, and its agent is told why."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

import handrail
from handrail.action import commands as a
from handrail.action.model import Action
from handrail.embedded import Embedded, solo_person
from handrail.review.commands import Decide
from handrail.run import commands as r


@pytest.fixture(autouse=True)
def way() -> str:
    """In this process alone: what a server does is tested there."""
    return "embedded"


@pytest.fixture
def alone() -> Any:
    """A rail whose reviews nobody answers, and its one person."""
    quiet = handrail.connect("sqlite:///:memory:", agent="runner", quiet=True)
    yield quiet, Embedded(quiet.core.backend.database, solo_person)  # type: ignore[attr-defined]
    quiet.close()


def stop(rail: handrail.Rail, name: str, reason: str = "wrong customer") -> None:
    """Stop the run of that name, as its agent's person."""
    backend: Any = rail.core.backend
    Embedded(backend.database, solo_person).call(backend.run_id(name), r.Stop(reason))


def waiting(rail: handrail.Rail, call: Callable[[], Any]) -> tuple[threading.Thread, list[BaseException]]:
    """A thread inside a call that waits for people; what the call ends with."""
    ended: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    size = 0
    while not rail.core.backend.waiting():
        size = rail.core.backend.changed(size, 10)
    return thread, ended


def in_run(rail: handrail.Rail, gated: Any, *names: str) -> Callable[[], Any]:
    def call() -> None:
        with rail.run(names[0]):
            if names[1:]:
                in_run(rail, gated, *names[1:])()
            else:
                gated(1)

    return call


@pytest.mark.parametrize("names", [("one",), ("outer", "inner"), ("outer", "middle", "inner")])
def test_who_waits_in_a_stopped_run_or_one_inside_it_is_told_why(alone: Any, names: tuple[str, ...]) -> None:
    quiet, person = alone
    gated = quiet.approval(name="stop.waits")(lambda number: number)
    thread, ended = waiting(quiet, in_run(quiet, gated, *names))
    [review] = person.waiting()
    stop(quiet, names[0])
    thread.join(20)
    [error] = ended
    assert isinstance(error, handrail.Stopped)
    assert not isinstance(error, Exception), "a program that catches every Exception must not go on"
    assert error.reason == "wrong customer"
    action = person.action(review.state.action).state
    assert (action.status, action.reason) == ("refused", "run_stopped")
    assert person.review(review.state.id).state.status == "superseded"


def test_a_stopped_run_is_not_entered_again_and_its_error_leaves_clean_up_alone(alone: Any) -> None:
    quiet, _ = alone
    cleaned = []
    with pytest.raises(handrail.Stopped, match="wrong customer"), quiet.run("over"):
        try:
            stop(quiet, "over")
            quiet.approval(name="stop.after")(lambda: None)()
        except Exception:
            pytest.fail("no ordinary error")
        finally:
            cleaned.append(True)
    assert cleaned == [True]
    with pytest.raises(handrail.Stopped, match="wrong customer"), quiet.run("over"):
        pytest.fail("it was entered")


def test_a_run_that_ends_after_it_was_stopped_is_told(alone: Any) -> None:
    quiet, _ = alone
    with pytest.raises(handrail.Stopped), quiet.run("late"):
        stop(quiet, "late")


def test_another_error_leaves_a_stopped_run_as_itself(alone: Any) -> None:
    quiet, _ = alone
    with pytest.raises(KeyError), quiet.run("broken"):
        stop(quiet, "broken")
        raise KeyError("rows")


def test_what_was_agreed_to_before_does_not_start_afterwards(alone: Any) -> None:
    quiet, person = alone
    ran = []
    gated = quiet.approval(name="stop.agreed")(lambda: ran.append(1))
    with pytest.raises(handrail.Stopped), quiet.run("outer"), quiet.run("inner"):
        ticket = gated.propose()
        person.call(ticket.review, _approval(person, ticket.review))
        assert person.action(ticket.id).state.status == "cleared"
        stop(quiet, "outer")
        ticket.wait()
    assert ran == []


def _approval(person: Embedded, review: str) -> object:
    return Decide("approve", person.review(review).state.view)


def test_hundreds_of_actions_and_runs_inside_end_by_themselves(alone: Any) -> None:
    quiet, person = alone
    gated = quiet.approval(name="stop.many")(lambda number: number)
    with pytest.raises(handrail.Stopped), quiet.run("many"):
        tickets = [gated.propose(number) for number in range(60)]
        for number in range(30):
            with pytest.raises(KeyError), quiet.run(f"child-{number}"):
                tickets.append(gated.propose(number))
                raise KeyError
        stop(quiet, "many")
        for ticket in tickets:
            with pytest.raises(handrail.Stopped):
                ticket.wait(timeout=30)
    assert person.waiting() == []
    found = {one.status for one in person.newest("run") if one.parent is not None}
    assert found == {"stopped"}


def test_what_is_being_executed_goes_on_to_its_end(alone: Any) -> None:
    quiet, person = alone

    @quiet.approval(name="stop.running")
    def running() -> str:
        stop(quiet, "busy", "enough")
        return "sent"

    with pytest.raises(handrail.Stopped, match="enough"), quiet.run("busy"):
        ticket = running.propose()
        person.call(ticket.review, _approval(person, ticket.review))
        assert ticket.wait() == "sent"
        running()


def test_a_stop_needs_a_reason_and_a_run_that_goes_on(alone: Any) -> None:
    quiet, _ = alone
    with pytest.raises(handrail.Stopped), quiet.run("reasons"):
        with pytest.raises(handrail.InvalidValue, match="why"):
            stop(quiet, "reasons", " ")
        stop(quiet, "reasons")
        with pytest.raises(handrail.RunFinished, match="stopped already"):
            stop(quiet, "reasons")


def test_an_agent_stops_no_run(alone: Any) -> None:
    quiet, _ = alone
    with quiet.run("mine") as scope:
        with pytest.raises(handrail.NotAllowed):
            quiet.core.backend.call(scope.id, r.Stop("I say so"))
        with pytest.raises(handrail.NotAllowed):
            quiet.core.backend.call(quiet.approval(name="stop.own")(lambda: None).propose().id, a.Halt())


def resting(rail: handrail.Rail) -> Action:
    """The action whose next attempt is awaited, as soon as there is one."""
    size = 0
    while True:
        for state in rail.core.backend.newest("action"):
            assert isinstance(state, Action)
            if state.not_before is not None:
                return state
        size = rail.core.backend.changed(size, 10)


def test_what_waits_for_its_next_attempt_does_not_begin_it_once_its_run_is_stopped(alone: Any) -> None:
    quiet, _ = alone
    calls: list[int] = []

    @quiet.exceptions(name="stop.rests", on=ConnectionError, retries=3, backoff="10m")
    def settle(number: int) -> None:
        calls.append(number)
        raise ConnectionError

    ended: list[BaseException] = []

    def work() -> None:
        try:
            in_run(quiet, settle, "one")()
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    action = resting(quiet)
    stop(quiet, "one")
    thread.join(20)
    [error] = ended
    assert isinstance(error, handrail.Stopped)
    assert error.reason == "wrong customer"
    state = quiet.core.backend.action(action.id).state
    assert (state.status, state.reason, calls) == ("refused", "run_stopped", [1])


def test_a_task_that_is_cancelled_between_two_attempts_takes_its_action_back(alone: Any) -> None:
    quiet, _ = alone
    calls: list[int] = []

    @quiet.exceptions(name="stop.cancelled", on=ConnectionError, retries=3, backoff="10m")
    async def settle() -> None:
        calls.append(1)
        raise ConnectionError

    async def work() -> str:
        task = asyncio.create_task(settle())
        action = await asyncio.to_thread(resting, quiet)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return action.id

    state = quiet.core.backend.action(asyncio.run(work())).state
    assert (state.status, state.reason, calls) == ("withdrawn", "cancelled", [1])
