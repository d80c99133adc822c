"""A page of a review around given arguments, for tests of what is shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from handrail.view.flags import inspect
from handrail.view.fold import folded_paths
from handrail.view.lines import Line
from handrail.view.model import ActionView, Erased, PartsView, ReviewView, VerdictView, build
from handrail.view.text import render
from handrail.view.uninspected import uninspected

MINUTE = 60_000_000
OPENED = 1_794_666_000_000_000
"""2026-11-14 14:20 UTC, in microseconds."""

NAMES = {
    "usr_nora": "Nora Lindqvist", "usr_ben": "Ben Kato", "usr_cfo": "Chi Tran", "grp_treasury": "Treasury",
    "grp_legal": "Legal", "agt_triage": "support-triage", "run_1": "session 4821",
}  # fmt: skip

REVIEW: ReviewView = {
    "id": "rev_01K9ZV7F2M",
    "kind": "approval",
    "round": 1,
    "opened_at": OPENED,
    "deadline": OPENED + 25 * MINUTE,
    "at_end": "reject",
    "levels": [
        {"ask": ["usr_nora", "usr_ben"], "within": 15 * MINUTE, "remind": 5 * MINUTE},
        {"ask": ["usr_cfo"], "within": 10 * MINUTE, "remind": None},
    ],
    "quorum": [("grp_treasury", 1), ("grp_legal", 1)],
    "undo": 5 * MINUTE,
}
ACTION: ActionView = {
    "id": "act_1",
    "name": "payments.refund",
    "revision": 1,
    "bind": "sha256:9f3c51d0" + "0" * 52 + "e21a",
    "schema": None,
    "agent": "agt_triage",
    "owner": "usr_nora",
    "run": "run_1",
    "risk": "high",
    "reversible": False,
    "attempt": 1,
}
VERDICT: VerdictView = {
    "verdict": "review",
    "pattern": "approval",
    "reason": "rule",
    "rule": "refunds over 500 need two people",
    "pol": "77aa51d0" + "0" * 52 + "0011",
}
PARTS: PartsView = {"context": "11112222" + "3" * 52 + "5555", "story": None}


def view(args: Any = None, context: Any = None, story: Any = None, **changed: Any) -> dict[str, Any]:
    """Return a view over the three parts; `changed` replaces members of review, action or verdict."""

    def of(part: Any) -> Any:
        return {**part, **{key: value for key, value in changed.items() if key in part}}

    flags = [
        flag
        for path, value in (("args", args), ("context", context), ("story", story))
        if not isinstance(value, Erased)
        for flag in inspect(value, path=path)
    ]
    unseen = [] if isinstance(args, Erased) else folded_paths(args)
    dark = [
        one
        for path, value in (("args", args), ("context", context), ("story", story))
        if not isinstance(value, Erased)
        for one in uninspected(value, path=path)
    ]
    built = build(
        review=of(REVIEW), action=of(ACTION), verdict=of(VERDICT), parts=PARTS, flags=flags, unseen=unseen,
        uninspected=dark,
    )  # fmt: skip
    return dict(built)


def page(
    args: Any = None,
    context: Any = None,
    story: Any = None,
    *,
    width: int = 100,
    unfold: Collection[str] = (),
    now: int = OPENED + 3 * MINUTE,
    **changed: Any,
) -> list[Line]:
    """Return the lines of a review, three minutes after it was opened."""
    return render(
        view(args, context, story, **changed),
        args=args,
        context=context,
        story=story,
        names=lambda id_: NAMES.get(id_, id_),
        now=now,
        width=width,
        unfold=unfold,
    )
