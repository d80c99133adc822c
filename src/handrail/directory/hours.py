"""Hours of the week on a wall clock, such as those in which people work. `codec.calendar` turns them into instants."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
Span = tuple[int, int, int]
"""A day of the week, Monday being 0, and the minutes of it from which and until which; 1440 is its end."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of the week in a time zone, in order, none touching another on its day."""

    zone: str
    spans: tuple[Span, ...]

    @property
    def minutes(self) -> int:
        """How long they are in a week without a change of the clock."""
        return sum(end - start for _, start, end in self.spans)


def hours(zone: str, spans: Iterable[Span]) -> Hours:
    """Hours of these spans, which may overlap; one whose end is not after its beginning goes on past midnight."""
    split: set[Span] = set()
    for day, start, end in spans:
        if end > start:
            split.add((day, start, end))
        else:
            split |= {(day, start, DAY_MINUTES), ((day + 1) % 7, 0, end)} if end else {(day, start, DAY_MINUTES)}
    return Hours(zone, tuple(_merged(sorted(split))))


def _merged(spans: list[Span]) -> Iterable[Span]:
    found: list[Span] = []
    for day, start, end in spans:
        if found and found[-1][0] == day and start <= found[-1][2]:
            found[-1] = (day, found[-1][1], max(found[-1][2], end))
        else:
            found.append((day, start, end))
    return found


def said(hours: Hours) -> str:
    """Hours as they are written: `Mon-Fri 09:00-17:00 Europe/Berlin`."""
    by_time: dict[str, list[int]] = {}
    for day, start, end in hours.spans:
        by_time.setdefault(f"{_clock(start)}-{_clock(end)}", []).append(day)
    return f"{', '.join(f'{_days(days)} {time}' for time, days in by_time.items())} {hours.zone}"


def _days(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
    return " ".join(DAYS[day] for day in days)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
