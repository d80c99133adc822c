"""Which life a command and a state belong to."""

from collections.abc import Mapping
from typing import Any, Final

from ..action import lifecycle as action
from ..action.model import EXECUTED, Action
from ..codec.records import KINDS, State
from ..directory import lifecycle as directory
from ..directory.model import Agent, Group, Guest, Key, Person
from ..policy import budget, standing, stops
from ..policy import register as policy
from ..policy.budget import Budget
from ..policy.register import ActivePolicy
from ..policy.standing import Standing
from ..policy.stops import Stop
from ..principal import Principal
from ..review import lifecycle as review
from ..review.model import Review
from ..run import lifecycle as run
from ..run import watch
from ..run.model import Run
from ..stream import Sealed, Table

_BY_PREFIX: Final[Mapping[str, Any]] = {
    "act": action,
    "rev": review,
    "run": run,
    "pol": policy,
    "bud": budget,
    "std": standing,
    "stp": stops,
}
TABLES: Final[Mapping[str, Table]] = {
    "action": action.ACCEPTS, "review": review.ACCEPTS, "run": run.ACCEPTS, "directory": directory.ACCEPTS,
    "policy": policy.ACCEPTS, "budget": budget.ACCEPTS, "standing": standing.ACCEPTS,
    "stop": stops.ACCEPTS,
}  # fmt: skip


def life(subject: str) -> Any:
    """The module with `decide` and `evolve` for the stream of that id."""
    return _BY_PREFIX.get(subject[:3], directory)


def kind(state: State) -> str:
    """The name under which a state is stored."""
    return KINDS[type(state)]


def evolve(state: State | None, sealed: Sealed[Any], subject: str) -> State:
    """The state after one event, whatever its life."""
    after: State = life(subject).evolve(state, sealed, subject=subject)
    return after


def final(state: State) -> bool:
    """Whether the life is over, so that its row is never due again."""
    match state:
        case Action():
            return state.final
        case Run():
            return state.final and state.due_at is None and not state.unsettled
        case Review():
            return state.due_at is None
        case Person() | Group() | Agent() | Key() | Guest() | ActivePolicy() | Budget():
            return False
        case Standing() | Stop():
            return state.status == "removed"


def leased(state: State) -> bool:
    """Whether a process says now and then that it is at it."""
    match state:
        case Action():
            return state.status in EXECUTED
        case Run():
            return watch.leased(state)
        case _:
            return False


def keeps(state: State | None, executor: str, fence: int, by: Principal) -> bool:
    """Whether a lease is that executor's: of an action under its fencing number, of a run by its own process, or by the
    one that cleans up after it."""
    match state:
        case Action():
            return (state.executor, state.fence, state.holder) == (executor, fence, by.id) and state.not_before is None
        case Run() if any(one.status == "running" and one.executor == executor for one in state.cleanups):
            return state.agent == by.id or by.executes
        case Run():
            return state.attended and (state.executor, state.agent) == (executor, by.id)
        case _:
            return False


def due_at(state: State, lease: int | None) -> int | None:
    """When `Elapse` next has something to do for this stream (µs)."""
    match state:
        case Action():
            if lease is None or state.status not in EXECUTED:
                return state.due_at
            return lease if state.due_at is None else min(lease, state.due_at)
        case Review():
            return state.due_at
        case Run():
            return run.due_at(state, lease)
        case Standing():
            return state.until if state.status == "present" else None
        case Stop():
            return state.due_at
        case _:
            return None
