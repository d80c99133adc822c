"""A person's edit of arguments: checked against their JSON Schema, and typed text turned into JSON."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from handrail.codec.canonical import MAX_SAFE_INTEGER, parse
from handrail.codec.plain import shorten
from handrail.codec.problems import Problem
from handrail.codec.schema_places import KINDS, choices, kinds, places, read_schema
from handrail.errors import InvalidValue, MalformedJSON, UnreadableSchema
from handrail.stream import JSON

__all__ = ["InvalidValue", "Problem", "UnreadableSchema", "entered", "typed", "validate_edit"]

_WANTED: Final = {
    "integer": "a whole number: digits, with or without a sign",
    "number": "a number: digits and at most one point",
    "boolean": "yes or no",
    "null": "nothing: leave it empty",
    "array": 'a list in JSON, such as ["a", "b"]',
    "object": 'an object in JSON, such as {"a": 1}',
}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,1000}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")
_WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}


class _Unread:
    """The answer of a reader whose type the text is not."""


_UNREAD: Final = _Unread()


def validate_edit(schema_json: str, args: JSON) -> list[Problem]:
    """What is wrong with edited arguments, in the order of their paths; empty when they fit.

    JSON Schema 2020-12, with big integers and decimals as text checked against their bounds; remote
    references are never fetched. Raises UnreadableSchema.
    """
    from handrail.codec.schema_check import problems

    return problems(schema_json, args)


def typed(schema_json: str, path: str, text: str, was: JSON = None) -> JSON:
    """The JSON of a text that a person typed at a path (JSON Pointer) of the arguments.

    Where the schema leaves a choice, the type of `was`, the value before the edit, is kept if the text
    allows; else text stays text if it may. The answer has the right type; `validate_edit` checks the rest.
    Raises InvalidValue that says what to type, and UnreadableSchema.
    """
    found = places(read_schema(schema_json), path)
    listed = [choice for place in found for choice in choices(place)]
    for choice in sorted(listed, key=lambda choice: type(choice) is not type(was)):
        if _shown(choice) == text.strip():
            return choice
    allowed = [kind for place in found if not choices(place) for kind in kinds(place)]
    for kind in _in_order(allowed, text, was):
        value = _read(kind, text)
        if not isinstance(value, _Unread):
            return value
    where = path or "the top level"
    raise InvalidValue(f"{shorten(text)!r} does not fit at {where}: {_wanted(allowed, listed)}.")


def entered(schema_json: str | None, text: str) -> JSON:
    """The JSON of a value that a person typed: of a type that the schema allows, where it allows one that the text can
    be, else as JSON, and what is no JSON as text. Whoever decides checks whether it fits. Raises UnreadableSchema."""
    if schema_json is not None:
        with suppress(InvalidValue):
            return typed(schema_json, "", text)
    try:
        return parse(text)
    except MalformedJSON:
        return text


def _in_order(allowed: list[str], text: str, was: JSON) -> list[str]:
    """The allowed types, the likeliest first: as before, nothing for no text, text, then the rest."""
    first = [kind for kind in _kinds_of(was) if kind in allowed]
    if "null" in allowed and not text.strip() and not isinstance(was, str):
        first.append("null")
    return [*first, *(kind for kind in KINDS if kind in allowed)]


def _kinds_of(value: JSON) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return ["boolean"]
        case int():
            return ["integer", "number"]
        case float():
            return ["number"]
        case str():
            return ["string"]
        case list():
            return ["array"]
        case _:
            return ["object"]


def _read(kind: str, text: str) -> JSON | _Unread:
    """The value of a text as one JSON type, or _UNREAD."""
    word = text.strip()
    match kind:
        case "string":
            return text
        case "null":
            return None if word in ("", "null") else _UNREAD
        case "boolean":
            return _WORDS.get(word.lower(), _UNREAD)
        case "integer":
            return _whole(int(word)) if _INTEGER.fullmatch(word) else _UNREAD
        case "number":
            return _number(word) if _NUMBER.fullmatch(word) else _UNREAD
        case _:
            return _container(kind, word)


def _whole(number: int) -> int | str:
    """A whole number as it travels: as text beyond the integers that every JSON reader keeps."""
    return number if abs(number) <= MAX_SAFE_INTEGER else str(number)


def _number(word: str) -> JSON | _Unread:
    if _INTEGER.fullmatch(word):
        return _whole(int(word))
    number = float(word)
    if number - number != 0.0:
        return _UNREAD
    return number if abs(number) <= MAX_SAFE_INTEGER else repr(number)


def _container(kind: str, word: str) -> JSON | _Unread:
    try:
        value = parse(word)
    except MalformedJSON:
        return _UNREAD
    return value if isinstance(value, list if kind == "array" else dict) else _UNREAD


def _shown(choice: JSON) -> str:
    """How a choice is typed."""
    if choice is None:
        return ""
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    return str(choice)


def _wanted(allowed: list[str], listed: list[JSON]) -> str:
    wanted = [_WANTED[kind] for kind in KINDS if kind in allowed and kind in _WANTED]
    wanted += [f"one of {', '.join(map(_shown, listed[:10]))}"] if listed else []
    return f"type {' or '.join(wanted)}" if wanted else "nothing fits there"
