"""The arguments that conditions name, as the values that their schema says they are, and nothing else of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson

from ...errors import InvalidValue, UnreadableSchema
from ...stream import JSON
from ..canonical import MAX_SAFE_INTEGER
from ..schema_places import kinds, places, read_schema
from .checking import Path
from .functions import NoValue, read_day, read_decimal, read_time

MAX_SCHEMA: Final = 64 * 1024
MAX_EFFORT: Final = 4_000_000
"""Characters of schemas and parts of values that the arguments of one call may cost to read."""
_BIG: Final = re.compile(r"-?[1-9][0-9]{15,1000}")
_DURATION: Final = re.compile(
    r"([+-]?)P(?=.)(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,6}))?S)?)?"
)


class Arguments:
    """The arguments of one call, `None` once erased; each named one is read once.

    Without a schema, `guesses` say what texts stand for.
    """

    def __init__(self, text: str | None, schema: str | None = None, guesses: Mapping[Path, str] | None = None) -> None:
        self._text, self._schema, self._guesses = text, schema, guesses or {}
        self._whole: Any = None
        self._known: dict[Path, Any] = {}
        self._met: dict[Path, list[dict[str, Any]]] = {}
        self._left = MAX_EFFORT

    def at(self, path: Path) -> Any:
        """The value at a path. Raises `NoValue`."""
        if path not in self._known:
            try:
                self._known[path] = self._typed(path)
            except NoValue as error:
                self._known[path] = error
        found = self._known[path]
        if isinstance(found, NoValue):
            raise found
        return found

    def has(self, path: Path) -> bool:
        """Whether there is something at a path."""
        return self._raw(path) is not _NOTHING

    def _raw(self, path: Path) -> Any:
        if self._whole is None:
            if self._text is None:
                raise NoValue("the arguments were erased")
            self._whole = orjson.loads(self._text)
        found = self._whole
        for name in path:
            if not isinstance(found, dict) or name not in found:
                return _NOTHING
            found = found[name]
        return found

    def _typed(self, path: Path) -> Any:
        said = f"`args{''.join(f'.{one}' for one in path)}`"
        found = self._raw(path)
        if found is _NOTHING:
            raise NoValue(f"{said} is not there")
        try:
            if self._schema is None:
                return _guessed(found, self._guesses.get(path))
            return self._value(found, path)
        except NoValue as error:
            raise NoValue(f"{said} is not of its type: {error}") from None

    def _value(self, value: JSON, path: Path) -> Any:
        if isinstance(value, dict):
            self._allowing(path, "object")
            return {name: self._value(one, (*path, name)) for name, one in value.items()}
        if isinstance(value, list):
            fixed = max(len(one.get("prefixItems", ())) for one in self._allowing(path, "array"))
            return [self._value(one, (*path, str(min(at, fixed)))) for at, one in enumerate(value)]
        return self._scalar(value, path)

    def _places(self, path: Path) -> list[dict[str, Any]]:
        """What the schema says at a path; agents write schemas, so all of it may only cost so much."""
        assert self._schema is not None
        if path not in self._met:
            self._left -= len(self._schema)
            self._met[path] = _places(self._schema, path) if self._left >= 0 else []
        self._left -= len(self._met[path]) + 1
        if self._left < 0:
            raise NoValue("it has too many parts")
        return self._met[path]

    def _allowing(self, path: Path, *wanted: str) -> list[dict[str, Any]]:
        """What the schema says of one of these types. Raises `NoValue` where it allows none."""
        found = [one for one in self._places(path) if not set(wanted).isdisjoint(kinds(one))]
        if not found:
            raise NoValue(f"its type allows no {wanted[0]}")
        return found

    def _scalar(self, value: None | bool | int | float | str, path: Path) -> Any:
        if value is None or isinstance(value, bool):
            self._allowing(path, "null" if value is None else "boolean")
            return value
        if isinstance(value, str):
            return _text(value, self._places(path))
        if isinstance(value, int) or value.is_integer():
            self._allowing(path, "integer", "number")
            return int(value)
        self._allowing(path, "number")
        return Decimal(repr(value))


_NOTHING: Final = object()


@lru_cache(maxsize=1024)
def _places(schema: str, path: Path) -> list[dict[str, Any]]:
    pointer = "".join("/" + one.replace("~", "~0").replace("/", "~1") for one in path)
    try:
        return places(_read(schema), pointer)
    except (InvalidValue, UnreadableSchema) as error:
        raise NoValue("the action's schema does not say what it is") from error


@lru_cache(maxsize=64)
def _read(schema: str) -> dict[str, Any]:
    if len(schema) > MAX_SCHEMA:
        raise UnreadableSchema("the schema is too long for conditions")
    return read_schema(schema)


def _text(value: str, alternatives: list[dict[str, Any]]) -> Any:
    """What a text stands for. Raises `NoValue` where it may stand for several things, or for none."""
    found = []
    for place in alternatives:
        allowed = kinds(place)
        if "string" in allowed:
            read = READERS.get(str(place.get("format")), str)
            found.append(_tried(read, value))
        elif {"integer", "number"} & set(allowed) and _is_big(value):
            found.append(int(value))
    readings = [one for one in found if not isinstance(one, NoValue)]
    if not readings:
        raise next((one for one in found if isinstance(one, NoValue)), NoValue("its type allows no text"))
    if any(type(one) is not type(readings[0]) or one != readings[0] for one in readings):
        raise NoValue("it may stand for several things: its type allows text and something that is written as text")
    return readings[0]


def _tried(read: Callable[[str], Any], value: str) -> Any:
    try:
        return read(value)
    except NoValue as error:
        return error


def _is_big(text: str) -> bool:
    return _BIG.fullmatch(text) is not None and abs(int(text)) > MAX_SAFE_INTEGER


def read_iso_duration(text: str) -> timedelta:
    """A duration in the form of ISO 8601, without months and years. Raises `NoValue`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise NoValue("it is no duration in weeks, days, hours, minutes and seconds")
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in match.groups()[1:6])
    fraction = int((match[7] or "").ljust(6, "0"))
    try:
        found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=fraction)
    except OverflowError:
        raise NoValue("it is too long") from None
    return -found if match[1] == "-" else found


READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "decimal": read_decimal, "date-time": read_time, "date": read_day, "duration": read_iso_duration,
}  # fmt: skip
_GUESSES: Final[Mapping[str, Callable[[str], Any]]] = {"number": read_decimal, "time": read_time, "day": read_day}


def _guessed(value: JSON, kind: str | None = None) -> Any:
    """A value of which no schema is known: a text that is compared with numbers is taken for one, if it can be."""
    if isinstance(value, dict):
        return {name: _guessed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_guessed(one) for one in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, str) and kind is not None and kind in _GUESSES:
        found = _tried(_GUESSES[kind], value)
        return value if isinstance(found, NoValue) else found
    return value
