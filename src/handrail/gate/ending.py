"""How an action's end reaches the caller: as a value, or as the error that says why there is none."""

from __future__ import annotations

from typing import Any, Final

from ..action.model import Action
from ..backend import Backend, Decision
from ..errors import (
    Aborted,
    ActionFailed,
    ActionSkipped,
    ChangesRequested,
    Denied,
    Expired,
    NotFound,
    NotSerialisable,
    Outcome,
    ResultErased,
    RunStopped,
    StopInForce,
    Stopped,
    TargetChanged,
    UnknownReview,
    Withdrawn,
)
from ..run.lifecycle import said
from ..view.model import Erased
from .call import Gated
from .scope import RunScope

_ADVICE: Final = {
    "rejected": "was rejected",
    "changes_requested": "was sent back for changes",
    "expired": "was not decided in time",
    "grant_expired": "was approved, but not started before the approval ran out",
    "no_reviewer": "was not asked: nobody who may decide is named. Give reviewers=, or add people with "
    "`handrail people apply people.yaml`",
    "unknown_reviewer": "was not asked: a reviewer it names is not in the directory. Add them with "
    "`handrail people apply people.yaml`",
    "parent_refused": "was refused with the action under which it was to be done",
    "intent_refused": "was refused: people refused an action of this run with the same intent, and it names nobody "
    "who could decide anew",
    "target_changed": "was not started: its target is no longer as it was when it was asked for",
    "limit": "would pass a limit of the policy that nobody may pass",
    "rule": "is denied by a rule of the policy",
    "default": "is denied: no rule of the policy is about it",
    "policy_changed": "is denied by the policy, which has changed since",
    "policy_unreadable": "was not asked: the stored policy cannot be read. Apply it again with `handrail policy apply`",
    "quorum_unreachable": "was not asked: fewer people may decide than the quorum needs. Add people with "
    "`handrail people apply people.yaml`",
}

_KINDS: Final = {"changes_requested": ChangesRequested, "expired": Expired, "target_changed": TargetChanged}


def result_of(backend: Backend, gated: Gated | None, answer: dict[str, Any]) -> Any:
    """The kept result of an action that succeeded. Raises `NotSerialisable` where it could not be kept, and
    `ResultErased` where it was erased since."""
    record = backend.action(answer["id"])
    outcome = record.outcome
    if isinstance(outcome, Erased):
        raise ResultErased(
            f"{record.state.name} ({answer['id']}) ran once, and its result was erased since; it is not run again. "
            "To do it once more, ask under another key or in another run"
        )
    kept = outcome if isinstance(outcome, dict) else {}
    if "unkept" in kept:
        raise NotSerialisable(f"{answer['id']} ran, but its {kept['unkept']} could not be kept: {kept.get('why')}")
    return gated.schema.load_result(kept.get("value")) if gated else kept.get("value")


def decision_of(backend: Backend, answer: dict[str, Any]) -> Decision | None:
    """The decision of the last review that the action was held by."""
    if not answer.get("asked"):
        return None
    try:
        return backend.review(answer["asked"]).decision
    except UnknownReview:
        return None


def stopped(error: RunStopped | StopInForce, run: RunScope | None) -> Stopped:
    """What a call raises whose run, agent, action or team was stopped."""
    return Stopped(str(error), reason=str(error).partition(": ")[2], run=run.id if run else "")


def ended(backend: Backend, answer: dict[str, Any]) -> Outcome | Stopped:
    """The error for an action that ended without a result."""
    if answer["status"] == "refused" and answer["reason"] == "run_stopped":
        return _stopped(backend, backend.action(answer["id"]).state)
    if answer["status"] == "refused" and answer["reason"] == "stopped":
        return _halted(backend, backend.action(answer["id"]).state)
    action, name, reason = answer["id"], backend.action(answer["id"]).state.name, answer["reason"]
    decision = decision_of(backend, answer)
    note = decision.note or "" if decision else ""
    said = f": {note}" if note else ""
    rest: dict[str, Any] = {"action": action, "reason": reason, "note": note, "decision": decision}
    match answer["status"]:
        case "withdrawn":
            return Withdrawn(f"{name} was withdrawn before it ran", **rest)
        case "skipped":
            return ActionSkipped(f"{name} was skipped by a person{said}", **rest)
        case "failed":
            ending = Aborted if decision is not None and decision.outcome == "abort" else ActionFailed
            return ending(f"{name} failed: {_failure(backend, action)}{said}", **rest)
        case _:
            pass
    kind = _KINDS.get(reason, Denied)
    return kind(f"{name} {_ADVICE.get(reason, f'was refused ({reason})')}{said}", **rest)


def _stopped(backend: Backend, action: Action) -> Stopped:
    reason = reason_of(backend, action.run, "run.stopped")
    return Stopped(said(reason or None), reason=reason, run=action.run or "")


def reason_of(backend: Backend, run: str | None, asked: str) -> str:
    """What was written when a run, or one around it, was last asked for that; a run around it may be one that its agent
    may not see."""
    reason = ""
    while run and not reason:
        try:
            state, _ = backend.run(run)
            notes = [one.texts.get("note") for one in backend.history(run) if one.type == asked]
        except NotFound:
            break
        reason = next((note for note in reversed(notes) if isinstance(note, str)), "")
        run = state.parent
    return reason


def _halted(backend: Backend, action: Action) -> Stopped:
    """What was written when its agent, its name or its team was stopped, or all."""
    notes = [one.texts.get("note") for one in backend.history(action.id) if one.type == "action.refused"]
    reason = next((note for note in notes if isinstance(note, str)), "")
    said = f"{action.name} was stopped: {reason}" if reason else f"{action.name} was stopped"
    return Stopped(said, reason=reason, run=action.run or "")


def _failure(backend: Backend, action: str) -> str:
    outcome = backend.action(action).outcome
    return str(outcome.get("error", "it raised")) if isinstance(outcome, dict) else "it raised"
