"""What surrounds a call: the run it belongs to, and the context given for everything inside a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from ..run.model import Hold
from ..stream import JSON

_NOTHING: Final[Mapping[str, JSON]] = {}
_context: ContextVar[Mapping[str, JSON]] = ContextVar("handrail_context", default=_NOTHING)
_parent: ContextVar[str | None] = ContextVar("handrail_parent", default=None)
_run: ContextVar[RunScope | None] = ContextVar("handrail_run", default=None)


@dataclass
class RunScope:
    """One execution of a run. Equal calls are told apart by counting them within this execution; `calling` is told of
    each, with the function's name and its arguments."""

    id: str
    name: str
    hold: Hold
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    calling: Callable[[str, str], None] = lambda *_: None

    def occurrence(self, action: str, args: str) -> int:
        """How many equal calls there were before this one."""
        count = self.seen[action, args]
        self.seen[action, args] += 1
        return count


def current_context() -> Mapping[str, JSON]:
    """What the blocks around this call have given."""
    return _context.get()


@contextmanager
def adding(context: Mapping[str, JSON]) -> Iterator[None]:
    """Add to the context of every call inside the block; inner values win."""
    token = _context.set({**_context.get(), **context})
    try:
        yield
    finally:
        _context.reset(token)


def current_parent() -> str | None:
    """The action under which calls are made here."""
    return _parent.get()


@contextmanager
def under(action: str) -> Iterator[None]:
    """Make calls inside the block wait for an action, and be refused with it."""
    token = _parent.set(action)
    try:
        yield
    finally:
        _parent.reset(token)


def current_run() -> RunScope | None:
    """The run around this call."""
    return _run.get()


@contextmanager
def entering(scope: RunScope) -> Iterator[None]:
    """Make calls inside the block belong to the run."""
    token = _run.set(scope)
    try:
        yield
    finally:
        _run.reset(token)
