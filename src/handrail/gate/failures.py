"""What became of the attempts of an action, as lines for a terminal: the agent's process tells it, so it is fenced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..backend import Backend, ReviewRecord
from ..engine.past import Attempt, attempts, outcome_text
from ..view.columns import wrap
from ..view.lines import BLANK, FENCE, Line
from ..view.words import clock
from .notice import local_zone

SHOWN: Final = 10
"""Attempts that are shown, the last ones."""


def became(record: ReviewRecord, backend: Backend, *, now: int, width: int) -> list[Line]:
    """What went wrong before people were asked, or what a sample gave back; nothing where neither is the case."""
    action, room = record.action, width - len(FENCE)
    rows: list[str] = []
    if record.state.cause == "sampled" and isinstance(action.outcome, dict):
        rows = wrap(f"it gave back: {outcome_text(action.outcome)}", room)
    elif record.state.kind == "exception":
        told = list(attempts(action.state.id, backend.history(action.state.id)))[-SHOWN:]
        rows = [row for one in told for row in _attempt(one, now, room, whole=one is told[-1])]
    return [BLANK, *(Line("agent", FENCE + row) for row in rows)] if rows else []


def _attempt(one: Attempt, now: int, room: int, *, whole: bool) -> Iterator[str]:
    """One attempt; of the last one also where in the code it failed."""
    when = clock(one.at, now=now, zone=local_zone())
    words = f"failed: {one.text} ({when})" if one.failed else f"{when}: {one.text}"
    yield from wrap(f"attempt {one.attempt}{' ' if one.failed else ', '}{words}", room)
    for place in one.trace if whole else ():
        yield from (f"  {row}" for row in wrap(place, room - 2))
