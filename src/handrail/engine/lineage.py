"""What stands above: the runs around an action or run, and the actions under which an action is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ..action.facts import Line
from ..action.model import WAITING, Action
from ..errors import UsageError
from ..run.lifecycle import said
from ..run.model import Run

if TYPE_CHECKING:
    from ..codec.records import State
    from .work import Work

DEEPEST: Final = 32
"""Runs that may be inside one another, and actions that may be one under the other."""
UNSTARTED: Final = ("held", "cleared", "claimed")


class Lives(Protocol):
    """Where lives are found: in a command that is being decided, or in a snapshot."""

    def state(self, subject: str) -> State | None:
        """A stream's state."""

    def waiting(self, run: str) -> frozenset[str]:
        """The actions of a run that are held or unknown."""


def runs(work: Lives, run_id: str | None) -> list[Run]:
    """A run and those around it, from the inside out; at most one more than may be inside one another."""
    found: list[Run] = []
    while run_id and len(found) <= DEEPEST:
        run = work.state(run_id)
        if not isinstance(run, Run):
            break
        found.append(run)
        run_id = run.parent
    return found


def require_depth(around: list[Run]) -> None:
    """Raise `UsageError` where a run inside these would be too deep."""
    if len(around) >= DEEPEST:
        raise UsageError(f"runs can be inside one another {DEEPEST} deep: open this one beside the others")


def waits(work: Lives, run_id: str | None, action_id: str) -> str | None:
    """The action for which a run, or one around it, waits for people as a whole, or the run that is paused; too many
    around one another wait for their outermost, and so for ever."""
    around = runs(work, run_id)
    for run in around:
        if run.status == "paused":
            return run.id
        if run.hold == "run" and (held := work.waiting(run.id) - {action_id}):
            return min(held)
    return around[-1].id if len(around) > DEEPEST else None


def watched(work: Lives, run_id: str | None) -> bool:
    """Whether people watch the run, or one around it."""
    return any(run.watched for run in runs(work, run_id))


def stopped(work: Work, run_id: str | None) -> str | None:
    """Why the run, or one around it, was stopped; `None` where none was."""
    for run in runs(work, run_id):
        if run.status == "stopped":
            return said(reason(work, run))
    return None


def reason(work: Work, run: Run) -> str | None:
    """What was written when a run was stopped, as far as it is kept."""
    found = work.text(run.id, run.note)
    return found if isinstance(found, str) else None


def refused(work: Work, run_id: str | None, intent: str | None) -> Action | None:
    """The action with that intent, in the run or one around it, that people refused last."""
    if intent is None:
        return None
    found = [work.sources.refused(run.id, intent) for run in runs(work, run_id)]
    return max((one for one in found if one), key=lambda one: one.answered_at or 0, default=None)


def line(work: Lives, parent: str | None) -> tuple[Line, str | None]:
    """What became of the actions above, and the one that people are to decide on first: a refusal anywhere counts, then
    one that waits; too long a line counts as one that waits."""
    found: tuple[Line, str | None] = ("free", None)
    for _ in range(DEEPEST):
        above = work.state(parent) if parent else None
        if not isinstance(above, Action):
            return found
        if above.status in ("refused", "withdrawn"):
            return "refused", None
        if above.status in WAITING:
            found = ("waits", above.id)
        parent = above.parent
    return "waits", parent


def first(lives: Lives, action: Action) -> str | None:
    """The action that people are to decide on before this one starts, while it has not started yet."""
    if action.status not in UNSTARTED:
        return None
    return waits(lives, action.run, action.id) or line(lives, action.parent)[1]
