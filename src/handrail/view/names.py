"""Names of an object's members: which need a look of their own, which name secrets, which look alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from . import masks, payloads
from .escape import kind
from .lookalikes import LOOKALIKE
from .masks import Sensitivity

_FEW, _SHORT = 32, 512
"""Members and characters of an object's names up to which a judgement is remembered."""

plain = re.compile(r"[A-Za-z0-9_.-]{1,40}").fullmatch
"""Match a name that needs no check as a text."""

_EYE = str.maketrans({"1": "l", "I": "l", "|": "l", "0": "O"})


def judge(node: Mapping[str, object]) -> tuple[bool, Sequence[Sensitivity]]:
    """Return whether all names are plain and unlike each other, and what each says about its value.

    Tools call with the same names again and again: small sets of names are judged once.
    """
    names = tuple(node)
    if len(names) <= _FEW and sum(map(len, names)) <= _SHORT:
        return _remembered(names)
    return _judge(names)


def _judge(names: tuple[str, ...]) -> tuple[bool, tuple[Sensitivity, ...]]:
    calm = all(map(plain, names)) and not any(map(laden, names)) and next(alike(names), None) is None
    return calm, tuple(map(masks.sensitive, names))


def laden(name: str) -> bool:
    """Say whether a name is long enough to carry a secret or a payload, and does."""
    return len(name) > 15 and bool((masks.suspected(name) and masks.find(name)) or payloads.encoded(name, ""))


_remembered = lru_cache(maxsize=1024)(_judge)


def alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that are equal after case folding and normalisation, or to the eye."""
    firsts: dict[str, str] = {}
    for name in names:
        spellings = skeletons(name)
        if other := next((firsts[spelling] for spelling in spellings if spelling in firsts), None):
            yield other, name
        for spelling in spellings:
            firsts.setdefault(spelling, name)


def skeletons(name: str) -> tuple[str, str]:
    """Return a name as it is compared: folded (`f:`), and as the eye takes it (`e:`, after UTS 39)."""
    text = name
    if not (name.isascii() and name.isprintable()):
        shown = "".join(" " if char.isspace() else char for char in name if char.isspace() or kind(char) != "hidden")
        text = "".join(LOOKALIKE.get(char, char) for char in unicodedata.normalize("NFKC", shown))
    text = " ".join(text.split())
    return f"f:{text.casefold()}", "e:" + text.replace("rn", "m").replace("vv", "w").translate(_EYE)
