"""Plain JSON values and the paths that name places in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from .escape import hidden, quoted

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""JSON in its own types, as a decoder makes it."""

LONGEST_KEY = 64
"""Characters of a key that are written out in a path; a longer key is cut and told apart by its hash."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*").fullmatch


def label(key: str) -> str:
    """Return a key as it is drawn: bare if it is an ASCII identifier, else quoted, never too long."""
    if len(key) > LONGEST_KEY:
        mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return f"{quoted(key[:40])}⟨{len(key):,} characters, sha256 {mark}⟩"
    return key if _PLAIN(key) else quoted(key)


def member(path: str, key: str) -> str:
    """Return the path of an object's member: `args.to`, or `args["a b"]` where the key is no identifier."""
    name = label(key)
    return f"{path}.{name}" if name == key else f"{path}[{name}]"


def item(path: str, index: int) -> str:
    """Return the path of an array's item, counted from 0: `args.lines[2]`."""
    return f"{path}[{index}]"


def number(value: int | float) -> str:
    """Return a number's text; an integer of over 4,300 digits is written in hexadecimal."""
    try:
        return repr(value)
    except ValueError:
        return hex(int(value))


def hidden_in(value: JSON) -> int:
    """Count the characters in a value's texts and names that a reader would not see."""
    found, stack = 0, [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            found += hidden(node)
        elif isinstance(node, Mapping):
            found += sum(map(hidden, node))
            stack.extend(node.values())
        elif isinstance(node, Sequence):
            stack.extend(node)
    return found
