"""Lines of a terminal page: text with a style from a closed set, so that any program can colour it its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .columns import columns, pad, wrap

Style = Literal[
    "title", "deadline", "rule", "heading", "fact", "key", "value", "masked", "fold", "muted", "flag", "good", "agent",
    "removed", "added", "blank",
]  # fmt: skip

FENCE = "┆ "
"""Begins every line of agent text and no line of Handrail's."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line, in characters, with a style of its own."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True, slots=True)
class Line:
    """One row of text without control characters; spans restyle parts of it."""

    style: Style
    text: str
    spans: tuple[Span, ...] = ()


BLANK = Line("blank", "")


def plain(lines: Iterable[Line]) -> str:
    """Return the lines as text without styles."""
    return "\n".join(line.text.rstrip() for line in lines)


def wrapped(style: Style, text: str, width: int, *, hang: int = 0) -> list[Line]:
    """Return a visible text as lines of at most `width` columns, all but the first indented by `hang`."""
    first, *rest = wrap(text, width)
    below = "".join(rest)
    rows = wrap(below, width - hang) if below else []
    return [Line(style, first), *(Line(style, " " * hang + row) for row in rows)]


def keyed(key: str, rows: Iterable[Line], *, indent: int, column: int, width: int) -> Iterator[Line]:
    """Set rows at `column` beside a key at `indent`, or under it if it is too long; a key takes `width` at most."""
    head = " " * indent + key
    start: tuple[Span, ...] = (Span(indent, len(head), "key"),)
    if columns(head) > column - 2:
        yield from (Line("key", " " * indent + part) for part in wrap(key, width - indent))
        head, start = "", ()
    for row in rows:
        left = pad(head, column)
        yield Line(row.style, left + row.text, (*start, *moved(row.spans, len(left))))
        head, start = "", ()


def moved(spans: Iterable[Span], by: int) -> Iterator[Span]:
    """Shift spans to the right."""
    return (Span(span.start + by, span.end + by, span.style) for span in spans)
