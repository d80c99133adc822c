"""How a wait outlasts a server that is restarted: what the next request asks for, and the pause before it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ..errors import HandrailError, TooMany, Unavailable

T = TypeVar("T")
POLL: Final = 25
"""Seconds that one request waits at the server."""
FIRST: Final = 0.05
LONGEST: Final = 5.0
OUTAGE: Final = 15 * 60.0
"""Seconds without any answer after which a wait gives up; what it waits for goes on at the server."""


class Course:
    """One wait of at most `timeout` seconds, over any number of requests."""

    def __init__(self, timeout: float | None) -> None:
        self._end: Final = None if timeout is None else time.monotonic() + timeout
        self._asked = 0.0
        self._lost: float | None = None
        self._tries = 0

    def share(self) -> int:
        """The whole seconds of waiting that the next request asks for."""
        self._asked = time.monotonic()
        return POLL if self._end is None else max(0, min(POLL, int(self._end - self._asked)))

    def quiet(self, share: int) -> float | None:
        """Nothing came: the pause before the next request, `None` where the time is over.

        A server that drains answers at once, and the next request is for the one that follows it.
        """
        early = time.monotonic() - self._asked < share / 2
        self._tries = self._tries + 1 if early else 0
        self._lost = None
        return self._pause() if early or share < 1 else self._left(0.0)

    def failed(self, error: HandrailError) -> float | None:
        """No answer came: the pause before the next request. Raises `error` once that was so for too long."""
        now = time.monotonic()
        self._lost = self._lost or now
        if now - self._lost > OUTAGE:
            raise error
        self._tries += 1
        return self._pause(error.retry_after if isinstance(error, TooMany) else 0)

    def _pause(self, least: float = 0) -> float | None:
        longest = min(LONGEST, FIRST * 2.0 ** min(max(self._tries - 1, 0), 10))
        return self._left(max(least, longest * random.uniform(0.5, 1.0)))

    def _left(self, pause: float) -> float | None:
        if self._end is None:
            return pause
        left = self._end - time.monotonic()
        return None if left <= 0 else min(pause, left)


def until(ask: Callable[[int], T | None], timeout: float | None) -> T | None:
    """Ask again and again, for some seconds each time, until there is an answer; `None` once `timeout` is over.

    Raises `Unavailable` where no server was reached for a quarter of an hour.
    """
    course = Course(timeout)
    while True:
        share = course.share()
        try:
            found = ask(share)
            pause = course.quiet(share) if found is None else None
        except (Unavailable, TooMany) as error:
            found, pause = None, course.failed(error)
        if pause is None:
            return found
        time.sleep(pause)


async def auntil(ask: Callable[[int], Awaitable[T | None]], timeout: float | None) -> T | None:
    """Like `until`."""
    course = Course(timeout)
    while True:
        share = course.share()
        try:
            found = await ask(share)
            pause = course.quiet(share) if found is None else None
        except (Unavailable, TooMany) as error:
            found, pause = None, course.failed(error)
        if pause is None:
            return found
        await asyncio.sleep(pause)
