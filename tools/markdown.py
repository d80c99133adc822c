"""Small pieces of Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars in cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def doc(thing: object) -> str:
    """The docstring without its indentation. Raises `ValueError` where there is none."""
    found = inspect.getdoc(thing)
    if not found:
        raise ValueError(f"{thing!r} has no docstring")
    return found
