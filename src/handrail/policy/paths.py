"""Who is asked, for how long, how many must agree, and what happens at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from ..clock import DAY, HOUR
from ..directory.hours import Hours

ANYONE: Final = "any"
DEFAULT_WITHIN: Final = 4 * HOUR
DEFAULT_GRANT: Final = DAY

AtEnd = Literal["reject", "approve", "answer"]
Quorum = tuple[tuple[str, int], ...]
After = Callable[[Hours, int, int], int]
"""The instant (µs) at which so many µs of these hours have passed since an instant (µs)."""


def every_hour(_: Hours, start: int, lasts: int) -> int:
    """Time that counts in every hour, whatever the hours are."""
    return start + lasts


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the ladder: ids of people and groups, how long they have, when they are reminded (µs). With `hours`
    these times count only in those."""

    ask: tuple[str, ...]
    within: int
    remind: int | None = None
    hours: Hours | None = None

    def end(self, start: int, lasts: int, after: After) -> int:
        """The instant (µs) at which so long a time that counts on this rung has passed since `start`."""
        return start + lasts if self.hours is None else after(self.hours, start, lasts)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a review needs: its ladder, its quorum (`("any", n)` or a group's id and n), its end, and its times (µs).

    `auth` names the ways to sign in that count; empty means every way.
    """

    levels: tuple[Level, ...]
    quorum: Quorum = ((ANYONE, 1),)
    at_end: AtEnd = "reject"
    undo: int = 0
    grant: int = DEFAULT_GRANT
    auth: tuple[str, ...] = ()

    def deadline(self, now: int, after: After) -> int:
        """The end of the last level where the first one begins now (µs)."""
        for level in self.levels:
            now = level.end(now, level.within, after)
        return now

    @property
    def asked(self) -> frozenset[str]:
        """Everybody who is asked on some level, as ids of people and groups."""
        return frozenset(one for level in self.levels for one in level.ask)


def stricter(present: Demand, fresh: Demand) -> Demand | None:
    """The demand that satisfies both: the present ladder, the smallest quorum that fills both, the longer undo.

    `None` where no way to sign in counts for both.
    """
    auth = tuple(sorted(set(present.auth) & set(fresh.auth)))
    if present.auth and fresh.auth and not auth:
        return None
    return Demand(
        present.levels,
        _both(dict(present.quorum), dict(fresh.quorum)),
        present.at_end if present.at_end == fresh.at_end else "reject",
        max(present.undo, fresh.undo),
        min(present.grant, fresh.grant),
        auth or present.auth or fresh.auth,
    )


def _both(present: dict[str, int], fresh: dict[str, int]) -> Quorum:
    """Each role as often as either asks for it, and anyone up to the larger number of people."""
    places = {place: max(present.get(place, 0), fresh.get(place, 0)) for place in sorted(present | fresh)}
    named = sum(places.values()) - places.pop(ANYONE, 0)
    anyone = max(sum(present.values()), sum(fresh.values())) - named
    return ((ANYONE, anyone), *places.items()) if anyone > 0 else tuple(places.items())
