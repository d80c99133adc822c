"""Who is there at a moment: the directory with the wall clocks of its rotas read."""

from __future__ import annotations

import logging
from typing import Final

from ..codec.calendar import UnknownZone, after, turn
from ..directory.hours import Hours
from ..directory.model import Directory
from ..directory.times import Rota
from ..review.access import People

log: Final = logging.getLogger("handrail.attendance")


def present(directory: Directory, barred: frozenset[str], now: int) -> People:
    """The people of a review at that time (µs)."""
    return People(
        directory, barred, now, {group: on_call(directory, rota, now) for group, rota in directory.rotas.items()}
    )


def lasting(hours: Hours, start: int, lasts: int) -> int:
    """The instant (µs) at which so many µs of these hours have passed since `start`; where this machine does not know
    their zone, every hour counts."""
    try:
        return after(hours, start, lasts)
    except ValueError as error:
        log.warning("every hour counts: %s", error)
        return start + lasts


def on_call(directory: Directory, rota: Rota, now: int) -> frozenset[str]:
    """Who is on call at that time (µs), as far as they are here; nobody where no shift covers it."""
    handles = {one.who for one in rota.shifts if one.since <= now < one.until}
    if rota.rotation is not None:
        try:
            found = turn(rota.rotation, now)
        except UnknownZone as error:
            log.warning("a rota counts as empty: %s", error)
            found = None
        handles |= {found[0]} if found else set()
    return frozenset(one for one in map(directory.resolve, handles) if one is not None)
