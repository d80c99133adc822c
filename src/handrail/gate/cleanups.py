"""Clean-ups of a watched run that ended otherwise than finished: the last one registered first, each recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final

import orjson

from ..action import words
from ..backend import Event
from ..codec.schema import CallSchema
from ..errors import FencedOff, InvalidValue, NotFound, NotReady, Stopped, UsageError
from ..run import commands as c
from ..run.model import Cleanup, Run
from .call import is_same
from .conduct import Steps
from .effects import Commit, Evaluate, Look
from .memory import Seat
from .trace import error_text


@dataclass(frozen=True)
class CleanupFunction:
    """A function that cleans up, known by its name in every process that imports it; its arguments travel as JSON."""

    function: Callable[..., Any]
    name: str

    @cached_property
    def schema(self) -> CallSchema:
        """How its arguments travel."""
        return CallSchema(self.function)


@dataclass(frozen=True)
class Prepared:
    """What this process can do of a run's clean-ups: a call, by the revision number of the entry that registered it."""

    calls: dict[int, Callable[[], Any]] = field(default_factory=dict)


class Cleanups:
    """The functions of one connection that clean up, by name."""

    def __init__(self) -> None:
        self._functions: Final[dict[str, CleanupFunction]] = {}

    def add(self, found: CleanupFunction) -> None:
        """Register a function. Raises `UsageError` for a name that is taken or cannot be one."""
        if not words.is_name(found.name):
            raise UsageError(f"{found.name!r} cannot name a clean-up: use letters, digits, '_', '-' and '.'")
        if found.schema.has_local:
            raise UsageError(f"{found.name!r} takes arguments that stay in this process: give run.cleanup a lambda")
        known = self._functions.get(found.name)
        if known is not None and not is_same(known.function, found.function):
            raise UsageError(f"the name {found.name!r} is taken by another clean-up: give one of them name=")
        self._functions[found.name] = found

    def call(self, name: str | None, args: object) -> Callable[[], Any] | None:
        """The call of a function with stored arguments, as JSON text; `None` where it is not known here. One that takes
        other arguments by now raises `InvalidValue` when it is called."""
        found = self._functions.get(name) if name is not None else None
        if found is None or not isinstance(args, str):
            return None
        try:
            given, named = found.schema.load(orjson.loads(args))
        except (InvalidValue, orjson.JSONDecodeError) as error:
            return partial(_refuse, error)
        return partial(found.function, *given, **named)

    def named(self, function: Callable[..., Any]) -> CleanupFunction | None:
        """The registered form of a function."""
        return next((one for one in self._functions.values() if one.function is function), None)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in order of their registration."""
        return tuple(self._functions)


def clean_up(seat: Seat, known: Cleanups, run: str, prepared: Prepared | None = None) -> Steps:
    """Do what waits of a run's clean-ups here, the last one registered first; one that fails keeps no other from being
    done. Gives back how many went well and how many did not."""
    state: Run = (yield Look(partial(seat.backend.run, run)))[0]
    waits = [one for one in reversed(state.cleanups) if one.status == "waits"]
    if not waits:
        return 0, 0
    history: list[Event] = yield Look(partial(seat.backend.history, run))
    entries = {one.data["number"]: one for one in history if one.type == "run.prepared"}
    done: list[bool | None] = []
    for one in waits:
        done.append((yield from _clean(seat, known, state, one, entries[one.number], prepared)))  # noqa: PERF401
    return done.count(True), done.count(False)


def _clean(seat: Seat, known: Cleanups, state: Run, one: Cleanup, entry: Event, prepared: Prepared | None) -> Steps:
    """Whether a clean-up went well; `None` where somebody else does it, or this process cannot."""
    call = (prepared.calls.get(entry.rev) if prepared else None) or known.call(one.name, entry.texts.get("args"))
    if call is None and state.executor != seat.executor:
        return None
    try:
        yield Commit(state.id, c.TakeCleanup(one.number, seat.executor))
    except (NotReady, FencedOff):
        return None
    release = seat.backend.hold(state.id, 0, seat.executor) if state.executor != seat.executor else _nothing
    try:
        return (yield from carry_out(seat, state.id, one.number, call or _gone))
    finally:
        release()


def carry_out(seat: Seat, run: str, number: int, call: Callable[[], Any]) -> Steps:
    """Do a clean-up that was taken here, and record how it ended; whether it went well."""
    note = None
    try:
        yield Evaluate(call, (), {})
    except BaseException as error:
        note = str(error_text(error)["error"])
        if not isinstance(error, Exception | Stopped):
            yield Commit(run, c.Clean(number, seat.executor, False, note))
            raise
    yield Commit(run, c.Clean(number, seat.executor, note is None, note))
    return note is None


def _nothing() -> None:
    """Its own process holds the run's lease anyway."""


def _gone() -> None:
    raise NotFound("the process that could do this is gone")


def _refuse(error: Exception) -> None:
    raise error
