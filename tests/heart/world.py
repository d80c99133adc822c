"""A whole world in memory: the heart, its consequences and a clock moved by hand; no store, no engine.

Digests carry their text, so that nothing else need be kept: a text's digest is `text:` and its JSON, an action's
`bind` is `bind:<action>:<revision>:<args>`. Nothing is caught up before a command: the heart must be safe alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from handrail.action import commands as action
from handrail.action import lifecycle as action_life
from handrail.action.facts import Facts as ActionFacts
from handrail.action.model import Action
from handrail.clock import DAY
from handrail.codec.observations import told
from handrail.directory import lifecycle as directory_life
from handrail.directory.model import Agent, Directory, Group, Guest, Names, Person
from handrail.engine.attendance import lasting
from handrail.engine.consequences import consequences
from handrail.errors import RunFinished, RunStopped, UnknownAction
from handrail.policy import register
from handrail.policy.asked import Asked
from handrail.policy.declaration import usable
from handrail.policy.paths import Demand
from handrail.policy.register import ActivePolicy, PutPolicy
from handrail.policy.rules import Policy, Unreadable
from handrail.policy.stops import Stop
from handrail.policy.verdict import Verdict, again, anew, edited, judge
from handrail.principal import SOLO_ID, SYSTEM, Principal
from handrail.review import commands as review
from handrail.review import lifecycle as review_life
from handrail.review.access import People
from handrail.review.facts import Facts as ReviewFacts
from handrail.review.model import Review
from handrail.run import commands as run_commands
from handrail.run import lifecycle as run_life
from handrail.run.facts import Facts as RunFacts
from handrail.run.model import Run
from handrail.stream import JSON, Draft, Revision, Sealed

from . import halts, policies

State: TypeAlias = Action | Review | Run | Person | Group | Agent | Guest | ActivePolicy | Stop
START: Final = 1_000 * DAY
NAMES: Final = Names(b"a secret of the tests")
LIVES: Final[dict[str, Any]] = {
    "act": action_life,
    "rev": review_life,
    "run": run_life,
    "pol": register,
    "stp": halts.stops,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log with everything around it: the invariants are asked about each."""

    subject: str
    command: object
    sealed: Sealed[Any]
    before: State | None
    after: State
    lease: int | None
    directory: Directory
    barred: frozenset[str]
    policy: Policy | Unreadable | None


@dataclass
class World:
    """Where everything stands. `submit` leaves it as it is and returns the next one, with what changed.

    `folds` are those of every view.
    """

    now: int = START
    states: dict[str, State] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    directory: Directory = field(default_factory=lambda: Directory(NAMES))
    policy: Policy | Unreadable | None = None
    folds: tuple[str, ...] | None = ()

    def submit(self, subject: str, command: object, actor: Principal) -> tuple["World", list[Change]]:
        """The world after a command and all that follows from it. Raises what the heart raises."""
        drafts = self._decide(subject, command, actor)
        if not drafts:
            return self, []
        after = replace(self, states=dict(self.states), leases=dict(self.leases))
        changes: list[Change] = []
        for draft in drafts:
            after._record(subject, command, draft, actor, changes)
        return after, changes

    def later(self, instant: int) -> "World":
        """The same world at another time."""
        return replace(self, now=instant)

    def actions(self) -> Iterator[Action]:
        """Every action."""
        return (one for one in self.states.values() if isinstance(one, Action))

    def reviews(self) -> Iterator[Review]:
        """Every review."""
        return (one for one in self.states.values() if isinstance(one, Review))

    def _decide(self, subject: str, command: object, actor: Principal) -> list[Draft[Any]]:
        state = self.states.get(subject)
        drafts: list[Draft[Any]] = life(subject).decide(state, command, facts(self, subject, command, actor))
        return drafts

    def _record(
        self, subject: str, command: object, draft: Draft[Any], actor: Principal, changes: list[Change]
    ) -> None:
        before, lease = self.states.get(subject), self.leases.get(subject)
        texts = {name: text_digest(value) for name, value in draft.texts.items()}
        sealed = Sealed(draft.event, before.rev + 1 if before else 1, self.now, actor, texts)
        after: State = life(subject).evolve(before, sealed, subject=subject)
        barred = self._barred_from(after)
        changes.append(Change(subject, command, sealed, before, after, lease, self.directory, barred, self.policy))
        self.states[subject] = after
        if draft.lease is not None:
            self.leases[subject] = draft.lease
        if isinstance(after, Person):
            self._staff({after.id: draft.texts["profile"]} if "profile" in draft.texts else {})
        if isinstance(command, PutPolicy):
            self.policy = policies.policy(command)
        for target, follow in consequences(before, after, draft.event, draft.texts):
            for one in self._decide(target, follow, SYSTEM):
                self._record(target, follow, one, SYSTEM, changes)

    def _staff(self, labels: dict[str, JSON]) -> None:
        people = {one.id: one for one in self.states.values() if isinstance(one, Person)}
        present = {key: person for key, person in people.items() if person.status == "present"}
        self.directory = Directory(NAMES, present, solo=False, labels={**self.directory.labels, **labels})

    def _barred_from(self, state: State) -> frozenset[str]:
        held = self.states.get(state.action) if isinstance(state, Review) else state
        return barred(self, held.agent, held.owner, held.run, held.kind) if isinstance(held, Action) else frozenset()


def life(subject: str) -> Any:
    """The module with `decide` and `evolve` for that stream."""
    return LIVES.get(subject[:3], directory_life)


def facts(world: World, subject: str, command: object, actor: Principal) -> Any:
    """What the engine would tell the heart."""
    match subject[:3]:
        case "act":
            return _action_facts(world, subject, command, actor)
        case "rev":
            return _review_facts(world, subject, command, actor)
        case "run":
            around = world.states.get(subject)
            owns = isinstance(around, Run) and _owns(world, around.starter, actor)
            return RunFacts(
                subject, world.now, actor, owns, inside=_inside(world, subject), observations=_reported(command),
                lease=world.leases.get(subject), note=_why(around),
            )  # fmt: skip
        case "stp":
            return halts.facts(world, actor)
        case "pol":
            return register.Facts(world.now, actor, world.directory.administrators)
        case _:
            return directory_life.Facts(world.now, actor)


def _why(run: State | None) -> JSON:
    return text_of(run.note) if isinstance(run, Run) and run.note else None


def _reported(command: object) -> JSON:
    return told(command.items) if isinstance(command, run_commands.Observe) else None


def _action_facts(world: World, subject: str, command: object, actor: Principal) -> ActionFacts:
    state = world.states.get(subject)
    if isinstance(command, action.Propose):
        around = world.states.get(command.run or "")
        if isinstance(around, Run) and around.final:
            raise RunStopped("it was stopped") if around.status == "stopped" else RunFinished("it is over")
        verdict = routed(world, command, actor)
        revision = revision_of(subject, 1, command.args)
        blocked = held_up(world, command.run, subject)
        intent = NAMES.intent(command.intent) if command.intent else None
        if refused_at(world, command.run, intent):
            forbidden = barred(world, actor.id, actor.owner or "", command.run, command.kind)
            verdict = anew(verdict, world.directory, forbidden)
        return ActionFacts(
            subject, world.now, actor, verdict, revision, blocked=blocked, intent=intent, sampled=verdict.share > 0.5,
            output=output_of(command.kind, revision.bind),
        )  # fmt: skip
    if not isinstance(state, Action):
        raise UnknownAction("no action has that id")
    lease, blocked = world.leases.get(subject), held_up(world, state.run, subject)
    owns = isinstance(command, action.Withdraw) and _owns(world, state.owner, actor)
    judges = actor.id in world.directory.people or (world.directory.solo and actor.id == SOLO_ID)
    fresh = _afresh(world, state) if isinstance(command, action.Claim | action.Start) else None
    refused, around = refused_at(world, state.run, state.intent), world.states.get(state.run or "")
    halted = halts.in_force(world)
    stopped = isinstance(around, Run) and around.status == "stopped"
    stopped = stopped or (isinstance(command, action.Settle) and halted is not None)
    return ActionFacts(
        subject, world.now, actor, fresh, None, lease, blocked, owns, stopped=stopped, refused_at=refused,
        permitted=judges, output=output_of(state.kind, state.bind), sampled=float(state.share or 0) > 0.5,
        halted=halted,
    )  # fmt: skip


def refused_at(world: World, run_id: str | None, intent: str | None) -> int | None:
    """When people last refused an action of the run with that intent."""
    alike = (one for one in world.actions() if run_id and intent and (one.run, one.intent) == (run_id, intent))
    return max((one.answered_at for one in alike if one.status == "refused" and one.answered_at), default=None)


def _afresh(world: World, state: Action) -> Verdict | None:
    active = world.policy.digest if world.policy else None
    return None if active == state.pol or state.demand is None else _again(world, state)


def _again(world: World, state: Action) -> Verdict:
    assert state.demand is not None
    forbidden = barred(world, state.agent, state.owner, state.run, state.kind)
    return again(
        state.demand, floor=state.floor, directory=world.directory, barred=forbidden, policy=world.policy,
        asked=Asked(
            state.name, state.risk, state.reversible, confidence=state.sure
        ),
    )  # fmt: skip


def _inside(world: World, run_id: str) -> tuple[str, ...]:
    going = (one.id for one in world.actions() if one.run == run_id and one.status in ("held", "cleared", "claimed"))
    return tuple(sorted(going))


def _owns(world: World, owner: str, actor: Principal) -> bool:
    directory = world.directory
    answers = actor.id in directory.same(owner) or (directory.solo and actor.id == SOLO_ID)
    return actor.kind == "human" and answers


def routed(world: World, command: action.Propose, actor: Principal) -> Verdict:
    """The verdict of code and policy."""
    forbidden = barred(world, actor.id, actor.owner or "", command.run, command.kind)
    asked = Asked(command.name, command.risk, command.reversible, confidence=usable(command.confidence))
    return judge(command.declared, world.directory, forbidden, world.policy, asked)


def revision_of(action_id: str, number: int, args: str) -> Revision:
    """A revision whose digest can be read."""
    return Revision(number, args, b"", f"bind:{action_id}:{number}:{args}")


def held_up(world: World, run_id: str | None, action_id: str) -> bool:
    """Whether the run waits as a whole for another action of it."""
    if run_id is None:
        return False
    run = world.states.get(run_id)
    waiting = (one.id for one in world.actions() if one.run == run_id and one.status in ("held", "unknown"))
    if isinstance(run, Run) and run.status == "paused":
        return True
    return isinstance(run, Run) and run.hold == "run" and any(one != action_id for one in waiting)


def barred(world: World, agent: str, owner: str, run_id: str | None, kind: str) -> frozenset[str]:
    """Who may never decide: the agent; but for questions and in solo mode its owner and the run's starter, too."""
    directory, run = world.directory, world.states.get(run_id or "")
    if directory.solo or kind == "question":
        return frozenset({agent})
    known = frozenset({agent}) | directory.same(owner)
    known |= directory.same(run.starter) if isinstance(run, Run) else frozenset()
    return directory.with_substitutes(known, world.now)


def _review_facts(world: World, subject: str, command: object, actor: Principal) -> ReviewFacts:
    state = world.states.get(subject)
    held = world.states.get(command.action if isinstance(command, review.Open) else getattr(state, "action", ""))
    if not isinstance(held, Action):
        return ReviewFacts(subject, world.now, actor, People(world.directory, frozenset()))
    people = People(world.directory, barred(world, held.agent, held.owner, held.run, held.kind), world.now)
    base = ReviewFacts(subject, world.now, actor, people, held.agent, unseen=world.folds, after=lasting)
    match command:
        case review.Open():
            return replace(base, view={"round": 1, "bind": command.bind})
        case review.Decide(outcome="edit", args=str(args)) if isinstance(state, Review):
            revision = revision_of(held.id, held.revision + 1, args)
            view: JSON = {"round": state.round + 1, "bind": revision.bind}
            return replace(base, view=view, revision=revision, demand=_demanded(world, held, people))
        case review.Elapse() if isinstance(state, Review):
            return replace(base, default=_timely(state, held))
        case _:
            return base


def _demanded(world: World, held: Action, people: People) -> Demand | None:
    if world.policy is None or held.demand is None:
        return held.demand
    return edited(held.demand, _again(world, held), people.directory, people.barred)


def _timely(state: Review, held: Action) -> JSON:
    if state.decision is not None and state.decision.value is not None:
        return text_of(state.decision.value)
    return args_of(held.bind).get("default") if state.demand.at_end == "answer" else None


def output_of(kind: str, bind: str) -> Any:
    """What an output is, as its bytes say."""
    return args_of(bind).get("output") if kind == "output" else None


def args_of(bind: str) -> Any:
    """The arguments that a readable digest names."""
    return json.loads(bind.split(":", 3)[3])


def text_digest(value: JSON) -> str:
    """A digest that can be read."""
    return "text:" + json.dumps(value, sort_keys=True)


def text_of(digest: str) -> JSON:
    """The text behind a readable digest."""
    found: JSON = json.loads(digest.removeprefix("text:"))
    return found
