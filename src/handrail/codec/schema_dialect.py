"""The dialect of JSON Schema 2020-12 that stored calls use: numbers that travel as text are still numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from handrail.codec.canonical import MAX_SAFE_INTEGER, canonical
from handrail.codec.effort import affordable, visited
from handrail.codec.plain import shorten
from handrail.codec.schema_places import read_schema
from handrail.errors import UnreadableSchema

_BIG: Final = re.compile(r"-?[1-9][0-9]{15,1000}")
_BIG_FLOAT: Final = re.compile(r"-?([0-9]{16}\.0|[0-9.]{1,30}e\+[0-9]{1,3})")
_DURATION: Final = re.compile(
    r"[+-]?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII
)
_BASE64: Final = re.compile(r"([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?")


@lru_cache(maxsize=256)
def validator_of(schema_json: str) -> Validator:
    """The validator of a stored schema; remote references are never fetched. Raises UnreadableSchema."""
    schema = read_schema(schema_json)
    try:
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError) as error:
        what = shorten(str(error).partition("\n")[0], 200)
        raise UnreadableSchema(f"the stored schema is no JSON Schema 2020-12: {what}") from None
    validator: Validator = _Validator(schema, registry=Registry(), format_checker=_FORMATS)
    return validator


def _number(instance: object, schema: dict[str, Any]) -> Decimal | None:
    """The number that an instance stands for; None for what bounds do not speak of."""
    if isinstance(instance, bool) or not isinstance(instance, (int, float, str)):
        return None
    if isinstance(instance, str) and schema.get("format") != "decimal" and not _is_big(instance):
        return None
    try:
        number = Decimal(str(instance))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_big(text: str) -> bool:
    """Whether a text is a number that `codec.typed_values` sends as text."""
    if _BIG.fullmatch(text):
        return abs(int(text)) > MAX_SAFE_INTEGER
    return _BIG_FLOAT.fullmatch(text) is not None


def _bound(
    keyword: str, holds: Callable[[Decimal, Decimal], bool]
) -> Callable[[Validator, Any, Any, Any], Iterator[ValidationError]]:
    """A keyword that compares numbers, without loss also where they travel as text."""

    def check(_: Validator, bound: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        number = _number(instance, schema)
        if number is not None and not holds(number, Decimal(str(bound))):
            yield ValidationError(f"breaks {keyword} {bound}")

    return check


def _is_multiple(number: Decimal, bound: Decimal) -> bool:
    try:
        return number % bound == 0
    except InvalidOperation:
        return True


def _is_kind(kind: str) -> Callable[[object, object], bool]:
    """The type check of a numeric type, which a big number as text passes."""

    def check(_: object, instance: object) -> bool:
        big = isinstance(instance, str) and _is_big(instance)
        return big or Draft202012Validator.TYPE_CHECKER.is_type(instance, kind)

    return check


def _pattern(_: Validator, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    """A pattern that would take too long is not looked for: the function's own types check it when the call runs."""
    if isinstance(instance, str) and affordable(pattern, instance) and not re.search(pattern, instance):
        yield ValidationError(f"does not match {pattern}")


def _unique(_: Validator, wanted: bool, instance: Any, __: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list) and len(set(map(canonical, instance))) < len(instance):
        yield ValidationError("has an item twice")


def _counted(check: Callable[..., Any]) -> Callable[[Validator, Any, Any, Any], Iterator[ValidationError]]:
    """A keyword, each time counted."""

    def counting(validator: Validator, rule: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        visited(rule)
        yield from check(validator, rule, instance, schema) or ()

    return counting


_extend: Any = extend
_KEYWORDS: Final[dict[str, Callable[..., Any]]] = {
    **Draft202012Validator.VALIDATORS,
    "minimum": _bound("minimum", lambda number, bound: number >= bound),
    "maximum": _bound("maximum", lambda number, bound: number <= bound),
    "exclusiveMinimum": _bound("exclusiveMinimum", lambda number, bound: number > bound),
    "exclusiveMaximum": _bound("exclusiveMaximum", lambda number, bound: number < bound),
    "multipleOf": _bound("multipleOf", _is_multiple),
    "pattern": _pattern,
    "uniqueItems": _unique,
}
_Validator: Any = _extend(
    Draft202012Validator,
    {name: _counted(check) for name, check in _KEYWORDS.items()},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_kind("integer"), "number": _is_kind("number")}
    ),
)

_FORMATS: Final = FormatChecker(())


def _format(name: str, reads: Callable[[str], object]) -> None:
    """Check a format by a reader that raises, or answers None, for other text."""

    def check(instance: object) -> bool:
        return not isinstance(instance, str) or reads(instance) is not None

    _FORMATS.checks(name, (ValueError, InvalidOperation))(check)


def _finite(text: str) -> Decimal | None:
    number = Decimal(text)
    return number if number.is_finite() else None


_format("date-time", datetime.fromisoformat)
_format("date", date.fromisoformat)
_format("time", time.fromisoformat)
_format("uuid", UUID)
_format("decimal", _finite)
_format("duration", _DURATION.fullmatch)
_format("base64url", _BASE64.fullmatch)
