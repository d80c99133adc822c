"""Builds the view of a round: what is shown is made by whoever commits, from the bytes that are hashed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..action.model import Action
from ..directory.hours import said
from ..policy.paths import Demand
from ..review import commands as review
from ..review.model import Review
from ..stream import JSON, Revision
from ..view.flags import Flag, inspect
from ..view.fold import folded_paths
from ..view.model import ActionView, Erased, LevelView, PartsView, RefusedView, ReviewView, VerdictView, build
from ..view.uninspected import Uninspected, uninspected
from . import conditions, limits, lineage
from .attendance import lasting

if TYPE_CHECKING:
    from .work import Work

AFTERWARDS: Final = frozenset({"attempts_failed", "outcome_unknown", "sampled"})
"""Why people are asked about what ran, or may have: no limit stands in its way."""


def opening(work: Work, subject: str, held: Action, command: review.Open) -> dict[str, Any]:
    """The view of the first round."""
    about = _about(subject, command.kind, 1, work.now, command.demand.deadline(work.now, lasting), command.demand)
    reason = held.reason if command.cause == "held" else command.cause
    return _view(work, held, about, reason, held.revision, held.bind, work.args(held.id, held.revision))


def edited(work: Work, state: Review, held: Action, revision: Revision) -> dict[str, Any]:
    """The view of the round that an edit opens."""
    about = _about(state.id, state.kind, state.round + 1, state.opened_at, state.deadline, state.demand)
    reason = held.reason if state.cause == "held" else state.cause
    return _view(work, held, about, reason, revision.number, revision.bind, revision.args)


def _about(review_id: str, kind: str, number: int, opened_at: int, deadline: int, demand: Demand) -> ReviewView:
    return {
        "id": review_id, "kind": kind, "round": number, "opened_at": opened_at, "deadline": deadline,
        "at_end": demand.at_end, "levels": list(_levels(demand, opened_at)),
        "quorum": list(demand.quorum), "undo": demand.undo,
    }  # fmt: skip


def _levels(demand: Demand, start: int) -> Iterator[LevelView]:
    for one in demand.levels:
        level: LevelView = {"ask": list(one.ask), "within": one.within, "remind": one.remind}
        start = one.end(start, one.within, lasting)
        yield level if one.hours is None else {**level, "hours": said(one.hours), "until": start}


def _view(
    work: Work, held: Action, about: ReviewView, reason: str, number: int, bind: str, args: str | None
) -> dict[str, Any]:
    action: ActionView = {
        "id": held.id, "name": held.name, "revision": number, "bind": bind, "schema": held.schema,
        "agent": held.agent, "owner": held.owner, "run": held.run,
        "risk": None if held.risk == "unrated" else held.risk, "reversible": held.reversible or None,
        "attempt": held.attempt,
    }  # fmt: skip
    if held.target is not None:
        action["target"] = True
    if held.confidence is not None or held.threshold is not None:
        action |= {"confidence": held.confidence, "threshold": held.threshold}
    verdict: VerdictView = {
        "verdict": "review", "pattern": held.pattern, "reason": reason, "rule": held.rule, "pol": held.pol
    }  # fmt: skip
    if reason == "condition_error" and (error := conditions.why(work, conditions.standing(work, held, args))):
        verdict["error"] = error
    if found := conditions.critical(work, conditions.standing(work, held, args)):
        verdict["criticality"] = {"level": found.level, "because": list(found.because)}
    if reason == "intent_refused" and (refused := _refused(work, held)):
        verdict["refused"] = refused
    counted = limits.tallies(work, work.sources.policy(), held.kind, limits.revised(held, number, args))
    if counted and reason not in AFTERWARDS:
        verdict["limits"] = limits.told(counted)
    parts: PartsView = {"context": held.context, "story": held.story}
    value = orjson.loads(args) if args else None
    kept = _kept(work, held, value)
    flags = [flag for name, one in kept.items() for flag in inspect(one, path=name)]
    return build(
        review=about, action=action, verdict=verdict, parts=parts, flags=flags, unseen=folded_paths(kept.get("args")),
        uninspected=_dark(kept, flags),
    )  # fmt: skip


def _refused(work: Work, held: Action) -> RefusedView | None:
    """The decision that refused the same intent before."""
    found = lineage.refused(work, held.run, held.intent)
    review = work.state(found.asked) if found and found.asked else None
    decision = review.decision if isinstance(review, Review) else None
    return {"by": decision.by, "at": decision.at, "review": review.id} if review and decision else None


def _kept(work: Work, held: Action, args: JSON) -> dict[str, JSON]:
    """The texts that are shown, by part; what is erased or empty is none."""
    shown: dict[str, JSON | Erased] = {"args": args}
    shown |= {"context": work.text(held.id, held.context), "story": work.text(held.id, held.story)}
    return {name: value for name, value in shown.items() if value and not isinstance(value, Erased)}


def _dark(kept: dict[str, JSON], flags: list[Flag]) -> list[Uninspected]:
    """What cannot be inspected. It is always encoded, so that ordinary values are not searched again."""
    parts = dict.fromkeys(flag.path.partition(".")[0].partition("[")[0] for flag in flags if flag.code == "encoded")
    return [one for name in parts for one in uninspected(kept[name], path=name)]
