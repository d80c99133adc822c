"""A worker: takes actions that anybody may execute, runs them in this process and reports, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from ..action.commands import Settle
from ..action.work import Function, Take
from ..engine.taking import MOST
from ..errors import HandrailError, NotReady, TooMany, Unavailable
from .call import Gated
from .cleanups import clean_up
from .conduct import serve
from .gate import Gate

log: Final = logging.getLogger("handrail.worker")
LOOK: Final = 60.0
"""Seconds after which what is waited for is asked anew."""
PAUSES: Final = (0.5, 1.0, 2.0, 5.0)
"""Seconds between two tries while the database or server is away; the last one is repeated."""
REST: Final = (1.0, 60.0)
"""Seconds for which an action that could not be executed here is left to others: first, doubled each time, at most."""
KEPT: Final = 1_000
CLOSING: Final = 2.0
Answer = dict[str, Any]
Ended = tuple[str, BaseException | None]
"""How it ended, or what came of it instead."""


class Rests:
    """Actions that are left alone for a while, so that one that cannot be started is not taken over and over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock: Final = clock
        self._known: dict[str, tuple[float, float]] = {}

    def add(self, action: str) -> None:
        """Leave an action alone, longer than the last time."""
        _, last = self._known.pop(action, (0.0, 0.0))
        pause = min(max(last * 2, REST[0]), REST[1])
        self._known[action] = (self._clock() + pause, pause)
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]

    def now(self) -> list[str]:
        """What rests now."""
        return [action for action, (until, _) in self._known.items() if until > self._clock()]

    def next(self) -> float:
        """The seconds until one of them has rested, at most `LOOK`."""
        left = [until - self._clock() for until, _ in self._known.values()]
        return min([LOOK, *(one for one in left if one > 0)])


class Worker:
    """Executes on the functions of one connection, `slots` actions at once. Sync functions run in threads, async ones
    on an event loop of their own, so that whatever they do, stopping works."""

    def __init__(self, gate: Gate, functions: Mapping[str, Gated], slots: int) -> None:
        self._gate: Final = gate
        self._functions: Final = functions
        self._wanted: Final = tuple(Function(name, gated.schema.digest) for name, gated in functions.items())
        self._slots: Final = slots
        self._threads: Final = ThreadPoolExecutor(slots, thread_name_prefix="handrail-work")
        self._running: dict[str, tuple[asyncio.Task[None], Answer]] = {}
        self._rests: Final = Rests()
        self._own: Final = asyncio.new_event_loop()
        self._away = 0
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more, and let `run` end; called on its event loop."""
        self._stopping.set()

    async def run(self, drain: float) -> list[str]:
        """Work until told to stop, then finish what runs, for at most `drain` seconds; the actions that were left.

        Raises what makes work impossible, such as a key without the scope.
        """
        thread = threading.Thread(target=self._own.run_forever, name="handrail-async", daemon=True)
        thread.start()
        failed = await self._until_stopped()
        left = await self._drained(drain)
        self._threads.shutdown(wait=False)
        await self._end_own(thread)
        if failed is not None:
            raise failed
        return left

    async def _end_own(self, thread: threading.Thread) -> None:
        """Close the connections of the other event loop, and the loop; one that a function blocks is left as it is."""
        closing = asyncio.run_coroutine_threadsafe(self._own.shutdown_asyncgens(), self._own)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await asyncio.wrap_future(closing)
        self._own.call_soon_threadsafe(self._own.stop)
        await asyncio.to_thread(thread.join, CLOSING)
        if not thread.is_alive():
            self._own.close()

    async def _until_stopped(self) -> BaseException | None:
        """Take until told to stop, or until that fails for good: then why."""
        taking = asyncio.create_task(self._take_on())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        taking.cancel()
        await asyncio.wait({taking})
        return None if taking.cancelled() else taking.exception()

    async def _take_on(self) -> None:
        while True:
            self._changed.clear()
            if len(self._running) >= self._slots:
                await self._changed.wait()
                continue
            for one in await self._taken():
                task = asyncio.create_task(self._work(one))
                self._running[one["id"]] = (task, one)

    async def _taken(self) -> list[Answer]:
        """The next actions; none where the database or server is away, after a pause."""
        beside = (*self._running, *self._rests.now())
        free = min(self._slots - len(self._running), MOST)
        take = Take(self._gate.seat.executor, self._wanted, free, beside, self._gate.cleanups.names)
        try:
            found = await self._gate.backend.take(take, 0 if self._away else self._rests.next())
        except (Unavailable, TooMany) as error:
            if not self._away:
                log.warning("no work can be taken now: %s", error)
            self._away += 1
            await asyncio.sleep(PAUSES[min(self._away, len(PAUSES)) - 1])
            return []
        if self._away:
            log.info("work can be taken again")
        self._away = 0
        return found

    async def _work(self, taken: Answer) -> None:
        """Execute one action, or clean up after one run, and say in one line how that ended: never with what, nor with
        which result."""
        began = time.monotonic()
        try:
            status, error = await self._done(taken)
            if error is not None:
                self._rests.add(taken["id"])
            told = status if error is None else f"raised {type(error).__name__}"
            log.info("%s %s %s in %.0f ms", taken["id"], taken["name"], told, (time.monotonic() - began) * 1000)
        finally:
            del self._running[taken["id"]]
            self._changed.set()

    async def _done(self, taken: Answer) -> Ended:
        if taken["id"].startswith("run_"):
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._cleaned, taken["id"])
        return await self._served(self._functions[taken["name"]], taken)

    def _cleaned(self, run: str) -> Ended:
        """In a thread: do what is left of a run whose process is gone, with functions of either colour."""
        gate = self._gate
        try:
            well, badly = asyncio.run(gate.adrive(clean_up(gate.seat, gate.cleanups, run)))
        except BaseException as error:
            return "", error
        if not well + badly:
            return "", NotReady("somebody else cleans up")
        return f"cleaned up: {well} done, {badly} failed", None

    async def _served(self, gated: Gated, taken: Answer) -> Ended:
        if inspect.iscoroutinefunction(gated.function):
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._aserve(gated, taken), self._own))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._serve, gated, taken)

    def _serve(self, gated: Gated, taken: Answer) -> Ended:
        """In a thread: whatever the function raises, `SystemExit` too, ends its action and not the worker."""
        try:
            return self._gate.drive(serve(self._gate.seat, gated, taken)), None
        except BaseException as error:
            return "", error

    async def _aserve(self, gated: Gated, taken: Answer) -> Ended:
        try:
            return await self._gate.adrive(serve(self._gate.seat, gated, taken)), None
        except BaseException as error:
            return "", error

    async def _drained(self, drain: float) -> list[str]:
        """Let what runs come to its end. Of what does not, nobody knows how it ends: that is reported, and people or
        the probe are asked at once."""
        tasks = [task for task, _ in self._running.values()]
        if tasks:
            log.info("told to stop: %d still to finish", len(tasks))
            await asyncio.wait(tasks, timeout=drain)
        left = [taken for _, taken in self._running.values()]
        for one in left:
            await self._abandon(one)
        return [one["id"] for one in left]

    async def _abandon(self, taken: Answer) -> None:
        log.warning("%s %s did not end in time: nobody knows whether it took effect", taken["id"], taken["name"])
        if "fence" not in taken:
            return
        report: dict[str, Any] = {"error": "the worker was stopped while it ran"}
        try:
            settle = Settle(self._gate.seat.executor, taken["fence"], "unknown", report)
            await self._gate.backend.acall(taken["id"], settle)
        except HandrailError as error:
            log.warning("%s was not reported: %s", taken["id"], error)
