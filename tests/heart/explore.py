"""Explores all that can happen in a small scope, breadth first, and asks every invariant about every transition.

Time is abstract: it jumps to the next instant that anything compares itself with, whether or not somebody does what
is due, so the sweeper may be late or absent. Two worlds are one if all times from now on are equally far away.
`python -m tests.heart.explore` prints what was found as a Markdown table.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from handrail.action.model import Action
from handrail.errors import HandrailError
from handrail.policy.stops import Stop
from handrail.review.model import Review

from . import halts
from .invariants import check, over
from .moves import CALLERS, Move, instants, moves
from .scopes import NORMAL, WIDE, Scope
from .world import Change, State, World

Key = tuple[Any, ...]


@dataclass
class Found:
    """What an exploration has seen. `ends` are the states in which everything is over."""

    scope: Scope
    states: int = 0
    transitions: int = 0
    refused: int = 0
    seconds: float = 0.0
    ends: set[int] = field(default_factory=set)
    rows: set[tuple[type, str | None]] = field(default_factory=set)
    into: list[set[int]] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)

    def stuck(self) -> list[World]:
        """The states from which no path leads to an end: there must be none."""
        reached, waiting = set(self.ends), deque(self.ends)
        while waiting:
            fresh = self.into[waiting.popleft()] - reached
            reached |= fresh
            waiting.extend(fresh)
        return [world for number, world in enumerate(self.worlds) if number not in reached]


def explore(scope: Scope) -> Found:
    """Every state that the scope can reach. Raises `AssertionError` where an invariant breaks."""
    found, numbers = Found(scope), dict[Key, int]()
    began = perf_counter()
    waiting = deque([_enter(found, numbers, scope.begin())])
    while waiting:
        number = waiting.popleft()
        for world in _steps(found, found.worlds[number]):
            fresh = len(numbers)
            target = _enter(found, numbers, world)
            found.into[target].add(number)
            if target == fresh:
                waiting.append(target)
    found.seconds = perf_counter() - began
    return found


def _enter(found: Found, numbers: dict[Key, int], world: World) -> int:
    number = numbers.setdefault(key(world), len(numbers))
    if number == len(found.worlds):
        found.worlds.append(world)
        found.into.append(set())
        found.states += 1
        if all(over(state) for state in world.states.values() if isinstance(state, Action | Review)):
            found.ends.add(number)
    return number


def _steps(found: Found, world: World) -> Iterator[World]:
    soon = min((time for time in instants(world) if time > world.now), default=None)
    if soon is not None:
        found.transitions += 1
        yield world.later(soon)
    scope = found.scope
    asked = moves(world, revisions=scope.revisions, attempts=scope.attempts, reviews=scope.reviews)
    for move in (*asked, *(halts.moves(world, CALLERS) if scope.stops else ())):
        try:
            after, changes = world.submit(*move)
        except HandrailError:
            found.refused += 1
            continue
        _check(move, changes, after)
        found.rows |= {(type(one.sealed.event), one.before.status if one.before else None) for one in changes}
        found.transitions += bool(changes)
        if changes:
            yield after


def _check(move: Move, changes: list[Change], after: World) -> None:
    try:
        check(changes, after)
    except AssertionError as broken:
        raise AssertionError(f"{broken}, by {move}") from broken


def key(world: World) -> Key:
    """What two worlds must share to have the same future: everything but counters of entries and absolute time."""
    live = (one for one in world.states.values() if not (isinstance(one, Review) and over(one)))
    return tuple(_of(world, state) for state in live)


def _of(world: World, state: State) -> Key:
    def away(time: int | None) -> int | None:
        return None if time is None else max(time - world.now, 0)

    match state:
        case Action() if over(state):
            return (state.status, len(state.lost))
        case Action():
            grant = state.grant and (state.grant.bind, away(state.grant.expires_at))
            return (
                state.status, state.bind, state.attempt, state.review, state.reviews, grant, state.executor,
                away(state.due_at), away(world.leases.get(state.id)), len(state.lost),
            )  # fmt: skip
        case Review():
            return (
                state.status, state.demand, state.level, away(state.level_until), away(state.deadline),
                away(state.remind_at), state.round, state.view, state.delegates, state.claimed_by,
                away(state.claim_until), frozenset((vote.by, vote.seats) for vote in state.votes),
                _decided(world, state),
            )  # fmt: skip
        case Stop():
            return (state.status, away(state.due_at))
        case _:
            return ()


def _decided(world: World, state: Review) -> Key | None:
    one = state.decision
    if one is None:
        return None
    return (one.outcome, one.value, one.counted, max(one.effective_at - world.now, 0))


def table(scopes: tuple[Scope, ...]) -> str:
    """The counts of each scope as a Markdown table. Raises `AssertionError` where a state is stuck."""
    lines = ["| Scope | States | Transitions | Refused commands | Ends |", "| --- | ---: | ---: | ---: | ---: |"]
    for scope in scopes:
        found = explore(scope)
        assert not found.stuck()
        lines.append(row(found))
        print(f"{scope.name}: {found.states:,} states in {found.seconds:.1f} s", file=sys.stderr)
    return "\n".join(lines) + "\n"


def row(found: Found) -> str:
    """The counts of one scope as a row of that table."""
    counts = (found.states, found.transitions, found.refused, len(found.ends))
    return f"| {found.scope.name} | " + " | ".join(f"{count:,}" for count in counts) + " |"


SIZES: Final = {"normal": NORMAL, "wide": WIDE}

if __name__ == "__main__":
    print(table(SIZES[sys.argv[1] if len(sys.argv) > 1 else "normal"]), end="")
