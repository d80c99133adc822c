"""What people ask of a run, and what its process says to that. A control counts from the entry that asked for it."""

from typing import Final, assert_never

from ..errors import InvalidValue, NotAllowed, NotReady, RunFinished
from ..stream import Draft
from . import commands as c
from . import events as e
from .facts import Facts
from .model import Run

LONGEST: Final = 2_000
"""Characters of a reason, or of what an agent is told."""


def control(state: Run | None, command: c.Control, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from what somebody asks of a run. Raises `NotAllowed` for who may not."""
    by_system = facts.actor.kind == "system"
    if not (by_system or (facts.actor.kind == "human" and facts.owns)):
        raise NotAllowed("a run is controlled by whoever answers for its agent, or supervises it")
    if state is None:
        raise NotReady("there is no such run yet")
    if state.final and by_system:
        return []
    if state.final:
        raise RunFinished(f"this run is {state.status} already")
    match command:
        case c.Stop():
            return [Draft(e.Stopped(), {"note": _reason(command.reason, "say why the run is stopped")})]
        case c.Pause() | c.Interrupt():
            return _pause(state, command)
        case c.Resume():
            return _resume(state, command)
        case c.Guide():
            return [Draft(e.Guided(state.guidance + 1), {"text": _reason(command.text, "say what the agent shall do")})]
    assert_never(command)


def _reason(text: str, advice: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST:
        raise InvalidValue(f"{advice}, in up to {LONGEST} characters")
    return text


def _pause(state: Run, command: c.Pause | c.Interrupt) -> list[Draft[e.Event]]:
    """An interruption after a pause cancels what still runs; a pause after either changes nothing."""
    interrupts = isinstance(command, c.Interrupt)
    reason = _reason(command.reason, "say why the run is interrupted" if interrupts else "say why the run is paused")
    asked = state.control.kind if state.control else None
    if state.status == "paused" and (asked == "interrupt" or not interrupts):
        raise NotReady("this run is paused already")
    return [Draft(e.Paused(interrupts), {"note": reason})]


def _resume(state: Run, command: c.Resume) -> list[Draft[e.Event]]:
    if state.status != "paused":
        raise NotReady("this run is not paused")
    if command.note is not None and len(command.note) > LONGEST:
        raise InvalidValue(f"a note has up to {LONGEST} characters")
    return [Draft(e.Resumed(), {"note": command.note} if command.note else {})]


def confirm(state: Run, command: c.Confirm) -> list[Draft[e.Event]]:
    """Its process says that a control has taken hold; one that was overtaken by another says nothing any more."""
    asked = state.control
    over = state.status in ("finished", "failed")
    if over or asked is None or asked.rev != command.of or asked.confirmed_at is not None:
        return []
    return [Draft(e.Confirmed(command.of), {"note": command.note[:LONGEST]} if command.note else {})]


def hear(state: Run, command: c.Hear) -> list[Draft[e.Event]]:
    """Raises `InvalidValue` for a message that there is not."""
    if command.upto > state.guidance:
        raise InvalidValue(f"this run was told {state.guidance} things so far")
    return [Draft(e.Heard(command.upto))] if command.upto > state.heard else []
