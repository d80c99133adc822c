"""What one stream's event means for another: pure, and applied in the same transaction."""

from collections.abc import Mapping
from dataclasses import replace

from ..action import commands as action
from ..action import events as acted
from ..action.execution import gives_back
from ..action.model import Action
from ..ids import derive
from ..policy import budget, standing, stops
from ..policy.paths import ANYONE, Demand
from ..review import commands as review
from ..review import events as reviewed
from ..review.model import Cause, Review
from ..run import commands as run
from ..run import events as ran
from ..stream import JSON

Follow = tuple[str, action.Command | review.Command | run.Command | budget.Command | standing.Command]


def consequences(before: object, state: object, event: object, texts: Mapping[str, JSON]) -> list[Follow]:
    """The commands that follow, each with the stream it goes to; `before` and `state` are the stream around `event`."""
    if isinstance(state, Action):
        was = before if isinstance(before, Action) else None
        return [*_of_action(state, event, was.review if was else None), *_booked(was, state, event), *_used(was, event)]
    if isinstance(state, Review):
        return _of_review(state, event, texts)
    if isinstance(event, ran.Halted):
        return _of_halt(event, str(texts.get("note") or "the run around it was stopped"))
    if isinstance(event, stops.Swept) and isinstance(state, stops.Stop):
        note = texts.get("note")
        return _of_sweep(state, event, note if isinstance(note, str) else None)
    return []


def _of_action(state: Action, event: object, asked: str | None) -> list[Follow]:
    match event:
        case acted.Proposed() if event.supersedes:
            return [(event.supersedes, action.Supersede(event.agent, event.owner))]
        case acted.Held() if state.demand:
            demand = state.demand if event.kind != "exception" else _one_answer(state.failing or state.demand)
            cause: Cause = "attempts_failed" if event.kind == "exception" else "held"
            error, like = (state.error, state.like) if cause == "attempts_failed" else (None, None)
            opening = review.Open(
                event.kind, cause, state.id, event.number, demand, state.revision, state.bind, state.risk, error, like
            )
            return [(event.review, opening)]
        case acted.Inquired() if state.demand:
            opening = review.Open(
                "exception", "outcome_unknown", state.id, event.number,
                _one_answer(state.failing or state.demand), state.revision,
                state.bind, state.risk,
            )  # fmt: skip
            return [(event.review, opening)]
        case acted.Withdrawn() if asked:
            return [(asked, review.Close(superseded=event.reason == "superseded"))]
        case acted.Refused(reason="run_stopped" | "stopped") if asked:
            return [(asked, review.Close(superseded=True))]
        case acted.Succeeded(sampled=True) if state.demand:
            number = state.reviews + 1
            opening = review.Open(
                "sample", "sampled", state.id, number, _one_answer(state.demand), state.revision, state.bind, state.risk
            )
            return [(derive("rev", state.id, number, "sample"), opening)]
        case acted.Succeeded(by="probe") | acted.Failed(by="probe") | acted.Cleared() if asked:
            return [(asked, review.Close())]
        case _:
            return []


def _booked(before: Action | None, state: Action, event: object) -> list[Follow]:
    """What an action's event means for the budgets that it counts on."""
    old, new = before.charges if before else (), state.charges
    at = before.spent_at if before else None
    returned: list[Follow] = [(one.budget, budget.GiveBack(one, state.id, at)) for one in old]
    match event:
        case acted.Cleared() if old != new:
            return [*returned, *((one.budget, budget.Book(one, state.id)) for one in new)]
        case acted.Started() if old != new:
            booked: list[Follow] = [(one.budget, budget.Book(one, state.id)) for one in new]
            return [*returned, *booked, *((one.budget, budget.Spend(one, state.id)) for one in new)]
        case acted.Started():
            return [(one.budget, budget.Spend(one, state.id, at)) for one in new]
        case acted.Succeeded() if at is None:
            return [(one.budget, budget.Spend(one, state.id)) for one in old]
        case _:
            return returned if gives_back(event) else []


def _used(before: Action | None, event: object) -> list[Follow]:
    """A standing permission is used by what it clears, once."""
    match event:
        case acted.Cleared() if before and before.status == "proposed" and event.grant.by.startswith("std_"):
            return [(event.grant.by, standing.Use(before.id))]
        case _:
            return []


def _of_halt(event: ran.Halted, reason: str) -> list[Follow]:
    return [(one, run.Stop(reason) if one.startswith("run") else action.Halt()) for one in event.inside]


def _of_sweep(stop: stops.Stop, event: stops.Swept, note: str | None) -> list[Follow]:
    reason = note or "everything of its agent was stopped"
    asked = run.Stop(reason) if stop.runs == "stop" else run.Pause(reason)
    return [(one, asked if one.startswith("run") else action.Halt(stop.id, note)) for one in event.inside]


def _one_answer(demand: Demand) -> Demand:
    """Exceptions are answered by one person, at once, and never by the clock."""
    return replace(demand, quorum=((ANYONE, 1),), at_end="reject", undo=0)


def _of_review(state: Review, event: object, texts: Mapping[str, JSON]) -> list[Follow]:
    """What it means for its action; of one that had run before, nobody's answer changes anything."""
    if state.kind == "sample":
        return []
    match event:
        case reviewed.Edited():
            return [(state.action, action.Revise(event.revision, event.bind, event.demand))]
        case reviewed.Decided() if state.effective:
            return [(state.action, _answer(state, texts.get("value"))), *_given(state)]
        case reviewed.TookEffect():
            return [(state.action, _answer(state, texts.get("value"))), *_given(state)]
        case reviewed.Expired():
            return [(state.action, _at_end(state, event, texts))]
        case _:
            return []


def _given(state: Review) -> list[Follow]:
    if state.decision is None or state.decision.standing is None:
        return []
    return [(derive("std", state.id), standing.Give(state.id, state.action))]


def _at_end(state: Review, event: reviewed.Expired, texts: Mapping[str, JSON]) -> action.Command:
    match event.at_end:
        case "approve":
            return action.Clear(state.id, state.bind, state.demand.grant)
        case "answer":
            return action.Conclude(state.id, "succeeded", texts.get("value"))
        case _ if state.cause == "attempts_failed":
            return action.Conclude(state.id, "failed", why="every attempt failed, and nobody answered in time")
        case _:
            return action.Refuse(state.id, "expired")


def _answer(state: Review, value: JSON) -> action.Command:
    assert state.decision is not None
    match state.decision.outcome:
        case "approve" | "edit" | "retry":
            return action.Clear(state.id, state.bind, state.demand.grant, state.decision.at)
        case "reject":
            return action.Refuse(state.id, "rejected")
        case "send_back":
            return action.Refuse(state.id, "changes_requested")
        case "answer" | "supply" | "happened":
            return action.Conclude(state.id, "succeeded", value)
        case "skip":
            return action.Conclude(state.id, "skipped")
        case "abort":
            return action.Conclude(state.id, "failed", why="every attempt failed, and a person ended it")
        case "right" | "wrong":
            raise AssertionError("what people say of a sample moves no action")
        case "not_happened":
            return action.Conclude(state.id, "failed", why="a person found that it did not happen")
