"""Reads when people are there from the people file: time zones, hours of the week, absences, and rotas of groups."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from ruamel.yaml.nodes import Node, ScalarNode

from ..clock import DAY, micros
from ..directory.hours import DAY_MINUTES, Hours
from ..directory.times import Absence, Rota, Rotation, Shift, Times
from .calendar import instant
from .strict_yaml import items, members, said, text, wrong
from .week_yaml import week, zone

MOST: Final = 100
"""Absences or shifts of one person or group."""
MOST_DAYS: Final = 366
_STAMP: Final = "tag:yaml.org,2002:timestamp"
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?")
_CENTURIES: Final = ("20", "21")


def times(found: dict[str, Node]) -> Times | None:
    """When a person is there, by the members of their entry; `None` where it says nothing."""
    where = zone(found["zone"]) if "zone" in found else "UTC"
    absent = items(found["absent"], "`absent`", _ABSENT) if "absent" in found else []
    told, quiet = (week(found[one], one, where) if one in found else None for one in ("hours", "quiet"))
    if told or quiet:
        _require_some(found, told, quiet)
    if len(absent) > MOST:
        wrong(found["absent"], f"`absent` has {len(absent)} entries", f"keep to {MOST}: take out what is over")
    away = tuple(_absence(one, where) for one in absent)
    return Times(away, told, quiet) if away or told or quiet else None


def _require_some(found: dict[str, Node], told: Hours | None, quiet: Hours | None) -> None:
    """Refuse quiet hours that leave no time in which somebody could be told anything."""
    free = _minutes(told) if told else set(range(7 * DAY_MINUTES))
    if not free - (_minutes(quiet) if quiet else set()):
        wrong(found.get("quiet") or found.get("hours"), "no hour is left in which they can be told", "leave them some")


def _minutes(found: Hours) -> set[int]:
    return {day * DAY_MINUTES + one for day, start, end in found.spans for one in range(start, end)}


_ON_CALL: Final = "oncall: [{who: user:ann, from: 2026-11-30 09:00, to: 2026-12-07 09:00}]"
_TURNS: Final = "rotation: {who: [user:ann, user:ben], from: 2026-11-30 09:00, every: 1w}"
_ABSENT: Final = "absent: [{from: 2026-12-24, to: 2027-01-02, substitute: user:ben}]"


def _absence(node: Node, where: str) -> Absence:
    found = members(node, ("from", "to", "substitute"), "an absence")
    since, until = _period(node, found, where)
    return Absence(since, until, _handle(found["substitute"], "substitute") if "substitute" in found else None)


def _period(node: Node, found: dict[str, Node], where: str) -> tuple[int, int]:
    """From when until when: a day alone counts from its beginning, or until its end."""
    for key in ("from", "to"):
        if key not in found:
            wrong(node, f"this does not say `{key}`", "write from: 2026-12-24 and to: 2027-01-02")
    since, until = _time(found["from"], where), _time(found["to"], where, ends=True)
    if until <= since:
        wrong(node, "this ends before it begins", "write from: the first day, to: the last")
    return since, until


def _local(node: Node, *, ends: bool = False) -> datetime:
    written = str(node.value) if isinstance(node, ScalarNode) and str(node.tag) == _STAMP else text(node, "time")
    found = _TIME.fullmatch(written)
    try:
        if found is None or not found[1].startswith(_CENTURIES):
            raise ValueError(written)
        day = date.fromisoformat(found[1])
        if found[2] is None:
            return datetime.combine(day, datetime.min.time()) + timedelta(days=ends)
        return datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except (ValueError, OverflowError):
        wrong(node, f"{said(written)} is no day or time", "write 2026-12-24 or 2026-12-24 09:00")


def _time(node: Node, where: str, *, ends: bool = False) -> int:
    return instant(_local(node, ends=ends), where, last=ends)


def _handle(node: Node, what: str) -> str:
    found = text(node, what)
    if not re.fullmatch(r"user:[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?", found):
        wrong(node, f"{said(found)} is nobody's handle", "write user:ben")
    return found


def rota(found: dict[str, Node]) -> Rota | None:
    """Who of a group is on call when, by the members of its entry; `None` where it says nothing."""
    where = zone(found["zone"]) if "zone" in found else "UTC"
    listed = items(found["oncall"], "`oncall`", _ON_CALL) if "oncall" in found else []
    if len(listed) > MOST:
        wrong(found["oncall"], f"`oncall` has {len(listed)} entries", f"keep to {MOST}, or write a rotation")
    shifts = tuple(_shift(one, where) for one in listed)
    turns = _rotation(found["rotation"], where) if "rotation" in found else None
    return Rota(shifts, turns) if shifts or turns else None


def _shift(node: Node, where: str) -> Shift:
    found = members(node, ("who", "from", "to"), "a shift")
    if "who" not in found:
        wrong(node, "this shift does not say `who`", "write who: user:ann")
    return Shift(_handle(found["who"], "who"), *_period(node, found, where))


def _rotation(node: Node, where: str) -> Rotation:
    found = members(node, ("who", "from", "every"), "a rotation")
    for key in ("who", "from", "every"):
        if key not in found:
            wrong(node, f"this rotation does not say `{key}`", f"write {_TURNS}")
    people = tuple(_handle(one, "who") for one in items(found["who"], "`who`", _TURNS))
    return Rotation(people, where, _local(found["from"]).isoformat(timespec="minutes"), _every(found["every"]))


def _every(node: Node) -> int:
    try:
        found = micros(text(node, "every"))
    except ValueError:
        wrong(node, "`every` is no duration", "write 1w or 1d")
    if found % DAY or not 1 <= found // DAY <= MOST_DAYS:
        wrong(node, "`every` is no number of whole days", f"write 1w, or 1d to {MOST_DAYS}d")
    return found // DAY
