"""Slows down who guesses: after a few failures each further one doubles the wait, by handle and by address."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from ...clock import MINUTE, SECOND, Clock
from ...errors import TooMany

FREE: Final = 5
LONGEST: Final = 15 * MINUTE
FORGET: Final = 60 * MINUTE
REMEMBERED: Final = 20_000


class Brake:
    """Failures by key, in the memory of this process; safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, keys: Iterable[str]) -> None:
        """Raise `TooMany`, with the seconds to wait, while any of the keys has to."""
        now = self._clock.now()
        with self._lock:
            until = max((self._until(key) for key in keys), default=0)
        if until > now:
            seconds = -(-(until - now) // SECOND)
            raise TooMany(f"too many failed attempts: try again in {seconds} seconds", retry_after=seconds)

    def failed(self, keys: Iterable[str]) -> None:
        """Count a failure for each key."""
        now = self._clock.now()
        with self._lock:
            for key in keys:
                count, at = self._failures.pop(key, (0, now))
                self._failures[key] = (1 if now - at > FORGET else count + 1, now)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._failures.pop(key, None)

    def _until(self, key: str) -> int:
        count, at = self._failures.get(key, (0, 0))
        return at + min(SECOND << min(count - FREE, 20), LONGEST) if count >= FREE else 0
