"""What turned out after an action was over: a note that changes nothing else."""

from typing import Any, Final

from ..errors import NotAllowed, NotReady
from ..stream import Draft, Sealed
from . import commands as c
from . import events as e
from .facts import Facts
from .model import FINAL, Action

JUDGED: Final = FINAL - {"withdrawn"}
"""What was withdrawn neither ran nor was decided."""


def decide(state: Action, command: c.ReportOutcome, facts: Facts) -> list[Draft[e.Event]]:
    """The entry of a report; none where the same was said before and nothing is added.

    Raises `NotAllowed` and `NotReady`. What a person said is changed by a person alone.
    """
    by_agent = facts.actor.kind == "agent" and (facts.actor.id == state.agent or facts.actor.executes)
    if not by_agent and not facts.permitted:
        raise NotAllowed("how an action turned out is told by its agent, or by a person who may decide or supervise")
    if state.status not in JUDGED:
        raise NotReady(f"the action is {state.status}: how it turned out can be told once it is over")
    said = "wrong" if command.wrong else "right"
    if said == state.turned_out and command.note is None:
        return []
    if by_agent and state.told_by == "human" and said != state.turned_out:
        raise NotAllowed("a person said how this turned out: another person may correct that, and no agent")
    return [Draft(e.OutcomeReported(command.wrong), {"note": command.note} if command.note else {})]


def moved(event: e.OutcomeReported, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members of the action that a report changes."""
    return {"turned_out": "wrong" if event.wrong else "right", "told_by": sealed.by.kind}
