"""The steps of a watched run: each begins once nothing holds it, and is given again where people interrupted it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from types import TracebackType
from typing import Final, Generic, TypeVar

from ...errors import Interrupted, UsageError
from .place import on_loop
from .progress import Progress

T = TypeVar("T")


class Steps(Generic[T]):
    """What a run goes through, for `for` and `async for`."""

    def __init__(self, progress: Progress, plan: Iterable[T] | AsyncIterable[T]) -> None:
        self._progress: Final = progress
        self._plan: Final = plan

    def __iter__(self) -> Iterator[T]:
        if not isinstance(self._plan, Iterable):
            raise UsageError("this plan comes asynchronously: go through it with async for")
        if on_loop():
            raise UsageError("on an event loop a paused run must not block: go through its steps with async for")
        for step in self._plan:
            while True:
                ended = self._progress.begin(step)
                yield step
                if self._progress.end(step, ended):
                    break

    async def __aiter__(self) -> AsyncIterator[T]:
        async for step in _each(self._plan):
            while True:
                ended = await self._progress.begin_async(step)
                yield step
                if self._progress.end(step, ended):
                    break


async def _each(plan: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    if isinstance(plan, AsyncIterable):
        async for step in plan:
            yield step
    else:
        for step in plan:
            yield step


class Interruptible:
    """A block that an interruption ends without leaving the run: `interrupted` tells whether one did."""

    def __init__(self, progress: Progress) -> None:
        self._progress: Final = progress
        self.interrupted = False

    def __enter__(self) -> Interruptible:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.interrupted = isinstance(error, Interrupted)
        if self.interrupted:
            self._progress.do_again()
        return self.interrupted

    async def __aenter__(self) -> Interruptible:
        self._progress.catch()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.interrupted = await self._progress.caught(error)
        if self.interrupted:
            self._progress.do_again()
        return self.interrupted
