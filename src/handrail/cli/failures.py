"""What failed, in the terminal: which reviews ask about it, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Iterator

from ..action.likeness import is_error_type
from ..backend import Failing, ReviewRecord
from ..engine.past import Attempt, attempts, outcome_text
from ..engine.sheet import MOST_ALIKE
from ..errors import InvalidValue
from ..review.model import OPEN
from ..view.columns import wrap
from ..view.lines import BLANK, FENCE, Line
from ..view.words import count
from . import gist
from .desk import Desk
from .page import labelled, width

SHOWN = 10
"""Attempts that are shown, the last ones."""


def failures(at: Desk, error: str | None, like: str | None) -> Failing | None:
    """Which failures the options ask for. Raises `InvalidValue`."""
    if error is not None and like is not None:
        raise InvalidValue("--error and --like do not go together: give one of them")
    if like is not None:
        found = at.review(like).state
        if found.like is None:
            raise InvalidValue(f"{gist.short(found.id)} is not about a failure: give a review that is")
        return "like", found.like
    if error is not None and not is_error_type(error):
        raise InvalidValue("--error is the name of a type, as PaymentError: letters, digits, '_' and '.', up to 120")
    return None if error is None else ("error", error)


def failures_of(at: Desk, record: ReviewRecord) -> list[Line]:
    """What went wrong, or what a sample gave back: it comes from the agent's process, and is fenced like its words; and
    how many fail alike."""
    if record.state.cause == "sampled" and isinstance(record.action.outcome, dict):
        rows = wrap(f"it gave back: {outcome_text(record.action.outcome)}", width() - len(FENCE))
        return [BLANK, *(Line("agent", FENCE + row) for row in rows)]
    if record.state.kind != "exception":
        return []
    told = list(attempts(record.action.state.id, at.backend.history(record.action.state.id)))[-SHOWN:]
    rows = [row for one in told for row in _attempt(at, one, whole=one is told[-1])]
    lines = [BLANK, *(Line("agent", FENCE + row) for row in rows)] if rows else []
    return lines + _alike(at, record)


def _attempt(at: Desk, one: Attempt, *, whole: bool) -> Iterator[str]:
    """One attempt; of the last one also where in the code it failed."""
    room = width() - len(FENCE)
    when = gist.at(at, one.at)
    words = f"failed: {one.text} ({when})" if one.failed else f"{when}: {one.text}"
    yield from wrap(f"attempt {one.attempt}{' ' if one.failed else ', '}{words}", room)
    for place in one.trace if whole else ():
        yield from (f"  {row}" for row in wrap(place, room - 2))


def _alike(at: Desk, record: ReviewRecord) -> list[Line]:
    review = record.state
    if review.like is None:
        return []
    found = at.backend.waiting(failing=("like", review.like), limit=MOST_ALIKE + 1)
    others = len(found) - (review.status in OPEN)
    if others < 1:
        return []
    many = f"{MOST_ALIKE} others or more" if others >= MOST_ALIKE else count(others, "other")
    words = f"{many} failed like this: handrail reviews list --all --like {gist.short(review.id)}"
    return labelled("Alike", words)
