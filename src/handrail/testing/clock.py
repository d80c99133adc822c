"""A clock that moves only when it is told to."""

from datetime import UTC, datetime, timedelta
from typing import Final

from ..clock import SECOND, micros

START: Final = int(datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()) * SECOND


class FrozenClock:
    """The only time double: `now` and `monotonic` stand still between calls of `advance`."""

    def __init__(self, start: int = START) -> None:
        self._now, self._monotonic = start, 0

    def now(self) -> int:
        """The present, in microseconds since the epoch."""
        return self._now

    def monotonic(self) -> int:
        """Microseconds on a scale that never jumps."""
        return self._monotonic

    def advance(self, by: str | float | timedelta) -> None:
        """Let time pass, such as `"15m"`."""
        self._now += micros(by)
        self._monotonic += micros(by)

    def jump(self, by: int) -> None:
        """Set the wall clock forward or back by µs, as an administrator or a broken battery does."""
        self._now += by
