"""Folds long values in the middle: both ends stay, the size is told, and the reader can open the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handrail.view.value import JSON, item, member

LONG_TEXT, MANY_LINES, MANY_MEMBERS = 2_000, 40, 100
"""Characters and lines of a text, members of a container, beyond which the middle is folded."""

ENDS, END_LINES, END_MEMBERS = 240, 12, 20
"""Characters, lines and members that stay at either end."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without its middle: `head + hidden characters + tail` is the whole of `total` characters."""

    head: str
    tail: str
    hidden: int
    total: int


def fold(text: str) -> Folded | None:
    """Return the ends of a text too long to show, or nothing if it is short enough; cuts at line ends if near."""
    if not folds(text):
        return None
    head = _end(text[:ENDS], "\n")
    tail = _end(text[-ENDS:][::-1], "\n")[::-1]
    return Folded(head, tail, len(text) - len(head) - len(tail), len(text))


def folds(text: str) -> bool:
    """Say whether a text is folded."""
    return len(text) > LONG_TEXT or (len(text) > MANY_LINES and text.count("\n") > MANY_LINES)


def _end(end: str, line_break: str) -> str:
    """Keep at most `END_LINES` lines of one end, and drop a last broken line if enough stays."""
    lines = end.split(line_break)
    if len(lines) > END_LINES:
        return line_break.join(lines[:END_LINES]) + line_break
    whole = line_break.join(lines[:-1])
    return whole + line_break if len(whole) > ENDS // 2 else end


def folded_paths(value: JSON, *, path: str = "args") -> list[str]:
    """Return the paths of all texts and containers that are shown folded: what a person has to open."""
    return list(_folded(value, path))


def _folded(value: JSON, path: str) -> Iterator[str]:
    stack: list[tuple[JSON, str]] = [(value, path)]
    while stack:
        node, place = stack.pop()
        if isinstance(node, str):
            if folds(node):
                yield place
        elif isinstance(node, Mapping | Sequence):
            if len(node) > MANY_MEMBERS:
                yield place
            stack.extend(reversed([(child, at) for at, child in members(node, place) if _may_fold(child)]))


def _may_fold(value: JSON) -> bool:
    return len(value) > MANY_LINES if isinstance(value, str) else isinstance(value, Mapping | Sequence)


def members(node: Sequence[JSON] | Mapping[str, JSON], path: str) -> Iterator[tuple[str, JSON]]:
    """Yield the members of a container with their paths."""
    if isinstance(node, Mapping):
        return ((member(path, key), child) for key, child in node.items())
    return ((item(path, index), child) for index, child in enumerate(node))
