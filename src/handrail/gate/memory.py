"""Where a call is executed, and which one this thread or task made last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ..action.digest import call_key
from ..backend import Backend, Decision
from ..engine.request import answer_of
from ..errors import UsageError
from .ending import decision_of


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a call is executed: the backend and this executor's id."""

    backend: Backend
    executor: str


_key: ContextVar[str | None] = ContextVar("handrail_key", default=None)


@contextmanager
def executing(action: str, bind: str) -> Iterator[None]:
    """Let the call of a gated function inside the block know which action it is."""
    token = _key.set(call_key(action, bind))
    try:
        yield
    finally:
        _key.reset(token)


def idempotency_key() -> str:
    """Inside a gated function: what tells this action's call from all others, the same at every attempt.

    Give it to a service that does a thing once for a key. Raises `UsageError` outside of a gated function.
    """
    found = _key.get()
    if found is None:
        raise UsageError("idempotency_key() is for the body of a gated function: nothing is being executed here")
    return found


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
