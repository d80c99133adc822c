"""The page of the HTTP API, from its description (OpenAPI) and the table of routes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from handrail.codec import people_file, policy_file
from handrail.directory.roles import ROLES
from handrail.server import app, exchange, openapi, rights
from handrail.server.auth import passwords
from handrail.wire import problems
from tools.markdown import table

JSONObject = dict[str, Any]
AT_HOME: Final = ("handrail.cli.", "handrail.notify.")
"""Packages whose errors never travel."""
SOURCES: Final = (app, exchange, rights, passwords, people_file, policy_file)
"""Modules that define problems beside `handrail.errors`; importing them makes them known."""
METHODS: Final = ("get", "post", "put", "delete")
TITLES: Final = {
    "actions": "Actions", "ask": "Questions", "reviews": "Reviews", "runs": "Runs", "me": "Who you are",
    "names": "Names", "ids": "Ids", "log": "The log", "stream": "The stream", "directory": "The directory",
    "policy": "The policy", "agents": "Agents", "keys": "Agents' keys", "people": "People", "sessions": "Sessions",
    "invitations": "Invitations",
}  # fmt: skip
HEAD: Final = """\
# The HTTP API

What `handrail serve` answers. [Run a server](../how-to/run-a-server.md) starts one,
[Connect to a server](../how-to/connect-to-a-server.md) uses it from Python and with curl. The server gives the same
description as OpenAPI 3.1, for programs, at `/v1/openapi.json`.

## Conventions

**Who asks.** `Authorization: Bearer …` with an agent's key (`hrk_…`) or a terminal's session (`hrs_…`). A browser has
its session in a cookie, and repeats the session's `csrf` as `X-CSRF-Token` whenever it changes something. What belongs
to another agent answers 404, as if it were not there; a key with the scope `execute` may see and execute the actions of
other agents. **Who** says who may use a route at all. The rules of the action or review decide the rest, such as who
may approve it.

**Bodies** are JSON, sent as `application/json`, of at most 1 MiB. A member that is not known, or is there twice, is an
error. Times are microseconds since the epoch, UTC; durations are microseconds too, in a body also text such as `"15m"`.
A text that can be erased is `{"value": …}`, and `{"erased": digest}` once it is.

**Sending again.** `Idempotency-Key`, 1 to 128 visible characters, names a command among those of the same caller. The
same key with the same content gets the first answer and changes nothing; with another content it is refused with
`command_reused`.

**Waiting.** With `Prefer: wait=30` the server holds its answer until there is something to say, for at most 60 s; the
answer then has `Preference-Applied`. 204 says that nothing came in time: ask again. Where too many wait already the
answer comes at once, with `Preference-Applied: wait=0` and, in `Retry-After`, when to ask again.

**Pages.** `?limit=` (1 to 200, else 50) and `?after=` with the id that the page before ended with. `next` in the
answer, and the header `Link` with `rel="next"`, lead on; `next` is null at the end.

Every answer has an `X-Request-Id`, under which the server's log tells more. Beside the API there are `/livez` (the
process lives), `/readyz` (it can use its database and is not draining; else 503) and `/metrics` (Prometheus; from this
machine, or for auditors and administrators).

## Problems

An error is a problem document (RFC 9457, `application/problem+json`): `status`, `code`, `title`, and a `detail` that
says what to do next. The code is that of the [error](errors.md) which the Python client raises. `retry_after` (seconds)
comes with 429. A 503, or no answer at all, says nothing about whether a command arrived: send it again under the same
`Idempotency-Key`.
"""
STREAM: Final = """\
Server-sent events (`text/event-stream`), one for each entry of the log: ids, type, time and states, and nothing that an
agent wrote. The event's `id` is the position of the entry.

| Event | Data | Meaning |
| --- | --- | --- |
| `entry` | `position`, `id`, `rev`, `type`, `at`, `from`, `to` | Something happened to `id`: fetch it anew. |
| `reset` | none | You were away for over 10,000 entries, or ahead of the log: fetch everything anew. |
| `end` | none | The server drains. Connect again. |

Without `Last-Event-ID` the stream begins now; with it, behind that position. A comment comes every 15 s while nothing
happens. A reader that takes nothing for 25 s, or is 2,000 events behind, is cut and can connect again."""


def page() -> str:
    """The page as Markdown."""
    described = openapi.document()
    parts = [HEAD.strip(), _problems()]
    tag = None
    for path, method, operation in _operations(described):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            parts.append(f"## {TITLES.get(tag, tag.capitalize())}")
        parts += _operation(path, method, operation)
    parts.append("## Shapes")
    schemas = described["components"]["schemas"]
    shown = {name: schema for name, schema in schemas.items() if name != "Problem"}
    parts += [f"### {name}\n\n{_members(schema)}" for name, schema in shown.items() if "properties" in schema]
    parts += [f"### {name}\n\n{schema['description']}" for name, schema in shown.items() if "properties" not in schema]
    return "\n\n".join(parts)


def _operations(described: JSONObject) -> Iterator[tuple[str, str, JSONObject]]:
    """Every operation, those of one collection together."""
    found = [
        (path, method, operations[method])
        for path, operations in described["paths"].items()
        for method in METHODS
        if method in operations
    ]
    order = [*TITLES, *(operation["tags"][0] for _, _, operation in found)]
    return iter(sorted(found, key=lambda one: order.index(one[2]["tags"][0])))


def _problems() -> str:
    assert all(SOURCES)
    codes: dict[int, list[str]] = {}
    for code, kind in sorted(problems.known().items()):
        if kind.__module__.startswith("handrail.") and not kind.__module__.startswith(AT_HOME):
            codes.setdefault(kind.status, []).append(f"`{code}`")
    rows = [
        (str(status), meaning, ", ".join(codes.get(status, []))) for status, meaning in sorted(openapi.REASONS.items())
    ]
    return table(("Status", "Meaning", "Codes"), rows)


def _operation(path: str, method: str, operation: JSONObject) -> Iterator[str]:
    yield f"### {method.upper()} {path}"
    yield f"{operation['summary']} **Who:** {_who(operation)}"
    if parameters := operation["parameters"]:
        yield table(("Parameter", "In", "Value"), map(_parameter, parameters))
    if body := operation.get("requestBody"):
        yield from _body(body["content"]["application/json"])
    yield f"**Answer:** {_answers(operation['responses'])}"
    if path == "/v1/stream":
        yield STREAM


def _who(operation: JSONObject) -> str:
    if operation.get("security") == []:
        return "anybody."
    scope, permission = operation["x-agent-scope"], operation["x-person-permission"]
    agents = f"agents whose key has the scope `{scope}`" if scope else ""
    agents = "agents, with any key" if scope == "any" else agents
    roles = " or ".join(f"`{role}`" for role, may in ROLES.items() if permission in may)
    people = ("anybody signed in" if permission == "read" else f"people with the role {roles}") if permission else ""
    return f"{'; '.join(filter(None, (agents, people)))}."


def _parameter(parameter: JSONObject) -> tuple[str, ...]:
    schema = parameter["schema"]
    said = _type(schema) + (f", such as `{parameter['example']}`" if "example" in parameter else "")
    bounds = f", {schema['minimum']} to {schema['maximum']}" if schema.get("maximum", 2**53) < 2**53 else ""
    needed = ", needed" if parameter["required"] and parameter["in"] != "path" else ""
    return f"`{parameter['name']}`", parameter["in"], said + bounds + needed


def _body(content: JSONObject) -> Iterator[str]:
    schema = content["schema"]
    if "$ref" in schema:
        yield f"**Body:** {_type(schema)}"
    elif schema.get("properties"):
        yield f"**Body:**\n\n{_members(schema)}"
    if "example" in content:
        yield f"```json\n{_example(content['example'])}\n```"


def _example(value: JSONObject) -> str:
    """One member a line, or one of what a member holds where that is long."""
    parts = []
    for name, one in value.items():
        text = json.dumps(one, ensure_ascii=False)
        if len(text) > 90 and isinstance(one, dict):
            inner = [f"    {json.dumps(key)}: {json.dumps(held, ensure_ascii=False)}" for key, held in one.items()]
            text = "{\n" + ",\n".join(inner) + "\n  }"
        parts.append(f"  {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}"


def _answers(responses: JSONObject) -> str:
    """The good statuses with what they hold; several that hold the same together."""
    held: dict[str, list[str]] = {}
    for status, response in responses.items():
        if int(status) < 300:
            content = next(iter(response.get("content", {}).items()), None)
            held.setdefault(f": {_shown(*content)}" if content else "", []).append(status)
    return "; ".join(f"{' or '.join(statuses)}{what}" for what, statuses in held.items()) + "."


def _shown(media: str, content: JSONObject) -> str:
    schema = content["schema"]
    if media != "application/json":
        return f"`{media}`"
    members = [f"`{name}`" + _whose(one) for name, one in schema.get("properties", {}).items()]
    return ", ".join(members)


def _whose(schema: JSONObject) -> str:
    named = schema.get("$ref")
    return f" ({_type(schema)})" if named else ""


def _members(schema: JSONObject) -> str:
    required = schema.get("required", [])
    rows = [
        (f"`{name}`", _type(one), "needed" if name in required else _default(one))
        for name, one in schema["properties"].items()
    ]
    return table(("Member", "Value", ""), rows) if rows else "No members."


def _default(schema: JSONObject) -> str:
    inner: JSONObject = next((one for one in schema.get("anyOf", []) if "default" in one), schema)
    found = schema.get("default", inner.get("default"))
    return "" if found is None else f"else `{json.dumps(found)}`"


def _type(schema: JSONObject) -> str:
    """A schema in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    if "prefixItems" in schema:
        return f"a pair of {' and '.join(map(_type, schema['prefixItems']))}"
    kinds = schema.get("type", "any JSON")
    words = [kinds] if isinstance(kinds, str) else kinds
    item = f" of {_type(schema['items'])}" if schema.get("items") else ""
    return " or ".join(word + item if word == "array" else word for word in words)
