"""How the arguments and the result of a Python function travel: to JSON, back, and as JSON Schema."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter
from typing import Any, Final, Unpack, cast, get_args, get_origin

from handrail.codec.annotations import LOCAL, Local, full_name, is_local, is_receiver, resolve
from handrail.codec.canonical import canonical
from handrail.codec.scalars import SCHEMAS, ScalarValue
from handrail.codec.values import PlainValue, ValueCodec
from handrail.errors import InvalidValue, NotSerialisable
from handrail.stream import JSON

__all__ = ["LOCAL", "CallSchema", "InvalidValue", "Local", "NotSerialisable"]

_RETURN: Final = "return"


@dataclass(frozen=True, slots=True)
class _Slot:
    """One stored parameter."""

    parameter: Parameter
    codec: ValueCodec


class CallSchema:
    """The stored form of calls of one function.

    Annotations are read, and pydantic is loaded, at the first use, so that a decorator costs nothing and
    types may be defined after the function. `namespace` adds names that the module's globals do not hold.
    """

    def __init__(self, function: Callable[..., object], *, namespace: Mapping[str, object] | None = None) -> None:
        self._function = function
        self._namespace: Mapping[str, object] = namespace or {}

    def dump(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> dict[str, JSON]:
        """The arguments by parameter name, with defaults applied, each read back and compared.

        `*args` is a list and `**kwargs` an object under its own name; local parameters are left out. Raises
        TypeError for a call that Python would refuse, and NotSerialisable that names the parameter.
        """
        bound = self._bind(args, kwargs)
        return {name: slot.codec.dump(bound[name]) for name, slot in self._slots.items()}

    def local(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> dict[str, object]:
        """The arguments that stay in this process: `self`, `cls` and `Local[...]`, by name."""
        if not self.has_local:
            return {}
        bound = self._bind(args, kwargs)
        return {name: bound[name] for name in self._signature.parameters if name not in self._slots}

    def load(
        self, stored: Mapping[str, JSON], local: Mapping[str, object] | None = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The positional and keyword arguments of a stored call; `local` fills in what was kept out of it.

        Raises InvalidValue when names or values do not fit, TypeError when a local argument is missing.
        """
        if stored.keys() != self._slots.keys():
            wrong = ", ".join(sorted(stored.keys() ^ self._slots.keys()))
            raise InvalidValue(f"{self._name} takes other arguments than were stored: {wrong}. Propose it anew.")
        values: dict[str, object] = {name: slot.codec.load(stored[name]) for name, slot in self._slots.items()}
        return self._spread(values | dict(local or {}))

    def dump_result(self, value: object) -> JSON:
        """The JSON of a result, read back and compared. Raises NotSerialisable."""
        return self._result.dump(value)

    def load_result(self, stored: JSON) -> Any:
        """The result of its stored JSON. Raises InvalidValue."""
        return self._result.load(stored)

    @cached_property
    def has_local(self) -> bool:
        """Whether a parameter stays in the process, so that no other process can run a stored call."""
        return len(self._slots) < len(self._signature.parameters)

    @cached_property
    def schema_json(self) -> str:
        """The canonical JSON Schema (2020-12) of stored arguments, an object that requires all of them."""
        typed, shared = _json_schemas({name: slot.codec for name, slot in self._slots.items()})
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: self._property(slot, typed.get(name)) for name, slot in self._slots.items()},
            "required": list(self._slots),
            "additionalProperties": False,
        }
        return canonical(schema | ({"$defs": shared} if shared else {}))

    @cached_property
    def result_schema_json(self) -> str:
        """The canonical JSON Schema of the stored result."""
        typed, shared = _json_schemas({_RETURN: self._result})
        return canonical(typed.get(_RETURN, {}) | ({"$defs": shared} if shared else {}))

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex SHA-256 of the argument schema."""
        return f"sha256:{hashlib.sha256(self.schema_json.encode()).hexdigest()}"

    @property
    def _name(self) -> str:
        return full_name(self._function)

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self._function)

    @cached_property
    def _slots(self) -> dict[str, _Slot]:
        slots: dict[str, _Slot] = {}
        for index, (name, parameter) in enumerate(self._signature.parameters.items()):
            if index == 0 and is_receiver(self._function, parameter):
                continue
            annotation = resolve(self._function, name, parameter.annotation, self._namespace)
            if not is_local(annotation):
                what = f"argument '{name}' of {self._name}"
                slots[name] = _Slot(parameter, _codec(what, annotation, parameter.kind))
        return slots

    @cached_property
    def _result(self) -> ValueCodec:
        annotation = resolve(self._function, _RETURN, self._signature.return_annotation, self._namespace)
        return _codec(f"the result of {self._name}", annotation)

    def _bind(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> dict[str, object]:
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self._name}(): {error}") from None
        bound.apply_defaults()
        return bound.arguments

    def _spread(self, values: Mapping[str, object]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments: dict[str, Any] = {}
        for name, parameter in self._signature.parameters.items():
            if name in values:
                arguments[name] = values[name]
            elif parameter.default is not Parameter.empty:
                arguments[name] = parameter.default
            elif parameter.kind not in _VARIADIC:
                raise TypeError(f"{self._name} needs its local argument '{name}', which was not stored")
        bound = inspect.BoundArguments(self._signature, arguments)
        return bound.args, bound.kwargs

    def _property(self, slot: _Slot, typed: dict[str, Any] | None) -> dict[str, Any]:
        """The schema of one parameter; a default in it is a note for forms, as every argument is stored."""
        schema = dict(typed) if typed is not None else dict(_PLAIN_SCHEMA.get(slot.parameter.kind, {}))
        if slot.parameter.default is not Parameter.empty:
            try:
                schema["default"] = slot.codec.dump(slot.parameter.default)
            except NotSerialisable:
                schema.pop("default", None)
        return schema


_VARIADIC: Final = frozenset((Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD))
_PLAIN_SCHEMA: Final[Mapping[object, dict[str, Any]]] = {
    Parameter.VAR_POSITIONAL: {"type": "array"},
    Parameter.VAR_KEYWORD: {"type": "object"},
}


class _PlainSequence(PlainValue):
    """`*args` without a type: a tuple in Python, a list in JSON."""

    def dump(self, value: object) -> JSON:
        return super().dump(list(cast(tuple[object, ...], value)))


def _codec(what: str, annotation: object, kind: object = Parameter.POSITIONAL_OR_KEYWORD) -> ValueCodec:
    if annotation is Any or annotation is object:
        return _PlainSequence(what) if kind is Parameter.VAR_POSITIONAL else PlainValue(what)
    if kind not in _VARIADIC and isinstance(annotation, type | None) and annotation in SCHEMAS:
        return ScalarValue(annotation, lambda: _typed(what, annotation, kind))
    return _typed(what, annotation, kind)


def _typed(what: str, annotation: object, kind: object) -> ValueCodec:
    from handrail.codec.typed_values import TypedValue

    if kind is Parameter.VAR_POSITIONAL:
        return TypedValue(what, tuple[annotation, ...])  # type: ignore[valid-type]
    if kind is Parameter.VAR_KEYWORD:
        unpacked = get_args(annotation)[0] if get_origin(annotation) is Unpack else None
        return TypedValue(what, unpacked or dict[str, annotation])  # type: ignore[valid-type]
    return TypedValue(what, annotation)


def _json_schemas(codecs: Mapping[str, ValueCodec]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of the typed ones among the values, and their shared definitions."""
    scalars: dict[str, Any] = {name: codec.schema for name, codec in codecs.items() if isinstance(codec, ScalarValue)}
    if all(isinstance(codec, PlainValue | ScalarValue) for codec in codecs.values()):
        return scalars, {}
    from handrail.codec.typed_values import TypedValue, json_schemas

    typed, shared = json_schemas({name: codec for name, codec in codecs.items() if isinstance(codec, TypedValue)})
    return typed | scalars, shared
