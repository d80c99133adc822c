"""Reads time zones and hours of the week, such as `Mon-Fri 09:00-17:00`, from YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ruamel.yaml.nodes import Node

from ..directory.hours import DAY_MINUTES, DAYS, Hours, Span, hours
from .calendar import UnknownZone, zone_of
from .strict_yaml import said, text, wrong

EXAMPLE: Final = "Mon-Fri 09:00-17:00"
_HOURS: Final = re.compile(
    r"(?:(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))? )?(?P<from>\d\d:\d\d)-(?P<to>\d\d:\d\d)"
)


def zone(node: Node) -> str:
    """The name of a time zone that this machine knows."""
    found = text(node, "zone")
    try:
        zone_of(found)
    except UnknownZone as error:
        problem, _, fix = str(error).partition(": ")
        wrong(node, problem, fix)
    return found


def week(node: Node, what: str, where: str) -> Hours:
    """Hours of the week in the zone `where`: `Mon-Fri 09:00-17:00, Sat 10:00-12:00`; without a day, on every day."""
    spans: list[Span] = []
    for part in text(node, what).split(","):
        found = _HOURS.fullmatch(part.strip())
        if found is None:
            wrong(node, f"`{what}`: {said(part.strip())} is no time of the week", f"write {EXAMPLE}")
        first, last = found["first"] or DAYS[0], found["last"] or found["first"] or DAYS[-1]
        start, end = _minute(node, found["from"]), _minute(node, found["to"])
        if start in (end, DAY_MINUTES):
            wrong(node, f"`{what}`: {said(part.strip())} has no length", f"write {EXAMPLE}")
        spans += ((day, start, end) for day in _days(node, first, last))
    return hours(where, spans)


def _days(node: Node, first: str, last: str) -> Iterator[int]:
    for one in (first, last):
        if one not in DAYS:
            wrong(node, f"{said(one)} is no day", f"write one of {', '.join(DAYS)}")
    begins, ends = DAYS.index(first), DAYS.index(last)
    yield from ((begins + step) % 7 for step in range((ends - begins) % 7 + 1))


def _minute(node: Node, found: str) -> int:
    hour, minute = map(int, found.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        wrong(node, f"{said(found)} is no time of the day", "write 00:00 to 24:00")
    return hour * 60 + minute
