"""What can happen next in a world. Each move is one step; the scheduler draws one after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import apsw

from handrail.clock import HOUR, MINUTE, SECOND
from handrail.engine.request import Renew, Request, Tick
from handrail.errors import HandrailError, Unavailable
from handrail.ids import mint
from handrail.principal import SYSTEM

from . import agents, people, supervision
from .faults import Crash
from .machine import Machine

if TYPE_CHECKING:
    from .world import World

PAUSES: Final = (SECOND // 10, SECOND, SECOND, 20 * SECOND, 61 * SECOND, 6 * MINUTE, 11 * MINUTE, 31 * MINUTE, 3 * HOUR)
LEAPS: Final = (-3 * HOUR, 3 * HOUR)
MOST_TASKS: Final = 16


def step_task(world: World) -> str | None:
    """A call goes one effect further."""
    live = [task for task in world.tasks if not task.over]
    if not live:
        return None
    task = world.chance.choice(live)
    said = task.step()
    return f"{task.name} on {task.machine.name}: {said}"


def begin(world: World) -> str | None:
    """An agent begins something."""
    if sum(not task.over for task in world.tasks) >= MOST_TASKS:
        return None
    task = agents.begin(world, world.machine())
    world.tasks.append(task)
    return f"{task.name} begins on {task.machine.name}"


def take(world: World) -> str | None:
    """A worker takes actions that anybody may execute."""
    tasks = agents.take(world, world.machine())
    world.tasks += tasks
    return f"a worker takes {', '.join(task.name for task in tasks)}" if tasks else None


def cancel(world: World) -> str | None:
    """Somebody who waits is interrupted."""
    live = [task for task in world.tasks if not task.over]
    if not live:
        return None
    task = world.chance.choice(live)
    task.cancel()
    return f"{task.name} is cancelled"


def one_command(world: World) -> str | None:
    """A person, or an agent that does not wait, sends a command."""
    drawn = _drawn(world)
    return None if drawn is None else _tell(world, world.machine(), *drawn)


def _drawn(world: World) -> people.Request | None:
    fate = world.chance.random()
    if fate < 0.55:
        return people.on_review(world)
    if fate < 0.72:
        return agents.meddle(world)
    if fate < 0.82:
        return supervision.report(world)
    if fate < 0.9:
        return supervision.control(world)
    if fate < 0.94:
        return people.policy(world)
    return people.staff(world) if fate < 0.97 else people.stop(world)


def halt(world: World) -> str | None:
    """Somebody stops what is at work, or lifts that."""
    drawn = people.halt(world)
    return None if drawn is None else _tell(world, world.machine(), *drawn)


def _tell(world: World, machine: Machine, subject: str, command: Any, actor: Any) -> str:
    words = f"{actor.id} sends {type(command).__name__} to {subject} on {machine.name}"
    try:
        answer = world.send(machine, Request(mint("cmd"), subject, command, actor))
    except HandrailError as error:
        return f"{words}: {type(error).__name__}"
    return f"{words}: {answer.get('status', '')}"


def together(world: World) -> str | None:
    """Several commands share a transaction."""
    drawn = [one for one in (_drawn(world) for _ in range(world.chance.randint(2, 5))) if one is not None]
    if not drawn:
        return None
    machine = world.machine()
    world.send_together(machine, [Request(mint("cmd"), *one) for one in drawn])
    return f"{len(drawn)} commands at once on {machine.name}: {', '.join(type(one[1]).__name__ for one in drawn)}"


def repeat(world: World) -> str | None:
    """An answer was lost on its way, and the command comes again, to whichever process."""
    if not world.ledger.told:
        return None
    request, machine = world.ledger.again(world.chance.randrange(10_000)), world.machine()
    try:
        world.send(machine, request)
    except Unavailable:
        return f"{request.id} again on {machine.name}: not served"
    return f"{request.id} again on {machine.name}: its first answer"


def sweep(world: World) -> str | None:
    """A process looks what is due by its clock, and does one of it."""
    machine = world.machine()
    due = world.due(machine)
    if not due:
        return None
    return _tell(world, machine, world.chance.choice(due), Tick(), SYSTEM)


def renew(world: World) -> str | None:
    """A process renews a lease that it holds."""
    machine = world.machine()
    if not machine.keeper.held:
        return None
    (action, fence), (executor, actor) = world.chance.choice(list(machine.keeper.held.items()))
    return _tell(world, machine, action, Renew(executor, fence), actor)


def wait(world: World) -> str:
    """Time passes for everybody."""
    micros = world.chance.choice(PAUSES)
    world.time.advance(micros)
    return f"{micros / SECOND:g} s pass"


def turn_clock(world: World) -> str:
    """A process's clock is set, a little or by hours."""
    machine, rare = world.machine(), world.chance.random() < 0.15
    machine.clock.skew = world.chance.choice(LEAPS) if rare else world.chance.randint(-5 * MINUTE, 5 * MINUTE)
    world.seen["clock leap" if rare else "clock skew"] += 1
    return f"the clock of {machine.name} is now {machine.clock.skew / SECOND:g} s off"


def crash(world: World) -> str:
    """A process is killed between two steps."""
    machine = world.machine()
    world.crash(machine)
    return f"{machine.name} is killed"


def erase(world: World) -> str | None:
    """Texts and arguments of what has ended go; the log stays."""
    ended = [one.id for one in world.actions() if one.final]
    if not ended:
        return None
    action = world.chance.choice(ended)
    file = apsw.Connection(world.path)
    with file:
        file.execute(
            "DELETE FROM disclosures WHERE name <> 'data' AND i IN (SELECT i FROM entries WHERE sub = ?)", (action,)
        )
        file.execute("DELETE FROM revisions WHERE action = ?", (action,))
    file.close()
    world.seen["erasure"] += 1
    return f"{action} is erased"


Move = Callable[["World"], str | None]
MOVES: Final[dict[Move, int]] = {
    step_task: 90, one_command: 50, begin: 12, take: 8, sweep: 16, renew: 6, wait: 16, repeat: 6, together: 6,
    turn_clock: 2, crash: 3, cancel: 2, erase: 2, halt: 2,
}  # fmt: skip


def make(world: World, move: Move) -> None:
    """Make a move, look at what the log says then, and check everything."""
    try:
        said = move(world)
    except Crash:
        dead = world.sending
        assert dead is not None
        world.crash(dead)
        said = f"{dead.name} is killed while it commits ({move.__name__})"
    if said is not None:
        world.say(said)
    world.look()
