"""What the engine would tell the heart about stops: in the world one of everything may be made, by Olga or by Bob, who
administers; the sweep looks at one action in each step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from handrail.policy import stops
from handrail.policy.stops import Elapse, Facts, Halt, InForce, Lift, Stop
from handrail.principal import SYSTEM, Principal

if TYPE_CHECKING:
    from .world import World

ONE: Final = "stp_1"
MAKERS: Final = ("usr_olga", "usr_bob")
LIFTERS: Final = ("usr_bob",)
WAITING: Final = ("held", "cleared", "claimed")


def in_force(world: World) -> InForce | None:
    """The stop that everything is under."""
    found = (one for one in world.states.values() if isinstance(one, Stop) and one.status == "present")
    return next((InForce(one, "a reason") for one in found), None)


def facts(world: World, actor: Principal) -> Facts:
    """The facts for a command of a stop."""
    waits = tuple(sorted(one.id for one in world.actions() if one.status in WAITING))
    return Facts(
        world.now, actor, may_stop=actor.id in MAKERS, may_lift=actor.id in LIFTERS, inside=waits[:1],
        more=len(waits) > 1, note="a reason",
    )  # fmt: skip


def moves(world: World, callers: tuple[Principal, ...]) -> Iterator[tuple[str, object, Principal]]:
    """Everything that anybody could do about it: made once, lifted once."""
    commands: tuple[Any, ...] = (Lift("repaired"), Lift(" ")) if ONE in world.states else (Halt("all", "a reason"),)
    yield from ((ONE, command, caller) for command in commands for caller in callers)
    if ONE in world.states:
        yield ONE, Elapse(), SYSTEM


def nothing_begins(started: bool, world: World) -> None:
    """Under a stop nothing is claimed or started."""
    assert not (started and in_force(world)), "something began that is stopped"


__all__ = ["ONE", "facts", "in_force", "moves", "nothing_begins", "stops"]
