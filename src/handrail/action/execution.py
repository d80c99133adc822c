"""The executing half of an action's life: claim, start, settle, and what follows when nobody reports."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal, assert_never

from ..errors import FencedOff, NotAllowed, NotReady, RunHeld, SchemaChanged, WrongBytes
from ..ids import derive
from ..policy.limits import Charge
from ..policy.paths import Demand, stricter
from ..policy.verdict import Verdict
from ..stream import JSON, NO_TEXTS, Draft, Sealed, changed
from . import commands as c
from . import events as e
from . import words
from .facts import LEASE, PROBE_WITHIN, Facts
from .likeness import error_type
from .model import Action, Grant, Lease

NOBODY: Final[dict[str, Any]] = {"executor": None, "holder": None}
"""What changes when nobody holds the right to execute any more."""
BY_PEOPLE: Final = frozenset({"rejected", "changes_requested"})
"""Why an action is refused where people said no."""
Execution = c.Claim | c.Start | c.Release | c.Settle | c.Testify | c.Reconcile
MOST_LOST: Final = 16
"""Of so many calls that were lost a late report is awaited: of the last ones."""
MOST_ATTEMPTS: Final = 5
"""So often a call that may be repeated is begun under one grant before people are asked."""


def decide(state: Action, command: Execution, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from an executor's command."""
    if facts.actor.kind != "agent" or not (facts.actor.id == state.agent or facts.actor.executes):
        raise NotAllowed("only the agent that proposed the action, or a key with the scope execute, executes it")
    if facts.stopped and isinstance(command, c.Claim | c.Start) and state.status in ("cleared", "claimed"):
        return [halted(None)]
    if facts.halted and isinstance(command, c.Claim | c.Start) and state.status in ("cleared", "claimed"):
        return [halted(facts.halted.stop.id, facts.halted.reason)]
    match command:
        case c.Claim():
            if facts.line == "refused":
                return _with_parent(state)
            _ready(state, facts, "cleared")
            if sterner := _asked_anew(state, facts) or _sterner(state, facts):
                return sterner
            return [_claimed(command.executor, state.fence, facts)]
        case c.Start():
            return _start(state, command, facts)
        case c.Release():
            return _release(state, command, facts)
        case c.Settle():
            return _settle(state, command, facts)
        case c.Testify():
            return _testify(state, command, facts)
        case c.Reconcile():
            return _reconcile(state, command, facts)
    assert_never(command)


def halted(stop: str | None, note: str | None = None) -> Draft[e.Event]:
    """It ends before its start, by a stop in force or, without one, with the run around it."""
    refused = e.Refused("stopped" if stop else "run_stopped", stop)
    return Draft(refused, {} if note is None else {"note": note}, lease=0)


def begin(
    executor: str, bind: str, fence: int, attempt: int, facts: Facts, charges: tuple[Charge, ...] | None = None
) -> list[Draft[e.Event]]:
    """Claim and start in one commit."""
    started: Draft[e.Event] = Draft(e.Started(attempt + 1, bind, charges), lease=facts.now + LEASE)
    return [_claimed(executor, fence, facts), started]


def _sterner(state: Action, facts: Facts) -> list[Draft[e.Event]]:
    """What a policy that changed since asks of an action that is about to run: nothing, unless it is stricter.

    The attempts of one execution are one start: a retry is not judged again.
    """
    verdict = facts.verdict
    if verdict is None or verdict.kind == "run" or _retried(state):
        return []
    told = set(verdict.over) <= {*state.over}
    if verdict.kind == "review" and verdict.demand and told and _suffices(state, verdict.demand, facts.now):
        return []
    known = bool(verdict.over) or verdict.reason == "permission_revoked"
    return stopped_short(state, verdict if known else changed(verdict, reason="policy_changed"))


def _retried(state: Action) -> bool:
    return state.not_before is not None


def stopped_short(state: Action, verdict: Verdict) -> list[Draft[e.Event]]:
    """What becomes of an action that was cleared and may not run any more as it was."""
    if verdict.kind == "deny" or verdict.demand is None:
        return [Draft(e.Refused(verdict.reason), lease=0)]
    number = state.reviews + 1
    review = derive("rev", state.id, number, "approval")
    held = e.Held(review, "approval", number, verdict.reason, verdict.demand, verdict.pol, verdict.rule, verdict.over)
    return [Draft(held, lease=0)]


def _asked_anew(state: Action, facts: Facts) -> list[Draft[e.Event]]:
    """After people refused an action with the same intent, only what they agree to from then on runs; so do retries."""
    if facts.refused_at is None or (state.answered_at or 0) >= facts.refused_at:
        return []
    if state.demand is None or not state.demand.levels:
        return [Draft(e.Refused("intent_refused"), lease=0)]
    number, demand = state.reviews + 1, replace(state.demand, at_end="reject")
    review = derive("rev", state.id, number, "approval")
    return [Draft(e.Held(review, "approval", number, "intent_refused", demand, state.pol, state.rule), lease=0)]


def _suffices(state: Action, demand: Demand, now: int) -> bool:
    """Whether what people agreed on already satisfies a demand: as many of them, signed in that way, not too long ago,
    and nobody who could agree then could not now."""
    grant, present = state.grant, state.demand
    if grant is None or present is None or not grant.by.startswith("rev_"):
        return False
    both, lasts = stricter(present, demand), grant.expires_at - present.grant + demand.grant
    if both is None or lasts <= now or not present.asked <= demand.asked:
        return False
    return (sorted(both.quorum), both.auth) == (sorted(present.quorum), present.auth)


def _claimed(executor: str, fence: int, facts: Facts) -> Draft[e.Event]:
    words.require_executor(executor)
    return Draft(e.Claimed(executor, fence + 1), lease=facts.now + LEASE)


def waits(facts: Facts) -> bool:
    """Whether people are to decide on another action before this one starts."""
    return facts.blocked or facts.line != "free"


def _with_parent(state: Action) -> list[Draft[e.Event]]:
    """Refuse an action with the one under which it is done; so are further attempts."""
    if state.status not in ("cleared", "claimed"):
        raise NotReady(f"the action is {state.status}, so it cannot be started")
    return [Draft(e.Refused("parent_refused"), lease=0)]


def _ready(state: Action, facts: Facts, *allowed: str) -> Grant:
    if state.status not in allowed or state.grant is None:
        raise NotReady(f"the action is {state.status}, so it cannot be started")
    if facts.blocked:
        raise RunHeld(
            f"another action of this run waits for people, {facts.waits_for}, and the run waits with it",
            waits_for=facts.waits_for or "",
        )
    if facts.line == "waits":
        raise RunHeld(
            f"the action under which this one is done waits for people, {facts.waits_for}, and this one waits with it",
            waits_for=facts.waits_for or "",
        )
    if state.grant.expires_at <= facts.now:
        raise NotReady("the grant has expired; propose the action again")
    if state.not_before is not None and facts.now < state.not_before:
        raise NotReady("the last attempt failed, and the next one is not due yet: wait until then")
    return state.grant


def _start(state: Action, command: c.Start, facts: Facts) -> list[Draft[e.Event]]:
    if facts.line == "refused":
        return _with_parent(state)
    grant = _ready(state, facts, "cleared", "claimed")
    if command.bind != grant.bind:
        raise WrongBytes("these are not the bytes that were approved; read the action again")
    if command.schema is not None and command.schema != state.schema:
        raise SchemaChanged(
            f"{state.name} takes other parameters here than when it was asked for: run it with the version that asked, "
            "or withdraw it and ask again"
        )
    if sterner := _asked_anew(state, facts) or _sterner(state, facts):
        return sterner
    if state.status == "claimed":
        _holds(state, command.executor, command.fence, facts)
        if facts.lease is None or facts.lease <= facts.now:
            raise FencedOff("the lease ended before the start; claim the action again")
    if state.target is not None and facts.target != state.target:
        return [Draft(e.Refused("target_changed"), lease=0)]
    charges = None if _retried(state) else facts.charges
    if state.status == "cleared":
        return begin(command.executor, grant.bind, state.fence, state.attempt, facts, charges)
    return [Draft(e.Started(state.attempt + 1, grant.bind, charges), lease=facts.now + LEASE)]


def _holds(state: Action, executor: str, fence: int | None, facts: Facts) -> None:
    if (executor, fence, facts.actor.id) != (state.executor, state.fence, state.holder):
        raise FencedOff("the right to execute this went on to another executor; this report changes nothing")


def require_going(state: Action, bind: str, fence: int) -> None:
    """Raise `FencedOff` unless the call that was started on these bytes, under this fencing number, is going on."""
    if (state.status, state.bind, state.fence) != ("started", bind, fence):
        raise FencedOff("somebody else went on with this action before the call left: nothing was run")


def _release(state: Action, command: c.Release, facts: Facts) -> list[Draft[e.Event]]:
    _holds(state, command.executor, command.fence, facts)
    if state.status != "claimed":
        raise NotReady(f"the action is {state.status}: only a claim that has not started is given back")
    if state.not_before is not None and facts.now < state.not_before:
        raise NotReady("the last attempt failed: anybody may claim the action as soon as the next one is due")
    return [Draft(e.Released(), lease=0)]


def _settle(state: Action, command: c.Settle, facts: Facts) -> list[Draft[e.Event]]:
    _holds(state, command.executor, command.fence, facts)
    if state.status != "started" or facts.lease is None or facts.lease <= facts.now:
        raise FencedOff(f"the action is {state.status}: the lease ended before this report")
    texts = {"outcome": command.value}
    match command.outcome:
        case "succeeded":
            return [Draft(e.Succeeded("executor", facts.sampled and state.may_be_drawn), texts, lease=0)]
        case "unknown":
            return lost(state, "reported", facts, texts)
        case "failed":
            return _failed(state, command, facts)
    assert_never(command.outcome)


def _failed(state: Action, command: c.Settle, facts: Facts) -> list[Draft[e.Event]]:
    texts = {"outcome": command.value}
    escalate = command.escalate and _askable(state)
    if facts.stopped or (not escalate and command.retry_in is None):
        return [Draft(e.Failed("executor"), texts, lease=0)]
    again = facts.now + max(0, command.retry_in or 0)
    event = e.AttemptFailed(state.attempt, again, error_type(command.value), facts.like)
    failed: Draft[e.Event] = Draft(event, texts, lease=again)
    if not escalate:
        return [failed]
    number = state.reviews + 1
    review = derive("rev", state.id, number, "exception")
    return [failed, Draft(e.Held(review, "exception", number, "attempts_failed"), lease=0)]


def _testify(state: Action, command: c.Testify, facts: Facts) -> list[Draft[e.Event]]:
    """Keep the late report of a call that was lost: one for each such call, from whoever held it."""
    if Lease(command.fence, facts.actor.id) not in state.lost:
        raise FencedOff("this report is known, or is about no call that was lost")
    return [Draft(e.ReportedLate(command.fence, command.outcome), {"report": command.value})]


def lost(
    state: Action, reason: Literal["lease_ended", "reported"], facts: Facts, texts: Mapping[str, JSON] = NO_TEXTS
) -> list[Draft[e.Event]]:
    """The outcome is unknown: first the probe is awaited, where there is one, else people are asked at once.

    What may be repeated is, by whoever can, a few times and as long as its grant lasts.
    """
    if reason == "lease_ended" and _repeatable(state, facts) and state.grant is not None:
        return [Draft(e.Lost(state.fence + 1, reason, None), texts, lease=0), _again(state)]
    due = facts.now + PROBE_WITHIN if state.probe else None
    drafts: list[Draft[e.Event]] = [Draft(e.Lost(state.fence + 1, reason, due), texts, lease=0)]
    return drafts if state.probe else drafts + (inquire(state) or [Draft(e.Unresolved())])


def _again(state: Action) -> Draft[e.Event]:
    """It may run again, by the same grant and for what is booked already."""
    assert state.grant is not None
    return Draft(e.Cleared(state.grant, charges=state.charges))


def _repeatable(state: Action, facts: Facts) -> bool:
    lasts = state.grant is not None and state.grant.expires_at > facts.now
    return state.idempotent and not state.probe and state.tries < MOST_ATTEMPTS and lasts


def inquire(state: Action) -> list[Draft[e.Event]]:
    """Ask people whether the action took effect, where there is anybody to ask; else it stays unknown."""
    if not _askable(state):
        return [Draft(e.Unresolved())] if state.due_at is not None else []
    number = state.reviews + 1
    return [Draft(e.Inquired(derive("rev", state.id, number, "exception"), number))]


def _askable(state: Action) -> bool:
    """What ran by a rule may name nobody who is there."""
    demand = state.failing or state.demand
    return demand is not None and bool(demand.levels)


def _reconcile(state: Action, command: c.Reconcile, facts: Facts) -> list[Draft[e.Event]]:
    if state.status != "unknown":
        raise NotReady(f"the action is {state.status}: there is nothing to reconcile")
    if command.fence != state.fence:
        raise FencedOff("the probe was asked about another attempt than the one whose end is unknown now: ask it again")
    match command.found:
        case "happened":
            return [Draft(e.Succeeded("probe", facts.sampled and state.may_be_drawn), {"outcome": command.value})]
        case "not_happened":
            if state.grant is None or state.grant.expires_at <= facts.now:
                return [Draft(e.Failed("probe"), {"outcome": {"error": "the probe found that it did not happen"}})]
            return [_again(state)]
        case "unclear":
            return [] if state.review else inquire(state)
    assert_never(command.found)


def gives_back(event: object) -> bool:
    """Whether an action that ends so counts under no limit any more: it took no effect, by all that anybody knows.

    What failed in the executor's own words goes on counting: nobody looked whether it took effect before it failed.
    """
    return isinstance(event, e.Refused | e.Withdrawn | e.Skipped) or (
        isinstance(event, e.Failed) and event.by != "executor"
    )


def _given_back(state: Action, event: e.Event) -> dict[str, Any]:
    return {"charges": ()} if state.charges and gives_back(event) else {}


def granted(state: Action, event: e.Cleared) -> dict[str, Any]:
    """The members that change with the grant, and what is booked, of an action that may start, or start again."""
    booked = {} if event.charges == state.charges else {"charges": event.charges, "spent_at": None}
    return booked if event.grant == state.grant else booked | {"tries": 0, "not_before": None}


def moved(state: Action, event: e.Event, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members of the action that an event of the executing half changes."""
    outcome = sealed.texts.get("outcome")
    match event:
        case e.Claimed():
            return {"executor": event.executor, "fence": event.fence, "holder": sealed.by.id}
        case e.Lapsed() | e.Released():
            return NOBODY
        case e.Started():
            charged_for = state.charges if event.charges is None else event.charges
            spent_at = sealed.at if charged_for else None
            return {
                "attempt": event.attempt, "tries": state.tries + 1, "not_before": None, "due_at": None,
                "charges": charged_for, "spent_at": spent_at,
            }  # fmt: skip
        case e.AttemptFailed():
            due_at = state.grant.expires_at if state.grant else None
            return {
                "outcome": outcome, "due_at": due_at, "not_before": event.not_before, "error": event.error,
                "like": event.like,
            }  # fmt: skip
        case e.Succeeded() | e.Failed() | e.Skipped():
            drawn = {"sampled": True} if isinstance(event, e.Succeeded) and event.sampled else {}
            return {"outcome": outcome, "review": None, "due_at": None, **NOBODY, **drawn, **_given_back(state, event)}
        case e.Refused() if event.reason in BY_PEOPLE:
            return {
                "reason": event.reason, "due_at": None, "answered_at": sealed.at, **NOBODY, **_given_back(state, event)
            }  # fmt: skip
        case e.Refused() | e.Withdrawn():
            return {"reason": event.reason, "due_at": None, **NOBODY, **_given_back(state, event)}
        case e.ReportedLate():
            return {"lost": tuple(one for one in state.lost if one.fence != event.fence)}
        case e.Lost():
            lost = (*state.lost, Lease(state.fence, state.holder or ""))[-MOST_LOST:]
            return {"fence": event.fence, "due_at": event.due_at, "outcome": outcome, "lost": lost, **NOBODY}
        case e.Inquired():
            return {"review": event.review, "asked": event.review, "reviews": event.number, "due_at": None}
        case e.Unresolved():
            return {"review": None, "due_at": None}
        case _:
            raise AssertionError(f"{type(event).__name__} is evolved elsewhere")
