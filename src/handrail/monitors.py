"""What pauses a watched run by itself: `rail.oversight(…, monitors=[spend_above(40), repeated(5)])`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from .clock import micros
from .errors import UsageError
from .run.model import Monitor, MonitorKind

__all__ = ["spend_above", "steps_above", "repeated", "errors_above", "longer_than", "silent", "unattended"]
UNIT: Final = 1_000_000
"""Spend is counted in millionths of the currency unit."""
Duration = str | float | timedelta


def spend_above(amount: float | Decimal) -> Monitor:
    """Pause at this spend, in units of the currency, and each time that much more is spent."""
    found = millionths(amount)
    if found == 0:
        raise UsageError("spend_above() takes an amount above 0, such as spend_above(40)")
    return Monitor("spend", found)


def steps_above(count: int) -> Monitor:
    """Pause after so many steps, and each time after as many more."""
    return _counted("steps", count)


def repeated(count: int) -> Monitor:
    """Pause where the same function is called with the same arguments so many times in a row."""
    return _counted("repeated", count)


def errors_above(percent: int) -> Monitor:
    """Pause where so many in a hundred of the last twenty steps failed, once there were five."""
    if percent > 100:
        raise UsageError("errors_above() takes per cent, from 1 to 100")
    return _counted("errors", percent)


def longer_than(duration: Duration) -> Monitor:
    """Pause after that time, and each time after as much more."""
    return _timed("duration", duration)


def silent(duration: Duration) -> Monitor:
    """Pause where nothing was reported for that time."""
    return _timed("silence", duration)


def unattended(duration: Duration) -> Monitor:
    """Pause where for that time nobody was in the directory who may stop the run."""
    return _timed("unattended", duration)


def millionths(amount: float | Decimal) -> int:
    """An amount of money in millionths of its unit. Raises `UsageError` for what is no amount."""
    try:
        found = round(Decimal(str(amount)) * UNIT)
    except (InvalidOperation, ValueError, OverflowError):
        found = -1
    if isinstance(amount, bool) or found < 0:
        raise UsageError(f"{amount!r} is no amount that was spent: give a number from 0 up")
    return found


def _counted(kind: MonitorKind, count: int) -> Monitor:
    if type(count) is not int or count < 1:
        raise UsageError(f"a monitor of {kind} takes a whole number from 1 up, not {count!r}")
    return Monitor(kind, count)


def _timed(kind: MonitorKind, duration: Duration) -> Monitor:
    try:
        found = micros(duration)
    except (TypeError, ValueError) as error:
        raise UsageError(f"a monitor of {kind}: {error}") from error
    if found == 0:
        raise UsageError(f"a monitor of {kind} takes a time above 0, such as '10m'")
    return Monitor(kind, found)
