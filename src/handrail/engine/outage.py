"""How a wait outlasts a database that is away: what it looks at is looked at again, after ever longer pauses."""

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeVar

from ..errors import Unavailable

T = TypeVar("T")
OUTAGE: Final = 15 * 60.0
"""Seconds that a wait outlasts a database that is away, as one over HTTP outlasts a server; then its caller learns."""


def outlasting(read: Callable[[], T], timeout: float | None) -> T:
    """A look at what is waited for, repeated while the database is away: at most so many seconds."""
    pauses = _pauses(timeout)
    while True:
        try:
            return read()
        except Unavailable:
            pause = next(pauses, None)
            if pause is None:
                raise
        time.sleep(pause)


async def aoutlasting(read: Callable[[], T], timeout: float | None, sleep: Callable[[float], Awaitable[None]]) -> T:
    """Like `outlasting`; the event loop's `sleep` is given, since it is slow to load."""
    pauses = _pauses(timeout)
    while True:
        try:
            return read()
        except Unavailable:
            pause = next(pauses, None)
            if pause is None:
                raise
        await sleep(pause)


def _pauses(timeout: float | None) -> Iterator[float]:
    """Seconds between looks, ever longer, until the time is over or the database was away for too long."""
    end = time.monotonic() + min(OUTAGE if timeout is None else timeout, OUTAGE)
    pause = 0.05
    while time.monotonic() < end:
        yield pause
        pause = min(2 * pause, 2.0)
