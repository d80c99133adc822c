"""How long a check against a schema may take: agents write schemas, and an edit is checked while others wait."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from handrail.errors import UnreadableSchema

STEPS: Final = 20_000_000
"""Steps that one check spends on patterns, at most: about a second."""

VISITS: Final = 200_000
"""Rules that one check tries, at most: a few lines of references can mean more places than anybody could visit."""

_TOKEN: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P?<[^=!>]*>|<?[=!]|:|>)|\{(\d*)(,?)(\d*)\}|.", re.DOTALL
)


class _Left:
    """What is left of what one check may spend."""

    def __init__(self) -> None:
        self.steps, self.visits = STEPS, VISITS


_LEFT: Final[ContextVar[_Left]] = ContextVar("left")


@contextmanager
def effort() -> Iterator[None]:
    """Begin a check with all that it may spend."""
    token = _LEFT.set(_Left())
    try:
        yield
    finally:
        _LEFT.reset(token)


def visited(rule: object) -> None:
    """Count a rule, by its parts if it has any. Raises `UnreadableSchema` once there were too many."""
    left = _LEFT.get()
    left.visits -= 1 + (len(rule) if isinstance(rule, list | dict) else 0)
    if left.visits < 0:
        raise UnreadableSchema("checking against the stored schema takes too long: reject this, or send it back")


def affordable(pattern: str, text: str, times: int = 1) -> bool:
    """Whether a pattern can be looked for in a text so many times with what is left; it counts as spent then."""
    left, cost = _LEFT.get(), ways(pattern, len(text)) * (len(text) + len(pattern)) * times
    if cost > left.steps:
        return False
    left.steps -= cost
    return True


def require_names(schema: object, longest: str, names: int) -> None:
    """Raise `UnreadableSchema` where a pattern for names takes too long on as many names, none longer than that."""
    stack = [schema]
    while stack:
        found = stack.pop()
        if isinstance(found, Mapping):
            stack += found.values()
            patterns = found.get("patternProperties")
            if isinstance(patterns, Mapping) and not all(affordable(one, longest, names) for one in patterns):
                raise UnreadableSchema(
                    "a pattern for names in the stored schema takes too long: reject this, or send it back"
                )
        elif isinstance(found, list):
            stack += found


def ways(pattern: str, length: int) -> int:
    """In how many ways at most a pattern can be tried at one place of a text of that length."""
    total, inner, before = [1], 1, ""
    for match in _TOKEN.finditer(pattern):
        token = match.group()
        if token.startswith("("):
            total.append(1)
        elif token == ")" and len(total) > 1:
            inner = total.pop()
            total[-1] = min(total[-1] * inner, STEPS + 1)
        elif token == "|":
            total[-1] = min(total[-1] * 2, STEPS + 1)
        elif (choices := _choices(match, length)) and before != "quantifier":
            if before == ")" and inner > 1 and token != "?":
                return STEPS + 1
            total[-1] = min(total[-1] * choices, STEPS + 1)
            before = "quantifier"
            continue
        before = token
    return total[0] if len(total) == 1 else STEPS + 1


def _choices(match: re.Match[str], length: int) -> int:
    """How many repetitions a quantifier leaves open; 0 for what is none."""
    least, comma, most = match.group(1), match.group(2), match.group(3)
    token = match.group()
    if token in ("*", "+"):
        return length + 1
    if token == "?":
        return 2
    if least is None or not (least or most):
        return 0
    if not comma:
        return 1
    return min(length, int(most or length)) + 1
