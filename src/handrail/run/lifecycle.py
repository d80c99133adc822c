"""The life of a run: one table, `decide`, `evolve`."""

from dataclasses import dataclass
from typing import Final, assert_never

from ..errors import InvalidValue, NotAllowed, NotReady, RunFinished, RunStopped
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from .model import Hold, Run

ACCEPTS: Final[Table] = {
    e.Opened: {None: "running"},
    e.Faulted: {"running": "running"},
    e.Finished: {"running": "finished"},
    e.Stopped: {"running": "stopped"},
    e.Halted: {"stopped": "stopped"},
}
MOST: Final = 24
"""Actions and runs that end in one step with the run around them."""
LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows when a run's command is decided. Times in µs.

    `owns` says that the actor answers for the run or supervises; `stopped` why a run above it was stopped, if one was;
    `hold` is that of the runs above it; `inside` are actions and runs in it that could go on; `note` is why it was
    stopped.
    """

    subject: str
    now: int
    actor: Principal
    owns: bool = False
    stopped: str | None = None
    hold: Hold = "action"
    inside: tuple[str, ...] = ()
    note: JSON = None


def decide(state: Run | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; entering a run that is running needs none.

    Raises `RunFinished` for a run that is over, `RunStopped` for one that was stopped, `NotAllowed` for the run of
    another agent, and for a stop by somebody who does not answer for it.
    """
    match command:
        case c.Stop():
            return _stop(state, command, facts)
        case c.Elapse():
            return _elapse(state, facts)
        case c.Open() | c.Note() | c.Finish():
            return _worked(state, command, facts)
    assert_never(command)


def _worked(state: Run | None, command: c.Open | c.Note | c.Finish, facts: Facts) -> list[Draft[e.Event]]:
    """What its agent says of it."""
    if facts.actor.kind != "agent" or facts.actor.owner is None:
        raise NotAllowed("only an agent opens and ends its runs")
    if isinstance(command, c.Open):
        return _open(state, command, facts)
    if state is None:
        raise NotReady("there is no such run yet")
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent")
    _require_going(state, facts)
    match command:
        case c.Note():
            return [Draft(e.Faulted(), {"note": command.error})]
        case c.Finish():
            return [Draft(e.Finished())]
    assert_never(command)


def _open(state: Run | None, command: c.Open, facts: Facts) -> list[Draft[e.Event]]:
    if state is None:
        assert facts.actor.owner is not None
        _require_above(facts)
        hold: Hold = "run" if "run" in (command.hold, facts.hold) else "action"
        opened = e.Opened(facts.actor.id, facts.actor.owner, command.parent, hold)
        return [Draft(opened, {"title": command.title})]
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent; choose another run id")
    _require_going(state, facts)
    _require_above(facts)
    return []


def _require_going(state: Run, facts: Facts) -> None:
    if state.status == "stopped":
        raise RunStopped(said(facts.note))
    if state.final:
        raise RunFinished("this run is finished; give new work another run id")


def _require_above(facts: Facts) -> None:
    if facts.stopped is not None:
        raise RunStopped(facts.stopped)


def said(note: JSON) -> str:
    """Why a run was stopped, as far as that is kept."""
    return f"this run was stopped: {note}" if isinstance(note, str) else "this run was stopped"


def _stop(state: Run | None, command: c.Stop, facts: Facts) -> list[Draft[e.Event]]:
    """What is inside it ends in the steps that follow."""
    by_system = facts.actor.kind == "system"
    if not (by_system or (facts.actor.kind == "human" and facts.owns)):
        raise NotAllowed("a run is stopped by the one who answers for its agent, or by a supervisor")
    if state is None:
        raise NotReady("there is no such run yet")
    if state.final and by_system:
        return []
    if state.final:
        raise RunFinished(f"this run is {state.status} already")
    if not 0 < len(command.reason.strip()) <= LONGEST:
        raise InvalidValue(f"say why the run is stopped, in up to {LONGEST} characters")
    return [Draft(e.Stopped(), {"note": command.reason})]


def _elapse(state: Run | None, facts: Facts) -> list[Draft[e.Event]]:
    if state is None or state.status != "stopped" or state.due_at is None or state.due_at > facts.now:
        return []
    later = facts.now + 1 if len(facts.inside) >= MOST else None
    return [Draft(e.Halted(facts.inside[:MOST], later), {} if facts.note is None else {"note": facts.note})]


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
        case e.Stopped():
            assert state is not None
            return changed(state, rev=sealed.rev, status="stopped", note=sealed.texts.get("note"), due_at=sealed.at)
        case e.Halted():
            assert state is not None
            return changed(state, rev=sealed.rev, due_at=event.due_at)
    assert_never(event)
