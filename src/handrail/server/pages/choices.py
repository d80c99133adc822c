"""What a person can choose on the page of a review, and how the form becomes the body of the command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from ...codec.canonical import canonical, parse
from ...codec.edits import typed
from ...errors import InvalidValue, MalformedJSON
from ...view.escape import kind
from .form import Form

Note = Literal["needed", "open"]
Need = Literal["", "value", "result", "args"]
LONGEST: Final = 10_000
"""Characters of a note that a form takes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One outcome: the words on its button, what follows from it, whether it needs a reason, and what else it needs.

    `runs` says that something runs then, so that the arguments have to be read first.
    """

    outcome: str
    words: str
    follows: str
    note: Note = "open"
    needs: Need = ""
    runs: bool = False
    tone: str = ""


CHOICES: Final[Mapping[str, Choice]] = {
    one.outcome: one
    for one in (
        Choice("approve", "Approve", "Exactly these arguments run, once.", runs=True, tone="ok"),
        Choice("reject", "Reject", "It does not run. The agent gets your reason.", "needed", tone="bad"),
        Choice("send_back", "Send back", "It does not run. The agent gets your note and may ask again.", "needed"),
        Choice("edit", "Approve the edited arguments", "What you wrote runs, once, instead of what was asked for.",
               needs="args", runs=True, tone="ok"),
        Choice("answer", "Answer", "The agent goes on with your answer.", needs="value", tone="ok"),
        Choice("retry", "Let it run again", "It runs once more with these arguments.", runs=True, tone="ok"),
        Choice("supply", "Give the result", "It does not run again. The agent goes on with your result.",
               needs="result"),
        Choice("skip", "Skip", "It does not run again. The agent goes on without it."),
        Choice("abort", "Give up", "It has failed for good. The agent gets your reason.", "needed", tone="bad"),
        Choice("happened", "It took effect", "The agent goes on, with the result if you know it.", needs="result",
               tone="ok"),
        Choice("right", "It was right", "It ran already. Your answer is what the system learns from.", tone="ok"),
        Choice("wrong", "It was wrong", "It ran already, and nothing is undone. Your answer is what the system learns "
               "from.", "needed", tone="bad"),
        Choice("not_happened", "It did not take effect", "It counts as failed. It does not run again.", tone="bad"),
    )
}  # fmt: skip

UNANSWERED: Final = replace(
    CHOICES["reject"], words="Do not answer", follows="The agent gets your reason, and no answer."
)

CHECKED: Final = {
    "approve": replace(CHOICES["approve"], words="Accept", follows="The agent goes on with exactly this."),
    "edit": replace(
        CHOICES["edit"], words="Accept the corrected version", follows="The agent goes on with what you wrote."
    ),
    "reject": replace(CHOICES["reject"], follows="It is not used. The agent gets your reason."),
}
"""What is said where people check something of which the agent is not sure."""


def choices_of(page: Mapping[str, Any]) -> dict[str, Choice]:
    """The outcomes of a review of its kind."""
    found = {one: CHOICES[one] for one in page["choices"] if one in CHOICES}
    if page["row"]["kind"] == "question" and "reject" in found:
        found["reject"] = UNANSWERED
    if page["row"]["kind"] == "check":
        found |= {outcome: choice for outcome, choice in CHECKED.items() if outcome in found}
    return found


def decision_body(choice: Choice, form: Form, page: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a decision. Raises `InvalidValue` and `MalformedJSON`, which say what to write instead."""
    note = form.text("note").strip()
    if choice.note == "needed" and not note:
        raise InvalidValue("say why: the agent and the log get your reason")
    if len(note) > LONGEST:
        raise InvalidValue(f"a note has at most {LONGEST:,} characters")
    if choice.runs:
        _require_care(form, page)
    body: dict[str, Any] = {
        "outcome": choice.outcome, "view": form.text("view"), "note": note or None, "seen": form.all("seen"),
    }  # fmt: skip
    match choice.needs:
        case "value":
            body["value"] = _answer(form, page)
        case "result":
            body["value"] = _result(form.text("value"))
        case "args":
            body["args"] = _arguments(form.text("args"))
        case "":
            pass
    return body


def cares(page: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether somebody has to say that they read the arguments, and to type the action's name."""
    risk = page["row"]["risk"]
    return risk in ("high", "critical"), risk == "critical"


def _require_care(form: Form, page: Mapping[str, Any]) -> None:
    tick, name = cares(page)
    if tick and form.text("read") != "yes":
        raise InvalidValue("read the arguments first, and tick the box that says so")
    if name and form.text("name").strip() != page["row"]["name"]:
        raise InvalidValue(f"type the action’s name, {page['row']['name']}, as it stands there")


def _answer(form: Form, page: Mapping[str, Any]) -> Any:
    asked = page["question"] or {}
    options = asked.get("options")
    if options is None:
        if form.text("value") == "" and (page["schema"] or {}).get("type", "string") == "string":
            raise InvalidValue("write an answer")
        return typed(canonical(page["schema"] or {"type": "string"}), "", form.text("value"))
    picked = form.text("option")
    if not picked.isascii() or not picked.isdecimal() or not int(picked) < len(options):
        raise InvalidValue("choose one of the options")
    return options[int(picked)]["value"]


def _result(text: str) -> Any:
    """JSON where it is JSON, other text as text; nothing for nothing."""
    if not text.strip():
        return None
    try:
        return parse(text)
    except MalformedJSON:
        return text


def _arguments(text: str) -> dict[str, Any]:
    found = parse(text)
    if not isinstance(found, dict):
        raise InvalidValue("the arguments are a JSON object, with their names and values between { and }")
    return found


def as_text(raw: Any) -> str:
    """Arguments as JSON to be edited; a character that would not be seen stands there as its escape."""
    written = json.dumps(raw, ensure_ascii=False, indent=2)
    return "".join(char if char == "\n" or kind(char) != "hidden" else _escape(char) for char in written)


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1]
