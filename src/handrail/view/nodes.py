"""A value as a tree of plain JSON for any page: every text drawn, secrets covered, folds marked.

Made without recursion. Below `MOST_LEVELS` levels a container stands as one text, so that any reader of JSON can read
the tree and a person the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Literal, TypedDict

from .drawing import Container, covered, drawn, inline, written
from .escape import visible
from .fold import END_MEMBERS, MANY_MEMBERS, MOST_LEVELS, members, stretches
from .masks import Concealed, Sensitivity, conceal
from .model import Erased
from .value import JSON, label
from .words import digest

Kind = Literal["text", "number", "boolean", "null", "object", "list", "erased"]


class Fold(TypedDict):
    """The drawn ends of a long text, and how many characters stand between them."""

    head: str
    tail: str
    hidden: int


class Folded(TypedDict):
    """How many first and last members of a long container are shown, and how many stand between them."""

    head: int
    tail: int
    hidden: int


class Place(TypedDict):
    """Where a value stands, under which key, and what it is."""

    path: str
    name: str | None
    kind: Kind


class Node(Place, total=False):
    """One value: `name` is its key, `text` a scalar as it is drawn, or all that a container too deep to show holds."""

    text: str
    masked: bool
    fold: Fold
    members: list[Node]
    folded: Folded


_Step = tuple[JSON, str, str | None, Sensitivity, int, list[Node]]
"""A value, its path and key, what its name says about secrets, its depth, and where its node goes."""


def node(value: JSON | Erased, path: str) -> Node:
    """Return the tree of a value; an object's members keep their order."""
    if isinstance(value, Erased):
        return {"path": path, "name": None, "kind": "erased", "text": digest(visible(value.digest))}
    roots: list[Node] = []
    stack: list[_Step] = [(value, path, None, "", 0, roots)]
    while stack:
        stack += reversed(list(_placed(stack.pop())))
    return roots[0]


def _placed(step: _Step) -> Iterator[_Step]:
    """Put the node of a step where it goes, and yield the steps of its members."""
    value, path, name, sensitivity, depth, into = step
    made: Node = {"path": path, "name": name, "kind": _kind(value)}
    into.append(made)
    if isinstance(value, str):
        _text(made, conceal(value, sensitivity))
    elif not isinstance(value, Mapping | Sequence):
        made["text"] = inline(value, sensitivity)
        if covered(value, sensitivity):
            made["masked"] = True
    elif depth == MOST_LEVELS and value:
        _text(made, written(value, sensitivity))
    else:
        yield from _members(made, value, sensitivity, depth)


def _kind(value: JSON) -> Kind:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case Mapping():
            return "object"
        case _:
            return "list"


def _text(made: Node, shown: Concealed) -> None:
    whole = drawn(shown)
    made["text"] = f"⟨{shown.text}⟩" if shown.whole else whole
    if shown.covers:
        made["masked"] = True
    if cut := stretches(shown):
        start, stop = cut
        made["fold"] = {"head": drawn(shown, 0, start), "tail": drawn(shown, stop), "hidden": stop - start}


def _members(made: Node, value: Container, sensitivity: Sensitivity, depth: int) -> Iterator[_Step]:
    made["members"] = []
    if len(value) > MANY_MEMBERS:
        made["folded"] = {"head": END_MEMBERS, "tail": END_MEMBERS, "hidden": len(value) - 2 * END_MEMBERS}
    keys = map(label, value) if isinstance(value, Mapping) else repeat(None, len(value))
    for key, (child, path, own) in zip(keys, members(value, made["path"], sensitivity), strict=True):
        yield child, path, key, own, depth + 1, made["members"]
