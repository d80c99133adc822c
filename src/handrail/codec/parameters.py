"""Puts arguments in the order of the function's parameters, and their members in that of their fields, which canonical
text does not keep."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import orjson

SHORT: Final = 4096
"""Characters of a schema that is remembered: agents call the same few functions again and again."""
HOPS: Final = 8
"""References that are followed one after another: what an agent says of its function may lead in a circle."""
DEFINED: Final = "#/$defs/"


def in_order(args: str, schema: str | None) -> dict[str, Any]:
    """The arguments of a canonical text: those that must be given first, in the schema's order, then the others."""
    found: dict[str, Any] = orjson.loads(args)
    rule = _remembered(schema) if schema and len(schema) <= SHORT else _read(schema or "{}")
    return _members(found, rule, rule)


def _read(schema: str) -> Any:
    return orjson.loads(schema)


_remembered = lru_cache(maxsize=512)(_read)


def _ordered(value: Any, rule: Any, root: Any) -> Any:
    if isinstance(value, dict):
        return _members(value, _object(rule, root), root)
    if isinstance(value, list):
        return _items(value, _followed(rule, root), root)
    return value


def _members(value: dict[str, Any], rule: Any, root: Any) -> dict[str, Any]:
    names, known, others = _named(rule, "required"), _named(rule, "properties"), _named(rule, "additionalProperties")
    first = [name for name in names if isinstance(name, str) and name in value] if isinstance(names, list) else []
    properties = known if isinstance(known, dict) else {}
    return {name: _ordered(value[name], properties.get(name, others), root) for name in dict.fromkeys([*first, *value])}


def _items(value: list[Any], rule: Any, root: Any) -> list[Any]:
    places, rest = _named(rule, "prefixItems"), _named(rule, "items")
    first = places if isinstance(places, list) else []
    return [_ordered(one, first[at] if at < len(first) else rest, root) for at, one in enumerate(value)]


def _object(rule: Any, root: Any) -> Any:
    """What a schema says of an object: of several branches the first that names members."""
    whole = _followed(rule, root)
    return next((one for one in _branches(whole, root) if isinstance(_named(one, "properties"), dict)), whole)


def _branches(rule: Any, root: Any) -> Iterator[Any]:
    yield rule
    for kind in ("anyOf", "oneOf", "allOf"):
        branches = _named(rule, kind)
        yield from (_followed(one, root) for one in (branches if isinstance(branches, list) else ()))


def _followed(rule: Any, root: Any) -> Any:
    """What a reference leads to, as far as it is among the schema's own definitions."""
    for _ in range(HOPS):
        reference = _named(rule, "$ref")
        if not isinstance(reference, str) or not reference.startswith(DEFINED):
            break
        rule = _named(_named(root, "$defs"), reference.removeprefix(DEFINED))
    return rule


def _named(rule: Any, name: str) -> Any:
    return rule.get(name) if isinstance(rule, dict) else None
