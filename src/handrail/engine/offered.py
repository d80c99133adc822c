"""Waits for work on an event loop: sleeps until something was committed, looks, and takes what there is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ..action.commands import Release
from ..action.work import Take
from ..errors import HandrailError
from .request import Answer

Send = Callable[[str, object, str | None], Awaitable[Answer]]
"""Sends a command to a stream, under an id."""


async def always() -> bool:
    """Whoever asks in this process is there to get the answer."""
    return True


@dataclass(frozen=True)
class Counter:
    """Where work is taken: how to hear of commits, to look whether there may be some, and to send commands.

    `wanted` says whether whoever waits is still there to get it.
    """

    listen: Callable[[Callable[[], None]], Callable[[], None]]
    waits: Callable[[Take], Awaitable[bool]]
    send: Send
    wanted: Callable[[], Awaitable[bool]] = always

    async def take(self, command: Take, command_id: str, timeout: float | None) -> list[Answer]:
        """What was taken, as soon as there is something; nothing once `timeout` seconds are over."""
        loop, moved = asyncio.get_running_loop(), asyncio.Event()
        end = None if timeout is None else loop.time() + timeout

        def tell() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(moved.set)

        stop = self.listen(tell)
        try:
            while not (found := await self._looked(command, command_id)):
                async with asyncio.timeout_at(end):
                    await moved.wait()
                if not await self.wanted():
                    break
                moved.clear()
            return found
        except TimeoutError:
            return []
        finally:
            stop()

    async def _looked(self, command: Take, command_id: str) -> list[Answer]:
        return await self._taken(command, command_id) if await self.waits(command) else []

    async def _taken(self, command: Take, command_id: str) -> list[Answer]:
        """Take what there is. Who is cancelled meanwhile gives it back."""
        task: asyncio.Future[Any] = asyncio.ensure_future(self.send(command.executor, command, command_id))
        try:
            found: list[Answer] = (await asyncio.shield(task))["items"]
        except asyncio.CancelledError:
            await asyncio.wait([task])
            if not task.cancelled() and task.exception() is None:
                await give_back(self.send, command.executor, task.result()["items"])
            raise
        return found


async def give_back(send: Send, executor: str, items: list[Answer]) -> None:
    """Release what was claimed and will not be started here; what cannot be released now ends with its lease."""
    for one in items:
        if one["status"] == "claimed":
            with contextlib.suppress(HandrailError):
                await send(one["id"], Release(executor, one["fence"]), None)
