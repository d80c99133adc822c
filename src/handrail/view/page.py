"""The view as plain JSON for a page in a browser: the same facts, values, flags and words as in the terminal.

Every string is drawn text: what hides is written out, and brackets `⟨ ⟩` and the signs `⏎` and `⇥` are Handrail's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, tzinfo
from typing import Any, TypedDict

from .columns import clip
from .drawing import drawn
from .escape import safe, visible
from .facts import Reader, facts, reason
from .flags import CODES
from .masks import conceal
from .model import Erased
from .nodes import Node, node
from .text import gist, in_order
from .value import JSON, hidden_in

WIDEST_TITLE = 200
"""Columns of a title."""


class Fact(TypedDict):
    """A fact of the view in words."""

    name: str
    words: str


class FlagWords(TypedDict):
    """A flag with its heading, and the part of the review that its path is in."""

    code: str
    heading: str
    path: str
    text: str
    part: str


class Uninspected(TypedDict):
    """A place that no check can look into, and why."""

    path: str
    why: str


class Page(TypedDict):
    """What a page shows of a review's view and its bytes; see `page`."""

    title: str
    facts: list[Fact]
    reason: str
    args: Node
    first: Node | None
    context: Node | None
    story: Node | None
    flags: list[FlagWords]
    hidden: int
    unseen: list[str]
    uninspected: list[Uninspected]


def page(
    view: Mapping[str, Any] | Erased,
    *,
    args: JSON | Erased,
    context: JSON | Erased,
    story: Mapping[str, JSON] | Erased | None,
    names: Callable[[str], str],
    now: int,
    first: JSON | Erased = None,
    zone: tzinfo = UTC,
) -> Page:
    """Return what a page shows of a review; `first` are the arguments as the agent first asked, if they were edited.

    `names` turns ids into display names, `now` is in microseconds. Of an erased view only the values are left.
    """
    known: Mapping[str, Any] = {} if isinstance(view, Erased) else view
    return {
        "title": _title(known, args),
        "facts": [{"name": name, "words": words} for name, words in facts(known, Reader(names, now, zone))]
        if known
        else [],
        "reason": reason(known["verdict"]) if known else "",
        "args": node(args, "args"),
        "first": None if first is None else node(first, "args"),
        "context": None if context is None else node(context, "context"),
        "story": node(story if isinstance(story, Erased) else in_order(story), "story") if story else None,
        "flags": list(_flags(known)),
        "hidden": 0 if isinstance(args, Erased) else hidden_in(args),
        "unseen": [safe(path) for path in known.get("unseen", ())],
        "uninspected": [
            {"path": safe(one["path"]), "why": safe(one["text"])} for one in known.get("uninspected", ())
        ],
    }  # fmt: skip


def _title(view: Mapping[str, Any], args: JSON | Erased) -> str:
    """Return one line that says what would run, from the bytes; a question by its words."""
    words = gist(args)
    if view and view["review"]["kind"] == "question" and isinstance(args, Mapping):
        return clip(drawn(conceal(str(args.get("question", "")))), WIDEST_TITLE)
    return clip(f"{visible(view['action']['name'])}  {words}".rstrip() if view else words, WIDEST_TITLE)


def _flags(view: Mapping[str, Any]) -> Iterator[FlagWords]:
    for flag in view.get("flags", ()):
        yield {
            "code": visible(flag["code"]), "heading": CODES.get(flag["code"]) or visible(flag["code"]),
            "path": safe(flag["path"]), "text": safe(flag["text"]),
            "part": next((part for part in ("context", "story") if flag["path"].startswith(part)), "args"),
        }  # fmt: skip
