"""Runs under watch: what their processes report, rightly and wrongly, and what people ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from handrail.clock import MINUTE
from handrail.engine.request import Request
from handrail.errors import HandrailError
from handrail.ids import mint
from handrail.principal import SYSTEM, Principal
from handrail.run import commands as r
from handrail.run.model import Monitor, Run

from .people import BOTS, STAFF

if TYPE_CHECKING:
    from .world import World

MONITORS: Final = (
    (), (Monitor("steps", 3),), (Monitor("repeated", 3), Monitor("spend", 50)), (Monitor("silence", 20 * MINUTE),),
    (Monitor("errors", 50), Monitor("unattended", MINUTE)), (Monitor("duration", 40 * MINUTE),),
)  # fmt: skip
SEEN: Final = (
    r.Observation("step", 1, "count"), r.Observation("report", 2, "count", spend=20), r.Observation("note", 3),
    r.Observation("error", 4, "count"), r.Observation("call", 5, like="same"),
)  # fmt: skip


def watch(world: World, executor: str) -> r.Watch | None:
    """How a run is watched, if it is."""
    chance = world.chance
    if chance.random() < 0.3:
        return None
    return r.Watch(executor, (), chance.choice(MONITORS), once=chance.random() < 0.2)


def runs(world: World) -> list[Run]:
    """Every run."""
    return [one for one in world.history.states.values() if isinstance(one, Run)]


def control(world: World) -> tuple[str, Any, Principal] | None:
    """Somebody asks something of a run, mostly one that goes on."""
    chance, found = world.chance, runs(world)
    if not found:
        return None
    going = [one for one in found if not one.final]
    run = chance.choice(going or found) if chance.random() < 0.9 else chance.choice(found)
    asked: tuple[Any, ...] = (
        r.Resume(), r.Resume("go on"), r.Pause("look"), r.Pause("look"), r.Interrupt("now"), r.Guide("slowly"),
        r.Prune(run.rev),
    )  # fmt: skip
    by = chance.choice((*STAFF, *STAFF[-1:] * 6, BOTS[0]))
    return run.id, chance.choice(asked), by


def report(world: World) -> tuple[str, Any, Principal] | None:
    """A process says something of a run, mostly its own."""
    chance, found = world.chance, runs(world)
    if not found:
        return None
    run = chance.choice([one for one in found if one.watched] or found)
    own = next((one for one in BOTS if one.id == run.agent), BOTS[0])
    return run.id, _said(world, run), own if chance.random() < 0.85 else chance.choice(BOTS)


def _said(world: World, run: Run) -> Any:
    chance = world.chance
    executor = run.executor if run.executor and chance.random() < 0.7 else world.machine().executor
    number = chance.randint(1, max(len(run.cleanups), 1))
    begun = next((one for one in run.cleanups if one.status == "running"), None)
    if begun is not None and chance.random() < 0.5:
        return r.Clean(begun.number, str(begun.executor), ok=chance.random() < 0.7)
    if run.status in ("stopped", "failed") and chance.random() < 0.7:
        done = r.Clean(number, executor, ok=chance.random() < 0.7)
        return chance.choice((r.TakeCleanup(number, executor), done, _confirmed(run)))
    fate = chance.random()
    if fate < 0.4:
        return r.Observe(tuple(chance.choices(SEEN, k=chance.randint(1, 4))))
    if fate < 0.6:
        return _confirmed(run)
    if fate < 0.7:
        return r.Hear(run.guidance)
    if fate < 0.85:
        return r.Prepare(chance.choice(("shop.close", None)), "{}")
    if fate < 0.9:
        return r.Open("again", watch=r.Watch(executor))
    return chance.choice((r.Note("it broke"), r.Note("it broke"), r.Fail("it broke", "at line 1")))


def _confirmed(run: Run) -> r.Confirm:
    return r.Confirm(run.control.rev if run.control else 1)


def let_go(world: World, again: bool) -> None:
    """Once all is calm, what is paused goes on; what pauses again is ended."""
    for run in _paused(world):
        asked = r.Stop("enough") if again else r.Resume()
        try:
            world.send(world.machine(), Request(mint("cmd"), run.id, asked, SYSTEM))
        except HandrailError as error:
            world.say(f"{run.id} is not let go: {error}")
        world.look()


def _paused(world: World) -> Iterator[Run]:
    yield from [one for one in runs(world) if one.status == "paused"]
