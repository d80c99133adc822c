"""Puts arguments in the order of the function's parameters, which canonical text does not keep."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import orjson

SHORT: Final = 4096
"""Characters of a schema that is remembered: agents call the same few functions again and again."""


def in_order(args: str, schema: str | None) -> dict[str, Any]:
    """The arguments of a canonical text: those that must be given first, in the schema's order, then the others."""
    found: dict[str, Any] = orjson.loads(args)
    names = _remembered(schema) if schema and len(schema) <= SHORT else _required(schema or "{}")
    first = {name: found[name] for name in names if name in found}
    return first | found


def _required(schema: str) -> tuple[str, ...]:
    """The names that a schema requires; what an agent says of its function may be anything."""
    names = orjson.loads(schema).get("required")
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


_remembered = lru_cache(maxsize=512)(_required)
