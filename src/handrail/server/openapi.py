"""The description of the API (OpenAPI 3.1), made from the table of routes and the types that travel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, Final

from .. import __version__
from ..action import words
from ..action.commands import Propose
from ..action.model import Action
from ..policy.standing import LONGEST as LONGEST_TERM
from ..policy.stops import LONGEST as LONGEST_NOTE
from ..policy.stops import Lift
from ..review.commands import Decide
from ..review.model import Review
from ..run.model import Run
from ..wire.bodies import DURATIONS, LONGEST
from ..wire.problems import MEDIA
from ..wire.routes import ROUTES, Route
from .examples import BODIES
from .run_bodies import limit_run_bodies
from .shapes import ACTION_ID, ANSWERS, BODY_SCHEMAS, DURATION, MAYBE_OBJECT, NAMED, QUERY, SHAPES, VALUE
from .typed import Schemas

JSONObject = dict[str, Any]
REF: Final = "#/components/schemas/{name}"
REASONS: Final = {
    400: "The request cannot be meant.", 401: "Who asks is not known.", 403: "Not allowed.",
    404: "There is nothing of that id, or it is not yours.", 405: "No such method here.",
    408: "The body did not arrive in time.", 409: "The present state or the rules refuse it.",
    413: "The body is too large.", 415: "The body is no JSON.", 422: "A value does not fit.",
    429: "Too many: see Retry-After.", 431: "The headers are too large.", 500: "The server failed.",
    503: "Not now: repeat it with the same Idempotency-Key.",
}  # fmt: skip

STATUSES: Final[dict[str, tuple[int, ...]]] = {
    "propose_action": (200, 201, 202), "ask_question": (200, 201, 202), "wait_for_action": (200, 204),
    "wait_for_run": (200, 204),
}  # fmt: skip
"""Where more than one status is good: 201 for a new action, 200 for one found again, 202 for one that waits
for people; 204 where nothing came in time."""

WORDS: Final = (
    ("name", words.NAME), ("executor", words.EXECUTOR), ("run", words.ID), ("supersedes", words.ID),
    ("parent", words.ID),
)  # fmt: skip
"""The members of commands that stay in the log for ever."""


def document() -> JSONObject:
    """The whole description."""
    paths: JSONObject = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Handrail", "version": __version__,
            "description": "Human oversight of AI agents. Times are microseconds since the epoch, durations "
            "microseconds, or text such as 15m in a body. Errors are problem documents (RFC 9457).",
        },
        "security": [{"key": []}, {"session": []}],
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": _schemes()},
    }  # fmt: skip


def _schemes() -> JSONObject:
    return {
        "key": {"type": "http", "scheme": "bearer", "description": "An agent's key, or a terminal's session."},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-handrail"},
    }


def _operation(route: Route) -> JSONObject:
    found: JSONObject = {
        "operationId": route.name, "summary": route.doc, "tags": [route.path.split("/")[2]],
        "parameters": list(_parameters(route)), "responses": _responses(route), "x-agent-scope": route.scope,
        "x-person-permission": route.permission,
    }  # fmt: skip
    if route.open:
        found["security"] = []
    schema = _body(route)
    if schema is not None:
        content: JSONObject = {"schema": schema}
        if route.name in BODIES:
            content["example"] = BODIES[route.name]
        found["requestBody"] = {"required": _requires(route), "content": {"application/json": content}}
    return found


def _requires(route: Route) -> bool:
    """Whether a body has members that must be there."""
    if route.name in BODY_SCHEMAS:
        return bool(BODY_SCHEMAS[route.name].get("required"))
    assert route.command is not None
    return any(one.default is MISSING and one.default_factory is MISSING for one in fields(route.command))


def _parameters(route: Route) -> Iterator[JSONObject]:
    if "{id}" in route.path:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    for name, schema in QUERY.get(route.name, {}).items():
        yield {"name": name, "in": "query", "required": name in ("name", "beginning"), "schema": schema}
    if route.command or route.name == "ask_question":
        yield _header("Idempotency-Key", {"type": "string", "pattern": "^[!-~]{1,128}$"})
    if route.name in ("wait_for_action", "wait_for_run", "get_log", "ask_question", "take_work", "list_decisions"):
        yield _header("Prefer", {"type": "string"}, "wait=30")
    if route.name == "get_stream":
        yield _header("Last-Event-ID", {"type": "string", "pattern": "^-?[0-9]{1,18}$"})


def _header(name: str, schema: JSONObject, example: str | None = None) -> JSONObject:
    found: JSONObject = {"name": name, "in": "header", "required": False, "schema": schema}
    return found | ({"example": example} if example else {})


def _responses(route: Route) -> JSONObject:
    usual, media, schema = ANSWERS[route.answers]
    good = STATUSES.get(route.name, usual)
    answered: JSONObject = {
        str(status): {"description": "Done.", **({"content": {media: {"schema": schema}}} if status != 204 else {})}
        for status in good
    }
    problem = {MEDIA: {"schema": {"$ref": REF.format(name="Problem")}}}
    return answered | {
        str(status): {"description": why, "content": problem}
        for status, why in REASONS.items()
        if not (route.open and status == 404)
    }


def _body(route: Route) -> JSONObject | None:
    if route.name in BODY_SCHEMAS:
        return BODY_SCHEMAS[route.name]
    return {"$ref": REF.format(name=_named(route.command))} if route.command else None


def _named(kind: type) -> str:
    """A command's name in the description: commands of several lives are called alike."""
    return kind.__module__.split(".")[-2].capitalize() + kind.__name__


def _schemas() -> JSONObject:
    schemas = Schemas(REF)
    for state in (Action, Review, Run):
        schemas.of(state)
    found = schemas.found
    for route in ROUTES:
        if route.command:
            schemas.of(route.command, _named(route.command))
            found[_named(route.command)]["additionalProperties"] = False
    _travelling(found)
    known = set(found)
    for name, kind in SHAPES.items():
        schemas.of(kind, name)
    for name in found.keys() - known:
        found[name]["additionalProperties"] = False
    found |= NAMED
    found["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "code": {"type": "string"}, "retry_after": {"type": "integer"},
            "folds": {"type": "array", "items": {"type": "string"}, "description": "What to open before deciding."},
            "errors": {"type": "array", "items": {"$ref": REF.format(name="Misfit")}},
        },
    }  # fmt: skip
    return found


OUTPUT: Final[JSONObject] = {
    "type": "object", "properties": {"output": VALUE}, "required": ["output"], "additionalProperties": False
}  # fmt: skip
"""The arguments of an output that is used."""


def _travelling(found: JSONObject) -> None:
    """As the bodies travel: arguments and schemas as objects, durations also as text."""
    propose, decide = found[_named(Propose)], found[_named(Decide)]
    properties = propose["properties"]
    properties["args"] = {"type": "object", "additionalProperties": VALUE}
    properties["schema"] = {**properties["args"], "description": "JSON Schema (2020-12) of the arguments."}
    properties["returns"] = {**MAYBE_OBJECT, "description": "JSON Schema of a result that people give by hand."}
    properties["id"] = ACTION_ID
    for name, pattern in WORDS:
        for command in found.values():
            if command.get("additionalProperties") is False and name in command["properties"]:
                command["properties"][name]["pattern"] = f"^{pattern.pattern}$"
    del properties["schema_text"]
    propose["required"] = ["name"]
    propose["if"] = {"properties": {"kind": {"const": "output"}}, "required": ["kind"]}
    propose["then"] = {"properties": {"args": OUTPUT}, "required": ["args"]}
    decide["properties"]["args"] = MAYBE_OBJECT
    limit_run_bodies(found, MAYBE_OBJECT)
    found[_named(Lift)]["properties"]["note"] |= {"pattern": r"\S", "maxLength": LONGEST_NOTE}
    terms = found["Terms"]
    terms["additionalProperties"] = False
    terms["properties"]["lasts"] = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LONGEST_TERM}, DURATION]}
    declared = found["Declaration"]
    declared["additionalProperties"] = False
    declared["properties"]["threshold"] = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]}
    declared["properties"]["sample"] = {"type": "number", "minimum": 0, "maximum": 1}
    for name in DURATIONS:
        whole = {"type": "integer", "minimum": 0, "maximum": LONGEST}
        nothing = [{"type": "null"}] if name == "remind" else []
        declared["properties"][name] = {"anyOf": [whole, DURATION, *nothing]}
