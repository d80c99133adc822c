"""Work that was started under watch and goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any, Final, Generic, TypeVar

from ...errors import WaitTimeout
from ...run.model import Status
from .run import WatchedRun

R = TypeVar("R")


class Handle(Generic[R]):
    """A watched run that goes on in a thread of its own."""

    def __init__(self, run: WatchedRun, work: Callable[[], R]) -> None:
        self.run: Final = run
        self._future: Final[Future[R]] = Future()
        context = copy_context()
        self._thread: Final = threading.Thread(target=context.run, args=(self._work, work), name=f"handrail-{run.id}")
        self._thread.start()

    def _work(self, work: Callable[[], R]) -> None:
        try:
            found = work()
        except BaseException as error:
            self._future.set_exception(error)
        else:
            self._future.set_result(found)

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.run.id

    @property
    def status(self) -> Status:
        """How the run stands."""
        return _status(self.run)

    @property
    def results(self) -> dict[Any, Any]:
        """What its steps have reported so far, by step."""
        return self.run.results

    def result(self, timeout: float | None = None) -> R:
        """Wait for what the function gives back, and raise what it raised.

        Raises `WaitTimeout` once `timeout` seconds are over; the run goes on.
        """
        try:
            return self._future.result(timeout)
        except TimeoutError as error:
            if self._future.done():
                raise
            raise WaitTimeout(f"{self.run.name} is still {self.status}; it goes on without this waiter") from error


class AsyncHandle(Generic[R]):
    """A watched run that goes on in a task; awaiting it gives what the function gives back, and leaves the run alone
    where the waiter is cancelled."""

    def __init__(self, run: WatchedRun, work: Coroutine[Any, Any, R]) -> None:
        import asyncio

        self.run: Final = run
        self._task: Final = asyncio.create_task(work, name=f"handrail-{run.id}")

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.run.id

    @property
    def results(self) -> dict[Any, Any]:
        """What its steps have reported so far, by step."""
        return self.run.results

    async def status(self) -> Status:
        """How the run stands."""
        return await self.run.supervision.gate.backend.aread(lambda: _status(self.run))

    def __await__(self) -> Generator[Any, None, R]:
        import asyncio

        return asyncio.shield(self._task).__await__()


def _status(run: WatchedRun) -> Status:
    return run.supervision.gate.backend.run(run.id)[0].status
