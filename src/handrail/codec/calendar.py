"""From wall clocks to instants: hours of the week and rotations in a time zone, as µs since the epoch.

Where a clock is put forward, a time that it skips is the instant at which it skips. Where it is put back, a time that
comes twice begins something when it comes first, and ends something when it comes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..clock import DAY, SECOND, to_datetime
from ..directory.hours import Hours
from ..directory.times import Rotation, Times

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_LAST: Final = date(9990, 1, 1)
"""Behind it nothing is open: the calendar ends soon after."""
_LONGEST: Final = 14 * DAY
"""What is open for longer is told in pieces."""
_EDGES: Final = 100
"""Edges of hours behind which nobody looks for a time that is free."""
Open = tuple[int, int]
"""From which instant until which (µs) something is open."""


class UnknownZone(ValueError):
    """This machine knows no time zone of that name."""


@lru_cache(256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(
            f"{name[:60]!a} is no time zone that this machine knows: write one such as Europe/Berlin, or install the "
            "package tzdata if that is one"
        ) from None


def instant(local: datetime, zone: str, *, last: bool = False) -> int:
    """The instant of a local time (µs), of one that comes twice the `last` if so said. Raises `UnknownZone`."""
    info = zone_of(zone)
    early, late = (_utc(local.replace(tzinfo=info, fold=fold)) for fold in (0, 1))
    if late < early:
        return _skip(info, late, early)
    return late if last else early


def _utc(aware: datetime) -> int:
    return (aware.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def _skip(info: ZoneInfo, low: int, high: int) -> int:
    """The instant in between at which the clock is put forward, to the second."""
    before = to_datetime(low).astimezone(info).utcoffset()
    low, high = low // SECOND, high // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle * SECOND).astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high * SECOND


def opened(hours: Hours, since: int) -> Iterator[Open]:
    """When these hours are open, in order, from the span that `since` (µs) is in on. Raises `UnknownZone`."""
    held: Open | None = None
    for start, end in _spans(hours, since):
        if held is not None and start <= held[1] and end - held[0] <= _LONGEST:
            held = (held[0], max(held[1], end))
            continue
        if held is not None and held[1] > since:
            yield held
        held = (start if held is None else max(start, held[1]), end)
    if held is not None and held[1] > since:
        yield held


def _spans(hours: Hours, since: int) -> Iterator[Open]:
    day = to_datetime(since).astimezone(zone_of(hours.zone)).date() - _DAY
    while day < _LAST:
        for weekday, begins, ends in hours.spans:
            if weekday == day.weekday():
                start, end = instant(_at(day, begins), hours.zone), instant(_at(day, ends), hours.zone, last=True)
                if start < end:
                    yield start, end
        day += _DAY


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time.min) + timedelta(minutes=minute)


def after(hours: Hours, start: int, lasts: int) -> int:
    """The instant at which so many µs of these hours have passed since `start` (µs). Raises `UnknownZone`."""
    for begins, ends in opened(hours, start):
        begins = max(begins, start)
        if lasts <= ends - begins:
            return begins + lasts
        lasts -= ends - begins
    raise ValueError("these hours do not last so long before the calendar ends")


def closed_until(hours: Hours, now: int) -> int | None:
    """When these hours begin (µs), or `None` while they are open."""
    begins, _ = next(opened(hours, now))
    return begins if begins > now else None


def open_until(hours: Hours, now: int) -> int | None:
    """When these hours end (µs), or `None` while they are closed."""
    begins, ends = next(opened(hours, now))
    return ends if begins <= now else None


def tell_at(times: Times | None, now: int) -> int:
    """The first instant from now on (µs) at which somebody with these times may be told something: in their hours and
    not in quiet ones; now, where these leave no time."""
    at = now
    for _ in range(_EDGES):
        quiet = open_until(times.quiet, at) if times and times.quiet else None
        shut = closed_until(times.hours, at) if times and times.hours else None
        if quiet is None and shut is None:
            return at
        at = max(quiet or at, shut or at)
    return now


def turn(rotation: Rotation, now: int) -> tuple[str, int] | None:
    """Whose turn it is at that time (µs), and until when; `None` before the rotation begins. Raises `UnknownZone`."""
    start, length = datetime.fromisoformat(rotation.start), timedelta(days=rotation.days)
    local = to_datetime(now).astimezone(zone_of(rotation.zone)).replace(tzinfo=None)
    number = (local - start) // length
    for turn_ in (number - 1, number, number + 1):
        begins, ends = (instant(start + (turn_ + one) * length, rotation.zone) for one in (0, 1))
        if turn_ >= 0 and begins <= now < ends:
            return rotation.who[turn_ % len(rotation.who)], ends
    return None
