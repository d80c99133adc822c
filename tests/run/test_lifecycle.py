"""A run is found again until it is finished, and belongs to one agent."""

import pytest

from handrail.errors import NotAllowed, NotReady, RunFinished
from handrail.run import commands as c
from handrail.run.model import Run
from tests.heart.desk import ANN, BOT, STRANGER, Desk
from tests.heart.world import text_of


def run_of(desk: Desk) -> Run:
    state = desk.world.states["run_1"]
    assert isinstance(state, Run)
    return state


def test_a_run_opens_once_and_is_entered_again() -> None:
    desk = Desk()
    assert desk.submit("run_1", c.Open("Invoices", parent="run_0", hold="run"), BOT) == ["Opened"]
    assert desk.submit("run_1", c.Open("another title"), BOT) == []
    run = run_of(desk)
    assert (run.agent, run.starter, run.parent, run.hold) == ("agt_bot", "osu_olga", "run_0", "run")
    assert text_of(run.title or "") == "Invoices"


def test_an_exception_is_noted_and_the_run_goes_on() -> None:
    desk = Desk()
    desk.open_run()
    assert desk.submit("run_1", c.Note("boom"), BOT) == ["Faulted"]
    assert (run_of(desk).status, run_of(desk).faults) == ("running", 1)


@pytest.mark.parametrize("late", [c.Open("again"), c.Note("boom"), c.Finish()])
def test_a_finished_run_is_never_opened_again(late: object) -> None:
    desk = Desk()
    desk.open_run()
    assert desk.submit("run_1", c.Finish(), BOT) == ["Finished"]
    with pytest.raises(RunFinished):
        desk.submit("run_1", late, BOT)


@pytest.mark.parametrize("command", [c.Open("mine"), c.Note("boom"), c.Finish()])
@pytest.mark.parametrize("by", [STRANGER, ANN])
def test_a_run_is_its_agents_alone(command: object, by: object) -> None:
    desk = Desk(ann="team")
    desk.open_run()
    with pytest.raises(NotAllowed):
        desk.submit("run_1", command, by)  # type: ignore[arg-type]


def test_what_was_not_opened_cannot_end() -> None:
    with pytest.raises(NotReady):
        Desk().submit("run_1", c.Finish(), BOT)
