"""What failed, in the terminal: which reviews ask about it, and what became of each attempt."""

from __future__ import annotations

from ..action.likeness import is_error_type
from ..backend import Failing, ReviewRecord
from ..engine.sheet import MOST_ALIKE
from ..errors import InvalidValue
from ..gate.failures import became
from ..review.model import OPEN
from ..view.lines import Line
from ..view.words import count
from . import gist
from .desk import Desk
from .page import labelled, width


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
    """What went wrong, and how many fail alike."""
    return became(record, at.backend, now=at.now(), width=width()) + _alike(at, record)


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
