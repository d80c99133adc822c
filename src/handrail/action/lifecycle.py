"""The life of an action: one table, `decide`, `evolve`. The executing half is in `execution`."""

from typing import Any, Final, Literal, assert_never, cast, get_args

from ..errors import InvalidValue, NotAllowed, NotReady, UnknownAction
from ..ids import derive
from ..policy.declaration import usable
from ..policy.patterns import held_by
from ..policy.verdict import Verdict
from ..stream import JSON, Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from . import execution, hindsight, words
from .facts import Facts
from .model import Action, Grant, Kind, Status

ACCEPTS: Final[Table] = {
    e.Proposed: {None: "proposed"},
    e.Held: {"proposed": "held", "cleared": "held", "claimed": "held"},
    e.Revised: {"held": "held"},
    e.Cleared: {"proposed": "cleared", "held": "cleared", "unknown": "cleared"},
    e.Refused: {"proposed": "refused", "held": "refused", "cleared": "refused", "claimed": "refused"},
    e.Withdrawn: {"proposed": "withdrawn", "held": "withdrawn", "cleared": "withdrawn", "claimed": "withdrawn"},
    e.Claimed: {"cleared": "claimed"},
    e.Lapsed: {"claimed": "cleared"},
    e.Released: {"claimed": "cleared"},
    e.Started: {"claimed": "started"},
    e.AttemptFailed: {"started": "claimed"},
    e.Succeeded: {"started": "succeeded", "held": "succeeded", "cleared": "succeeded", "unknown": "succeeded"},
    e.Failed: {"started": "failed", "held": "failed", "unknown": "failed"},
    e.Skipped: {"held": "skipped"},
    e.ReportedLate: {status: status for status in get_args(Status) if status != "proposed"},
    e.OutcomeReported: {"succeeded": "succeeded", "failed": "failed", "skipped": "skipped", "refused": "refused"},
    e.Lost: {"started": "unknown"},
    e.Inquired: {"unknown": "unknown"},
    e.Unresolved: {"unknown": "unknown"},
}


def decide(state: Action | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; an empty list where nothing is due.

    Raises `NotAllowed`, `NotReady`, `RunHeld`, `FencedOff` or `WrongBytes`; then nothing happens.
    """
    if isinstance(command, c.Propose):
        return _propose(state, command, facts)
    if state is None:
        raise NotReady("there is no such action yet")
    match command:
        case c.Claim() | c.Start() | c.Release() | c.Settle() | c.Testify() | c.Reconcile():
            return execution.decide(state, command, facts)
        case c.Withdraw():
            return _withdraw(state, command, facts)
        case c.ReportOutcome():
            return hindsight.decide(state, command, facts)
        case c.Supersede():
            return _supersede(state, command, facts)
        case c.Elapse():
            return _elapse(state, facts)
        case c.Revise() | c.Clear() | c.Refuse() | c.Conclude() | c.Halt():
            return _told(state, command, facts)
    assert_never(command)


Told = c.Revise | c.Clear | c.Refuse | c.Conclude | c.Halt


def _told(state: Action, command: Told, facts: Facts) -> list[Draft[e.Event]]:
    """What the action's review or run means for it, which nobody but the engine may say."""
    if facts.actor.kind != "system":
        raise NotAllowed("only a review's own decision moves its action; decide the review")
    match command:
        case c.Revise():
            return [Draft(e.Revised(command.number, command.bind, command.demand))]
        case c.Clear():
            return _clear(state, command, facts)
        case c.Refuse():
            return _refuse(state, command)
        case c.Conclude():
            return _conclude(state, command)
        case c.Halt():
            return [execution.halted(command.stop, command.note)] if state.status in ACCEPTS[e.Refused] else []
    assert_never(command)


def _propose(state: Action | None, command: c.Propose, facts: Facts) -> list[Draft[e.Event]]:
    if state is not None:
        raise NotReady("this action exists already")
    if facts.actor.kind != "agent" or facts.verdict is None or facts.revision is None:
        raise NotAllowed("only an agent proposes actions")
    if command.supersedes == facts.subject:
        raise NotAllowed("an action cannot supersede itself")
    words.require_name(command.name)
    _require_share("threshold", command.declared.threshold, "from which on it runs without people")
    _require_share("sample", command.declared.sample, "the part of what runs that people look at afterwards")
    words.require_ids(run=command.run, supersedes=command.supersedes, parent=command.parent)
    for named in (command.supersedes, command.parent):
        if named and not named.startswith("act_"):
            raise UnknownAction(f"no action {named[:60]!a} is in this database: check the id")
    texts: dict[str, JSON] = {} if command.context is None else {"context": command.context}
    story = dict(command.story) | ({"intent": command.intent} if command.intent else {})
    if story:
        texts["story"] = story
    first: Draft[e.Event] = Draft(_proposed(command, facts, facts.verdict), texts, revision=facts.revision)
    return [first, *_routed(command, facts, facts.verdict)]


def _proposed(command: c.Propose, facts: Facts, verdict: Verdict) -> e.Proposed:
    assert facts.revision is not None and facts.actor.owner is not None
    return e.Proposed(
        kind=command.kind, name=command.name, schema=command.schema, agent=facts.actor.id, owner=facts.actor.owner,
        run=command.run, intent=facts.intent, pattern=verdict.pattern, verdict=verdict.kind, reason=verdict.reason,
        rule=verdict.rule, demand=verdict.demand, risk=command.risk, reversible=command.reversible,
        idempotent=command.idempotent, probe=command.probe, bind=facts.revision.bind, supersedes=command.supersedes,
        pol=verdict.pol, floor=command.declared.asks(command.confidence), offered=command.offered,
        parent=command.parent, target=facts.target, over=verdict.over, env=facts.env, failing=verdict.failing,
        runs=command.declared.runs, share=_number(verdict.share or None) if verdict.kind == "run" else None,
        returns=facts.returns,
        confidence=_number(usable(command.confidence)),
        threshold=_number(command.declared.threshold if verdict.threshold is None else verdict.threshold),
    )  # fmt: skip


def _routed(command: c.Propose, facts: Facts, verdict: Verdict) -> list[Draft[e.Event]]:
    if facts.line == "refused":
        return [Draft(e.Refused("parent_refused"))]
    match verdict.kind:
        case "deny":
            return [Draft(e.Refused(verdict.reason))]
        case "review":
            _fitting_end(command.kind, verdict)
            kind = asked_by(command.kind, verdict.pattern)
            return [Draft(e.Held(_review_id(facts.subject, 1, kind), kind, 1, verdict.reason))]
        case "run":
            assert facts.revision is not None and verdict.demand is not None
            grant = Grant(facts.revision.bind, facts.now + verdict.demand.grant, verdict.rule or "declared")
            drafts: list[Draft[e.Event]] = [Draft(e.Cleared(grant, charges=facts.charges or ()))]
            if command.kind == "output":
                return [*drafts, _used("rule", facts, sampled=facts.sampled and bool(verdict.demand.levels))]
            if command.start and command.executor and not execution.waits(facts) and grant.expires_at > facts.now:
                drafts += execution.begin(command.executor, grant.bind, 0, 0, facts)
            return drafts
    assert_never(verdict.kind)


def _require_share(name: str, given: float | None, meaning: str) -> None:
    if given is not None and usable(given) is None:
        raise InvalidValue(f"{name}: give a number from 0 to 1, {meaning}")


def asked_by(kind: Kind, pattern: str) -> Literal["approval", "check", "question"]:
    """The kind of the review that holds an action first."""
    if kind == "question":
        return "question"
    return "check" if pattern.partition("+")[0] == "confidence" else "approval"


def _number(given: float | None) -> str | None:
    return None if given is None else repr(float(given))


def _used(by: Literal["person", "rule"], facts: Facts, *, sampled: bool = False) -> Draft[e.Event]:
    """An output takes effect by being used: there is nothing to execute."""
    return Draft(e.Succeeded(by, sampled), {"outcome": {"value": facts.output}})


def _fitting_end(kind: Kind, verdict: Verdict) -> None:
    """Time may approve a call or answer a question: a question has no grant, and an answer runs no call."""
    at_end = verdict.demand.at_end if verdict.demand else "reject"
    if at_end == ("approve" if kind == "question" else "answer"):
        raise InvalidValue(f"a {kind} cannot end with {at_end!r} at its deadline; choose another end")


def _review_id(action: str, number: int, kind: str) -> str:
    return derive("rev", action, number, kind)


def _withdraw(state: Action, command: c.Withdraw, facts: Facts) -> list[Draft[e.Event]]:
    if not (facts.actor.id == state.agent or facts.owns or facts.actor.kind == "system"):
        raise NotAllowed("an action is withdrawn by the agent that proposed it or by its owner")
    if not _can_be_withdrawn(state):
        raise NotReady(f"the action is {state.status}: it can be withdrawn only before it is claimed")
    return [Draft(e.Withdrawn(command.reason), {"note": command.note} if command.note else {}, lease=0)]


def _supersede(state: Action, command: c.Supersede, facts: Facts) -> list[Draft[e.Event]]:
    if facts.actor.kind != "system" or (command.agent != state.agent and command.owner != state.owner):
        raise NotAllowed("an action is superseded by the agent that proposed it or by another agent of its owner")
    return [Draft(e.Withdrawn("superseded"), lease=0)] if _can_be_withdrawn(state) else []


def _can_be_withdrawn(state: Action) -> bool:
    """Whether nothing of it is being executed: between two attempts nobody does."""
    resting = state.status == "claimed" and state.not_before is not None
    return state.status in ACCEPTS[e.Withdrawn] and (resting or state.status != "claimed")


def _clear(state: Action, command: c.Clear, facts: Facts) -> list[Draft[e.Event]]:
    if command.review != state.review or command.bind != state.bind:
        raise NotReady("the review that agreed is not the one that holds this action")
    if facts.halted is not None and state.status == "held":
        return [execution.halted(facts.halted.stop.id, facts.halted.reason)]
    grant, verdict = Grant(command.bind, facts.now + command.grant, command.review), facts.verdict
    if verdict is None or verdict.kind == "run":
        charges = state.charges if facts.charges is None else facts.charges
        agreed: Draft[e.Event] = Draft(e.Cleared(grant, command.agreed_at, charges))
        return [agreed, _used("person", facts)] if state.kind == "output" else [agreed]
    cleared: Draft[e.Event] = Draft(e.Cleared(grant, command.agreed_at, state.charges))
    return [cleared, *execution.stopped_short(state, verdict)]


def _refuse(state: Action, command: c.Refuse) -> list[Draft[e.Event]]:
    if command.review != state.review:
        return []
    if state.status == "unknown":
        return [Draft(e.Unresolved())]
    return [Draft(e.Refused(command.reason))] if state.status == "held" else []


def _conclude(state: Action, command: c.Conclude) -> list[Draft[e.Event]]:
    if command.review != state.review:
        raise NotReady("the review that answers is not the one that holds this action")
    match command.end:
        case "succeeded":
            return [Draft(e.Succeeded("person"), {"outcome": {"value": command.value}})]
        case "failed":
            return [Draft(e.Failed("person"), {"outcome": {"error": command.why}})]
        case "skipped":
            return [Draft(e.Skipped())]
    assert_never(command.end)


def _elapse(state: Action, facts: Facts) -> list[Draft[e.Event]]:
    ended = facts.lease is not None and facts.lease <= facts.now
    due = state.due_at is not None and state.due_at <= facts.now
    match state.status:
        case "claimed" if ended:
            return [Draft(e.Lapsed(), lease=0)]
        case "started" if ended:
            return execution.lost(state, "lease_ended", facts)
        case "cleared" | "claimed" if due:
            return [Draft(e.Refused("grant_expired"), lease=0)]
        case "unknown" if due:
            return execution.inquire(state)
        case _:
            return []


def evolve(state: Action | None, sealed: Sealed[e.Event], *, subject: str) -> Action:
    """The action after one event. Raises `IllegalTransition` for an event its state does not accept."""
    event = sealed.event
    status = step(ACCEPTS, event, state.status if state else None)
    if isinstance(event, e.Proposed):
        return _born(event, sealed, subject)
    assert state is not None
    return changed(state, status=cast(Status, status), rev=sealed.rev, **_moved(state, event, sealed))


def _moved(state: Action, event: e.Event, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members that an event changes, beside status and revision number."""
    match event:
        case e.Held():
            return _held(state, event)
        case e.OutcomeReported():
            return hindsight.moved(event, sealed)
        case e.Revised():
            return {"revision": event.revision, "bind": event.bind, "demand": event.demand or state.demand}
        case e.Cleared():
            answered = event.agreed_at or state.answered_at
            cleared = {"grant": event.grant, "review": None, "due_at": event.grant.expires_at, "answered_at": answered}
            return cleared | execution.NOBODY | execution.granted(state, event)
        case _:
            return execution.moved(state, event, sealed)


def _held(state: Action, event: e.Held) -> dict[str, Any]:
    """Under a stricter policy than before, what was agreed no longer counts."""
    held = {"review": event.review, "asked": event.review, "reviews": event.number, "due_at": None, "not_before": None}
    held |= execution.NOBODY
    if event.demand is None:
        return held
    return held | {
        "demand": event.demand, "pol": event.pol, "rule": event.rule, "reason": event.reason, "grant": None,
        "pattern": held_by(state.pattern), "over": event.over or (),
    }  # fmt: skip


def _born(event: e.Proposed, sealed: Sealed[e.Event], subject: str) -> Action:
    return Action(
        id=subject, status="proposed", rev=sealed.rev, kind=event.kind, name=event.name, schema=event.schema,
        agent=event.agent, owner=event.owner, run=event.run, intent=event.intent, pattern=event.pattern,
        reason=event.reason, rule=event.rule, demand=event.demand, risk=event.risk, reversible=event.reversible,
        idempotent=event.idempotent, probe=event.probe, revision=1, bind=event.bind, proposed_at=sealed.at,
        context=sealed.texts.get("context"), story=sealed.texts.get("story"), supersedes=event.supersedes,
        pol=event.pol, floor=event.floor, offered=event.offered, confidence=event.confidence,
        threshold=event.threshold, parent=event.parent, target=event.target, over=event.over, env=event.env,
        failing=event.failing, runs=event.runs, share=event.share, returns=event.returns,
    )  # fmt: skip
