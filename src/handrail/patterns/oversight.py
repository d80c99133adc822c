"""Oversight: people watch what an agent does step by step, and pause, guide, interrupt or stop it while it runs."""

from __future__ import annotations

import hmac
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from decimal import Decimal
from subprocess import CompletedProcess
from typing import Any, Final, TypeVar, overload

from ..clock import SystemClock
from ..codec.canonical import canonical
from ..errors import Interrupted, UsageError
from ..gate.conduct import Steps as Conducted
from ..gate.reports import named, told, worded
from ..gate.scope import RunScope, current_run
from ..gate.trace import error_text
from ..monitors import millionths
from ..run import commands as c
from .child import Child
from .steps import Interruptible, Steps, on_loop, place
from .supervision import Supervision

T = TypeVar("T")
Spend = float | Decimal


class WatchedRun(RunScope):
    """A run that people watch. `results` is what its steps reported, by step; `guidance` what people told the agent
    since the step before.

    Made by `rail.oversight`. Reporting never waits for the database. Safe for threads, tasks and after a fork.
    """

    def __init__(self, supervision: Supervision) -> None:
        super().__init__(supervision.id, str(supervision.open.title), supervision.open.hold)
        self.results: Final[dict[Any, Any]] = {}
        self.supervision: Final = supervision
        self._now: Final = SystemClock().now
        self._secret: Final = secrets.token_bytes(16)
        self._ended: Final[Counter[str]] = Counter()
        self._again: Final[set[Any]] = set()
        self._step: str | None = None

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
        return Steps(self, plan)

    def report(self, step: object, result: object = None, *, spend: Spend = 0, tokens: int = 0) -> None:
        """Say how a step ended: with its result, or with an exception. Spend is in units of the currency.

        Ordinary code that was interrupted or stopped meanwhile is held here, or leaves with `Stopped`: on an event loop
        the step was cancelled before.
        """
        failed = isinstance(result, BaseException)
        if not failed:
            self.results[step if _hashable(step) else named(step)] = result
        value, text = (error_text(result), None) if isinstance(result, BaseException) else told(result)
        self._ended[named(step)] += 1
        self._observe("error" if failed else "report", named(step), text, value, spend, tokens)
        self._obey()

    def note(self, text: str, *, spend: Spend = 0, tokens: int = 0) -> None:
        """Say something in the middle of a step, such as what a call of a model cost."""
        self._observe("note", self._step, worded(text), None, spend, tokens)
        self._obey()

    def calling(self, action: str, args: str) -> None:
        """A gated function is about to be called: the same one with the same arguments counts as repeated."""
        like = hmac.digest(self._secret, f"{action}|{args}".encode(), "sha256")[:12].hex()
        self.supervision.reports.add(c.Observation("call", self._now(), self._step, action, like=like))

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

    def subprocess(
        self, args: Sequence[str | os.PathLike[str]], /, **options: Any
    ) -> CompletedProcess[Any]:
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
            self.supervision.cut.append(f"{os.path.basename(os.fspath(args[0]))[:80]} was ended")
            asked = self.supervision.controls.asked()
            raise self.supervision.stopped() if asked and asked.kind == "stop" else self.supervision.interrupted()
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
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            child.end()
            self.supervision.cut.append(f"{os.path.basename(os.fspath(args[0]))[:80]} was ended")
            await asyncio.wait([waiting])
            raise
        finally:
            forget()

    def interruptible(self) -> Interruptible:
        """A block, `with` or `async with`, that an interruption ends where it is, without leaving the run.

        In a loop over `steps` the same step is then given again, once people let the run go on.
        """
        return Interruptible(self)

    # What steps and blocks need.

    def begin_step(self, step: object) -> int:
        """Wait until it may begin, and report that; how often it had ended before."""
        found: int = self.supervision.gate.drive(self._begin(step))
        return found

    async def begin_step_async(self, step: object) -> int:
        """Like `begin_step`, on the event loop."""
        tasks = self.supervision.tasks
        if tasks is None:
            return int(await self.supervision.gate.adrive(self._begin(step)))
        with tasks.holding():
            await tasks.settle()
            return int(await self.supervision.gate.adrive(self._begin(step)))

    def _begin(self, step: object) -> Conducted:
        name = named(step)
        notice = self.supervision.gate.notice
        notice.step(self.id, self.name, name, begun=False)
        yield from self.supervision.hold()
        yield from self.supervision.listen()
        self._step = name
        self._observe("step", name, None, None, 0, 0)
        notice.step(self.id, self.name, name, begun=True)
        return self._ended[name]

    def end_step(self, step: object, ended: int) -> bool:
        """Whether it is done; an interrupted one is not. Reports its end where the code did not."""
        if place() in self._again:
            self._again.discard(place())
            return False
        if self._ended[named(step)] == ended:
            self._ended[named(step)] += 1
            self._observe("report", named(step), None, None, 0, 0)
        self._step = None
        return True

    def do_again(self) -> None:
        """The step of this task or thread was interrupted."""
        self._again.add(place())

    def catch(self) -> None:
        """This task takes interruptions by itself from now on."""
        if self.supervision.tasks is not None:
            self.supervision.tasks.catch()

    async def caught(self, error: BaseException | None) -> bool:
        """Whether what leaves a block of this task is an interruption."""
        tasks = self.supervision.tasks
        if tasks is None:
            return isinstance(error, Interrupted)
        cut, asked = tasks.was_cut, self.supervision.cuts()
        if not cut or (asked is not None and asked.kind == "stop"):
            tasks.release()
            return isinstance(error, Interrupted)
        await tasks.settle()
        tasks.release()
        cancelled = type(error).__name__ == "CancelledError" or isinstance(error, Interrupted)
        if cancelled:
            self.supervision.cut.append("the step was cancelled")
        return cancelled

    def failed(self, error: BaseException) -> None:
        """Report the exception that leaves the run."""
        if not isinstance(error, Interrupted):
            self._observe("error", self._step, None, error_text(error), 0, 0)

    def _observe(self, kind: Any, step: str | None, text: str | None, value: Any, spend: Spend, tokens: int) -> None:
        if type(tokens) is not int or tokens < 0:
            raise UsageError(f"tokens={tokens!r}: give a whole number from 0 up")
        one = c.Observation(kind, self._now(), step, text, value, millionths(spend), tokens)
        self.supervision.reports.add(one)

    def _obey(self) -> None:
        if on_loop() or self.supervision.cuts() is None:
            return
        self.supervision.cut.append("the step could not be cut off, and went on to its report")
        self.supervision.gate.drive(self.supervision.hold(midway=True))


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
