"""Bulk that hides: long blank or repeated stretches before a tail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from operator import eq

LONG_SPACE, MANY_BREAKS, LONG_REPEAT, MANY_REPEATS = 40, 10, 120, 20
"""Blank characters, line breaks, equal characters, equal words or lines in a row that count as padding."""

FEWEST = 60
"""Characters of a text below which repeated words do not hide anything."""

LONGEST_PHRASE = 8
"""Words of a phrase whose repetition is looked for."""

_SPACE = re.compile(rf"\s{{{MANY_BREAKS},}}").finditer
_WIDE = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u2800\u3000\u3164\uffa0]{8,}").search
"""Blanks other than the usual one: a few in a row are no typography any more."""
_GAP = re.compile(r"\s\s").search
_REPEAT = re.compile(rf"(\S)\1{{{LONG_REPEAT - 1},}}").search


def padding(text: str, field: str) -> str:
    """Return the words of a flag about a stretch after which a tail may go unseen, or an empty string."""
    if len(text) < MANY_BREAKS:
        return ""
    for match in _SPACE(text) if _GAP(text) else ():
        blank = match.group()
        if len(blank) >= LONG_SPACE or blank.count("\n") >= MANY_BREAKS:
            return f"{len(blank):,} blank characters in a row, {_followed(text, match.end())}."
    if not text.isascii() and (wide := _WIDE(text)):
        return f"{len(wide.group()):,} unusual blank characters in a row, {_followed(text, wide.end())}."
    return _repeated(text) if len(text) >= FEWEST else ""


def _repeated(text: str) -> str:
    words = text.split()
    if max(map(len, words), default=0) >= LONG_REPEAT and (match := _REPEAT(text)):
        return f"One character {len(match.group()):,} times in a row, {_followed(text, match.end())}."
    most = max(_most(words, LONGEST_PHRASE), _most(text.splitlines(), 1))
    return f"The same words {most:,} times in a row." if most >= MANY_REPEATS else ""


def _most(parts: Sequence[str], longest: int) -> int:
    """Return how often a phrase of at most `longest` parts follows itself, 0 where it is fewer than counts.

    Each repetition repeats at least one part, so a text of mostly different parts needs no further look.
    """
    if len(parts) - len(set(parts)) < MANY_REPEATS - 1:
        return 0
    return max(_longest_run(map(eq, parts, islice(parts, size, None))) // size + 1 for size in range(1, longest + 1))


def _longest_run(hits: Iterable[bool]) -> int:
    return max((sum(1 for _ in run) for hit, run in groupby(hits) if hit), default=0)


def _followed(text: str, end: int) -> str:
    rest = len(text) - end
    return f"followed by {rest:,} more character{'' if rest == 1 else 's'}" if rest else "at the end"
