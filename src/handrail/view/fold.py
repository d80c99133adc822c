"""Folds long values in the middle: both ends stay, the size is told, and the reader can open the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .drawing import written
from .masks import Concealed, Sensitivity, conceal
from .names import judge
from .value import JSON, item, member

LONG_TEXT, MANY_LINES, MANY_MEMBERS = 2_000, 40, 100
"""Characters and lines of a text, members of a container, beyond which the middle is folded."""

MOST_LEVELS = 32
"""Levels of nesting that are drawn as a tree; what lies below is drawn as one JSON text."""

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
    """Return the ends of a text too long to show, or nothing if it is short; cuts at line ends if near."""
    if not folds(text):
        return None
    head = _end(text[:ENDS], "\n")
    tail = _end(text[-ENDS:][::-1], "\n")[::-1].removeprefix("\n")
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


def stretches(hidden: Concealed) -> tuple[int, int] | None:
    """Return where a long text's middle begins and ends, no cover cut; nothing for a text that is shown whole."""
    cut = fold(hidden.text)
    if cut is None:
        return None
    start = max((end for begin, end in hidden.covers if begin < len(cut.head)), default=0)
    start = max(start, len(cut.head))
    last = len(hidden.text) - len(cut.tail)
    stop = min((begin for begin, end in hidden.covers if end > last), default=last)
    return start, max(start, min(stop, last))


def folded_paths(value: JSON, *, path: str = "args") -> list[str]:
    """Return the paths of all texts and containers that are shown folded: what a person has to open.

    Texts are measured as shown, with their secrets covered.
    """
    return list(_folded(value, path))


def _folded(value: JSON, path: str) -> Iterator[str]:
    stack: list[tuple[JSON, str, Sensitivity, int]] = [(value, path, "", 0)]
    while stack:
        node, place, sensitivity, depth = stack.pop()
        if isinstance(node, str):
            if folds(node) and folds(conceal(node, sensitivity).text):
                yield place
        elif isinstance(node, Mapping | Sequence):
            if depth == MOST_LEVELS:
                if folds(written(node, sensitivity).text):
                    yield place
                continue
            if len(node) > MANY_MEMBERS:
                yield place
            steps = [step for step in members(node, place, sensitivity) if _may_fold(step[0])]
            stack += [(*step, depth + 1) for step in reversed(steps)]


def _may_fold(value: JSON) -> bool:
    return len(value) > MANY_LINES if isinstance(value, str) else isinstance(value, _CONTAINERS)


_CONTAINERS = (dict, list, tuple, Mapping, Sequence)


def members(
    node: Sequence[JSON] | Mapping[str, JSON], path: str, sensitivity: Sensitivity = ""
) -> Iterator[tuple[JSON, str, Sensitivity]]:
    """Yield the members of a container with their paths and what the names say about secrets."""
    if not isinstance(node, Mapping):
        return ((child, item(path, index), sensitivity) for index, child in enumerate(node))
    return (
        (child, member(path, key), sensitivity if sensitivity == "always" else own)
        for (key, child), own in zip(node.items(), judge(node)[1], strict=True)
    )
