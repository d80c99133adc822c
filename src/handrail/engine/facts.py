"""Fills the frozen record of facts that a life's `decide` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from ..action import commands as action
from ..action.digest import action_digest
from ..action.facts import Facts as ActionFacts
from ..action.likeness import likeness
from ..action.model import Action
from ..codec.canonical import canonical
from ..codec.policies import text_digest
from ..codec.records import State
from ..directory.lifecycle import Facts as DirectoryFacts
from ..directory.roles import JUDGES
from ..errors import RunStopped, UnknownAction, UnknownReview
from ..policy.asked import Asked
from ..policy.budget import Budget
from ..policy.declaration import usable
from ..policy.failing import put_to, stacked
from ..policy.limited import limited
from ..policy.limits import Charge, Tally
from ..policy.paths import Demand, stricter
from ..policy.register import Facts as PolicyFacts
from ..policy.rules import Policy
from ..policy.standing import Standing
from ..policy.stops import InForce, Stop
from ..policy.verdict import Verdict, again, anew, edited, judge
from ..principal import SOLO_ID, Principal
from ..review import commands as review
from ..review.access import People, barred
from ..review.facts import Facts as ReviewFacts
from ..review.lifecycle import choices
from ..review.model import Review
from ..review.voting import COLLECTED
from ..run.model import Run
from ..stream import JSON, Revision, changed
from ..view.model import folds
from . import conditions, limits, lineage, permissions, runs, shown, stops
from .attendance import lasting, present
from .checks import check_correction, check_decision, check_output, check_parent, check_run

if TYPE_CHECKING:
    from .work import Work

Charges = tuple[Charge, ...] | None


def facts(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> Any:
    """The facts for this command on this stream, by the stream's life."""
    match subject[:3]:
        case "act":
            return _action(work, subject, state, command, actor)
        case "rev":
            return _review(work, subject, state, command, actor)
        case "run":
            return runs.facts(work, subject, state, command, actor)
        case "pol":
            return PolicyFacts(work.now, actor, work.sources.directory().administrators, _label(work, actor))
        case "bud":
            return limits.facts(work, subject, state if isinstance(state, Budget) else None, command, actor)
        case "std":
            return permissions.facts(work, subject, state if isinstance(state, Standing) else None, command, actor)
        case "stp":
            return stops.facts(work, subject, state if isinstance(state, Stop) else None, command, actor)
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
            target = _target(work, command.target) if isinstance(command, action.Start) else None
            held, (line, above) = lineage.waits(work, state.run, subject), lineage.line(work, state.parent)
            fresh, charges = _afresh(work, state)
            return ActionFacts(
                subject, work.now, actor, fresh, None, work.lease(subject),
                held is not None, line=line, waits_for=held or above,
                stopped=lineage.stopped(work, state.run) is not None, target=target, halted=_halted(work, state),
                refused_at=_refused_at(work, state.run, state.intent), charges=charges,
            )  # fmt: skip
        case action.Clear():
            verdict, charges = _counted(work, state)
            output = _output(state.kind, work.args(state.id, state.revision))
            halted = _halted(work, state)
            return ActionFacts(subject, work.now, actor, verdict, charges=charges, output=output, halted=halted)
        case action.Settle():
            stopped = lineage.stopped(work, state.run) is not None or _halted(work, state) is not None
            like = _like(work, state.name, command)
            return ActionFacts(
                subject, work.now, actor, lease=work.lease(subject), stopped=stopped, like=like,
                sampled=_drawn(work, state),
            )  # fmt: skip
        case action.Reconcile():
            return ActionFacts(subject, work.now, actor, lease=work.lease(subject), sampled=_drawn(work, state))
        case action.Withdraw():
            return ActionFacts(subject, work.now, actor, owns=runs.owns(work.sources.directory(), state.owner, actor))
        case action.ReportOutcome():
            return ActionFacts(subject, work.now, actor, permitted=_judges(work, actor))
        case _:
            return ActionFacts(subject, work.now, actor, lease=work.lease(subject))


def _halted(work: Work, state: Action) -> InForce | None:
    return stops.in_force(work, state.agent, state.owner, state.name)


def _drawn(work: Work, state: Action) -> bool:
    """Whether an action is drawn to be looked at. Nobody can tell before its end who does not know the secret."""
    return state.share is not None and work.sources.directory().names.draw(state.id) < float(state.share)


def _proposal(work: Work, subject: str, command: action.Propose, actor: Principal) -> ActionFacts:
    stops.require_free(work, actor, command.name)
    check_output(command.kind, command.args)
    revision = _revision(work, subject, 1, command.name, command.args, work.salt(subject, 1, "args"))
    directory = work.sources.directory()
    around = work.state(command.run) if command.run else None
    if command.run:
        check_run(around, command.run, actor)
        _require_going(work, command.run)
    barred = _barred(work, actor.id, actor.owner or "", around, command.kind)
    blocked = command.start and lineage.waits(work, command.run, subject) is not None
    asked = Asked(
        command.name,
        command.risk,
        command.reversible,
        actor.id,
        command.run,
        work.place.env,
        usable(command.confidence),
        lineage.watched(work, command.run),
    )
    about = conditions.About(subject, asked, command.args, lambda: command.schema_text)
    verdict = judge(command.declared, directory, barred, work.sources.policy(), asked, conditions.holding(work, about))
    verdict = permissions.permitted(work, command, actor, verdict, barred)
    intent = directory.names.intent(command.intent) if command.intent else None
    if lineage.refused(work, command.run, intent):
        verdict = anew(verdict, directory, barred)
    found = limits.tallies(work, work.sources.policy(), command.kind, limits.proposed(subject, command, actor))
    verdict = _limited(work, verdict, tuple(one for one in found if one.over), barred)
    verdict = _stacked(work, verdict, command, barred)
    if command.parent:
        check_parent(work.state(command.parent), command.parent, actor)
    (line, _), target = lineage.line(work, command.parent), _target(work, command.target)
    return ActionFacts(
        subject, work.now, actor, verdict, revision, blocked=blocked, intent=intent, line=line, target=target,
        charges=limits.charges(found), output=_output(command.kind, command.args), env=work.place.env,
        sampled=directory.names.draw(subject) < verdict.share,
        returns=text_digest(command.returns) if command.returns else None,
    )  # fmt: skip


def _output(kind: str, args: str | None) -> JSON:
    """What a predictor gave back, where that is what the action is about."""
    found: JSON = orjson.loads(args).get("output") if kind == "output" and args else None
    return found


def _stacked(work: Work, verdict: Verdict, command: action.Propose, barred: frozenset[str]) -> Verdict:
    policy = work.sources.policy()
    readable = policy if isinstance(policy, Policy) else None
    return stacked(verdict, command.declared, command.failing, work.sources.directory(), barred, readable)


def _target(work: Work, found: JSON) -> str | None:
    """How a target looks, as what can be kept for ever."""
    return None if found is None else work.sources.directory().names.target(canonical(found))


def _like(work: Work, name: str, command: action.Settle) -> str | None:
    """What stands for failures of this action that are alike, as what can be kept for ever."""
    words = likeness(command.value) if command.outcome == "failed" else None
    return None if words is None else work.sources.directory().names.failure(name, words)


def _refused_at(work: Work, run_id: str | None, intent: str | None) -> int | None:
    found = lineage.refused(work, run_id, intent)
    return found.answered_at if found else None


def _afresh(work: Work, state: Action) -> tuple[Verdict | None, Charges]:
    """The verdict of the policy as it is now, and what the action books by it; nothing where it is the one that judged
    the action, or denied it."""
    if withdrawn := permissions.revoked(work, state):
        return withdrawn, None
    policy = work.sources.policy()
    if (policy.digest if policy else None) == state.pol or state.demand is None:
        return None, None
    found = limits.tallies_of(work, policy, state)
    charges = limits.charges(found)
    return _beyond(work, state, _again(work, state), found), None if charges == state.charges else charges


def _counted(work: Work, state: Action) -> tuple[Verdict | None, Charges]:
    """What limits say, and what is booked, once people or time have agreed to an action."""
    if state.demand is None:
        return None, None
    found = limits.tallies_of(work, work.sources.policy(), state)
    agreed = Verdict("run", state.pattern, state.reason, state.demand, state.rule, state.pol)
    return _beyond(work, state, agreed, found), limits.charges(found)


def _beyond(work: Work, state: Action, verdict: Verdict, found: tuple[Tally, ...]) -> Verdict:
    """The verdict where limits would be passed that people have not agreed to pass."""
    over = tuple(one for one in found if one.over and (one.limit.id not in state.over or one.forbidden))
    if not over:
        return verdict
    around = work.state(state.run) if state.run else None
    return _limited(work, verdict, over, _barred(work, state.agent, state.owner, around, state.kind))


def _limited(work: Work, verdict: Verdict, over: tuple[Tally, ...], barred: frozenset[str]) -> Verdict:
    policy = work.sources.policy()
    if not over or not isinstance(policy, Policy):
        return verdict
    return limited(verdict, over, policy, work.sources.directory(), barred)


def _again(work: Work, state: Action, args: str | None = None) -> Verdict:
    """The verdict as the policy is now, on the arguments as they are, or as an edit has them."""
    around = work.state(state.run) if state.run else None
    barred = _barred(work, state.agent, state.owner, around, state.kind)
    assert state.demand is not None
    about = conditions.standing(work, state, args or work.args(state.id, state.revision))
    return again(
        state.demand, floor=state.floor, directory=work.sources.directory(), barred=barred,
        policy=work.sources.policy(), asked=about.asked, holds=conditions.holding(work, about),
        runs=state.runs,
    )  # fmt: skip


def _revision(work: Work, action_id: str, number: int, name: str, args: str, key: bytes) -> Revision:
    bind = action_digest(tenant=work.place.tenant, action=action_id, name=name, args=args, salt=key)
    return Revision(number, args, key, bind)


def _barred(work: Work, agent: str, owner: str, around: State | None, kind: str) -> frozenset[str]:
    starter = around.starter if isinstance(around, Run) else None
    return barred(work.sources.directory(), agent, owner, starter, question=kind == "question", now=work.now)


def _require_going(work: Work, run_id: str) -> None:
    why = lineage.stopped(work, run_id)
    if why is not None:
        raise RunStopped(why)


def _judges(work: Work, actor: Principal) -> bool:
    """Whether a person may say how an action turned out: whoever decides or supervises."""
    directory = work.sources.directory()
    if directory.solo:
        return actor.id == SOLO_ID
    known = directory.people.get(actor.id)
    return known is not None and not known.permissions.isdisjoint(JUDGES)


def _review(work: Work, subject: str, state: State | None, command: object, actor: Principal) -> ReviewFacts:
    if isinstance(command, review.Open):
        held = work.state(command.action)
        assert isinstance(held, Action)
        people = _people(work, held)
        view = shown.opening(work, subject, held, command)
        return ReviewFacts(subject, work.now, actor, people, held.agent, view=view, after=lasting)
    if not isinstance(state, Review):
        raise UnknownReview(f"no review {subject} is in this database: check the id")
    held = work.state(state.action)
    assert isinstance(held, Action)
    people, label = _people(work, held), _label(work, actor)
    base = ReviewFacts(subject, work.now, actor, people, held.agent, label=label, after=lasting)
    match command:
        case review.Decide():
            return _decision(work, base, state, held, command)
        case review.Elapse():
            return _timely(work, base, state, held)
        case _:
            return base


def _people(work: Work, held: Action) -> People:
    around, directory = work.state(held.run) if held.run else None, work.sources.directory()
    return present(directory, _barred(work, held.agent, held.owner, around, held.kind), work.now)


def _label(work: Work, actor: Principal) -> JSON:
    return work.sources.directory().labels.get(actor.id)


def _decision(work: Work, base: ReviewFacts, state: Review, held: Action, command: review.Decide) -> ReviewFacts:
    check_decision(work, state, held, command)
    if command.outcome in COLLECTED:
        base = changed(base, unseen=folds(work.text(state.id, state.view)))
    corrects = command.outcome == "wrong" and command.value is not None
    if corrects and "wrong" in choices(state, base.actor, base.people, work.now):
        check_correction(work.sources, held, command.value)
    if command.standing is not None:
        arguments = orjson.loads(work.args(held.id, held.revision) or "{}")
        base = changed(base, reversible=held.reversible, arguments=frozenset(arguments))
    if command.outcome != "edit" or command.args is None:
        return base
    key = work.salt(base.subject, state.rev + 1, "args")
    revision = _revision(work, held.id, held.revision + 1, held.name, command.args, key)
    view = shown.edited(work, state, held, revision)
    return changed(base, view=view, revision=revision, demand=_demanded_of_edit(work, base, state, held, command.args))


def _demanded_of_edit(work: Work, base: ReviewFacts, state: Review, held: Action, args: str) -> Demand | None:
    """What an edited action needs. Who is asked about failures alone does not agree to bytes that others approve."""
    fresh = _again(work, held, args) if work.sources.policy() is not None else None
    approved = held.floor if fresh is None else fresh.kind == "review"
    present = state.demand
    if held.failing is not None and held.demand is not None and approved:
        present = put_to(present, held.demand)
    if fresh is None:
        return present if held.failing is not None and not approved else stricter(present, held.demand or present)
    return edited(present, fresh, base.people.directory, base.people.barred)


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
