"""When people are there: absences with who stands in, hours in which they are told, and who of a group is on call.

All of it is personal, so it stands in the erasable profile; what cannot be read there any more does not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..stream import JSON
from .hours import Hours

MOST_STEPS: Final = 5
"""People who stand in one for the other in a row, beyond whom nobody does."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `since` until before `until` (µs); who has the handle `substitute` stands in."""

    since: int
    until: int
    substitute: str | None = None

    def covers(self, now: int) -> bool:
        """Whether they are away at that time (µs)."""
        return self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Times:
    """When a person can be told something: in their `hours`, if they have any, and not in the `quiet` ones."""

    absences: tuple[Absence, ...] = ()
    hours: Hours | None = None
    quiet: Hours | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The person with that handle is on call from `since` until before `until` (µs)."""

    who: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """People by handle who are on call one after the other, each for so many days of the wall clock from `start` on,
    which is a local time such as 2026-11-30T09:00."""

    who: tuple[str, ...]
    zone: str
    start: str
    days: int


@dataclass(frozen=True, slots=True)
class Rota:
    """Who of a group is on call when. Where that is nobody, the whole group is."""

    shifts: tuple[Shift, ...] = ()
    rotation: Rotation | None = None


def times_of(profile: JSON) -> Times | None:
    """The times in a person's profile; `None` where there are none."""
    found = profile.get("times") if isinstance(profile, dict) else None
    if not isinstance(found, dict):
        return None
    return Times(_absences(found.get("absent")), _hours(found.get("hours")), _hours(found.get("quiet")))


def times_text(times: Times) -> JSON:
    """Times as a profile holds them."""
    absent: list[JSON] = [{"from": one.since, "to": one.until, "substitute": one.substitute} for one in times.absences]
    found: dict[str, JSON] = {"absent": absent} if absent else {}
    for name, one in (("hours", times.hours), ("quiet", times.quiet)):
        if one is not None:
            found[name] = {"zone": one.zone, "spans": [list(span) for span in one.spans]}
    return found


def rota_of(profile: JSON) -> Rota | None:
    """The rota in a group's profile; `None` where there is none."""
    found = profile.get("rota") if isinstance(profile, dict) else None
    if not isinstance(found, dict):
        return None
    rotation: Any = found.get("rotation")
    return Rota(
        tuple(Shift(one["who"], one["from"], one["to"]) for one in _listed(found.get("shifts"))),
        Rotation(tuple(rotation["who"]), rotation["zone"], rotation["start"], rotation["days"]) if rotation else None,
    )


def rota_text(rota: Rota) -> JSON:
    """A rota as a profile holds it."""
    shifts: list[JSON] = [{"who": one.who, "from": one.since, "to": one.until} for one in rota.shifts]
    found: dict[str, JSON] = {"shifts": shifts} if shifts else {}
    if (one := rota.rotation) is not None:
        found["rotation"] = {"who": list(one.who), "zone": one.zone, "start": one.start, "days": one.days}
    return found


def _absences(found: Any) -> tuple[Absence, ...]:
    return tuple(Absence(one["from"], one["to"], one["substitute"]) for one in _listed(found))


def _hours(found: Any) -> Hours | None:
    if not isinstance(found, Mapping):
        return None
    return Hours(found["zone"], tuple((day, start, end) for day, start, end in found["spans"]))


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
