"""What a watched run reports, gathered and sent together, so that no step waits for the database."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from ..codec.canonical import canonical
from ..errors import HandrailError, TooMany, Unavailable
from ..run.commands import Observation, Observe
from ..run.watch import BATCH
from ..stream import JSON
from ..view.masks import conceal

log: Final = logging.getLogger("handrail.oversight")
EVERY: Final = 0.2
"""Seconds for which observations are gathered before they are sent."""
SIZE: Final = 256_000
"""Characters that are sent at once, about."""
KEPT: Final = 20_000
"""Observations that wait for a database that is away; beyond that the oldest are dropped, and that is reported."""
TEXT: Final = 2_000
VALUE: Final = 8_000
"""Characters of a result that are kept as it is; of a longer one its beginning."""
Send = Callable[[Observe], object]


class Reports:
    """Observations in the order in which they came. `send` commits a batch and blocks, in a thread of its own."""

    def __init__(self, send: Send, now: Callable[[], int]) -> None:
        self._send: Final = send
        self._now: Final = now
        self._waiting: deque[Observation] = deque()
        self._dropped = 0
        self._lock: Final = threading.Lock()
        self._sending: Final = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, one: Observation) -> None:
        """Gather an observation; never blocks on the database."""
        with self._lock:
            self._waiting.append(one)
            if len(self._waiting) > KEPT:
                self._waiting.popleft()
                self._dropped += 1
            if self._timer is None:
                self._timer = threading.Timer(EVERY, self._due)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Send everything now, and return once it is kept. Raises what the backend raises: what an absent one did not
        take is kept for later."""
        with self._sending:
            while batch := self._taken():
                try:
                    self._send(Observe(batch))
                except (Unavailable, TooMany):
                    with self._lock:
                        self._waiting.extendleft(reversed(batch))
                    raise
                except HandrailError as error:
                    log.warning("%d observations were refused: %s", len(batch), error)
                    raise

    async def flush_async(self) -> None:
        """Like `flush`, off the event loop."""
        import asyncio

        await asyncio.to_thread(self.flush)

    def _due(self) -> None:
        with self._lock:
            self._timer = None
        try:
            self.flush()
        except (Unavailable, TooMany) as error:
            log.warning("what a watched run reported is kept here for now: %s", error)
        except HandrailError:
            return

    def _taken(self) -> tuple[Observation, ...]:
        """The next batch; what had to be dropped before it is told first."""
        with self._lock:
            dropped, self._dropped = self._dropped, 0
            found = [] if not dropped else [_lost(dropped, self._now())]
            size = 0
            while self._waiting and len(found) < BATCH and size < SIZE:
                one = self._waiting.popleft()
                size += len(canonical(one.value)) + len(one.text or "") + 100
                found.append(one)
        return tuple(found)


def _lost(count: int, now: int) -> Observation:
    return Observation("note", now, text=f"{count} observations before this one were lost: the database was away")


def told(value: Any) -> tuple[JSON, str | None]:
    """A result as JSON, secrets covered, or as the beginning of its text where it is long or no JSON."""
    if value is None:
        return None, None
    try:
        text = canonical(value)
    except (TypeError, ValueError):
        return None, worded(value)
    if len(text) > VALUE or conceal(text).text != text:
        return None, worded(text)
    return value, None


def worded(value: object, most: int = TEXT) -> str:
    """The beginning of a text, secrets covered: more is read than is kept, so that none is cut before it is found."""
    try:
        text = str(value)[: 2 * most]
    except Exception:
        text = f"a {type(value).__name__} without a text"
    return conceal(text.encode("utf-8", "replace").decode()).text[:most]


def named(step: object) -> str:
    """What a step is called."""
    return worded(step, 200)
