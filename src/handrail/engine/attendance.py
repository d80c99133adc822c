"""Who is there at a moment: the directory with the wall clocks of its rotas read."""

from __future__ import annotations

import logging
from typing import Final

from ..codec.calendar import UnknownZone, turn
from ..directory.model import Directory
from ..directory.times import Rota
from ..review.access import People

log: Final = logging.getLogger("handrail.attendance")


def present(directory: Directory, barred: frozenset[str], now: int) -> People:
    """The people of a review at that time (µs)."""
    return People(
        directory, barred, now, {group: on_call(directory, rota, now) for group, rota in directory.rotas.items()}
    )


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
