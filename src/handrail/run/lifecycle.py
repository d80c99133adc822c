"""The life of a run: one table, `decide`, `evolve`. Control is in `control`, what it reports in `watch`."""

from typing import Any, Final, assert_never, cast

from ..errors import NotAllowed, NotReady, RunFinished, RunStopped
from ..stream import JSON, Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from . import monitors, watch
from .control import confirm, control, hear
from .facts import Facts
from .model import SYSTEM_ID, Cleanup, Control, ControlKind, Hold, Run, Status

ACCEPTS: Final[Table] = {
    e.Opened: {None: "running"},
    e.Entered: {"running": "running", "paused": "paused"},
    e.Faulted: {"running": "running", "paused": "paused"},
    e.Finished: {"running": "finished", "paused": "finished"},
    e.Failed: {"running": "failed", "paused": "failed"},
    e.Paused: {"running": "paused", "paused": "paused"},
    e.Resumed: {"paused": "running"},
    e.Guided: {"running": "running", "paused": "paused"},
    e.Heard: {"running": "running", "paused": "paused"},
    e.Confirmed: {"running": "running", "paused": "paused", "stopped": "stopped"},
    e.Observed: {"running": "running", "paused": "paused", "stopped": "stopped"},
    e.Unattended: {"running": "running", "paused": "paused", "stopped": "stopped"},
    e.Alarmed: {"running": "running"},
    e.Prepared: {"running": "running", "paused": "paused"},
    e.CleanupBegun: {"stopped": "stopped", "failed": "failed"},
    e.Cleaned: {"stopped": "stopped", "failed": "failed"},
    e.Lapsed: {"running": "running", "paused": "paused", "stopped": "stopped", "failed": "failed"},
    e.Pruned: {one: one for one in ("running", "paused", "finished", "failed", "stopped")},
    e.Stopped: {"running": "stopped", "paused": "stopped"},
    e.Halted: {"stopped": "stopped"},
}
MOST: Final = 24
"""Actions and runs that end in one step with the run around them."""


def decide(state: Run | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; entering a run that is running needs none.

    Raises `RunFinished` for a run that is over, `RunStopped` for one that was stopped, `NotAllowed` for the run of
    another agent, and for a control by somebody who does not answer for it.
    """
    match command:
        case c.Pause() | c.Interrupt() | c.Resume() | c.Guide() | c.Stop():
            return control(state, command, facts)
        case c.Elapse():
            return _elapse(state, facts)
        case c.Prune():
            return watch.prune(state, command, facts)
        case c.TakeCleanup() | c.Clean():
            return _cleaned(state, command, facts)
        case c.Open() | c.Note() | c.Finish() | c.Fail() | c.Confirm() | c.Hear() | c.Observe() | c.Prepare():
            return _worked(state, command, facts)
    assert_never(command)


Worked = c.Open | c.Note | c.Finish | c.Fail | c.Confirm | c.Hear | c.Observe | c.Prepare


def _worked(state: Run | None, command: Worked, facts: Facts) -> list[Draft[e.Event]]:
    """What its agent says of it."""
    if facts.actor.kind != "agent" or facts.actor.owner is None:
        raise NotAllowed("only an agent opens and ends its runs")
    if isinstance(command, c.Open):
        return _open(state, command, facts)
    if state is None:
        raise NotReady("there is no such run yet")
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent")
    match command:
        case c.Confirm():
            return confirm(state, command)
        case c.Observe() if state.status == "stopped":
            return watch.observe(state, command, facts)
        case _:
            _require_going(state, facts)
    match command:
        case c.Note():
            return [Draft(e.Faulted(), {"note": command.error})]
        case c.Finish():
            return [Draft(e.Finished(), lease=0 if state.watched else None)]
        case c.Fail():
            texts: dict[str, JSON] = {"note": command.error}
            return [Draft(e.Failed(), texts if command.trace is None else texts | {"trace": command.trace})]
        case c.Hear():
            return hear(state, command)
        case c.Observe():
            return watch.observe(state, command, facts)
        case c.Prepare():
            return watch.prepare(state, command)
    assert_never(command)


def _cleaned(state: Run | None, command: c.TakeCleanup | c.Clean, facts: Facts) -> list[Draft[e.Event]]:
    """By its own agent, or by whoever executes for others."""
    if state is None:
        raise NotReady("there is no such run yet")
    if facts.actor.kind != "agent" or not (state.agent == facts.actor.id or facts.actor.executes):
        raise NotAllowed("a run is cleaned up by its agent, or with a key of the scope execute")
    return watch.take(state, command, facts) if isinstance(command, c.TakeCleanup) else watch.clean(state, command)


def _open(state: Run | None, command: c.Open, facts: Facts) -> list[Draft[e.Event]]:
    if command.watch is not None:
        watch.require_watch(command.watch)
    if state is None:
        _require_above(facts)
        return [_opened(command, facts)]
    if state.agent != facts.actor.id:
        raise NotAllowed("this run belongs to another agent; choose another run id")
    _require_going(state, facts)
    _require_above(facts)
    entered = command.watch.executor if state.watched and command.watch is not None else state.executor
    if entered is None or (entered == state.executor and not state.lost):
        return []
    return [Draft(e.Entered(entered), lease=facts.now + watch.LEASE)]


def _opened(command: c.Open, facts: Facts) -> Draft[e.Event]:
    assert facts.actor.owner is not None
    hold: Hold = "run" if "run" in (command.hold, facts.hold) else "action"
    seen, texts = command.watch, {"title": command.title}
    if seen is None:
        return Draft(e.Opened(facts.actor.id, facts.actor.owner, command.parent, hold), texts)
    opened = e.Opened(
        facts.actor.id,
        facts.actor.owner,
        command.parent,
        hold,
        True,
        seen.executor,
        facts.supervisors,
        seen.monitors,
        seen.once,
    )
    return Draft(opened, texts, lease=facts.now + watch.LEASE)


def _require_going(state: Run, facts: Facts) -> None:
    if state.status == "stopped":
        raise RunStopped(said(facts.note))
    if state.final:
        raise RunFinished(f"this run is {state.status}; give new work another run id")


def _require_above(facts: Facts) -> None:
    if facts.stopped is not None:
        raise RunStopped(facts.stopped)


def said(note: JSON) -> str:
    """Why a run was stopped, as far as that is kept."""
    return f"this run was stopped: {note}" if isinstance(note, str) else "this run was stopped"


def _elapse(state: Run | None, facts: Facts) -> list[Draft[e.Event]]:
    if state is None:
        return []
    if state.status != "stopped" or state.due_at is None or state.due_at > facts.now:
        return watch.elapse(state, facts)
    later = facts.now + 1 if len(facts.inside) >= MOST else None
    return [Draft(e.Halted(facts.inside[:MOST], later), {} if facts.note is None else {"note": facts.note})]


def due_at(state: Run, lease: int | None) -> int | None:
    """When `Elapse` next has something to do (µs)."""
    if watch.orphaned(state):
        return state.due_at or state.opened_at
    found = (state.due_at, monitors.due(state), lease if watch.leased(state) else None)
    return min((one for one in found if one is not None), default=None)


def evolve(state: Run | None, sealed: Sealed[e.Event], *, subject: str) -> Run:
    """The run after one event. Raises `IllegalTransition` for an event its state does not accept."""
    event = sealed.event
    status = step(ACCEPTS, event, state.status if state else None)
    if isinstance(event, e.Opened):
        return _born(event, sealed, subject)
    assert state is not None
    after = changed(state, status=cast(Status, status), rev=sealed.rev, **_moved(state, event, sealed))
    return changed(after, left=_left(after)) if after.lost or state.left else after


def _born(event: e.Opened, sealed: Sealed[e.Event], subject: str) -> Run:
    return Run(
        subject, "running", sealed.rev, event.agent, event.starter, event.parent, event.hold, sealed.at,
        sealed.texts.get("title"), watched=event.watched, supervisors=event.supervisors, monitors=event.monitors,
        executor=event.executor, seen_at=sealed.at, once=event.once,
    )  # fmt: skip


def _left(run: Run) -> int:
    """How many clean-ups another process can do, once that of the run is gone."""
    if not run.lost or run.status not in ("stopped", "failed"):
        return 0
    return sum(one.status == "waits" and one.name is not None for one in run.cleanups)


def _moved(state: Run, event: e.Event, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members that an event changes, beside status and revision number."""
    match event:
        case e.Faulted():
            return {"faults": state.faults + 1}
        case e.Failed():
            return {"note": sealed.texts.get("note"), "ended_at": sealed.at}
        case e.Finished():
            return {"ended_at": sealed.at}
        case e.Paused() | e.Resumed() | e.Stopped() | e.Confirmed() | e.Guided() | e.Heard():
            return _controlled(state, event, sealed)
        case e.Halted():
            return {"due_at": event.due_at}
        case e.Entered():
            return {"executor": event.executor, "lost": False, "seen_at": sealed.at}
        case e.Observed():
            return {"totals": event.totals, "seen_at": sealed.at, "step": sealed.texts.get("step", state.step)}
        case e.Pruned():
            return {"pruned": event.upto}
        case e.Unattended():
            return {"alone_since": sealed.at if event.alone else None}
        case e.Alarmed():
            return _alarmed(state, event)
        case e.Prepared() | e.CleanupBegun() | e.Cleaned() | e.Lapsed():
            return _cleanups(state, event, sealed)
        case e.Opened():
            return {}
    assert_never(event)


Controlled = e.Paused | e.Resumed | e.Stopped | e.Confirmed | e.Guided | e.Heard


def _controlled(state: Run, event: Controlled, sealed: Sealed[e.Event]) -> dict[str, Any]:
    match event:
        case e.Paused():
            kind: ControlKind = "interrupt" if event.interrupt else "pause"
            return {"control": Control(kind, sealed.rev, sealed.at, SYSTEM_ID if event.monitor else sealed.by.id)}
        case e.Resumed():
            asked = Control("resume", sealed.rev, sealed.at, sealed.by.id)
            return {"control": asked, "totals": monitors.anew(state.totals), "seen_at": sealed.at, "alarm": None}
        case e.Stopped():
            asked = Control("stop", sealed.rev, sealed.at, sealed.by.id)
            return {"control": asked, "note": sealed.texts.get("note"), "due_at": sealed.at, "ended_at": sealed.at}
        case e.Confirmed():
            assert state.control is not None
            return {"control": changed(state.control, confirmed_at=sealed.at)}
        case e.Guided():
            return {"guidance": event.number}
        case e.Heard():
            return {"heard": event.upto}
    assert_never(event)


def _alarmed(state: Run, event: e.Alarmed) -> dict[str, Any]:
    spoken = [*state.spoken, *(0 for _ in range(len(state.monitors) - len(state.spoken)))]
    spoken[event.index] = event.times
    return {"spoken": tuple(spoken), "alarm": state.monitors[event.index].kind}


def _cleanups(
    state: Run, event: e.Prepared | e.CleanupBegun | e.Cleaned | e.Lapsed, sealed: Sealed[e.Event]
) -> dict[str, Any]:
    match event:
        case e.Prepared():
            return {"cleanups": (*state.cleanups, Cleanup(event.number, event.name, args=sealed.texts.get("args")))}
        case e.CleanupBegun():
            return {"cleanups": _with(state, event.number, status="running", executor=event.executor)}
        case e.Cleaned():
            return {"cleanups": _with(state, event.number, status="done" if event.ok else "failed")}
        case e.Lapsed():
            return {"lost": True, "cleanups": tuple(_lost(one) for one in state.cleanups)}
    assert_never(event)


def _with(run: Run, number: int, **fields: Any) -> tuple[Cleanup, ...]:
    return tuple(changed(one, **fields) if one.number == number else one for one in run.cleanups)


def _lost(one: Cleanup) -> Cleanup:
    """What only the lost process could do, or was doing, nobody does again."""
    gone = one.status == "running" or (one.status == "waits" and one.name is None)
    return changed(one, status="lost") if gone else one
