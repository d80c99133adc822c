"""The present, as far as it can be believed."""

import threading
from typing import Final

from ..clock import HOUR, SECOND, Clock

LEAP: Final = HOUR
AGREE: Final = 2 * SECOND


class SteadyClock:
    """The clock's time, held back after a leap of more than an hour until a second reading agrees.

    Between two readings the time must have moved as the monotonic clock did. A leap forward is believed when another
    reading, at least a second later, still stands by it; until then time goes on from the last believed reading, so
    that a wrong clock expires nothing. A step backwards is believed at once: it makes nothing due. Where the log has
    an entry of a later time than the clock's, time goes on from there at half pace until the clock has caught up: else
    it would stand still, and nobody who waits would be released.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._known = (clock.now(), clock.monotonic())
        self._doubt: tuple[int, int] | None = None
        self._reached = (0, clock.monotonic())
        self._lock = threading.Lock()

    def now(self) -> int:
        """The believed time in µs."""
        with self._lock:
            mono = self._clock.monotonic()
            return max(self._read(self._clock.now(), mono), self._after(mono))

    def reached(self, at: int) -> None:
        """Say that the log has an entry of that time (µs), so that the present is not before it."""
        with self._lock:
            mono = self._clock.monotonic()
            if at > self._after(mono):
                self._reached = (at, mono)

    def _after(self, mono: int) -> int:
        at, since = self._reached
        return at + (mono - since) // 2

    def _read(self, wall: int, mono: int) -> int:
        expected = self._known[0] + mono - self._known[1]
        if wall - expected <= LEAP:
            return self._believe(wall, mono)
        if self._doubt is None:
            self._doubt = (wall, mono)
        seen, since = self._doubt
        if mono - since >= SECOND:
            if abs(wall - (seen + mono - since)) <= AGREE:
                return self._believe(wall, mono)
            self._doubt = (wall, mono)
        return expected

    def _believe(self, wall: int, mono: int) -> int:
        self._known, self._doubt = (wall, mono), None
        return wall
