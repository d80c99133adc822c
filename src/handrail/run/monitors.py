"""Monitors: what a run has reported, counted, and when that makes it pause by itself."""

from typing import Final

from ..stream import changed
from .commands import Observation
from .model import Monitor, Run, Totals

LOOKED_AT: Final = 20
"""So many last steps count for the rate of errors."""
ENOUGH: Final = 5
"""Fewer steps tell no rate."""


def count(totals: Totals, one: Observation) -> Totals:
    """The totals after one more observation."""
    found = changed(totals, seen=totals.seen + 1, spend=totals.spend + one.spend, tokens=totals.tokens + one.tokens)
    match one.kind:
        case "report":
            return changed(_ended(found, failed=False), steps=found.steps + 1)
        case "error":
            return changed(_ended(found, failed=True), errors=found.errors + 1)
        case "call" if one.like is not None:
            return changed(found, like=one.like, alike=found.alike + 1 if one.like == found.like else 1)
        case _:
            return found


def _ended(totals: Totals, *, failed: bool) -> Totals:
    recent = (totals.recent << 1 | failed) & ((1 << LOOKED_AT) - 1)
    return changed(totals, recent=recent, tried=min(totals.tried + 1, LOOKED_AT))


def anew(totals: Totals) -> Totals:
    """The totals once people let a run go on: what was repeated or failed before counts no more."""
    return changed(totals, like=None, alike=0, recent=0, tried=0)


def speaks(state: Run, totals: Totals, now: int, alone_since: int | None) -> int | None:
    """The place of the first monitor that has something to say at that time (µs); `None` where none has.

    What adds up speaks at the limit, at twice the limit, and so on; everything else once until the run goes on.
    """
    for index, monitor in enumerate(state.monitors):
        times = state.spoken[index] if index < len(state.spoken) else 0
        if _reached(monitor, state, totals, now, alone_since) >= monitor.limit * (times + 1 if _adds(monitor) else 1):
            return index
    return None


def _adds(monitor: Monitor) -> bool:
    return monitor.kind in ("spend", "steps", "duration")


def _reached(monitor: Monitor, state: Run, totals: Totals, now: int, alone_since: int | None) -> int:
    match monitor.kind:
        case "spend":
            return totals.spend
        case "steps":
            return totals.steps
        case "duration":
            return now - state.opened_at
        case "repeated":
            return totals.alike
        case "errors":
            return 100 * totals.recent.bit_count() // totals.tried if totals.tried >= ENOUGH else 0
        case "silence":
            return now - state.seen_at
        case "unattended":
            return -1 if alone_since is None else now - alone_since


def due(state: Run) -> int | None:
    """When a monitor next has something to say if nothing is reported until then (µs)."""
    if state.status != "running":
        return None
    found: list[int] = []
    for index, monitor in enumerate(state.monitors):
        times = state.spoken[index] if index < len(state.spoken) else 0
        match monitor.kind:
            case "duration":
                found.append(state.opened_at + monitor.limit * (times + 1))
            case "silence":
                found.append(state.seen_at + monitor.limit)
            case "unattended" if state.alone_since is not None:
                found.append(state.alone_since + monitor.limit)
            case _:
                pass
    return min(found, default=None)
