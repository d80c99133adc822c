"""JSON Schemas (2020-12) of the frozen dataclasses and typed dictionaries that travel, from their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from ..codec.plain import MAX_SAFE_INTEGER

JSONObject = dict[str, Any]
SAFE: Final = MAX_SAFE_INTEGER
EXPONENT: Final = 1e21
"""From here on canonical text writes a number with an exponent, so that no reader takes it for a whole one."""
_PLAIN: Final[Mapping[Any, JSONObject]] = {
    str: {"type": "string"}, int: {"type": "integer", "minimum": -SAFE, "maximum": SAFE},
    bool: {"type": "boolean"}, float: {"type": "number", "minimum": -SAFE, "maximum": SAFE},
    NoneType: {"type": "null"}, bytes: {"type": "string"},
}  # fmt: skip


_ANY_JSON: Final = {str, int, float, bool, NoneType}
"""The alias `JSON` holds itself, so that it is known by its scalars."""


class Schemas:
    """The schemas of some dataclasses and of all that they hold, by name."""

    def __init__(self, reference: str) -> None:
        self._reference: Final = reference
        self.found: dict[str, JSONObject] = {}

    def of(self, kind: type, name: str | None = None) -> JSONObject:
        """A reference to the schema of a dataclass."""
        called = name or kind.__name__
        if called not in self.found:
            self.found[called] = {}
            self.found[called] = self._object(kind)
        return {"$ref": self._reference.format(name=called)}

    def _object(self, kind: type) -> JSONObject:
        hints = get_type_hints(kind)
        if is_typeddict(kind):
            needed = [name for name in hints if name in kind.__required_keys__]  # type: ignore[attr-defined]
            members = {name: self._type(hint) for name, hint in hints.items()}
            return {"type": "object", "properties": members} | ({"required": needed} if needed else {})
        found: JSONObject = {
            "type": "object",
            "properties": {one.name: self._member(hints[one.name], one) for one in fields(kind)},
        }
        required = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
        return found | ({"required": required} if required else {})

    def _member(self, hint: Any, member: Field[Any]) -> JSONObject:
        plain = isinstance(member.default, str | int | bool | NoneType)
        return self._type(hint) | ({"default": member.default} if plain else {})

    def _type(self, hint: Any) -> JSONObject:
        if hint is Any or set(get_args(hint)) >= _ANY_JSON:
            return self.anything()
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and (is_dataclass(hint) or is_typeddict(hint)):
            return self.of(hint)
        return self._generic(get_origin(hint), get_args(hint))

    def _generic(self, origin: Any, args: tuple[Any, ...]) -> JSONObject:
        if origin is Literal:
            return {"enum": list(args)}
        if origin in (Union, UnionType):
            return {"anyOf": [self._type(one) for one in args]}
        if origin is tuple and args[-1:] == (...,):
            return {"type": "array", "items": self._type(args[0])}
        if origin is tuple:
            parts = [self._type(one) for one in args]
            return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
        if origin in (frozenset, list):
            return {"type": "array", "items": self._type(args[0])}
        assert isinstance(origin, type) and issubclass(origin, Mapping), f"no schema for {origin}"
        return {"type": "object", "additionalProperties": self.anything()}

    def anything(self) -> JSONObject:
        """A reference to the schema of any JSON that can be read back by all readers alike."""
        here = {"$ref": self._reference.format(name="Value")}
        self.found["Value"] = {
            "description": "Any JSON. Numbers stay below 2^53, beyond which readers differ: send bigger ones as text.",
            "anyOf": [
                {"type": ["string", "boolean", "null"]},
                {"type": "number", "minimum": -SAFE, "maximum": SAFE},
                {"type": "number", "minimum": EXPONENT, "description": "Written with an exponent."},
                {"type": "number", "maximum": -EXPONENT, "description": "Written with an exponent."},
                {"type": "array", "items": here},
                {"type": "object", "additionalProperties": here},
            ],
        }
        return here
