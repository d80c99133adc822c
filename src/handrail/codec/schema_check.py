"""Edits against JSON Schema 2020-12, in plain words; imported at the first edit only, with jsonschema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing.exceptions import Unresolvable

from handrail.codec.effort import effort, require_names
from handrail.codec.plain import escape_key, guard, shorten
from handrail.codec.problems import Problem
from handrail.codec.schema_dialect import validator_of
from handrail.errors import MalformedJSON, UnreadableSchema
from handrail.stream import JSON

_MAX_PROBLEMS: Final = 50


def problems(schema_json: str, args: JSON) -> list[Problem]:
    """What is wrong with the arguments; at most 50, by path. Raises UnreadableSchema."""
    validator = validator_of(schema_json)
    try:
        guard(args)
        with effort():
            require_names(validator.schema, *_names(args))
            found = {problem for error in validator.iter_errors(args) for problem in _explain(error)}
    except MalformedJSON as error:
        where = "" if error.where == "the top level" else error.where
        return [Problem(where, f"has {error.what}", error.hint)]
    except (Unresolvable, RecursionError, re.error) as error:
        raise UnreadableSchema(f"the stored schema cannot be followed: {shorten(str(error), 200)}") from None
    return sorted(found, key=lambda problem: (problem.path, problem.message))[:_MAX_PROBLEMS]


def _names(args: JSON) -> tuple[str, int]:
    """The longest name of a member, and how many names there are."""
    longest, count, stack = "", 0, [args]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            count += len(value)
            longest = max((longest, *value), key=len)
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return longest, count


_KINDS: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "null": "empty (null)",
    "array": "a list",
    "object": "an object",
}
_FORMS: Final = {
    "date-time": "Use the form 2026-11-22T19:12:13Z.",
    "date": "Use the form 2026-11-22.",
    "time": "Use the form 19:12:13.",
    "uuid": "Use 32 hex digits as 8-4-4-4-12.",
    "decimal": "Use digits and at most one point, such as 620.00.",
    "duration": "Use the form P1DT2H30M.",
    "base64url": "Use base64 with - and _.",
}
_LIMITS: Final = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} members",
    "maxProperties": "must have at most {} members",
    "uniqueItems": "must not hold the same item twice",
}


def _explain(error: ValidationError) -> Iterator[Problem]:
    """The problems that one failed keyword stands for."""
    path = "".join(f"/{escape_key(key)}" for key in error.absolute_path)
    keyword = str(error.validator)
    instance: Any = error.instance
    rule: Any = error.schema
    wanted: Any = error.validator_value
    match keyword:
        case "anyOf" | "oneOf" if error.context:
            yield from _closest(path, error.context)
        case "required":
            for name in (name for name in wanted if name not in instance):
                yield Problem(f"{path}/{escape_key(name)}", "is missing", "Give it a value.")
        case "additionalProperties" if wanted is False:
            for name in instance.keys() - rule.get("properties", {}).keys():
                yield Problem(f"{path}/{escape_key(name)}", "is not known here", "Remove it.")
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            yield Problem(path, _must_be(kinds, instance), f"Enter {_either(kinds)}.")
        case "enum" | "const":
            choices = wanted if keyword == "enum" else [wanted]
            yield Problem(path, "is none of the choices", f"Choose {_listed(choices)}.")
        case "oneOf":
            yield Problem(path, "fits more than one of its alternatives", "Change the value so that one is left.")
        case _:
            yield Problem(path, *_broken(keyword, wanted))


def _broken(keyword: str, wanted: Any) -> tuple[str, str]:
    """Message and hint of a keyword that speaks of one value."""
    match keyword:
        case "format":
            return f"is no {wanted}", _FORMS.get(wanted, f"Use the format {wanted}.")
        case "pattern":
            return "does not have the form that is asked for", f"It must match {shorten(str(wanted), 100)}."
        case _ if keyword in _LIMITS:
            return _LIMITS[keyword].format(wanted), "Change the value."
        case _:
            return f"breaks the rule {keyword}", f"The rule says {shorten(str(wanted), 100)}."


def _closest(path: str, context: Iterable[ValidationError]) -> Iterator[Problem]:
    """The problems of the closest alternative; where none has the right type, all types as one problem."""
    branches: dict[object, list[ValidationError]] = {}
    for error in context:
        branches.setdefault(error.schema_path[0], []).append(error)
    near = [errors for errors in branches.values() if not any(_is_wrong_type(error) for error in errors)]
    if near:
        for error in min(near, key=len):
            yield from _explain(error)
        return
    wrong = [error for errors in branches.values() for error in errors if _is_wrong_type(error)]
    kinds = [str(error.validator_value) for error in wrong]
    yield Problem(path, _must_be(kinds, wrong[0].instance), f"Enter {_either(kinds)}.")


def _is_wrong_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _must_be(kinds: list[str], instance: object) -> str:
    found = next(kind for kind in _KINDS if Draft202012Validator.TYPE_CHECKER.is_type(instance, kind))
    return f"must be {_either(kinds)}, not {_KINDS[found]}"


def _either(kinds: list[str]) -> str:
    return " or ".join(dict.fromkeys(_KINDS.get(kind, kind) for kind in kinds))


def _listed(choices: list[Any]) -> str:
    shown = ", ".join(shorten(_word(choice), 40) for choice in choices[:10])
    return shown if len(choices) <= 10 else f"{shown} or another of {len(choices)}"


def _word(choice: Any) -> str:
    """A choice as it is typed."""
    return choice if isinstance(choice, str) else json.dumps(choice)
