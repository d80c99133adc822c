"""Builds the view of a round: what is shown is made by whoever commits, from the bytes that are hashed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from ..action.model import Action
from ..policy.paths import Demand
from ..review import commands as review
from ..review.model import Review
from ..stream import JSON, Revision
from ..view.flags import inspect
from ..view.model import build

if TYPE_CHECKING:
    from .work import Work


def opening(work: Work, subject: str, held: Action, command: review.Open) -> dict[str, JSON]:
    """The view of the first round."""
    about = {
        "id": subject, "kind": command.kind, "cause": command.cause, "round": 1, "opened_at": work.now,
        "deadline": work.now + command.demand.lasts, **_demand(command.demand),
    }  # fmt: skip
    return _view(work, held, about, held.revision, held.bind, work.args(held.id, held.revision))


def edited(work: Work, state: Review, held: Action, revision: Revision) -> dict[str, JSON]:
    """The view of the round that an edit opens."""
    about = {
        "id": state.id, "kind": state.kind, "cause": state.cause, "round": state.round + 1,
        "opened_at": state.opened_at, "deadline": state.deadline, **_demand(state.demand),
    }  # fmt: skip
    return _view(work, held, about, revision.number, revision.bind, revision.args)


def _demand(demand: Demand) -> dict[str, JSON]:
    return {
        "at_end": demand.at_end,
        "levels": [{"ask": list(one.ask), "within": one.within, "remind": one.remind} for one in demand.levels],
        "quorum": [[place, count] for place, count in demand.quorum],
        "undo": demand.undo,
    }


def _view(
    work: Work, held: Action, about: dict[str, JSON], number: int, bind: str, args: str | None
) -> dict[str, JSON]:
    action: dict[str, JSON] = {
        "id": held.id, "name": held.name, "kind": held.kind, "revision": number, "bind": bind,
        "schema": held.schema, "agent": held.agent, "owner": held.owner, "run": held.run, "risk": held.risk,
        "reversible": held.reversible, "attempt": held.attempt,
    }  # fmt: skip
    verdict: dict[str, JSON] = {"pattern": held.pattern, "reason": held.reason, "rule": held.rule, "pol": None}
    parts: dict[str, JSON] = {"context": held.context, "story": held.story}
    return build(review=about, action=action, verdict=verdict, parts=parts, flags=_flags(work, held, args))


def _flags(work: Work, held: Action, args: str | None) -> list[dict[str, str]]:
    seen: list[tuple[str, object]] = [("args", orjson.loads(args) if args else {})]
    seen += [(name, work.text(held.id, digest)) for name, digest in (("context", held.context), ("story", held.story))]
    return [
        {"code": flag.code, "path": flag.path, "text": flag.text}
        for name, value in seen
        if value
        for flag in inspect(value, path=name)
    ]
