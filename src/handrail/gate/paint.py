"""Gives drawn lines their colours on a terminal, and none where the output is no terminal or NO_COLOR is set."""

import os
from collections.abc import Iterable
from typing import Final, TextIO

from ..view.lines import Line

STYLES: Final = {
    "title": "1", "deadline": "33", "heading": "1", "key": "2", "flag": "1;33", "good": "32", "agent": "35",
    "muted": "2", "fold": "2", "masked": "2", "rule": "2", "removed": "31", "added": "32",
}  # fmt: skip


def painted(lines: Iterable[Line], stream: TextIO) -> str:
    """The lines as text for that stream."""
    plain = not stream.isatty() or "NO_COLOR" in os.environ
    return "\n".join(line.text if plain else _styled(line) for line in lines)


def _styled(line: Line) -> str:
    """The line with its own colour, and its spans with theirs."""
    parts: list[str] = []
    done = 0
    for span in line.spans:
        parts += [_coloured(line.text[done : span.start], line.style)]
        parts += [_coloured(line.text[span.start : span.end], span.style)]
        done = span.end
    return "".join([*parts, _coloured(line.text[done:], line.style)])


def _coloured(text: str, style: str) -> str:
    code = STYLES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text
