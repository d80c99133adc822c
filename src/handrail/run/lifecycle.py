"""The life of a run: one table, `decide`, `evolve`."""

from dataclasses import dataclass
from typing import Final, assert_never

from ..errors import NotAllowed, NotReady, RunFinished
from ..principal import Principal
from ..stream import Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from .model import Run

ACCEPTS: Final[Table] = {
    e.Opened: {None: "running"},
    e.Faulted: {"running": "running"},
    e.Finished: {"running": "finished"},
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows when a run's command is decided. Times in µs."""

    subject: str
    now: int
    actor: Principal


def decide(state: Run | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; entering a run that is running needs none.

    Raises `RunFinished` for a run that is over, `NotAllowed` for another agent's run.
    """
    if facts.actor.kind != "agent" or facts.actor.owner is None:
        raise NotAllowed("only an agent opens and ends its runs")
    if isinstance(command, c.Open):
        return _open(state, command, facts)
    if state is None:
        raise NotReady("there is no such run yet")
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent")
    if state.final:
        raise RunFinished("this run is finished; give new work another run id")
    match command:
        case c.Note():
            return [Draft(e.Faulted(), {"note": command.error})]
        case c.Finish():
            return [Draft(e.Finished())]
    assert_never(command)


def _open(state: Run | None, command: c.Open, facts: Facts) -> list[Draft[e.Event]]:
    if state is None:
        assert facts.actor.owner is not None
        opened = e.Opened(facts.actor.id, facts.actor.owner, command.parent, command.hold)
        return [Draft(opened, {"title": command.title})]
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent; choose another run id")
    if state.final:
        raise RunFinished("this run is finished; give new work another run id")
    return []


def evolve(state: Run | None, sealed: Sealed[e.Event], *, subject: str) -> Run:
    """The run after one event. Raises `IllegalTransition` for an event its state does not accept."""
    event = sealed.event
    step(ACCEPTS, event, state.status if state else None)
    match event:
        case e.Opened():
            return Run(
                subject, "running", sealed.rev, event.agent, event.starter, event.parent, event.hold, sealed.at,
                sealed.texts.get("title"),
            )  # fmt: skip
        case e.Faulted():
            assert state is not None
            return changed(state, rev=sealed.rev, faults=state.faults + 1)
        case e.Finished():
            assert state is not None
            return changed(state, rev=sealed.rev, status="finished")
    assert_never(event)
