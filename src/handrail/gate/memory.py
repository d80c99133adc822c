"""Where a call is executed, and which one this thread or task made last."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from ..backend import Backend, Decision
from ..engine.request import answer_of
from .ending import decision_of


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a call is executed: the backend and this executor's id."""

    backend: Backend
    executor: str


_last: ContextVar[tuple[Seat, str] | None] = ContextVar("handrail_last", default=None)


def remember(seat: Seat, action: str) -> None:
    """Make this the call whose decision `last_decision` tells."""
    _last.set((seat, action))


def last_decision() -> Decision | None:
    """The decision on the gated call that this thread or task made last; `None` if no person decided it."""
    found = _last.get()
    if found is None:
        return None
    seat, action = found
    return decision_of(seat.backend, answer_of(seat.backend.action(action).state, {}))
