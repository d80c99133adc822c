"""Cancels the tasks of a watched run where people stop or interrupt it, and takes that back where it is caught."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Final, Literal


@dataclass
class _Cut:
    """One task: whether it waits for people, how many blocks in it catch an interruption, and how often it was
    cancelled here."""

    holding: bool = False
    catching: int = 0
    cancelled: int = 0


class Tasks:
    """The tasks of one watched run: that of its block, and those that catch an interruption themselves."""

    def __init__(self) -> None:
        self._loop: Final = asyncio.get_running_loop()
        self._block: Final = _current()
        self._cuts: Final[dict[asyncio.Task[Any], _Cut]] = {self._block: _Cut()}

    def cut(self, kind: Literal["pause", "interrupt", "stop"]) -> None:
        """Cancel what runs; from any thread."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._cut, kind)

    def _cut(self, kind: str) -> None:
        """An interruption cancels the tasks that catch it, else the block; a stop the block with all it awaits."""
        catching = [task for task, cut in self._cuts.items() if cut.catching]
        for task in catching if kind == "interrupt" and catching else [self._block]:
            cut = self._cuts[task]
            if not cut.holding and not task.done():
                cut.cancelled += 1
                task.cancel()

    @property
    def was_cut(self) -> bool:
        """Whether this task was cancelled here, and that was not taken back yet."""
        return bool((cut := self._cuts.get(_current())) and cut.cancelled)

    @contextlib.contextmanager
    def holding(self) -> Any:
        """A block in which this task waits for people: there is nothing to cancel."""
        cut = self._cuts.get(_current())
        if cut is None:
            yield
            return
        cut.holding = True
        try:
            yield
        finally:
            cut.holding = False

    def catch(self) -> None:
        """This task takes interruptions by itself from now on."""
        self._cuts.setdefault(_current(), _Cut()).catching += 1

    def release(self) -> None:
        """It does no more."""
        cut = self._cuts[_current()]
        cut.catching -= 1
        if not cut.catching and _current() is not self._block and not cut.cancelled:
            del self._cuts[_current()]

    async def settle(self) -> bool:
        """Take back what was cancelled of this task here; whether something was. A cancellation by others stands."""
        task = _current()
        cut = self._cuts.get(task)
        if cut is None or not cut.cancelled:
            return False
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        for _ in range(cut.cancelled):
            task.uncancel()
        cut.cancelled = 0
        if task.cancelling():
            raise asyncio.CancelledError
        return True


def _current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task
