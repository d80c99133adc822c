"""A run is found again until it is finished, and belongs to one agent."""

import pytest

from handrail.errors import InvalidValue, NotAllowed, NotReady, RunFinished, RunStopped
from handrail.principal import SYSTEM
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


def stopped(desk: Desk) -> None:
    """Stop the run as the one who answers for its agent, whom only a larger world knows."""
    assert desk.submit("run_1", c.Stop("wrong list"), SYSTEM) == ["Stopped"]


@pytest.mark.parametrize("late", [c.Open("again"), c.Note("boom"), c.Finish()])
def test_a_stopped_run_does_nothing_more(late: object) -> None:
    desk = Desk()
    desk.open_run()
    stopped(desk)
    with pytest.raises(RunStopped):
        desk.submit("run_1", late, BOT)
    assert text_of(run_of(desk).note or "") == "wrong list"


def test_what_waits_in_a_stopped_run_ends_with_it_and_so_does_its_review() -> None:
    desk = Desk(ann="team")
    desk.open_run()
    desk.propose("act_1", more={"run": "run_1"})
    desk.propose("act_2", more={"run": "run_1"})
    desk.decide(ANN, "approve", "act_2")
    stopped(desk)
    assert desk.submit("run_1", c.Elapse(), SYSTEM) == ["Halted", "Refused", "Superseded", "Refused"]
    assert {desk.action(one).reason for one in ("act_1", "act_2")} == {"run_stopped"}
    assert desk.submit("run_1", c.Elapse(), SYSTEM) == []


@pytest.mark.parametrize("by", [BOT, STRANGER, ANN])
def test_a_run_is_stopped_by_those_who_answer_for_it(by: object) -> None:
    desk = Desk(ann="team")
    desk.open_run()
    with pytest.raises(NotAllowed):
        desk.submit("run_1", c.Stop("no"), by)  # type: ignore[arg-type]


def test_a_stop_says_why() -> None:
    desk = Desk()
    desk.open_run()
    with pytest.raises(InvalidValue, match="why"):
        desk.submit("run_1", c.Stop("  "), SYSTEM)


def test_what_was_agreed_to_does_not_start_in_a_stopped_run() -> None:
    """Also before the engine came to refuse it, or where the run around the action's was stopped."""
    desk = Desk(ann="team")
    desk.open_run()
    desk.propose(more={"run": "run_1"})
    desk.decide(ANN, "approve")
    stopped(desk)
    assert desk.start() == ["Refused"]
    assert desk.action().reason == "run_stopped"


def test_a_failed_attempt_is_not_repeated_in_a_stopped_run() -> None:
    desk = Desk(ann="team")
    desk.open_run()
    desk.propose(pattern="auto", more={"run": "run_1", "executor": "x1", "start": True})
    stopped(desk)
    assert desk.settle("failed", retry_in=0) == ["Failed"]
