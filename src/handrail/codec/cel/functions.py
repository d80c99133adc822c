"""What conditions can call, and which kinds of values there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, Rounded, Underflow
from functools import lru_cache
from typing import Any, Final, TypeVar

T = TypeVar("T")

MAX_TEXT: Final = 64 * 1024
_FRACTION: Final = re.compile(r"\.[0-9]{7,}")
_DURATION: Final = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{1,6})?(?:h|m|s|ms|us))+")
_PART: Final = re.compile(r"([0-9.]+)(h|ms|us|m|s)")
_UNITS: Final = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
EXACT: Final = Context(
    prec=400, Emin=-999_999, Emax=999_999,
    traps=[Inexact, Rounded, InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped],
)  # fmt: skip
"""Arithmetic that gives no answer rather than a rounded one."""


@dataclass(frozen=True, slots=True)
class Called:
    """An agent or a run: known by its id, and equal to the name from which that follows."""

    id: str
    from_name: Callable[[str], str]

    def is_called(self, text: str) -> bool:
        """Whether a text is its id or its name."""
        return text == self.id or self.from_name(text) == self.id


KINDS: Final[Mapping[type, str]] = {
    type(None): "null", bool: "bool", int: "number", Decimal: "number", str: "text", datetime: "time", date: "day",
    timedelta: "duration", list: "list", dict: "object", Called: "who",
}  # fmt: skip
SAID: Final[Mapping[str, str]] = {
    "null": "null", "bool": "true or false", "number": "a number", "text": "a text", "time": "a point in time",
    "day": "a date", "duration": "a duration", "list": "a list", "object": "an object", "who": "an agent or a run",
    "any": "something",
}  # fmt: skip
ORDERED: Final = frozenset({"number", "text", "time", "day", "duration"})


class NoValue(Exception):
    """A condition has no value for these arguments: says why, in words of the policy, with no argument's value."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: the kinds that it takes, its receiver first, and the kind that it gives."""

    takes: tuple[tuple[str, ...], ...]
    gives: str
    call: Callable[..., Any]


def read_decimal(text: str) -> Decimal:
    """A finite number, exactly as it is written. Raises `NoValue`."""
    if len(text) > 1_000 or not _DECIMAL.fullmatch(text):
        raise NoValue("it is no decimal number")
    return Decimal(text)


def read_time(text: str) -> datetime:
    """A point in time with its zone, to the microsecond. Raises `NoValue`."""
    found = _iso(datetime.fromisoformat, text)
    if found.tzinfo is None:
        raise NoValue("it is a time without a zone")
    return found


def read_day(text: str) -> date:
    """A date. Raises `NoValue`."""
    return _iso(date.fromisoformat, text)


def _iso(read: Callable[[str], T], text: str) -> T:
    if _FRACTION.search(text):
        raise NoValue("it is finer than a microsecond")
    try:
        return read(text)
    except ValueError:
        raise NoValue("it is no time or date in the form of ISO 8601") from None


def read_duration(text: str) -> timedelta:
    """A duration such as 1h30m. Raises `NoValue`."""
    if len(text) > 100 or not _DURATION.fullmatch(text):
        raise NoValue("it is no duration such as 90s or 1h30m")
    total = sum(Decimal(many) * _UNITS[unit] for many, unit in _PART.findall(text))
    if total != int(total) or total > 10**17:
        raise NoValue("it is too long, or finer than a microsecond")
    return timedelta(microseconds=int(-total if text[0] == "-" else total))


@lru_cache(maxsize=256)
def pattern(text: str) -> Callable[[str], bool]:
    """Whether a regular expression is found in a text, in time linear in it. Raises `NoValue`."""
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    if len(text) > 200:
        raise NoValue("it has more than 200 characters")
    try:
        found = SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex", strict=True))
    except SchemaError:
        raise NoValue("it is no regular expression of RE2, which knows no look-around and no back-reference") from None
    return found.isinstance_python


def _size(of: Any) -> int:
    return len(of)


def _lower(text: str) -> str:
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in text)


def _matches(text: str, wanted: str) -> bool:
    return pattern(wanted)(text)


_TEXT: Final = ("text",)
METHODS: Final[Mapping[str, Function]] = {
    "startsWith": Function((_TEXT, _TEXT), "bool", str.startswith),
    "endsWith": Function((_TEXT, _TEXT), "bool", str.endswith),
    "contains": Function((_TEXT, _TEXT), "bool", str.__contains__),
    "matches": Function((_TEXT, _TEXT), "bool", _matches),
    "lowerAscii": Function((_TEXT,), "text", _lower),
    "size": Function((("text", "list", "object"),), "number", _size),
}
FUNCTIONS: Final[Mapping[str, Function]] = {
    "size": METHODS["size"],
    "matches": METHODS["matches"],
    "decimal": Function((_TEXT,), "number", read_decimal),
    "timestamp": Function((_TEXT,), "time", read_time),
    "date": Function((_TEXT,), "day", read_day),
    "duration": Function((_TEXT,), "duration", read_duration),
}
MACROS: Final[Mapping[str, str]] = {
    "all": "bool", "exists": "bool", "exists_one": "bool", "filter": "list", "map": "list",
}  # fmt: skip
HISTORY: Final[Mapping[str, tuple[int, str]]] = {"count": (1, "number"), "refused": (1, "number"), "sum": (2, "number")}


def kind_of(value: object) -> str:
    """The kind of a value."""
    return KINDS[type(value)]
