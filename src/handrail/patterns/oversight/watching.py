"""Entering and leaving a watched run."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from ...backend import Backend
from ...errors import HandrailError, Interrupted, NotFound, RunStopped, StopInForce, Stopped, UsageError
from ...gate.cleanups import clean_up
from ...gate.conduct import Steps
from ...gate.effects import Commit, Evaluate, Heard, Look
from ...gate.ending import stopped
from ...gate.gate import Gate
from ...gate.scope import RunScope, current_run, entering
from ...gate.trace import error_text
from ...ids import mint
from ...run import commands as c
from ...run.model import Hold, Monitor, Run
from ..declare import Reviewers, handles
from .place import on_loop
from .run import WatchedRun
from .started import AsyncHandle, Handle
from .supervision import Supervision

R = TypeVar("R")
log: Final = logging.getLogger("handrail.oversight")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a watched run begins: with an `id` one of that name is entered again. `parent` is the run around it, where
    that is not the one around the code."""

    title: str
    id: str | None = None
    supervisors: Reviewers | None = None
    monitors: Iterable[Monitor] = ()
    hold: Hold = "action"
    parent: str | None = None

    @property
    def stays(self) -> bool:
        """Whether it goes on after an exception, when it is entered again."""
        return self.id is not None


@contextmanager
def watching(gate: Gate, opening: Opening) -> Iterator[WatchedRun]:
    """A block in a watched run."""
    with inside(gate.drive(enter(gate, opening)), opening) as run:
        yield run


@asynccontextmanager
async def watching_async(gate: Gate, opening: Opening) -> AsyncIterator[WatchedRun]:
    """Like `watching`, on the event loop."""
    async with inside_async(await gate.adrive(enter(gate, opening)), opening) as run:
        yield run


@contextmanager
def inside(run: WatchedRun, opening: Opening) -> Iterator[WatchedRun]:
    """A block that belongs to a run which was entered; its end ends the run."""
    gate = run.supervision.gate
    try:
        with entering(run):
            yield run
    except BaseException as error:
        gate.drive(leave(run, error, stays=opening.stays))
        raise
    gate.drive(leave(run, None, stays=opening.stays))


@asynccontextmanager
async def inside_async(run: WatchedRun, opening: Opening) -> AsyncIterator[WatchedRun]:
    """Like `inside`, on the event loop: a stop cancels the task, and is told as such."""
    from .tasks import Tasks

    gate, tasks = run.supervision.gate, Tasks()
    run.supervision.tasks = tasks
    error: BaseException | None = None
    try:
        with entering(run):
            yield run
    except BaseException as raised:
        error = raised
    with tasks.holding():
        found = await cut_off(run, error)
        await gate.adrive(leave(run, found, stays=opening.stays))
    if found is not error:
        assert found is not None
        raise found from None
    if error is not None:
        raise error


def started(gate: Gate, opening: Opening, function: Callable[..., R], args: tuple[Any, ...]) -> Handle[R]:
    """Enter a run, and call the function in a thread; a coroutine function on an event loop of its own there."""
    run: WatchedRun = gate.drive(enter(gate, opening))

    def work() -> R:
        with inside(run, opening):
            return function(*args)

    if inspect.iscoroutinefunction(function):
        return Handle(run, lambda: _alone(_call(run, opening, function, args)))
    return Handle(run, work)


def _alone(work: Coroutine[Any, Any, R]) -> R:
    import asyncio

    return asyncio.run(work)


async def started_async(
    gate: Gate, opening: Opening, function: Callable[..., Coroutine[Any, Any, R]], args: tuple[Any, ...]
) -> AsyncHandle[R]:
    """Enter a run, and call the coroutine function in a task."""
    run: WatchedRun = await gate.adrive(enter(gate, opening))
    return AsyncHandle(run, _call(run, opening, function, args))


async def _call(run: WatchedRun, opening: Opening, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    async with inside_async(run, opening):
        return await function(*args)


def enter(gate: Gate, asked: Opening) -> Steps:
    """The steps that begin a watched run, or enter it again, inside the one around it."""
    run_id: str = mint("run") if asked.id is None else (yield Look(partial(gate.backend.run_id, asked.id)))
    scope = current_run()
    above = asked.parent or (scope.id if scope else None)
    monitors = tuple(asked.monitors)
    if not all(isinstance(one, Monitor) for one in monitors):
        raise UsageError("monitors= takes those of handrail.monitors, such as monitors=[spend_above(40)]")
    watch = c.Watch(gate.seat.executor, handles(asked.supervisors), monitors, not asked.stays)
    opening = c.Open(asked.title, above, asked.hold, watch)
    try:
        return (yield from _entered(gate, run_id, opening, scope))
    except (RunStopped, StopInForce) as error:
        raise stopped(error, RunScope(run_id, asked.title, asked.hold)) from None
    except BaseException as error:
        if not (isinstance(error, Exception) or asked.stays):
            with suppress(HandrailError):
                yield Commit(run_id, c.Fail("its opening was cancelled"))
        raise


def _entered(gate: Gate, run_id: str, opening: c.Open, scope: RunScope | None) -> Steps:
    yield Commit(run_id, opening)
    above = opening.parent
    around = yield Look(partial(_around, gate.backend, above))
    within = scope.supervision if isinstance(scope, WatchedRun) and scope.id in around else None
    supervision = Supervision(gate, (run_id, *around), within, opening)
    yield Look(supervision.begin)
    return WatchedRun(supervision)


def _around(backend: Backend, run: str | None) -> tuple[str, ...]:
    """The runs around, from the inside out, as far as this agent sees them."""
    found: list[str] = []
    while run is not None and run not in found:
        try:
            state, _ = backend.run(run)
        except NotFound:
            break
        found.append(run)
        run = state.parent
    return tuple(found)


def leave(run: WatchedRun, error: BaseException | None, *, stays: bool) -> Steps:
    """The steps that end it: finished, or stopped, or failed with an exception and then cleaned up after.

    One that `stays` notes an exception and goes on when it is entered again. What goes wrong here does not hide what
    left the run.
    """
    try:
        yield from _left(run, error, stays)
    except HandrailError as problem:
        if error is None:
            raise
        log.warning("how the run %s ended could not be told: %s", run.id, problem)
    finally:
        run.supervision.close()


def _left(run: WatchedRun, error: BaseException | None, stays: bool) -> Steps:
    reports = run.supervision.reports
    if error is not None and not isinstance(error, Stopped) and not run.supervision.is_forked:
        run.progress.failed(error)
    yield Evaluate(reports.flush_async if on_loop() else reports.flush, (), {})
    if run.supervision.is_forked:
        return
    if error is None:
        try:
            yield from run.supervision.try_to(c.Finish())
        except Stopped:
            yield from _end_stopped(run)
            raise
        return
    if isinstance(error, Stopped) and (yield from _end_stopped(run)):
        return
    if isinstance(error, Interrupted):
        yield from _confirm_interrupted(run)
    try:
        yield Commit(run.id, _ending(error, stays))
    except RunStopped:
        yield from _end_stopped(run)
        return
    if not stays:
        yield from _clean(run)


def _ending(error: BaseException, stays: bool) -> c.Note | c.Fail:
    kept: dict[str, Any] = error_text(error)
    if stays:
        return c.Note(str(kept["error"])[:2000])
    places = [*kept["at"], *(place for one in kept.get("because", ()) for place in (one["error"], *one["at"]))]
    return c.Fail(str(kept["error"])[:2000], "\n".join(places) or None)


def _end_stopped(run: WatchedRun) -> Steps:
    """Confirm the stop, and clean up. Whether the run was stopped: one inside a stopped run is soon."""
    controls = run.supervision.controls
    while True:
        seen, asked = controls.seen, controls.asked()
        state: Run = (yield Look(partial(run.supervision.gate.backend.run, run.id)))[0]
        if state.status == "stopped":
            break
        if state.final or asked is None or asked.kind != "stop":
            return False
        yield Heard(controls, seen)
    if state.control is not None:
        yield from run.supervision.confirm(state.control.rev)
    yield from _clean(run)
    return True


def _confirm_interrupted(run: WatchedRun) -> Steps:
    state = run.supervision.controls.own
    if state is not None and state.control is not None and state.control.kind == "interrupt":
        yield from run.supervision.confirm(state.control.rev)


def _clean(run: WatchedRun) -> Steps:
    gate = run.supervision.gate
    yield from clean_up(gate.seat, gate.cleanups, run.id, run.supervision.prepared)


async def cut_off(run: WatchedRun, error: BaseException | None) -> BaseException | None:
    """What leaves a block on an event loop: a cancellation that people asked for is their stop or interruption."""
    tasks, asked = run.supervision.tasks, run.supervision.cuts()
    if tasks is None or not await tasks.settle() or type(error).__name__ != "CancelledError":
        return error
    run.supervision.cut.append("the task was cancelled")
    make = run.supervision.stopped if asked and asked.kind == "stop" else run.supervision.interrupted
    found: BaseException = await run.supervision.gate.backend.aread(make)
    return found
