"""Fills the frozen record of facts that a life's `decide` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from ..action import commands as action
from ..action.digest import action_digest
from ..action.facts import Facts as ActionFacts
from ..action.facts import Line
from ..action.model import WAITING, Action
from ..codec.canonical import canonical
from ..codec.records import State
from ..directory.lifecycle import Facts as DirectoryFacts
from ..errors import UnknownAction, UnknownReview
from ..policy.register import Facts as PolicyFacts
from ..policy.verdict import Asked, Verdict, again, edited, judge
from ..principal import SOLO_ID, Principal
from ..review import commands as review
from ..review.access import People, barred
from ..review.facts import Facts as ReviewFacts
from ..review.model import Review
from ..review.voting import COLLECTED
from ..run.lifecycle import Facts as RunFacts
from ..run.model import Run
from ..stream import JSON, Revision, changed
from ..view.model import folds
from . import shown
from .checks import check_decision, check_parent, check_run

if TYPE_CHECKING:
    from .work import Work

DEEPEST: Final = 32
"""Actions that may be one under the other."""


def facts(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> Any:
    """The facts for this command on this stream, by the stream's life."""
    match subject[:3]:
        case "act":
            return _action(work, subject, state, command, actor)
        case "rev":
            return _review(work, subject, state, command, actor)
        case "run":
            return RunFacts(subject, work.now, actor)
        case "pol":
            return PolicyFacts(work.now, actor, work.sources.directory().administrators, _label(work, actor))
        case _:
            directory = work.sources.directory()
            keys = frozenset(
                key.id for key in directory.keys.values() if key.agent == subject and key.status == "present"
            )
            return DirectoryFacts(work.now, actor, directory.administrators, keys)


def _action(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> ActionFacts:
    if isinstance(command, action.Propose):
        return _proposal(work, subject, command, actor)
    if not isinstance(state, Action):
        raise UnknownAction(f"no action {subject} is in this database: check the id")
    match command:
        case action.Claim() | action.Start():
            waits, line = _waits(work, state.run, subject), _line(work, state.parent)
            target = _target(work, command.target) if isinstance(command, action.Start) else None
            return ActionFacts(
                subject, work.now, actor, _afresh(work, state), None, work.lease(subject), waits, line=line,
                target=target,
            )  # fmt: skip
        case action.Withdraw():
            return ActionFacts(subject, work.now, actor, owns=_owns(work, state, actor))
        case _:
            return ActionFacts(subject, work.now, actor, lease=work.lease(subject))


def _proposal(work: Work, subject: str, command: action.Propose, actor: Principal) -> ActionFacts:
    revision = _revision(work, subject, 1, command.name, command.args, work.salt(subject, 1, "args"))
    directory = work.sources.directory()
    run = work.state(command.run) if command.run else None
    if command.run:
        check_run(run, command.run, actor)
    barred = _barred(work, actor.id, actor.owner or "", run, command.kind)
    blocked = command.start and command.run is not None and _waits(work, command.run, subject)
    asked = Asked(command.name, command.risk, command.reversible)
    verdict = judge(command.declared, directory, barred, work.sources.policy(), asked)
    intent = directory.names.intent(command.intent) if command.intent else None
    if command.parent:
        check_parent(work.state(command.parent), command.parent, actor)
    line, target = _line(work, command.parent), _target(work, command.target)
    return ActionFacts(
        subject, work.now, actor, verdict, revision, blocked=blocked, intent=intent, line=line, target=target
    )


def _target(work: Work, found: JSON) -> str | None:
    """How a target looks, as what can be kept for ever."""
    return None if found is None else work.sources.directory().names.target(canonical(found))


def _afresh(work: Work, state: Action) -> Verdict | None:
    """The verdict of the policy as it is now; `None` where it is the one that judged the action, or denied it."""
    policy = work.sources.policy()
    if (policy.digest if policy else None) == state.pol or state.demand is None:
        return None
    return _again(work, state)


def _again(work: Work, state: Action) -> Verdict:
    run = work.state(state.run) if state.run else None
    barred = _barred(work, state.agent, state.owner, run, state.kind)
    assert state.demand is not None
    return again(
        state.demand, floor=state.floor, directory=work.sources.directory(), barred=barred,
        policy=work.sources.policy(), asked=Asked(state.name, state.risk, state.reversible),
    )  # fmt: skip


def _revision(work: Work, action_id: str, number: int, name: str, args: str, key: bytes) -> Revision:
    bind = action_digest(tenant=work.place.tenant, action=action_id, name=name, args=args, salt=key)
    return Revision(number, args, key, bind)


def _barred(work: Work, agent: str, owner: str, run: State | None, kind: str) -> frozenset[str]:
    starter = run.starter if isinstance(run, Run) else None
    return barred(work.sources.directory(), agent, owner, starter, question=kind == "question")


def _waits(work: Work, run_id: str | None, action_id: str) -> bool:
    """Whether a run, or one above it, waits for people as a whole and has another action that does."""
    while run_id:
        run = work.state(run_id)
        if not isinstance(run, Run):
            return False
        if run.hold == "run" and work.sources.waiting(run_id) - {action_id}:
            return True
        run_id = run.parent
    return False


def _line(work: Work, parent: str | None) -> Line:
    """What became of the actions above: a refusal anywhere counts, then one that waits; too long a line counts as one
    that waits."""
    found: Line = "free"
    for _ in range(DEEPEST):
        above = work.state(parent) if parent else None
        if not isinstance(above, Action):
            return found
        if above.status in ("refused", "withdrawn"):
            return "refused"
        if above.status in WAITING:
            found = "waits"
        parent = above.parent
    return "waits"


def _owns(work: Work, state: Action, actor: Principal) -> bool:
    directory = work.sources.directory()
    if actor.kind != "human":
        return False
    if directory.solo:
        return actor.id == SOLO_ID
    known = directory.people.get(actor.id)
    return actor.id in directory.same(state.owner) or (known is not None and "supervise" in known.permissions)


def _review(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> ReviewFacts:
    if isinstance(command, review.Open):
        held = work.state(command.action)
        assert isinstance(held, Action)
        people = _people(work, held)
        view = shown.opening(work, subject, held, command)
        return ReviewFacts(subject, work.now, actor, people, held.agent, view=view)
    if not isinstance(state, Review):
        raise UnknownReview(f"no review {subject} is in this database: check the id")
    held = work.state(state.action)
    assert isinstance(held, Action)
    base = ReviewFacts(subject, work.now, actor, _people(work, held), held.agent, label=_label(work, actor))
    match command:
        case review.Decide():
            return _decision(work, base, state, held, command)
        case review.Elapse():
            return _timely(work, base, state, held)
        case _:
            return base


def _people(work: Work, held: Action) -> People:
    run = work.state(held.run) if held.run else None
    return People(work.sources.directory(), _barred(work, held.agent, held.owner, run, held.kind))


def _label(work: Work, actor: Principal) -> JSON:
    return work.sources.directory().labels.get(actor.id)


def _decision(work: Work, base: ReviewFacts, state: Review, held: Action, command: review.Decide) -> ReviewFacts:
    check_decision(work, state, held, command)
    if command.outcome in COLLECTED:
        base = changed(base, unseen=folds(work.text(state.id, state.view)))
    if command.outcome != "edit" or command.args is None:
        return base
    key = work.salt(base.subject, state.rev + 1, "args")
    revision = _revision(work, held.id, held.revision + 1, held.name, command.args, key)
    view = shown.edited(work, state, held, revision)
    demand = held.demand
    if work.sources.policy() is not None:
        demand = edited(state.demand, _again(work, held), base.people.directory, base.people.barred)
    return changed(base, view=view, revision=revision, demand=demand)


def _timely(work: Work, base: ReviewFacts, state: Review, held: Action) -> ReviewFacts:
    """The value that time gives: what was decided, or the default answer of a question."""
    value: JSON = None
    if state.decision is not None and state.decision.value is not None:
        found = work.text(state.id, state.decision.value)
        value = found if isinstance(found, dict | list | str | int | bool | None) else None
    elif state.demand.at_end == "answer":
        args = work.args(held.id, held.revision)
        value = orjson.loads(args).get("default") if args else None
    return changed(base, default=value)
