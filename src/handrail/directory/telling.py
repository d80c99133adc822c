"""How a person is told what waits for them: on which channels, where, and how much of it one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..clock import MINUTE
from ..stream import JSON

WINDOW: Final = 10 * MINUTE
"""How long (µs) what comes too often is gathered, unless the person says otherwise."""


@dataclass(frozen=True, slots=True)
class Tell:
    """One channel, by the name that the operator gave it; `to` is the address there, where the channel needs one."""

    by: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """How one person is told. `window` is for how long (µs) what comes too often is gathered."""

    ways: tuple[Tell, ...] = ()
    window: int = WINDOW


SILENT: Final = Telling()


def telling_of(profile: JSON) -> Telling:
    """How a person is told, from what is kept of their names; nothing once that is erased."""
    found = profile.get("telling") if isinstance(profile, Mapping) else None
    if not isinstance(found, Mapping):
        return SILENT
    ways, window = found.get("ways"), found.get("window")
    listed = [one for one in ways if isinstance(one, Mapping)] if isinstance(ways, list) else []
    told = tuple(Tell(str(one.get("by", "")), str(one.get("to", ""))) for one in listed)
    return Telling(told, window if isinstance(window, int) else WINDOW)


def telling_text(telling: Telling) -> JSON:
    """The same as JSON; `None` for somebody who is told nothing."""
    if not telling.ways:
        return None
    return {"ways": [{"by": one.by, "to": one.to} for one in telling.ways], "window": telling.window}
