"""Everything that is printed goes through here: drawn lines and JSON, with nothing in them that a terminal obeys."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, TextIO

import typer

from ..gate.paint import painted
from ..view.columns import clip, columns, pad, wrap
from ..view.escape import safe
from ..view.lines import Line, Span, Style

Json = Annotated[bool, typer.Option("--json", help="Print JSON in ASCII, for programs.")]
NARROW: Final = 80
WIDEST: Final = 24
LABEL: Final = 9


def width() -> int:
    """The columns of the terminal; 100 where there is none."""
    return max(shutil.get_terminal_size((100, 24)).columns, 40)


def show(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Print lines. Whatever could still move the terminal is escaped first."""
    target, drawn = stream or sys.stdout, [_harmless(line) for line in lines]
    if drawn:
        print(painted(drawn, target), file=target, flush=True)


def _harmless(line: Line) -> Line:
    text = safe(line.text.rstrip())
    return line if text == line.text else Line(line.style, text, line.spans if line.text.startswith(text) else ())


def say(text: str, style: Style = "fact", *, stream: TextIO | None = None) -> None:
    """Print one sentence, wrapped to the terminal."""
    show([Line(style, row) for row in wrap(safe(text), width())], stream)


def tell(value: Any) -> None:
    """Print JSON: ASCII alone, control characters escaped."""
    print(json.dumps(value, indent=2, ensure_ascii=True, default=str).replace("\x7f", "\\u007f"), flush=True)


def labelled(label: str, text: str, style: Style = "fact") -> list[Line]:
    """A label and what it says, beside it; the rows below stand under the first."""
    first, *rest = wrap(safe(text), width() - LABEL)
    head = pad(label, LABEL)
    spans = (Span(0, len(label), "key"),) if label else ()
    return [Line(style, head + first, spans), *(Line(style, " " * LABEL + row) for row in rest)]


def table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, grows: int, spans: dict[int, Style]
) -> list[Line]:
    """Rows in columns: all as wide as their widest cell, the one that `grows` takes what is left of the terminal.

    `spans` gives columns a style. Cells hold text that is safe to draw.
    """
    sizes = [max(columns(row[at]) for row in (head, *rows)) for at in range(len(head))]
    sizes = [size if at == grows else min(size, WIDEST) for at, size in enumerate(sizes)]
    others = sum(size for at, size in enumerate(sizes) if at != grows) + 2 * (len(head) - 1)
    sizes[grows] = max(min(sizes[grows], width() - others), 12)
    return [_row(head, sizes, {at: "muted" for at in range(len(head))}), *(_row(row, sizes, spans) for row in rows)]


def _row(cells: tuple[str, ...], sizes: list[int], styles: dict[int, Style]) -> Line:
    text, spans = "", []
    for at, cell in enumerate(cells):
        shown = clip(cell, sizes[at])
        if at in styles and shown:
            spans.append(Span(len(text), len(text) + len(shown), styles[at]))
        text += pad(shown, sizes[at]) + "  "
    return Line("fact", text.rstrip(), tuple(span for span in spans if span.start < len(text.rstrip())))
