"""What agents do: gated calls of every kind, workers, and commands from those that were fenced off."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from handrail.action import commands as c
from handrail.action.model import Action
from handrail.action.work import Function, Take
from handrail.clock import HOUR, MINUTE
from handrail.codec.policies import text_digest
from handrail.engine.request import Request
from handrail.errors import HandrailError
from handrail.gate.call import Call, Gated, Identity, prepare, propose
from handrail.gate.conduct import Steps, conduct, follow, open_action, serve
from handrail.gate.effects import Commit
from handrail.gate.memory import Seat
from handrail.gate.scope import RunScope
from handrail.ids import mint
from handrail.patterns.question import Question
from handrail.policy.declaration import Declaration
from handrail.principal import Principal
from handrail.run import commands as r

from . import supervision
from .executor import persist
from .machine import Machine
from .outside import FUNCTIONS
from .people import BOTS, STAFF
from .tasks import Task

if TYPE_CHECKING:
    from .world import World

RUNS: Final = tuple(tuple(f"run_{one * 25}{number}" for one in "ab") for number in range(3))
BY_NAME: Final[dict[str, Gated]] = {gated.name: gated for gated in FUNCTIONS}
STRANGE: Final = "sha256:" + "f" * 64


def begin(world: World, machine: Machine) -> Task:
    """One of everything that an agent's program can do."""
    chance = world.chance
    who, gated = chance.choice(BOTS), chance.choice(FUNCTIONS)
    world.calls += 1
    n, seat = world.calls, Seat(machine.backend(who), machine.executor)
    fate = chance.random()
    if fate < 0.04:
        steps = persist(seat, gated, mint("act"), _output(world, n))
    elif fate < 0.15 and gated.precondition is None:
        steps = persist(seat, gated, mint("act"), _proposal(world, gated, n, machine))
    elif fate < 0.27:
        steps = _ask(world, seat, n)
    elif fate < 0.42:
        steps = _ticket(seat, prepare(gated, (n,), {}, None, _identity(world, n)), chance.choice((None, 30.0, 4000.0)))
    elif fate < 0.75:
        steps = _in_run(world, seat, gated, n)
    else:
        steps = conduct(seat, prepare(gated, (n,), {}, None, _identity(world, n)))
    return _task(world, f"call {n} of {gated.name}", machine, who, steps)


def _task(world: World, name: str, machine: Machine, who: Principal, steps: Steps) -> Task:
    return Task(name, machine, machine.backend(who), steps, world.outside, world.send)


def _identity(world: World, n: int) -> Identity:
    """Perhaps a key, an older action whose place it takes, or one under which it is done."""
    fate, actions = world.chance.random(), world.actions()
    older = world.chance.choice(actions).id if actions else None
    if fate < 0.3:
        return Identity(key=f"key {n}")
    if fate < 0.4:
        return Identity(supersedes=older)
    return Identity(parent=older) if fate < 0.55 else Identity()


def _proposal(world: World, gated: Gated, n: int, machine: Machine) -> c.Propose:
    """A proposal that asks to start at once where it may."""
    command = propose(prepare(gated, (n,), {}, None), {}, {}, offered=False, executor=machine.executor)
    return replace(command, start=world.chance.random() < 0.7)


def _output(world: World, n: int) -> c.Propose:
    """What a predictor gave back, to be used where it is sure enough."""
    command = propose(prepare(BY_NAME["shop.read"], (n,), {}, None), {}, {}, offered=False, executor=None)
    declared = Declaration("confidence", ("group:legal",), within=HOUR, threshold=0.5, sample=0.5)
    schema = '{"type":"object"}'
    return replace(
        command, kind="output", name="shop.label", args=f'{{"output":{n}}}', declared=declared,
        schema=text_digest(schema), schema_text=schema, confidence=world.chance.choice((None, 0.4, 0.5, 0.9)),
    )  # fmt: skip


def _ask(world: World, seat: Seat, n: int) -> Steps:
    """A question, which people or its default answer."""
    at_end: Any = world.chance.choice(("reject", "answer"))
    declared = Declaration("question", ("group:finance",), within=HOUR, at_end=at_end)
    gate: Any = SimpleNamespace(default_run=lambda: None)
    question = Question(gate)
    asked = question.prepare(f"how many, {n}", None, 1, int, declared, None)
    return conduct(seat, question._call(asked, f"question {n}" if world.chance.random() < 0.5 else None))


def _ticket(seat: Seat, call: Call, timeout: float | None) -> Steps:
    """A proposal that whoever has the function may execute; its agent waits for some time."""
    answer = yield from open_action(seat, call, mint("act"), offered=True)
    return (yield from follow(seat, call.gated, call.local, answer, timeout))


def _in_run(world: World, seat: Seat, gated: Gated, n: int) -> Steps:
    """Some calls inside a run, which is opened and, if all went well, finished."""
    outer, inner = world.chance.choice(RUNS)
    hold: Any = world.chance.choice(("action", "run"))
    inside = world.chance.random() < 0.4
    run = inner if inside else outer
    scope = RunScope(run, "a run", hold)
    yield Commit(outer, r.Open("outer", hold=hold, watch=supervision.watch(world, seat.executor)))
    if inside:
        yield Commit(inner, r.Open("inner", outer, hold, supervision.watch(world, seat.executor)))
    release = seat.backend.hold(run, 0, seat.executor)
    try:
        for _ in range(2):
            yield from _noted(seat, gated, n, scope)
        if world.chance.random() < 0.1:
            yield Commit(run, r.Finish())
    finally:
        release()


def _noted(seat: Seat, gated: Gated, n: int, scope: RunScope) -> Steps:
    try:
        yield from conduct(seat, prepare(gated, (n,), {}, scope))
    except HandrailError as error:
        yield Commit(scope.id, r.Note(str(error)[:100]))


def take(world: World, machine: Machine) -> list[Task]:
    """A worker takes up to two actions of all functions."""
    wanted = tuple(Function(name, gated.schema.digest) for name, gated in BY_NAME.items())
    request = Request(mint("cmd"), "work", Take(machine.executor, wanted, 2), BOTS[1])
    try:
        items = world.send(machine, request)["items"]
    except HandrailError:
        return []
    seat = Seat(machine.backend(BOTS[1]), machine.executor)
    return [
        _task(world, f"work on {one['id']}", machine, BOTS[1], serve(seat, BY_NAME[one["name"]], one)) for one in items
    ]


def meddle(world: World) -> tuple[str, Any, Principal] | None:
    """A command from an agent that is not, or not any more, the one to send it."""
    chance, actions = world.chance, world.actions()
    if not actions:
        return None
    live = [one for one in actions if not one.final]
    over = [one for one in actions if one.final and not one.turned_out]
    if over and chance.random() < 0.2:
        action = chance.choice(over)
        return action.id, c.ReportOutcome(chance.random() < 0.5), chance.choice((*BOTS, *STAFF))
    action = chance.choice(live or actions)
    return action.id, _command(world, action), chance.choice(BOTS)


def _command(world: World, action: Action) -> Any:
    """Mostly what fits the state, partly under an old fencing number, other bytes, or another executor."""
    chance = world.chance
    executor = action.executor or "exe_zombie"
    executor = executor if chance.random() < 0.8 else "exe_zombie"
    fence = action.fence - (chance.random() < 0.3)
    bind = action.bind if chance.random() < 0.8 else STRANGE
    match action.status:
        case "cleared":
            return chance.choice((c.Claim("exe_zombie"), c.Start("exe_zombie", bind), c.Withdraw()))
        case "claimed":
            return chance.choice((c.Start(executor, bind, fence), c.Release(executor, fence)))
        case "started":
            return chance.choice(_reports(executor, fence))
        case "unknown":
            return c.Reconcile(chance.choice(("happened", "not_happened", "unclear")), {"value": 7}, fence=fence)
        case _:
            return chance.choice((c.Withdraw(), c.Start("exe_zombie", bind), c.Settle(executor, fence, "succeeded")))


def _reports(executor: str, fence: int) -> tuple[c.Settle, ...]:
    return (
        c.Settle(executor, fence, "succeeded", {"value": 7}),
        c.Settle(executor, fence, "failed", {"error": "no"}),
        c.Settle(executor, fence, "failed", {"error": "no"}, retry_in=MINUTE),
        c.Settle(executor, fence, "failed", {"error": "no"}, escalate=True),
        c.Settle(executor, fence, "unknown"),
    )
