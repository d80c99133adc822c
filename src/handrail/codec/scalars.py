"""Texts, whole numbers, truth values and nothing: the types that need no library to travel.

pydantic says what every other type means, and what these mean where a value is not exactly of its type; loading it
takes longer than the whole first question, so a function of plain scalars does without.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import NoneType
from typing import Final

from handrail.codec.canonical import MAX_SAFE_INTEGER, canonical
from handrail.codec.values import ValueCodec
from handrail.errors import MalformedJSON
from handrail.stream import JSON

SCHEMAS: Final[dict[object, dict[str, str]]] = {
    str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"},
    NoneType: {"type": "null"}, None: {"type": "null"},
}  # fmt: skip


class ScalarValue:
    """A parameter or result of a scalar type; `whole` makes the codec for values that are not exactly of it."""

    def __init__(self, annotation: object, whole: Callable[[], ValueCodec]) -> None:
        self._kind: Final = NoneType if annotation is None else annotation
        self._whole: Final = whole
        self.schema: Final = SCHEMAS[annotation]

    @cached_property
    def _codec(self) -> ValueCodec:
        return self._whole()

    def dump(self, value: object) -> JSON:
        """The value itself. Raises NotSerialisable as the whole type would."""
        return value if self._exact(value) else self._codec.dump(value)  # type: ignore[return-value]

    def load(self, stored: JSON) -> object:
        """The value itself. Raises InvalidValue as the whole type would."""
        return stored if self._exact(stored) else self._codec.load(stored)

    def _exact(self, value: object) -> bool:
        if type(value) is not self._kind:
            return False
        if isinstance(value, str):
            return _sound(value)
        return not isinstance(value, int) or abs(value) <= MAX_SAFE_INTEGER


def _sound(text: str) -> bool:
    """Whether the text is JSON as it stands: no lone surrogate, not too long."""
    try:
        canonical(text)
    except MalformedJSON:
        return False
    return True
