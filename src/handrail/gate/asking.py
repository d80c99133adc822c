"""Asks on the terminal where the agent runs: draws the review, takes the decision, and never approves by Enter."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from typing import Any, Final

import orjson

from ..backend import ActionRecord, Backend, ReviewRecord
from ..clock import SystemClock
from ..codec.canonical import canonical
from ..codec.edits import entered, typed
from ..codec.parameters import in_order
from ..errors import AlreadyDecided, HandrailError, Late, StaleView
from ..review import commands as c
from ..review.voting import COLLECTED
from ..stream import JSON
from ..view.columns import clip
from ..view.diff import diff_lines
from ..view.escape import safe, visible
from ..view.lines import BLANK, Line
from ..view.model import Erased, folds
from ..view.text import render
from .failures import became
from .notice import local_zone
from .paint import painted

CHOICES: Final = {
    "approve": ("a", "approve"), "edit": ("e", "edit, then approve"), "reject": ("r", "reject"),
    "send_back": ("s", "send back"), "answer": ("a", "answer"), "retry": ("t", "try again"),
    "supply": ("u", "supply the result"), "skip": ("k", "skip"), "abort": ("b", "abort"),
    "happened": ("h", "it happened"), "not_happened": ("n", "it did not happen"),
}  # fmt: skip
OPEN_ALL: Final = "open"
REASONED: Final = frozenset({"reject", "send_back", "abort"})


_terminal: Final[dict[int, threading.Lock]] = {}
"""By process, for a fork may copy a lock that is held. Calls that wait together ask one after the other, so that what
is typed is for what was drawn last."""


def ask_here(backend: Backend, review: str) -> None:
    """Draw the review on stderr and read a decision from stdin, until it is closed or left for later."""
    with _terminal.setdefault(os.getpid(), threading.Lock()):
        try:
            _ask(backend, review)
        except EOFError:
            print("\nleft open; decide later with: handrail reviews list", file=sys.stderr)


def _ask(backend: Backend, review: str) -> None:
    opened = ""
    while True:
        record = backend.review(review)
        if record.state.status not in ("open", "claimed"):
            return
        unfold = opened == record.state.view
        show(record, backend, unfold=unfold)
        outcome = _choose(record, unfold=unfold)
        if outcome == OPEN_ALL or (outcome in COLLECTED and folds(record.view) and not unfold):
            opened = record.state.view
            print("\nopened what was folded: read it, then decide", file=sys.stderr)
        elif outcome is None or (outcome and _decided(backend, record, outcome, unfold=unfold)):
            return


def show(record: ReviewRecord, backend: Backend, *, unfold: bool = False) -> None:
    """Draw a review on stderr."""
    columns, rows = shutil.get_terminal_size((100, 24))
    lines = drawn(record, backend, width=columns, unfold=unfold)
    lines += became(record, backend, now=SystemClock().now(), width=columns)
    if len(lines) > rows - 6:
        lines += [BLANK, Line("rule", "─" * columns), *lines[:3]]
    print("\n" + painted(lines, sys.stderr) + "\n", file=sys.stderr, flush=True)


def drawn(record: ReviewRecord, backend: Backend, *, width: int | None = None, unfold: bool = False) -> list[Line]:
    """The lines of a review: the view, the arguments it is bound to, and what an edit changed."""
    action, view = record.action, record.view
    columns = width or shutil.get_terminal_size((100, 24)).columns
    if not isinstance(view, dict):
        return [Line("muted", f"[the view was erased; its digest is {record.state.view}]")]
    story: Any = action.story
    args = ordered(action) if action.args else None
    lines = render(
        view, args=Erased(action.state.bind) if args is None else args, context=action.context, story=story,
        names=backend.name, now=SystemClock().now(), width=columns, unfold=(folds(view) or ()) if unfold else (),
        zone=local_zone(),
    )  # fmt: skip
    if record.first_args and args is not None:
        changes = diff_lines(orjson.loads(record.first_args), args, width=columns)
        lines += [BLANK, Line("heading", "EDITED SINCE THE AGENT ASKED"), *changes]
    return lines


def ordered(action: ActionRecord) -> dict[str, Any]:
    """The arguments in the order of the function's parameters, which canonical text does not keep."""
    return in_order(action.args or "{}", action.schema)


def _decided(backend: Backend, record: ReviewRecord, outcome: str, *, unfold: bool) -> bool:
    """Whether the decision was taken, or can no longer be."""
    try:
        backend.call(record.state.id, decide(record, outcome, unfold=unfold))
    except (StaleView, Late, AlreadyDecided) as error:
        print(f"handrail: {error}", file=sys.stderr)
        return isinstance(error, Late)
    except (HandrailError, ValueError) as error:
        print(f"handrail: {error}\n          nothing was decided; try again", file=sys.stderr)
        return False
    return True


def _choose(record: ReviewRecord, *, unfold: bool) -> str | None:
    """The outcome that was typed; "" to draw again, `OPEN_ALL` to open what is folded, `None` to leave it for later."""
    letters: dict[str, str] = {CHOICES[outcome][0]: outcome for outcome in record.state.choices}
    words = "   ".join(f"[{letter}] {CHOICES[outcome][1]}" for letter, outcome in letters.items())
    if folds(record.view) and not unfold:
        letters["o"], words = OPEN_ALL, f"{words}   [o] open what is folded"
    print(f"{words}   [l] later", file=sys.stderr, flush=True)
    typed_text = _read("decide> ").lower()
    if typed_text in ("l", "later"):
        print("left open; decide later with: handrail reviews list", file=sys.stderr)
        return None
    if typed_text in letters:
        return letters[typed_text]
    return typed_text if typed_text in record.state.choices else ""


def decide(record: ReviewRecord, outcome: str, *, unfold: bool) -> c.Decide:
    """The command for an outcome, with what it needs asked for. Raises `InvalidValue` for what does not fit."""
    value: JSON = None
    if outcome == "supply":
        value = entered(record.action.returns, _read("result> "))
    elif outcome == "answer":
        value = _value(record)
    args = edited(record) if outcome == "edit" else None
    note = _read("why? " if outcome in REASONED else "note (may be empty): ") or None
    seen = (folds(record.view) or ()) if unfold else ()
    return c.Decide(outcome, record.state.view, note, value, args, seen)  # type: ignore[arg-type]


def _value(record: ReviewRecord) -> JSON:
    question = orjson.loads(record.action.args or "{}")
    options = question.get("options")
    if not options:
        return typed(canonical(question.get("schema") or {"type": "string"}), "", _read("answer> "))
    for number, option in enumerate(options, 1):
        print(f"  {number}  {visible(str(option))}", file=sys.stderr)
    chosen = _read("number> ")
    return options[int(chosen) - 1] if chosen.isdigit() and 0 < int(chosen) <= len(options) else chosen


def edited(record: ReviewRecord) -> str:
    """New arguments, asked for one by one; an empty line keeps the old value."""
    args = ordered(record.action)
    print("new values; an empty line keeps the old one", file=sys.stderr)
    for name, old in args.items():
        answer = _read(f"  {safe(name)} [{safe(clip(visible(canonical(old)), 60))}]: ")
        if answer:
            args[name] = typed(record.action.schema or "{}", f"/{name}", answer, old)
    return canonical(args)


def _read(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()
