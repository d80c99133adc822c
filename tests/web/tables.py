"""What the browser's form is tested against, as Python says it: `python -m tests.web.tables` writes it anew."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from handrail.codec.edits import validate_edit
from handrail.codec.schema import CallSchema
from handrail.view.escape import visible
from tests.web.actions import CALLS

FOLDER: Final = Path(__file__).parents[2] / "web" / "src" / "form"

TEXTS: Final = (
    "",
    "plain ~ text",
    "a\nb\tc\rd",
    "\x00\x1f\x7f\x85",
    "no\u00a0break",
    "zero\u200bwidth\u200d\u2060",
    "\u202eright\u202c",
    "\u2028\u2029",
    "\ufeffbom",
    "⟨U+202E⟩",
    "⏎⇥",
    "e\u0301",
    "e\u0301\u0302\u0303\u0304\u0305\u0306",
    " \u0301\u0302",
    "\u0301start",
    "\u3164\u115f\u1160\uffa0\u2800",
    "\ufe0f\U000e0100\u180b",
    "\u034f\u17b4\u17b5\ufffc\U00016fe4\U0001d159",
    "👍🏽 👨\u200d👩",
    "漢字かな",
    "العربية",
    "ключ",
    "\ue000private",
    "\U000f0000",
    "\U000e0041tag",
    "\u0378unassigned",
    "\u00adsoft",
    "\u2003wide\u3000",
    "½²Ⅷ",
    "\U0001f3f4",
)
"""Texts of characters that every supported version of Python knows alike."""

VALUES: Final = Path(__file__).with_name("values.jsonl")
"""Schemas, each with values that break them or not."""


def actions() -> list[dict[str, Any]]:
    """Each action with its schema and a stored call."""
    return [
        {"name": function.__name__, "schema": json.loads(schema.schema_json), "args": _stored(function, schema, call)}
        for function, call in CALLS
        for schema in (CallSchema(function),)
    ]


def _stored(function: Callable[..., object], schema: CallSchema, call: dict[str, Any]) -> dict[str, Any]:
    given = inspect.signature(function).bind_partial()
    given.arguments.update(call)
    return schema.dump(given.args, given.kwargs)


def escapes() -> list[dict[str, str]]:
    """Each text as the terminal and the page draw it."""
    return [{"text": text, "drawn": visible(text)} for text in TEXTS]


def problems() -> list[dict[str, Any]]:
    """Each value with what the server says about it."""
    return [
        {"schema": schema, "value": value, "problems": list(map(_problem, validate_edit(json.dumps(schema), value)))}
        for schema, values in map(itemgetter("schema", "values"), map(json.loads, VALUES.read_text().splitlines()))
        for value in values
    ]


def _problem(problem: Any) -> dict[str, str]:
    return {"path": problem.path, "text": problem.message, "hint": problem.hint}


TABLES: Final[dict[str, Callable[[], Any]]] = {
    "pydantic.json": actions,
    "escapes.json": escapes,
    "problems.json": problems,
}


def written(name: str) -> str:
    """A table as it is committed: one case a line."""
    lines = (json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in TABLES[name]())
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    for each in TABLES:
        (FOLDER / each).write_text(written(each))
