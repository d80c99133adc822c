"""Times, sizes and digests in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
"""In microseconds."""

_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def duration(span: int) -> str:
    """Return a duration in microseconds in its two largest units, rounded down: `15 min`, `4 h`, `1 d 2 h`."""
    if span < SECOND:
        return "0 s" if span <= 0 else "under 1 s"
    for index, (size, name) in enumerate(_UNITS[:-1]):
        if span >= size:
            less, lesser = _UNITS[index + 1]
            rest = span % size // less
            return f"{span // size} {name}" + (f" {rest} {lesser}" if rest else "")
    return f"{span // SECOND} s"


def approximate(span: int) -> str:
    """Return a duration in microseconds as people estimate: `12 min`, `3 h`, in one unit, and never 0."""
    for index, (size, name) in enumerate(_UNITS):
        if span >= size or index == len(_UNITS) - 1:
            return f"{max(1, round(span / size))} {name}"
    return "1 s"


def relative(now: int, time: int) -> str:
    """Return a time seen from now: `in 14 min`, `3 h 5 min ago`, `now`; seconds only under two minutes."""
    span = abs(time - now)
    if span < SECOND:
        return "now"
    if 2 * MINUTE <= span < HOUR:
        span -= span % MINUTE
    return f"in {duration(span)}" if time > now else f"{duration(span)} ago"


def clock(time: int, *, now: int | None = None, zone: tzinfo = UTC) -> str:
    """Return a time in microseconds as `14:37 UTC`, with the day unless it is today's, and the year if another."""
    at = _local(time, zone)
    if at is None:
        return "beyond the calendar"
    text = f"{at:%H:%M} {at.tzname() or ''}".rstrip()
    today = _local(now, zone) if now is not None else None
    if today is None or today.year != at.year:
        return f"{at.day} {at:%b %Y} {text}"
    return text if today.date() == at.date() else f"{at.day} {at:%b} {text}"


def _local(time: int, zone: tzinfo) -> datetime | None:
    try:
        return (_EPOCH + timedelta(microseconds=time)).astimezone(zone)
    except OverflowError:
        return None


def count(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: `1 item`, `1,812 items`."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def digest(text: str) -> str:
    """Return a digest short enough to compare by eye: `sha256 9f3c 51d0 … e21a`."""
    name, colon, value = text.rpartition(":")
    name = name if colon else "sha256"
    return f"{name} {value}" if len(value) <= 12 else f"{name} {value[:4]} {value[4:8]} … {value[-4:]}"


def listed(parts: list[str]) -> str:
    """Return parts as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
