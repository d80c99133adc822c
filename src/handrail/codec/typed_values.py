"""Values of declared types, through pydantic; imported at the first use only, as loading it takes long."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, cast, get_origin

from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, JsonSchemaWarningKind
from pydantic_core import PydanticSerializationError, core_schema

from handrail.codec.canonical import MAX_SAFE_INTEGER, canonical
from handrail.codec.plain import shorten
from handrail.codec.values import same
from handrail.errors import InvalidValue, MalformedJSON, NotSerialisable
from handrail.stream import JSON

_CONFIG: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_BOUNDS: Final = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))


class TypedValue:
    """A parameter or result of a declared type.

    The adapter is of a tuple of one: only then does the setting for bytes reach dataclasses and typed dicts.
    """

    def __init__(self, what: str, annotation: Any) -> None:
        self.what = what
        self._type = _named(annotation)
        try:
            self.adapter: TypeAdapter[tuple[Any]] = TypeAdapter(tuple[annotation], config=_CONFIG)
        except (PydanticUserError, NameError, TypeError) as error:
            raise self._refused(f"its type {self._type} cannot be stored: {_first_line(error)}") from error

    def dump(self, value: object) -> JSON:
        """The JSON of the value, read back once and compared. Raises NotSerialisable."""
        stored, after = self._round_trip(value)
        if not same(value, after):
            raise self._refused(f"{_shown(value)} would come back as {_shown(after)}")
        return stored

    def _round_trip(self, value: object) -> tuple[JSON, object]:
        try:
            dumped = self.adapter.dump_python((value,), mode="json", round_trip=True, by_alias=True, warnings="none")
            stored = _settle(value, dumped[0])
            return stored, self.load(stored)
        except (MalformedJSON, InvalidValue) as error:
            raise self._refused(_first_line(error)) from None
        except (PydanticSerializationError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise self._refused(f"it does not fit its type {self._type}: {_first_line(error)}") from error

    def load(self, stored: JSON) -> object:
        """The value of stored JSON. Raises InvalidValue."""
        try:
            return self.adapter.validate_json(f"[{canonical(stored)}]")[0]
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = "".join(f"/{key}" for key in first["loc"][1:])
            raise InvalidValue(f"{self.what}{shorten(place, 200)}: {first['msg']}") from None

    def _refused(self, why: str) -> NotSerialisable:
        return NotSerialisable(
            f"{self.what} cannot be stored: {why}. Pass exactly a {self._type}, annotate the type that it "
            "really has, or Local[...] to keep it out of what is stored."
        )


def _named(annotation: Any) -> str:
    """How messages call a type."""
    whole = isinstance(annotation, type) and get_origin(annotation) is None
    return annotation.__name__ if whole else str(annotation).replace("typing.", "")


def _shown(value: object) -> str:
    return f"{type(value).__name__} {shorten(repr(value))}"


def _first_line(error: BaseException) -> str:
    return shorten(str(error).partition("\n")[0], 200).rstrip(".")


def _settle(value: object, dumped: Any) -> JSON:
    """The dumped value, such that each process writes the same: sets in order, big numbers as text."""
    if isinstance(dumped, list):
        return _settle_list(value, dumped)
    if isinstance(dumped, dict):
        fields = _fields(value, dumped)
        return {key: _settle(fields.get(key), each) for key, each in dumped.items()}
    if type(dumped) is int and abs(dumped) > MAX_SAFE_INTEGER:
        return str(dumped)
    if type(dumped) is float and abs(dumped) > MAX_SAFE_INTEGER and dumped.is_integer():
        return repr(dumped)
    return cast(JSON, dumped)


def _settle_list(value: object, dumped: list[Any]) -> JSON:
    if isinstance(value, (set, frozenset)):
        return sorted(map(_settle, value, dumped), key=canonical)
    if isinstance(value, (list, tuple)) and len(value) == len(dumped):
        return list(map(_settle, value, dumped))
    return [_settle(None, each) for each in dumped]


def _fields(value: object, dumped: dict[str, Any]) -> Mapping[str, object]:
    """What each dumped member was made from, as far as it can be told."""
    if isinstance(value, Mapping):
        return dict(zip(dumped, value.values(), strict=False))
    if isinstance(value, BaseModel):
        declared = type(value).model_fields
        return {field.serialization_alias or name: getattr(value, name) for name, field in declared.items()}
    if dataclasses.is_dataclass(value):
        return {name: getattr(value, name, None) for name in dumped}
    return {}


class _Schema(GenerateJsonSchema):
    """JSON Schema of what is stored: a Decimal is text that keeps its bounds, and bytes are base64.

    Bytes inside a model follow the model's own settings.
    """

    _models = 0

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        """Say nothing: a default that JSON cannot hold is left out, and refused by name when it is used."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """One string schema, where pydantic offers a number or a string."""
        merged: JsonSchemaValue = {}
        for branch in super().decimal_schema(schema).get("anyOf", ()):
            merged |= branch
        return merged | {"type": "string", "format": "decimal"}

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        """Base64, which pydantic leaves out where several schemas are made at once."""
        return super().bytes_schema(schema) | ({} if self._models else {"format": "base64url"})

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A model's schema as pydantic has it."""
        self._models += 1
        try:
            return super().model_schema(schema)
        finally:
            self._models -= 1


def json_schemas(values: Mapping[str, TypedValue]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON Schema of each value, by name, and the definitions that they share. Raises NotSerialisable."""
    inputs = [(name, "validation", value.adapter) for name, value in values.items()]
    try:
        schemas, shared = TypeAdapter.json_schemas(inputs, schema_generator=_Schema)  # type: ignore[arg-type]
    except PydanticUserError as error:
        if len(values) > 1:
            for name, value in values.items():
                json_schemas({name: value})
        whose = " and ".join(value.what for value in values.values())
        raise NotSerialisable(f"no JSON Schema describes {whose}: {_first_line(error)}") from error
    own = {name: _tidy(schemas[name, "validation"]["prefixItems"][0]) for name, _, _ in inputs}
    return own, _tidy(shared.get("$defs", {}))


def _tidy(schema: Any) -> Any:
    """A schema without numbers that JSON cannot hold: such bounds are dropped, other numbers become text."""
    if isinstance(schema, dict):
        return {key: _tidy(each) for key, each in schema.items() if key not in _BOUNDS or _holds(each)}
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    return schema if _holds(schema) else str(schema)


def _holds(value: object) -> bool:
    return type(value) not in (int, float) or abs(value) <= MAX_SAFE_INTEGER  # type: ignore[arg-type]
