"""`handrail reviews edit`: other arguments, seen as a difference before they are sent, and then approved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from ..backend import ReviewRecord
from ..codec.canonical import canonical, parse
from ..codec.edits import Problem, typed, validate_edit
from ..errors import UsageError
from ..gate.asking import ordered
from ..review.commands import Decide
from ..stream import JSON
from ..view.diff import diff_lines
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.model import folds
from . import gist
from .ask import at_terminal, confirmed, in_editor
from .decide import Note, Quiet, Unfold, View, Way, Which, Yes, check, look, nothing, on_view, send
from .desk import Db, desk
from .page import show, width
from .refusal import USAGE, complain


def edit(
    review: Which,
    put: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="One new value, by name or JSON pointer (/items/0/price=2)."),
    ] = None,
    args_file: Annotated[
        str | None, typer.Option("--args-file", metavar="FILE", help="All new arguments as JSON; - is stdin.")
    ] = None,
    note: Note = None, yes: Yes = False, quiet: Quiet = False, unfold: Unfold = False, view: View = None,
    db: Db = None,
) -> None:  # fmt: skip
    """Change the arguments and approve them: with --set, from a file, or in your editor."""
    with desk(db) as at:
        record = at.review(review)
        check(at, record, "edit")
        by_hand = not put and args_file is None
        seen = look(at, record, Way(yes, quiet, view, unfold), ask=not by_hand)
        if by_hand:
            seen = folds(record.view) or ()  # an editor shows the arguments whole
        old = _present(record)
        new = _wanted(record, old, put or [], args_file)
        _valid(record, new)
        if canonical(new) == canonical(old):
            raise UsageError("nothing is different: use `handrail reviews approve`")
        show([Line("heading", "YOUR CHANGES"), *diff_lines(old, new, width=width()), BLANK])
        if not yes and view is None and not confirmed(f"Approve {gist.short(record.state.id)} with these changes?"):
            nothing()
        send(at, record, Decide("edit", on_view(record, view), note, None, canonical(new), seen))


def _present(record: ReviewRecord) -> Any:
    if record.action.args is None:
        raise UsageError("the arguments were erased: nothing is left to edit")
    return ordered(record.action)


def _wanted(record: ReviewRecord, old: Any, put: list[str], file: str | None) -> JSON:
    if put and file is not None:
        raise UsageError("give --set or --args-file, not both")
    if file is not None:
        return parse(_read(file))
    if put:
        new = ordered(record.action)
        for one in put:
            _put(record.action.schema or "{}", new, one)
        return new
    if not at_terminal():
        raise UsageError("say what to change, with --set NAME=VALUE or --args-file")
    return parse(in_editor(orjson.dumps(old, option=orjson.OPT_INDENT_2).decode() + "\n"))


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file!a} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file!a} is no UTF-8 text") from None


def _put(schema: str, args: Any, assignment: str) -> None:
    """Set one value in place. Raises `UsageError` for a place that the arguments do not have."""
    name, separator, text = assignment.partition("=")
    if not separator or not name:
        raise UsageError(f"{assignment[:60]!a} sets nothing: write NAME=VALUE")
    pointer = name if name.startswith("/") else "/" + name.replace("~", "~0").replace("/", "~1")
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    holder = args
    for step in way:
        holder = _inside(holder, step, name)
    if isinstance(holder, dict):
        holder[last] = typed(schema, pointer, text, holder.get(last))
    else:
        was = _inside(holder, last, name)
        holder[int(last)] = typed(schema, pointer, text, was)


def _inside(holder: Any, step: str, name: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list) and step.isascii() and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    raise UsageError(f"{name[:60]!a} is no place in the arguments: look with `handrail reviews show`")


def _valid(record: ReviewRecord, new: JSON) -> None:
    problems = validate_edit(record.action.schema, new) if record.action.schema else []
    if not problems:
        return
    complain("these arguments do not fit; nothing was decided")
    show([Line("flag", f"  {_told(problem)}") for problem in problems], sys.stderr)
    raise typer.Exit(USAGE)


def _told(problem: Problem) -> str:
    return visible(f"{problem.path or 'the top level'}: {problem.message}")
