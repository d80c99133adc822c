"""The facts for what is asked of a run: who may control it, what is inside and around it, what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..action.words import require_executor, require_name
from ..codec.observations import told
from ..codec.records import State
from ..directory.model import Directory
from ..errors import UsageError
from ..principal import SOLO_ID, Principal
from ..run import commands as run
from ..run.facts import Facts
from ..run.lifecycle import MOST
from ..run.model import Hold, Run
from ..stream import changed
from . import lineage, stops
from .checks import check_above

if TYPE_CHECKING:
    from .work import Work


def facts(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> Facts:
    """The facts for this command on this run."""
    found = Facts(subject, work.now, actor)
    match command:
        case run.TakeCleanup() | run.Clean():
            require_executor(command.executor)
            return found
        case run.Prepare(name=str() as name):
            require_name(name)
            return found
        case run.Open():
            return _opening(work, found, state, command)
        case _ if not isinstance(state, Run):
            return found
        case run.Pause() | run.Interrupt() | run.Resume() | run.Guide() | run.Stop():
            return changed(found, owns=controls(work.sources.directory(), state, actor))
        case run.Prune():
            return changed(found, owns=_administers(work.sources.directory(), actor))
        case run.Elapse():
            inside = work.sources.inside(subject, MOST) if state.status == "stopped" else ()
            note, lease = lineage.reason(work, state), work.lease(subject)
            return changed(found, inside=inside, note=note, lease=lease, alone=_alone(work, state))
        case run.Observe():
            return changed(
                found, observations=told(command.items), alone=_alone(work, state), note=lineage.reason(work, state)
            )
        case _ if state.status == "stopped":
            return changed(found, note=lineage.reason(work, state))
        case _:
            return found


def _opening(work: Work, found: Facts, state: State | None, command: run.Open) -> Facts:
    if command.watch is not None:
        require_executor(command.watch.executor)
    parent = state.parent if isinstance(state, Run) else command.parent
    if state is None and parent:
        check_above(work.state(parent), parent, found.actor)
    around = lineage.runs(work, parent)
    if state is None:
        stops.require_free(work, found.actor)
        lineage.require_depth(around)
    hold: Hold = "run" if any(one.hold == "run" for one in around) else "action"
    note = lineage.reason(work, state) if isinstance(state, Run) else None
    supervisors = _supervisors(work.sources.directory(), command.watch) if state is None else ()
    return changed(found, stopped=lineage.stopped(work, parent), hold=hold, note=note, supervisors=supervisors)


def _supervisors(directory: Directory, watch: run.Watch | None) -> tuple[str, ...]:
    """The ids of those who are named. Raises `UsageError` for a person who is not in the directory."""
    found: list[str] = []
    for handle in watch.supervisors if watch else ():
        one = directory.resolve(handle)
        if one is None:
            raise UsageError(f"nobody is called {handle[:80]!a}: name a supervisor as user:ann or group:ops")
        found.append(one)
    return tuple(dict.fromkeys(found))


def owns(directory: Directory, owner: str, actor: Principal) -> bool:
    """Whether a person answers for what has that owner, or supervises everything."""
    if actor.kind != "human":
        return False
    if directory.solo:
        return actor.id == SOLO_ID
    known = directory.people.get(actor.id)
    return actor.id in directory.same(owner) or (known is not None and "supervise" in known.permissions)


def controls(directory: Directory, state: Run, actor: Principal) -> bool:
    """Whether a person may pause, guide and stop a run: whoever answers for it, or is named for it, or supervises."""
    named = actor.kind == "human" and not directory.asked_as(actor.id).isdisjoint(state.supervisors)
    return named or owns(directory, state.starter, actor)


def _administers(directory: Directory, actor: Principal) -> bool:
    return actor.kind == "human" and (not directory.administrators or actor.id in directory.administrators)


def _alone(work: Work, state: Run) -> bool:
    """Whether nobody is in the directory who may stop it; asked only where a monitor wants to know."""
    if all(one.kind != "unattended" for one in state.monitors):
        return False
    directory = work.sources.directory()
    return not directory.solo and not any(
        controls(directory, state, Principal("human", one, "none")) for one in directory.people
    )
