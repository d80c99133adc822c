"""Time as the product counts it: integer microseconds since the epoch, UTC."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_UNITS: Final = {"ms": 1000, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where the present comes from; `FrozenClock` in `handrail.testing` is the only other one."""

    def now(self) -> int:
        """The present, in microseconds since the epoch."""

    def monotonic(self) -> int:
        """Microseconds on a scale that never jumps."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """The present, in microseconds since the epoch."""
        return time.time_ns() // 1000

    def monotonic(self) -> int:
        """Microseconds on a scale that never jumps."""
        return time.monotonic_ns() // 1000


class ToldClock:
    """Another machine's clock: as it was read last, and from there by the monotonic clock of this one.

    Before the first reading it is this machine's.
    """

    def __init__(self) -> None:
        self._offset = time.time_ns() // 1000 - self.monotonic()

    def told(self, now: int) -> None:
        """Take a reading of the other clock (µs)."""
        self._offset = now - self.monotonic()

    def now(self) -> int:
        """The present, in microseconds since the epoch."""
        return self._offset + self.monotonic()

    def monotonic(self) -> int:
        """Microseconds on a scale that never jumps."""
        return time.monotonic_ns() // 1000


def micros(value: str | int | float | timedelta) -> int:
    """A duration in microseconds, from text like "15m" or "1.5h", seconds, or a timedelta.

    Raises `ValueError` for anything else, for a negative and for an endless duration.
    """
    if isinstance(value, timedelta):
        found = round(value.total_seconds() * SECOND)
    elif isinstance(value, str):
        found = _parsed(value.strip())
    else:
        found = round(value * SECOND)
    if not 0 <= found <= 3660 * DAY:
        raise ValueError(f"the duration {value!r} is out of range: give 0 to ten years, such as '15m'")
    return found


def _parsed(text: str) -> int:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = _UNITS.get(text[len(number) :].strip())
    try:
        if unit is None:
            raise ValueError
        return round(float(number) * unit)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no duration: write a number and s, m, h or d, such as '15m'") from None


def to_datetime(instant: int) -> datetime:
    """The instant as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=instant)
