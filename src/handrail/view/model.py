"""The view: the frozen, hashed part of what a person is shown when they are asked.

Plain JSON without floats. Arguments, context and story are referred to by digest and never copied in, so that they can
be erased without touching what was decided on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from .flags import Flag
from .uninspected import Uninspected
from .value import JSON, Plain

VIEW_VERSION = "handrail-view/2"
"""What is built. Version 1 has no `uninspected`; such views are drawn and decided like others."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A text that was erased on request; its digest still proves what it was."""

    digest: str


class LevelView(TypedDict):
    """One level of the escalation path: who is asked (ids), for how long, reminded how often (microseconds).

    Where these times count in some hours of the week only, `hours` says in which, and `until` when that is over on an
    undisturbed path (microseconds since the epoch).
    """

    ask: list[str]
    within: int
    remind: int | None
    hours: NotRequired[str]
    until: NotRequired[int]


class ReviewView(TypedDict):
    """The question: its kind and round, its times (microseconds since the epoch), whom it asks and what ends it.

    `quorum` holds pairs of a group's id, or `any`, and how many of it are needed; `undo` is a duration.
    """

    id: str
    kind: str
    round: int
    opened_at: int
    deadline: int
    at_end: str
    levels: list[LevelView]
    quorum: list[tuple[str, int]]
    undo: int


class ActionView(TypedDict):
    """What would run, for whom: `bind` is the digest that binds the decision to the arguments.

    `target` is there where how the target looks is compared again before it runs, `confidence` and `threshold` where
    it matters how sure the agent is.
    """

    id: str
    name: str
    revision: int
    bind: str
    schema: str | None
    agent: str
    owner: str | None
    run: str | None
    risk: str | None
    reversible: bool | None
    attempt: int
    target: NotRequired[bool]
    confidence: NotRequired[str | None]
    threshold: NotRequired[str | None]


class RefusedView(TypedDict):
    """The decision that refused the same intent before: whose (an id), when (microseconds), in which review."""

    by: str
    at: int
    review: str


class LimitView(TypedDict):
    """How a limit stood when people were asked: decimals as text, and the window in microseconds. `used` is `None`
    where nobody can tell, `asks` where the argument is no number that can be counted."""

    name: str
    per: list[str]
    within: int
    sum: str | None
    at_most: str
    used: str | None
    asks: str | None
    over: bool


class CriticalityView(TypedDict):
    """How critical the action is by the policy's own words: low, medium, high or critical, and what raised it."""

    level: str
    because: list[str]


class VerdictView(TypedDict):
    """Why a person is asked: the policy's answer, its reason (a code or words), the rule and the policy's digest.

    `refused` is there where the same intent was refused before, `error` where a condition of the policy has no answer,
    `limits` where some count the action, `criticality` where the policy says what makes actions critical.
    """

    verdict: str
    pattern: str | None
    reason: str
    rule: str | None
    pol: str | None
    refused: NotRequired[RefusedView]
    error: NotRequired[str]
    limits: NotRequired[list[LimitView]]
    criticality: NotRequired[CriticalityView]


class PartsView(TypedDict):
    """The digests of what is shown beside the arguments."""

    context: str | None
    story: str | None


def build(
    *,
    review: ReviewView,
    action: ActionView,
    verdict: VerdictView,
    parts: PartsView,
    flags: Sequence[Flag] = (),
    unseen: Sequence[str] = (),
    uninspected: Sequence[Uninspected] = (),
) -> dict[str, Plain]:
    """Return the view as plain JSON, ready to be hashed; it shares nothing mutable with what it was given.

    `flags` are those of arguments, context and story; `unseen` the paths that a person has to open to see all, and
    `uninspected` the places that no check can look into.
    """
    levels: list[Plain] = [{**_plain(level), "ask": [*level["ask"]]} for level in review["levels"]]
    quorum: list[Plain] = [[group, number] for group, number in review["quorum"]]
    told: list[Plain] = [_told(flag) for flag in flags]
    dark: list[Plain] = [_told(one) for one in uninspected]
    return {
        "version": VIEW_VERSION,
        "review": {**_plain(review), "levels": levels, "quorum": quorum},
        "action": _plain(action),
        "verdict": _plain(verdict),
        "parts": _plain(parts),
        "flags": told,
        "unseen": [*unseen],
        "uninspected": dark,
    }


def folds(view: JSON | Erased) -> tuple[str, ...] | None:
    """Return the paths of a stored view that a person has to open; nothing where it was erased or cannot be read."""
    found = view.get("unseen") if isinstance(view, Mapping) else None
    return tuple(map(str, found)) if isinstance(found, Sequence) and not isinstance(found, str) else None


def _told(one: Flag | Uninspected) -> dict[str, Plain]:
    return {"code": one.code, "path": one.path, "text": one.text}


def _plain(part: object) -> dict[str, Plain]:
    return dict(cast("Mapping[str, Plain]", part))
