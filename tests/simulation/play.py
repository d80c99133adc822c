"""Plays a seed from its beginning to the end of everything in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from handrail.audit import tree
from handrail.clock import HOUR, MINUTE, SECOND
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.policy.register import ID as ACTIVE
from handrail.principal import SYSTEM

from . import invariants, moves, people, supervision
from .world import Stage, World

STEPS: Final = (80, 80, 80, 260)
"""Most worlds are short, since there are many; some go on until much has come together."""
LAST: Final = 30
ROUNDS: Final = 600
"""Rounds of waiting in which everything has to end once nothing fails any more."""


@dataclass(frozen=True)
class Played:
    """What a seed led to: the root of its log, how many entries, what was seen how often, and every step."""

    root: str
    entries: int
    seen: Counter[str]
    trace: list[str]


class Broken(AssertionError):
    """An invariant did not hold. Says which, under which seed, and what happened before."""


def play(stage: Stage, seed: int, steps: int | None = None, tell: Callable[[str], None] | None = None) -> Played:
    """Play a seed. Raises `Broken`."""
    with stage.world(seed) as world:
        try:
            _begin(world)
            _storm(world, steps or STEPS[seed % len(STEPS)])
            _calm(world)
        except Exception as error:
            steps_before = "\n".join(world.trace[-LAST:])
            again = f"python -m tests.simulation {seed}"
            raise Broken(f"seed {seed}: {error}\n{steps_before}\nplay it again: {again}") from error
        finally:
            if tell is not None:
                for line in world.trace:
                    tell(line)
        root = tree.root(world.history.frontier).hex()
        return Played(root, len(world.history.leaves), world.seen, world.trace)


def _begin(world: World) -> None:
    """Nearly always people and often a policy; the rest is left to solo mode, or denied."""
    machine = world.machine()
    drawn = [] if world.chance.random() < 0.05 else [people.join(world, *one) for one in people.PEOPLE.items()]
    if world.chance.random() < 0.6:
        drawn.append((ACTIVE, people.POLICIES[0], people.STAFF[0]))
    for one in drawn:
        world.send(machine, Request(mint("cmd"), *one))
    world.look()
    world.faults.rate = world.chance.choice((0.0, 0.02, 0.08, 0.2))


def _storm(world: World, steps: int) -> None:
    chance = Random(world.chance.random())
    names, weights = list(moves.MOVES), list(moves.MOVES.values())
    for move in chance.choices(names, weights, k=steps):
        moves.make(world, move)


def _calm(world: World) -> None:
    """Nothing fails any more, clocks are right, and time passes: everything ends."""
    world.faults.rate, world.outside.calm = 0.0, True
    for machine in world.machines.values():
        machine.clock.skew = 0
    for number in range(ROUNDS):
        supervision.let_go(world, again=number > 0)
        _round(world)
        if world.at_rest():
            break
    invariants.everything_ended(world)
    invariants.the_whole_log_verifies(world)
    invariants.first_answers_stand(world)
    _erase_all(world)


def _round(world: World) -> None:
    """Every process does what is due and every call goes as far as it can; then time passes."""
    for machine in world.machines.values():
        for subject in world.due(machine):
            world.send(machine, Request(mint("cmd"), subject, Tick(), SYSTEM))
    world.look()
    invariants.no_review_outlives_its_deadline(world, world.time.now)
    moves.make(world, moves.take)
    for task in list(world.tasks):
        for _ in range(12):
            if task.over:
                break
            said = task.step()
            if said.endswith("waits"):
                break
            world.say(f"{task.name} on {task.machine.name}: {said}")
    world.look()
    world.time.advance(20 * SECOND if world.moved() else _until_due(world))


def _until_due(world: World) -> int:
    """How long nothing will happen by itself (µs), at most some hours."""
    with world.history.store.read() as rows:
        due = rows.next_due()
    return 20 * MINUTE if due is None else min(max(due - world.time.now, 20 * SECOND), 6 * HOUR)


def _erase_all(world: World) -> None:
    """Erase whatever can be, and verify the log again."""
    while moves.erase(world) and world.chance.random() < 0.8:
        continue
    invariants.the_whole_log_verifies(world)
