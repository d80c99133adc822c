"""The two colours: each runs the conductor's effects, and nothing else."""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from ..action.commands import Reconcile, Settle
from ..backend import Backend
from ..errors import TooMany, Unavailable, UsageError
from ..ids import mint
from .effects import Commit, Effect, Evaluate, Heard, Held, Look, Moved, Rest
from .notice import Notice

PATIENCE: Final = (0.05, 0.2, 1.0, 2.0, 5.0)
"""Seconds between repetitions of a command or read while the store is unavailable; then the caller learns of it."""
ENDING: Final = (*PATIENCE, *(5.0 for _ in range(10)))
"""The same for how a call ended, which is worth reporting as long as its lease lasts."""
TURN: Final = 70.0
"""Seconds in all that an ask waits for its turn where the server says that it comes too early; then the caller learns
of it. Whoever asks is about to wait for people, for minutes or hours: to fail at once over a short queue helps nobody,
and an agent in a loop is slowed down."""
T = TypeVar("T")

Steps = Generator[Effect, Any, Any]


def drive(steps: Steps, backend: Backend, notice: Notice) -> Any:
    """Run a conducted call in this thread."""
    answer: Any = None
    error: BaseException | None = None
    while True:
        try:
            effect = steps.throw(error) if error is not None else steps.send(answer)
        except StopIteration as stop:
            return stop.value
        answer, error = None, None
        try:
            answer = _perform(effect, backend, notice)
        except BaseException as raised:
            error = raised


def _perform(effect: Effect, backend: Backend, notice: Notice) -> Any:
    match effect:
        case Commit():
            command_id = mint("cmd")
            commit = partial(backend.call, effect.subject, effect.command, command_id=command_id)
            return _patient(commit, _patience(effect))
        case Moved():
            return backend.wait(effect.action, effect.rev, effect.timeout)
        case Held():
            return _patient(partial(notice.tell, effect.answer, ask=True))
        case Look():
            return _patient(effect.read)
        case Rest():
            return notice.rest(effect)
        case Heard():
            return effect.controls.wait(effect.seen, effect.timeout)
        case Evaluate():
            value = effect.function(*effect.args, **effect.kwargs)
            if inspect.isawaitable(value):
                if inspect.iscoroutine(value):
                    value.close()
                raise UsageError(f"{effect.function!r} is async: only an async function can await it")
            return value


def _patience(effect: Commit) -> Sequence[float]:
    return ENDING if isinstance(effect.command, Settle | Reconcile) else PATIENCE


class _Waits:
    """How long to wait before one command or read is repeated, until that is not worth it any more."""

    def __init__(self, pauses: Sequence[float]) -> None:
        self._pauses = iter(pauses)
        self._turn = TURN

    def after(self, error: Unavailable | TooMany) -> float:
        """The seconds until the next try. Raises `error` after the last one."""
        if isinstance(error, TooMany):
            pause = error.retry_after * random.uniform(1.0, 1.2)
            self._turn -= pause
            if self._turn < 0:
                raise error
            return pause
        found = next(self._pauses, None)
        if found is None:
            raise error
        return found


def _patient(do: Callable[[], T], pauses: Sequence[float] = PATIENCE) -> T:
    waits = _Waits(pauses)
    while True:
        try:
            return do()
        except (Unavailable, TooMany) as error:
            pause = waits.after(error)
        time.sleep(pause)


async def adrive(steps: Steps, backend: Backend, notice: Notice) -> Any:
    """Run a conducted call on the event loop."""
    answer: Any = None
    error: BaseException | None = None
    while True:
        try:
            effect = steps.throw(error) if error is not None else steps.send(answer)
        except StopIteration as stop:
            return stop.value
        answer, error = None, None
        try:
            answer = await _aperform(effect, backend, notice)
        except BaseException as raised:
            error = raised


async def _aperform(effect: Effect, backend: Backend, notice: Notice) -> Any:
    match effect:
        case Commit():
            command_id = mint("cmd")
            commit = partial(backend.acall, effect.subject, effect.command, command_id=command_id)
            return await _apatient(commit, _patience(effect))
        case Moved():
            return await backend.await_(effect.action, effect.rev, effect.timeout)
        case Held():
            return await _apatient(partial(notice.atell, effect.answer))
        case Look():
            return await _apatient(partial(backend.aread, effect.read))
        case Rest():
            return notice.rest(effect)
        case Heard():
            return await effect.controls.await_(effect.seen, effect.timeout)
        case Evaluate():
            value = effect.function(*effect.args, **effect.kwargs)
            return await value if inspect.isawaitable(value) else value


async def _apatient(do: Callable[[], Awaitable[T]], pauses: Sequence[float] = PATIENCE) -> T:
    import asyncio

    waits = _Waits(pauses)
    while True:
        try:
            return await do()
        except (Unavailable, TooMany) as error:
            pause = waits.after(error)
        await asyncio.sleep(pause)
