"""Bulk that hides: long blank or repeated stretches before a tail, payloads that a person cannot read."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from operator import eq

LONG_SPACE, MANY_BREAKS, LONG_REPEAT, MANY_REPEATS = 40, 10, 120, 20
"""Blank characters, line breaks, equal characters, equal words or lines in a row that count as padding."""

LONG_BASE64, LONG_HEX, LONG_PERCENT = 100, 129, 30
"""Characters (percent escapes) beyond any usual identifier or digest; SHA-512 has 128 hexadecimal digits."""

LONGEST_PHRASE = 8
"""Words of a phrase whose repetition is looked for."""

_SPACE = re.compile(rf"\s{{{MANY_BREAKS},}}").finditer
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
    return _repeated(text) if len(text) >= LONG_REPEAT else ""


def _repeated(text: str) -> str:
    if match := _REPEAT(text):
        return f"One character {len(match.group()):,} times in a row, {_followed(text, match.end())}."
    most = max(_most(text.split(), LONGEST_PHRASE), _most(text.splitlines(), 1))
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


_RUN = re.compile(r"[A-Za-z0-9+/_=-]{16,}").finditer
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+").fullmatch
_PERCENT = re.compile(rf"(?:%[0-9a-fA-F]{{2}}){{{LONG_PERCENT},}}").search
_PERCENT_LETTERS = re.compile(r"(?:%(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])){2}").search
_CODES = re.compile(r"(?:\\x[0-9a-fA-F]{2}){4}|(?:\\u\{?[0-9a-fA-F]{4}\}?){4}|(?:\\[0-7]{3}){4}").search


def encoded(text: str, field: str) -> str:
    """Return the words of a flag about a payload written in an encoding, or an empty string."""
    for match in _RUN(text):
        if words := _packed(match.group()):
            return words
    if "%" in text and (_PERCENT_LETTERS(text) or _PERCENT(text)):
        return "Part of the text is percent-encoded and cannot be read here."
    if "\\" in text and _CODES(text):
        return "Part of the text is written in character codes."
    return ""


def _packed(run: str) -> str:
    if _HEX(run):
        long = len(run) >= LONG_HEX and len(set(run)) > 2
        return f"{len(run):,} hexadecimal characters, more than a digest has." if long else ""
    body = run.rstrip("=")
    if len(run) >= LONG_BASE64 and len(set(body)) > 20 and not (body.islower() or body.isupper()):
        return f"{len(run):,} characters of base64 or a similar encoding."
    if len(run) > LONG_BASE64 * 10 or not _reads(body.replace("-", "+").replace("_", "/")):
        return ""
    return f"{len(run):,} characters of base64 that decode to readable text."


def _reads(body: str) -> bool:
    """Say whether base64 decodes to printable ASCII; by chance 11 random bytes do once in 50,000 times."""
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) >= 11 and all(32 <= byte < 127 or byte in b"\r\n\t" for byte in raw)
