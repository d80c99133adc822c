"""Draws every character that hides, moves or imitates as a visible escape.

An allow-list: letters, marks, numbers, punctuation, symbols and the ASCII space are drawn as they are, all else
as `⟨U+XXXX⟩`. Nothing is stripped, and two different texts are never drawn alike: the escape's own signs are
escaped too.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

MOST_MARKS = 4
"""Combining marks drawn on one base; further ones would pile over the neighbouring lines."""

LINE_BREAK, TAB = "⏎", "⇥"
_SIGNS = {"\n": LINE_BREAK, "\t": TAB}
_OWN = "⟨⟩" + LINE_BREAK + TAB

_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\U00016fe4\U0001d159"
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Assigned and printable by category, yet drawn as nothing: fillers and variation selectors."""

Kind = Literal["plain", "mark", "hidden"]


@lru_cache(maxsize=8192)
def kind(char: str) -> Kind:
    """Say how one character is drawn; `hidden` covers all that the allow-list does not name."""
    if not char.isprintable() or char in _BLANK or char in _OWN:
        return "hidden"
    return "mark" if unicodedata.category(char)[0] == "M" else "plain"


def escaped(char: str, *, named: bool = False) -> str:
    """Return the escape of one character: `⟨U+202E⟩`, or with its Unicode name."""
    name = unicodedata.name(char, "") if named else ""
    return f"⟨U+{ord(char):04X}{' ' if name else ''}{name}⟩"


def visible(text: str, *, named: bool = False) -> str:
    """Return the text with everything unseen drawn; line breaks become `⏎` and tabs `⇥`. Injective."""
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = MOST_MARKS
    for char in text:
        match kind(char):
            case "plain":
                out.append(char)
                marks = 0 if char != " " else MOST_MARKS
            case "mark" if marks < MOST_MARKS:
                out.append(char)
                marks += 1
            case _:
                out.append(_SIGNS.get(char) or escaped(char, named=named))
                marks = MOST_MARKS
    return "".join(out)


def quoted(text: str) -> str:
    """Return the visible text between double quotes on one line, with `"` and `\\` escaped as in JSON."""
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def safe(text: str) -> str:
    """Return words that hold escapes already, with only what may not be drawn escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in _OWN else visible(char) if kind(char) == "hidden" else char for char in text)


def hidden(text: str) -> int:
    """Count the characters that a reader would not see; line breaks and tabs are not among them."""
    if text.isascii() and text.isprintable():
        return 0
    return visible(text).count("⟨U+") - sum(map(text.count, _OWN))
