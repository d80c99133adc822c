"""Gives drawn lines their colours on a terminal, and none where the output is no terminal or NO_COLOR is set."""

import os
from collections.abc import Iterable
from typing import Final, TextIO

from ..view.text import Line

STYLES: Final = {
    "title": "1", "deadline": "33", "key": "2", "flag": "1;33", "good": "32", "agent": "35", "muted": "2", "rule": "2",
    "removed": "31", "added": "32", "bad": "31",
}  # fmt: skip


def painted(lines: Iterable[Line], stream: TextIO) -> str:
    """The lines as text for that stream."""
    plain = not stream.isatty() or "NO_COLOR" in os.environ
    return "\n".join(line.text if plain else _styled(line) for line in lines)


def _styled(line: Line) -> str:
    code = STYLES.get(line.style)
    return f"\x1b[{code}m{line.text}\x1b[0m" if code else line.text
