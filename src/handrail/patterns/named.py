"""Patterns by name: those that are built in, and one's own, which are made of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from ..errors import UsageError
from ..gate.call import is_same

Make = TypeVar("Make", bound=Callable[..., Any])
BUILT_IN: Final = ("auto", "approval", "confidence", "exceptions")
_OWN: Final[dict[str, Callable[..., Any]]] = {}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")


def pattern(name: str) -> Callable[[Make], Make]:
    """Register a pattern of one's own: a function of a rail and of keywords that gives back a decorator.

    It is made of the patterns that are there, so that it can ask for more and never for less than they do. From then on
    `rail.gate(pattern=…)` knows its name. `handrail.testing.pattern_contract` tests what every pattern promises. Raises
    `UsageError` for a name that is taken or cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a pattern: use small letters, digits and -, as in two-eyes")

    def register(make: Make) -> Make:
        known = _OWN.get(name)
        if name in BUILT_IN or (known is not None and not is_same(known, make)):
            raise UsageError(f"there is a pattern {name!r} already: give this one another name")
        _OWN[name] = make
        return make

    return register


def own(name: str) -> Callable[..., Any]:
    """What makes the pattern of that name. Raises `UsageError`, which lists the names that are known."""
    if name in _OWN:
        return _OWN[name]
    known = sorted((*BUILT_IN, *_OWN))
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"there is no pattern {name!r}: {hint}known are {', '.join(known)}")
