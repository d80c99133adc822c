"""Commands as bodies and back. Arguments and schemas travel as JSON; the server writes their canonical text itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
import orjson

from ..action.commands import Propose
from ..action.work import Function, Take
from ..clock import DAY, micros
from ..codec.canonical import MAX_SAFE_INTEGER, canonical
from ..engine.request import Renewal, RenewAll
from ..errors import InvalidValue, UsageError
from ..review.commands import Decide
from ..run.commands import Observation, Observe, Open, Prepare, Watch
from ..run.model import Monitor

DURATIONS: Final = ("within", "remind", "undo", "grant")
LONGEST: Final = 3660 * DAY


def body_of(command: object) -> dict[str, Any]:
    """The JSON of a command; what is at its default is left out."""
    plain: dict[str, Any] = msgspec.to_builtins(command)
    defaults = {one.name: one.default for one in fields(command)}  # type: ignore[arg-type]
    body = {name: value for name, value in plain.items() if value != defaults[name] or name in ("value", "args")}
    match command:
        case Propose():
            body["args"] = orjson.loads(command.args)
            body["schema"] = orjson.loads(command.schema_text)
            del body["schema_text"]
            if command.returns is not None:
                body["returns"] = orjson.loads(command.returns)
        case Prepare(args=str() as args):
            body["args"] = orjson.loads(args)
        case Observe():
            body["items"] = [_said(one) for one in command.items]
        case Decide(args=str() as args):
            body["args"] = orjson.loads(args)
        case Decide() | Prepare():
            body.pop("args", None)
        case _:
            pass
    return body


def _said(one: Observation) -> dict[str, Any]:
    """An observation, without what it does not say."""
    return {name: value for name, value in body_of(one).items() if value is not None}


def command_of(kind: type, body: Any) -> Any:
    """The command that a body means. Raises `UsageError` for unknown members, `InvalidValue` for wrong ones."""
    if not isinstance(body, dict):
        raise InvalidValue("the body is no JSON object")
    known = {one.name for one in fields(kind)} - {"schema_text"}
    if unknown := body.keys() - known:
        raise UsageError(f"unknown member {min(unknown)!a}; known are {', '.join(sorted(known)) or 'none'}")
    prepared = _prepared(kind, body)
    if kind is Observe:
        return Observe(tuple(command_of(Observation, one) for one in _items(prepared)))
    try:
        read = msgspec.convert(prepared, _readable(kind))
    except msgspec.ValidationError:
        read = _with_whole_numbers(kind, prepared)
    return kind(**{one.name: getattr(read, one.name) for one in fields(kind)})


def _with_whole_numbers(kind: type, prepared: Any) -> Any:
    """Some writers know one kind of number and send 1 as 1.0. Raises `InvalidValue`."""
    try:
        return msgspec.convert(_whole(prepared), _readable(kind))
    except msgspec.ValidationError as error:
        raise InvalidValue(f"the body cannot be meant: {error}") from None


def _whole(value: Any) -> Any:
    match value:
        case dict():
            return {name: _whole(one) for name, one in value.items()}
        case list():
            return [_whole(one) for one in value]
        case float() if value.is_integer() and abs(value) <= MAX_SAFE_INTEGER:
            return int(value)
        case _:
            return value


@cache
def _readable(kind: type) -> Any:
    """The command's shape for reading: its JSON members take any JSON, which was read strictly before."""
    hints = get_type_hints(kind)
    members = [(one.name, _any_json(hints[one.name]), *_default(one)) for one in fields(kind)]
    return msgspec.defstruct(kind.__name__, members, kw_only=True)


def _any_json(hint: Any) -> Any:
    if set(get_args(hint)) >= {str, int, float, bool}:
        return Any
    if get_origin(hint) is Mapping:
        return dict[str, Any]
    return hint


def _default(member: Field[Any]) -> tuple[Any, ...]:
    if member.default_factory is not MISSING:
        return (msgspec.field(default_factory=member.default_factory),)
    return () if member.default is MISSING else (member.default,)


def _prepared(kind: type, body: dict[str, Any]) -> dict[str, Any]:
    if kind is Propose:
        return _proposal(body)
    if kind is Take:
        _require_known("functions", Function, body.get("functions"))
    if kind is RenewAll:
        _require_known("leases", Renewal, body.get("leases"))
    if kind is Decide:
        return body | _decided(body)
    if kind is Prepare and body.get("args") is not None:
        return body | {"args": canonical(_object("args", body["args"]))}
    if kind is Open and isinstance(watch := body.get("watch"), dict):
        _require_known("watch", Watch, [watch])
        _require_known("monitors", Monitor, watch.get("monitors"))
    return body


def _decided(body: dict[str, Any]) -> dict[str, Any]:
    """The members of a decision that travel otherwise than they are kept."""
    found: dict[str, Any] = {}
    if body.get("args") is not None:
        found["args"] = canonical(_object("args", body["args"]))
    if body.get("standing") is not None:
        terms = _object("standing", body["standing"])
        if unknown := terms.keys() - _TERMS:
            raise UsageError(f"unknown member standing.{min(unknown)}; known are {', '.join(sorted(_TERMS))}")
        found["standing"] = {
            name: _micros(f"standing.{name}", value) if name == "lasts" else value for name, value in terms.items()
        }
    return found


def _require_known(name: str, kind: type, given: Any) -> None:
    """Raise `UsageError` for a member of an item that its kind does not have; the rest is read with the command."""
    known = {one.name for one in fields(kind)}
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and (unknown := one.keys() - known):
            raise UsageError(f"unknown member {name}.{min(unknown)!a}; known are {', '.join(sorted(known))}")


def _items(body: dict[str, Any]) -> list[Any]:
    items = body.get("items")
    if not isinstance(items, list):
        raise InvalidValue("items is no list of observations")
    return items


def _proposal(body: dict[str, Any]) -> dict[str, Any]:
    schema = canonical(_object("schema", body.get("schema", {})))
    digest = f"sha256:{hashlib.sha256(schema.encode()).hexdigest()}"
    return {
        **body,
        "args": canonical(_object("args", body.get("args", {}))),
        "schema": digest,
        "schema_text": schema,
        "returns": canonical(_object("returns", body["returns"])) if body.get("returns") is not None else None,
        "declared": _declared("declared", body.get("declared", {})),
        "failing": _declared("failing", body["failing"]) if body.get("failing") is not None else None,
    }


def _declared(where: str, body: Any) -> dict[str, Any]:
    """Durations are µs, or text such as "15m"."""
    given = _object(where, body)
    found = {name: _micros(f"{where}.{name}", value) if name in DURATIONS else value for name, value in given.items()}
    if unknown := found.keys() - _DECLARED:
        raise UsageError(f"unknown member {where}.{min(unknown)}; known are {', '.join(sorted(_DECLARED))}")
    return found


def _micros(where: str, value: Any) -> Any:
    if isinstance(value, int) and not 0 <= value <= LONGEST:
        raise InvalidValue(f"{where}: {value} µs is out of range: give 0 to ten years, such as '15m'")
    if not isinstance(value, str):
        return value
    try:
        return micros(value)
    except ValueError as error:
        raise InvalidValue(f"{where}: {error}") from None


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidValue(f"{name} is no JSON object")
    return value


_TERMS: Final = frozenset({"lasts", "times", "fixed"})
_DECLARED: Final = frozenset(
    {"pattern", "reviewers", "within", "remind", "then", "quorum", "at_end", "undo", "grant", "threshold", "sample"}
)
