"""A run that people watch, as the code inside of it sees it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from subprocess import CompletedProcess
from typing import Any, Final, TypeVar, overload

from ...codec.canonical import canonical
from ...errors import UsageError
from ...gate.conduct import Steps as Conducted
from ...gate.reports import named, told, worded
from ...gate.scope import RunScope, current_run
from ...gate.trace import error_text
from ...run import commands as c
from .child import Child
from .place import on_loop
from .progress import Progress, Spend
from .steps import Interruptible, Steps
from .supervision import Supervision

T = TypeVar("T")


class WatchedRun(RunScope):
    """A run that people watch. `results` is what its steps reported, by step; `guidance` what people told the agent
    since the step before.

    Made by `rail.oversight`. Reporting never waits for the database. Safe for threads, tasks and after a fork.
    """

    def __init__(self, supervision: Supervision) -> None:
        super().__init__(supervision.id, str(supervision.open.title), supervision.open.hold)
        self.results: Final[dict[Any, Any]] = {}
        self.supervision: Final = supervision
        self.progress: Final = Progress(supervision)
        self.calling = self.progress.calling

    @property
    def guidance(self) -> tuple[str, ...]:
        """What people told the agent, as it was read when this step began."""
        return self.supervision.guidance

    @overload
    def steps(self, plan: Iterable[T], /) -> Steps[T]: ...
    @overload
    def steps(self, plan: AsyncIterable[T], /) -> Steps[T]: ...
    def steps(self, plan: Any, /) -> Steps[Any]:
        """Go through a plan, with `for` or `async for`; `itertools.count()` is one without an end.

        Each step waits while the run is paused, raises `Stopped` once it was stopped, reads the guidance, and is
        reported when it begins and ends. One that was interrupted inside `interruptible()` is given again.
        """
        return Steps(self.progress, plan)

    def report(self, step: object, result: object = None, *, spend: Spend = 0, tokens: int = 0) -> None:
        """Say how a step ended: with its result, or with an exception. Spend is in units of the currency.

        Ordinary code that was interrupted or stopped meanwhile is held here, or leaves with `Stopped`: on an event loop
        the step was cancelled before.
        """
        failed = isinstance(result, BaseException)
        if not failed:
            self.results[step if _hashable(step) else named(step)] = result
        value, text = (error_text(result), None) if isinstance(result, BaseException) else told(result)
        self.progress.reported(step)
        self.progress.observe("error" if failed else "report", named(step), text, value, spend, tokens)
        self.progress.obey()

    def note(self, text: str, *, spend: Spend = 0, tokens: int = 0) -> None:
        """Say something in the middle of a step, such as what a call of a model cost."""
        self.progress.observe("note", self.progress.step, worded(text), None, spend, tokens)
        self.progress.obey()

    def cleanup(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call the function if the run ends otherwise than finished, the last one given first.

        One that `rail.cleanup` made is called by another process where this one is gone. Raises `Stopped`.
        """
        self.supervision.gate.drive(self._prepare(function, args, kwargs))

    async def cleanup_async(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Like `cleanup`, on the event loop; the function may be a coroutine function."""
        await self.supervision.gate.adrive(self._prepare(function, args, kwargs))

    def _prepare(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Conducted:
        known = self.supervision.gate.cleanups.named(function)
        text = canonical(known.schema.dump(args, kwargs)) if known else None
        answer = yield from self.supervision.try_to(c.Prepare(known.name if known else None, text))
        self.supervision.prepared.calls[answer["rev"]] = lambda: function(*args, **kwargs)

    def subprocess(self, args: Sequence[str | os.PathLike[str]], /, **options: Any) -> CompletedProcess[Any]:
        """Run a program as `subprocess.run` does, with its keywords.

        A stop or an interruption ends it with all that it started, and raises `Stopped` or `Interrupted`.
        """
        if on_loop():
            raise UsageError("on an event loop a program must not block: use run.subprocess_async")
        child = Child(args, options)
        forget = self.supervision.cutting(child.end)
        try:
            done = child.wait()
        finally:
            forget()
        if child.ended:
            raise self._ended_for(args)
        return done

    async def subprocess_async(
        self, args: Sequence[str | os.PathLike[str]], /, **options: Any
    ) -> CompletedProcess[Any]:
        """Like `subprocess`, on the event loop: the task is cancelled, and the program ended with it."""
        import asyncio

        child = Child(args, options)
        forget = self.supervision.cutting(child.end)
        waiting = asyncio.ensure_future(asyncio.to_thread(child.wait))
        try:
            done = await asyncio.shield(waiting)
        except asyncio.CancelledError:
            child.end()
            self._note_end(args)
            await asyncio.wait([waiting])
            raise
        finally:
            forget()
        if child.ended:
            raise await self.supervision.gate.backend.aread(lambda: self._ended_for(args))
        return done

    def _note_end(self, args: Sequence[Any]) -> None:
        self.supervision.cut.append(f"{os.path.basename(os.fspath(args[0]))[:80]} was ended")

    def _ended_for(self, args: Sequence[Any]) -> BaseException:
        """What a program's end means for its step."""
        self._note_end(args)
        asked = self.supervision.controls.asked()
        return self.supervision.stopped() if asked and asked.kind == "stop" else self.supervision.interrupted()

    def interruptible(self) -> Interruptible:
        """A block, `with` or `async with`, that an interruption ends where it is, without leaving the run.

        In a loop over `steps` the same step is then given again, once people let the run go on.
        """
        return Interruptible(self.progress)


def watched_run() -> WatchedRun:
    """The watched run around this code, also in a function that `rail.start` runs.

    Raises `UsageError` where there is none.
    """
    found = current_run()
    if not isinstance(found, WatchedRun):
        raise UsageError("no watched run is around this code: begin one with rail.oversight or rail.start")
    return found


def _hashable(step: object) -> bool:
    try:
        hash(step)
    except TypeError:
        return False
    return True
