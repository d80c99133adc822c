"""Terminal columns: how wide a text is, how to wrap it without loss, how to cut it to a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .escape import LINE_BREAK

_ATOM = re.compile("⟨[^⟨⟩]{1,99}⟩|.", re.DOTALL)


def columns(text: str) -> int:
    """Return the columns a visible text takes: 2 for wide East Asian characters, 0 for marks and jamo."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width: int) -> list[str]:
    """Break a visible text into rows of at most `width` columns; the rows joined give the text again.

    Breaks after `⏎` always, after a space where possible, never inside an escape unless it is wider than a row.
    """
    rows: list[str] = []
    row, used, space = "", 0, 0
    for atom, size in _atoms(text, width):
        if used + size > width and row:
            keep = space or len(row)
            rows.append(row[:keep])
            row = row[keep:]
            used, space = columns(row), 0
            if used + size > width and row:
                rows.append(row)
                row, used = "", 0
        row, used = row + atom, used + size
        if atom == " ":
            space = len(row)
        elif atom == LINE_BREAK:
            rows.append(row)
            row, used, space = "", 0, 0
    return [*rows, row] if row or not rows else rows


def _atoms(text: str, width: int) -> Iterator[tuple[str, int]]:
    """Yield what may not be cut, with its columns."""
    for match in _ATOM.finditer(text):
        atom = match.group()
        size = columns(atom)
        if size > width:
            yield from ((char, _columns(char)) for char in atom)
        else:
            yield atom, size


def clip(text: str, width: int) -> str:
    """Cut a visible text to `width` columns, ending in `…` if something is left off; escapes stay whole."""
    if columns(text) <= width:
        return text
    out, used = "", 0
    for match in _ATOM.finditer(text):
        size = columns(match.group())
        if used + size > width - 1:
            break
        out, used = out + match.group(), used + size
    return out.rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Fill a visible text with spaces to `width` columns."""
    return text + " " * (width - columns(text))
