"""Runs: the same work continued after a restart, and work that waits as a whole."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import handrail
from handrail.action.commands import Start
from handrail.embedded import Embedded, solo_person
from handrail.review import commands as c
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="runner")
done: list[int] = []


@rail.approval(name="step")
def step(number: int) -> int:
    done.append(number)
    return number


@pytest.fixture
def people() -> Any:
    done.clear()
    with reviewing(rail) as scripted:
        yield scripted


def test_equal_calls_of_one_execution_are_two_and_a_second_execution_finds_both(people):
    people.approves("step")
    people.approves("step")
    with pytest.raises(KeyError), rail.run("nightly"):
        assert [step(1), step(1)] == [1, 1]
        raise KeyError("the host went down")
    with rail.run("nightly"):
        assert [step(1), step(1)] == [1, 1]
    assert done == [1, 1]


def test_a_finished_run_is_not_entered_again(people):
    with rail.run("once"):
        pass
    with pytest.raises(handrail.RunFinished, match="another run id"), rail.run("once"):
        pass


def test_an_exception_is_noted_and_the_run_goes_on(people):
    with pytest.raises(ValueError, match="bad row"), rail.run("import"):
        raise ValueError("bad row")
    backend = rail.core.backend
    run = backend.run(backend.run_id("import"))[0]
    assert (run.status, run.faults) == ("running", 1)


def test_a_refusal_is_found_again_and_not_asked_twice(people):
    people.rejects("step", note="no")
    for _ in range(2):
        with pytest.raises(handrail.Denied, match="no"), rail.run("refused"):
            step(3)
    assert len(people.asked) == 1


def test_a_run_inside_a_run_knows_its_parent(people):
    backend = rail.core.backend
    with rail.run("outer"), rail.run("inner"):
        assert backend.run(backend.run_id("inner"))[0].parent == backend.run_id("outer")


def test_the_run_of_the_connection_holds_calls_outside_a_block(monkeypatch):
    monkeypatch.setenv("HANDRAIL_RUN", "from-the-environment")
    other = handrail.connect("sqlite:///:memory:", agent="runner")

    @other.approval(name="again")
    def again() -> int:
        done.append(0)
        return 0

    with reviewing(other) as people:
        people.approves("again")
        people.approves("again")
        assert [again(), again()] == [0, 0]
        assert {one.action.state.run for one in people.asked} == {other.core.backend.run_id("from-the-environment")}


def approve(backend: Any, ticket: handrail.Ticket[Any]) -> None:
    """Approve as the one person of solo mode."""
    person = Embedded(backend.database, solo_person)
    person.call(str(ticket.review), c.Decide("approve", person.review(str(ticket.review)).state.view))


def test_with_hold_run_nothing_else_of_the_run_starts_while_one_action_waits():
    quiet = handrail.connect("sqlite:///:memory:", agent="runner", quiet=True)
    started = threading.Event()

    @quiet.approval(name="first")
    def first() -> None: ...

    @quiet.approval(name="second")
    def second() -> None:
        started.set()

    backend = quiet.core.backend
    with quiet.run("careful", hold="run"):
        waiting = first.propose()
        other = second.propose()
        approve(backend, other)
        thread = threading.Thread(target=other.wait)
        thread.start()
        assert not started.wait(0.3)
        assert backend.action(other.id).state.status == "cleared"
        approve(backend, waiting)
        waiting.wait()
        thread.join(10)
    assert started.is_set()
    quiet.close()


def agree(people: Any, ticket: handrail.Ticket[Any]) -> None:
    """Approve as the one person of solo mode, also where the agent is at a server."""
    person = Embedded(people.database, solo_person)
    person.call(str(ticket.review), c.Decide("approve", person.review(str(ticket.review)).state.view))


def start(ticket: handrail.Ticket[Any]) -> Any:
    """Start an action without waiting for those before it."""
    backend = rail.core.backend
    return backend.call(ticket.id, Start("exe_1", backend.action(ticket.id).state.bind))


def test_who_waits_with_a_run_is_told_for_which_action(people):
    with rail.run("told", hold="run"):
        first, second = step.propose(1), step.propose(2)
        agree(people, second)
        with pytest.raises(handrail.RunHeld, match=first.id) as held:
            start(second)
    assert held.value.waits_for == first.id


def test_a_run_inside_one_that_waits_as_a_whole_waits_with_it_and_as_a_whole(people):
    with rail.run("whole", hold="run"):
        with rail.run("part"):
            inside, beside = step.propose(1), step.propose(2)
            agree(people, beside)
            with pytest.raises(handrail.RunHeld, match=inside.id):
                start(beside)
            agree(people, inside)
        above = step.propose(3)
        with rail.run("other part"):
            below = step.propose(4)
            agree(people, below)
            with pytest.raises(handrail.RunHeld, match=above.id):
                start(below)
            agree(people, above)
            assert start(below)["status"] == "started"
