"""`handrail actions`: what agents wanted, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from msgspec import to_builtins

from ..action.commands import ReportOutcome
from ..action.model import Action
from ..backend import ActionRecord
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.model import Erased
from . import gist
from .desk import Db, Desk, desk
from .outcome import told
from .page import NARROW, Json, labelled, say, show, table, tell, width
from .reviews import After, Limit, args_json

WhichAction = Annotated[
    str, typer.Argument(metavar="ACTION", help="The id of an action or of its review, or enough of it.")
]


def list_actions(after: After = None, limit: Limit = 50, json: Json = False, db: Db = None) -> None:
    """What agents wanted to do, newest first."""
    with desk(db) as at:
        found = at.backend.newest("action", after=at.find("act", after) if after else None, limit=limit + 1)
        page = [one for one in found if isinstance(one, Action)][:limit]
        more = page[-1].id if len(found) > limit else None
        if json:
            tell({"actions": [to_builtins(one) for one in page], "after": more})
        elif page:
            show(action_rows(at, page))
            if more:
                say(f"More: --after {gist.short(more)}", "muted")
        else:
            say("No agent has proposed anything yet.")


def action_rows(at: Desk, page: list[Action]) -> list[Line]:
    """Actions as a table, one line each."""
    now = at.now()
    head = ("ACTION", "STATE", "AGE", "WHAT", "AGENT")
    keep = range(5) if width() >= NARROW else (0, 1, 3)
    cells = [
        (
            gist.short(one.id), one.status, gist.brief(now - one.proposed_at),
            _what(at.backend.action(one.id)), gist.name(at, one.agent),
        )
        for one in page
    ]  # fmt: skip
    picked = [tuple(row[column] for column in keep) for row in (head, *cells)]
    return table(picked[0], picked[1:], grows=3 if len(keep) == 5 else 2, spans={0: "title"})


def _what(record: ActionRecord) -> str:
    """What it would do, and what comes first, if anything does."""
    first = gist.first(record)
    return f"{gist.what(record)}{f'  · {first}' if first else ''}"


def show_action(action: WhichAction, json: Json = False, db: Db = None) -> None:
    """One action: what it would do, where it stands, its result."""
    with desk(db) as at:
        record = at.backend.action(at.action(action))
        state = record.state
        if json:
            tell({
                "action": to_builtins(state), "args": args_json(record), "context": _json(record.context),
                "story": _json(record.story), "outcome": _json(record.outcome),
            })  # fmt: skip
            return
        text, style = told(at, record)
        show([Line("title", f"{visible(state.name)}  {state.id}"), Line("title", gist.what(record, width()))])
        show([*labelled("State", state.status, style), *labelled("", text, style), *_facts(at, state), BLANK])
        show(labelled("Look", f"handrail explain {gist.short(state.id)}", "muted"))


def _facts(at: Desk, state: Action) -> list[Line]:
    owner = gist.name(at, state.owner)
    lines = labelled("Agent", f"{gist.name(at, state.agent)} for {owner}")
    lines += labelled("Risk", state.risk)
    lines += labelled("Asked", gist.at(at, state.proposed_at))
    lines += labelled("Executes", _executes(at, state))
    if state.run:
        lines += labelled("Run", gist.name(at, state.run))
    if state.asked:
        lines += labelled("Review", state.asked)
    if state.review and (wait := at.backend.feedback.expected_wait(state.review)):
        lines += labelled("Wait", str(wait))
    return lines + _turned_out(at, state)


def _turned_out(at: Desk, state: Action) -> list[Line]:
    """What was said last of how it turned out, by whom and when."""
    if state.turned_out is None:
        return []
    last = [one for one in at.backend.history(state.id) if one.type == "action.outcome_reported"][-1]
    said = f"{state.turned_out}, says {gist.name(at, last.by.id)} at {gist.at(at, last.at)}"
    lines = labelled("Turned out", said, "flag" if state.turned_out == "wrong" else "good")
    note = last.texts.get("note")
    return lines + (labelled("", f'"{visible(note)}"') if isinstance(note, str) else [])


def outcome(
    action: WhichAction,
    wrong: Annotated[bool, typer.Option("--wrong/--right", help="How it turned out.")],
    note: Annotated[str | None, typer.Option("--note", help="What happened.")] = None, db: Db = None,
) -> None:  # fmt: skip
    """Say how an action turned out after its end; it changes nothing else."""
    with desk(db) as at:
        id_ = at.action(action)
        at.backend.call(id_, ReportOutcome(wrong, note))
        say(f"Noted: {gist.short(id_)} turned out {'wrong' if wrong else 'right'}.", "good")


def _executes(at: Desk, state: Action) -> str:
    """Who runs it, or may."""
    if state.holder and state.executor:
        return f"{gist.name(at, state.holder)} at {visible(state.executor)}"
    return "whoever has the function: a worker, or who waits for it" if state.offered else "the process that called it"


def _json(value: Any) -> Any:
    return {"$erased": value.digest} if isinstance(value, Erased) else value
