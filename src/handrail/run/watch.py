"""What a watched run reports of itself: observations, clean-ups, and whether its process is there at all."""

from functools import reduce
from typing import Final

from ..clock import SECOND
from ..errors import FencedOff, InvalidValue, NotAllowed, NotReady
from ..stream import JSON, Draft, changed
from . import commands as c
from . import events as e
from . import monitors
from .facts import Facts
from .model import Cleanup, Run, Totals

LEASE: Final = 60 * SECOND
"""How long a process is believed to be there after it was last heard of."""
BATCH: Final = 500
"""Observations that come at once."""
CLEANUPS: Final = 100
GONE: Final = "its process is gone"
LONGEST: Final = 2_000
MOST: Final = 2**53 - 1
MONITORS: Final = 20


def require_watch(watch: c.Watch) -> None:
    """Raise `InvalidValue` for what cannot be watched so."""
    if not 0 < len(watch.executor) <= 200:
        raise InvalidValue("name the process that does the work, in up to 200 characters")
    if len(watch.monitors) > MONITORS or any(not 0 < one.limit <= MOST for one in watch.monitors):
        raise InvalidValue(f"a run has up to {MONITORS} monitors, each with a limit above 0")
    if any(one.kind == "errors" and one.limit > 100 for one in watch.monitors):
        raise InvalidValue("the limit of errors is per cent: from 1 to 100")


def observe(state: Run, command: c.Observe, facts: Facts) -> list[Draft[e.Event]]:
    """One entry for all of them, and what a monitor has to say then."""
    if not state.watched:
        raise NotReady("this run is not watched: begin it with rail.oversight")
    if not 0 < len(command.items) <= BATCH:
        raise InvalidValue(f"report 1 to {BATCH} observations at once")
    if any(not (0 <= one.spend <= MOST and 0 <= one.tokens <= MOST) for one in command.items):
        raise InvalidValue("what is spent is counted from 0 up")
    totals = reduce(monitors.count, command.items, state.totals)
    if max(totals.spend, totals.tokens) > MOST:
        raise InvalidValue("no more can be counted: begin another run")
    step = next((one.step for one in reversed(command.items) if one.kind == "step"), None)
    observed = e.Observed(state.totals.seen + 1, len(command.items), totals)
    texts: dict[str, JSON] = {e.OBSERVATIONS: facts.observations} | ({"step": step[:LONGEST]} if step else {})
    drafts: list[Draft[e.Event]] = [Draft(observed, texts, lease=kept(state, facts))]
    return [*drafts, *spoken(changed(state, seen_at=facts.now), totals, facts)]


def kept(state: Run, facts: Facts) -> int | None:
    """The lease of its process, renewed; a lost one has to enter the run again."""
    return facts.now + LEASE if state.attended else None


def spoken(state: Run, totals: Totals, facts: Facts) -> list[Draft[e.Event]]:
    """Whether somebody is there, and the monitor that speaks: then the run is paused."""
    found: list[Draft[e.Event]] = []
    alone_since = state.alone_since
    if facts.alone != (alone_since is not None):
        found.append(Draft(e.Unattended(facts.alone)))
        alone_since = facts.now if facts.alone else None
    if state.status != "running":
        return found
    index = monitors.speaks(state, totals, facts.now, alone_since)
    if index is None:
        return found
    monitor = state.monitors[index]
    times = (state.spoken[index] if index < len(state.spoken) else 0) + 1
    note = {"note": f"the monitor of {monitor.kind} spoke"}
    return [*found, Draft(e.Alarmed(index, times)), Draft(e.Paused(monitor=monitor.kind), note)]


def prepare(state: Run, command: c.Prepare) -> list[Draft[e.Event]]:
    """Raises `NotReady` for a run that is over or not watched."""
    if not state.watched or state.final:
        raise NotReady("clean-ups are prepared while a watched run goes on")
    if len(state.cleanups) >= CLEANUPS:
        raise InvalidValue(f"a run has up to {CLEANUPS} clean-ups")
    if command.name is not None and not 0 < len(command.name) <= 200:
        raise InvalidValue("a clean-up is named in up to 200 characters")
    texts = {} if command.args is None else {"args": command.args}
    return [Draft(e.Prepared(len(state.cleanups) + 1, command.name), texts)]


def prune(state: Run | None, command: c.Prune, facts: Facts) -> list[Draft[e.Event]]:
    """Raises `NotAllowed` for who does not administer."""
    if facts.actor.kind != "human" or not facts.owns:
        raise NotAllowed("what was reported is dropped by an administrator")
    if state is None or command.upto > state.rev:
        raise InvalidValue(f"there are {state.rev if state else 0} entries so far")
    return [Draft(e.Pruned(command.upto))] if command.upto > state.pruned else []


def take(state: Run, command: c.TakeCleanup, facts: Facts) -> list[Draft[e.Event]]:
    """Raises `NotReady` where there is nothing to clean up, or the run's own process is there to do it."""
    one = _cleanup(state, command.number)
    if state.status not in ("stopped", "failed") or one.status != "waits":
        raise NotReady(f"this clean-up is {one.status}" if one.status != "waits" else "the run has not ended so")
    own = command.executor == state.executor
    if not own and (not state.lost or one.name is None):
        raise NotReady("the run's own process is there to clean up")
    if any(other.status == "running" and other.executor != command.executor for other in state.cleanups):
        raise NotReady("another process is cleaning up after this run")
    return [Draft(e.CleanupBegun(command.number, command.executor), lease=facts.now + LEASE)]


def clean(state: Run, command: c.Clean) -> list[Draft[e.Event]]:
    """Raises `FencedOff` for a process that does not do it, or does it no longer."""
    one = _cleanup(state, command.number)
    if one.status != "running" or one.executor != command.executor:
        raise FencedOff("this clean-up is not done here")
    return [Draft(e.Cleaned(command.number, command.ok), {"note": command.note[:LONGEST]} if command.note else {})]


def _cleanup(state: Run, number: int) -> Cleanup:
    if not 0 < number <= len(state.cleanups):
        raise InvalidValue(f"this run has {len(state.cleanups)} clean-ups")
    return state.cleanups[number - 1]


def elapse(state: Run, facts: Facts) -> list[Draft[e.Event]]:
    """The next thing that is due: that the process is lost, that nobody is left to confirm a stop, a monitor."""
    if facts.lease is not None and facts.lease <= facts.now and leased(state):
        gone = Draft[e.Event](e.Lapsed(), lease=0)
        return [gone, Draft(e.Failed(), {"note": GONE})] if state.once and not state.final else [gone]
    if orphaned(state):
        assert state.control is not None
        return [Draft(e.Confirmed(state.control.rev), {"note": GONE})]
    due = monitors.due(state)
    if due is not None and due <= facts.now:
        return spoken(state, state.totals, facts)
    return []


def leased(state: Run) -> bool:
    """Whether a process has to say now and then that it is there."""
    return state.attended or any(one.status == "running" for one in state.cleanups)


def orphaned(state: Run) -> bool:
    """Whether a stopped run waits for a confirmation that nobody is there to give."""
    return state.lost and state.status == "stopped" and state.control is not None and not state.control.confirmed_at
