"""What a JSON Schema says about one place of a value: references and unions followed, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from handrail.codec.canonical import parse
from handrail.codec.plain import shorten
from handrail.errors import InvalidValue, MalformedJSON, UnreadableSchema
from handrail.stream import JSON

KINDS: Final = ("string", "integer", "number", "boolean", "null", "array", "object")
"""The types of JSON Schema."""


def read_schema(schema_json: str) -> dict[str, Any]:
    """A stored schema. Raises UnreadableSchema."""
    try:
        schema = parse(schema_json)
    except MalformedJSON as error:
        raise UnreadableSchema(f"the stored schema is no strict JSON: {error}") from None
    if not isinstance(schema, dict):
        raise UnreadableSchema("the stored schema is no JSON object. Register the function anew.")
    return schema


def places(root: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The alternatives, none of them a reference or union, for one place (JSON Pointer).

    Raises InvalidValue where the schema has no such place, UnreadableSchema for a reference to nothing.
    """
    found = _alternatives(root, [root])
    for key in _tokens(path):
        found = _alternatives(root, [child for place in found for child in _children(place, key)])
    if not found or (path and not path.startswith("/")):
        raise InvalidValue(f"the schema has nothing at {shorten(path)!r}. Check the name of the argument.")
    return found


def choices(place: dict[str, Any]) -> list[JSON]:
    """The values that an `enum` or `const` allows; none for an open schema."""
    if "const" in place:
        return [place["const"]]
    listed = place.get("enum")
    return listed if isinstance(listed, list) else []


def kinds(place: dict[str, Any]) -> tuple[str, ...]:
    """The JSON types that a schema allows."""
    wanted = place.get("type", KINDS)
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def _alternatives(root: dict[str, Any], schemas: Iterable[object]) -> list[dict[str, Any]]:
    """The schemas that a value may fit; each one is visited once, so that no reference leads in circles."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop(0)
        if schema is True:
            found.append({})
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen.add(id(schema))
        inner = list(_inner(root, schema))
        waiting[:0] = inner
        if not inner:
            found.append(schema)
    return found


def _inner(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[object]:
    if "$ref" in schema:
        yield _definition(root, schema["$ref"])
    for word in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(word)
        if isinstance(branches, list):
            yield from branches


def _definition(root: dict[str, Any], reference: object) -> object:
    """The definition inside the same schema that a reference names."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise UnreadableSchema(f"the stored schema refers to {shorten(str(reference))}, outside of itself.")
    found: object = root
    for key in _tokens(reference):
        if not isinstance(found, dict) or key not in found:
            raise UnreadableSchema(f"the stored schema refers to {shorten(reference)}, which it does not define.")
        found = found[key]
    return found


def _children(place: dict[str, Any], key: str) -> Iterator[object]:
    """The schemas for one member of a container."""
    properties = place.get("properties", {})
    prefix = place.get("prefixItems", [])
    if key in properties:
        yield properties[key]
    elif key.isdecimal() and int(key) < len(prefix):
        yield prefix[int(key)]
    elif key.isdecimal() and "items" in place:
        yield place["items"]
    elif place.get("type", "object") == "object":
        yield place.get("additionalProperties", True)


def _tokens(pointer: str) -> list[str]:
    """The keys of a JSON Pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
