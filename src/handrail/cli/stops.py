"""`handrail stop` and `handrail stops`: stop an agent, a tool, a team or all, see what is stopped, and lift it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from ..backend import StopRecord
from ..errors import UsageError
from ..ids import mint
from ..policy.stops import Halt, Lift, Runs, Scope
from ..view.escape import visible
from ..view.lines import Line
from ..view.model import Erased
from ..view.words import count
from ..wire import records
from . import gist
from .ask import at_terminal, confirmed, reason
from .desk import Db, Desk, desk
from .page import Json, labelled, say, show, table, tell

MOST: Final = 200
PATIENCE: Final = 10.0
"""Seconds that the command waits for what waits to be ended."""
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask again.")]
Why = Annotated[str | None, typer.Option("--reason", "-m", metavar="TEXT", help="Why; the agents are told.")]
Which = Annotated[str, typer.Argument(metavar="STOP", help="The id, or enough of it.")]
_NAMED: Final[dict[Scope, str]] = {
    "agent": "the agent {}", "tool": "every action called {}", "team": "every agent of {}", "all": "every agent",
}  # fmt: skip


def stop(
    scope: Annotated[Scope, typer.Argument(help="What is stopped.")],
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="An agent, an action as pay.refund or 'pay.*', or group:ops."),
    ] = None,
    why: Why = None,
    runs: Annotated[Runs, typer.Option("--runs", help="What becomes of runs in it.")] = "pause",
    yes: Yes = False,
    db: Db = None,
) -> None:  # fmt: skip
    """Let nothing of an agent, a tool, a team or all begin any more, in any process, until somebody lifts that."""
    with desk(db) as at:
        what = _NAMED[scope].format(visible(name or ""))
        if (name is None) != (scope == "all"):
            raise UsageError("name what is stopped, as in `handrail stop agent NAME`; only all has no name")
        said = reason(why, f"Why is {what} stopped?")
        if not _sure(yes, f"Stop {what}: what waits is refused, and nothing of it starts until it is lifted?"):
            return
        made = mint("stp")
        at.backend.call(made, Halt(scope, said, name, runs))
        say(f"Stopped: {what}. Nothing of it starts any more, in any process.", "good")
        found = _swept(at, made)
        if found.state.swept:
            say(f"Ended or paused: {count(found.state.swept, 'action or run', 'actions and runs')}.")
        _begun(found)
        say(f"An administrator lifts it: handrail stops lift {gist.short(made)}", "muted")


def _swept(at: Desk, made: str) -> StopRecord:
    """The stop once all that waits was ended, or a while later: on a file this process does it."""
    end, size = time.monotonic() + PATIENCE, -1
    while (found := at.backend.stops.one(made)).state.due_at is not None and time.monotonic() < end:
        size = at.backend.changed(size, 1.0)
    return found


def list_stops(
    every: Annotated[bool, typer.Option("--all", help="Also those that were lifted.")] = False,
    json: Json = False, db: Db = None,
) -> None:  # fmt: skip
    """What is stopped now, by whom and why."""
    with desk(db) as at:
        found = [one for one in at.backend.stops.newest(limit=MOST) if every or one.state.status == "present"]
        if json:
            tell({"stops": [records.stop_out(one) for one in found]})
        elif found:
            show(table(("ID", "STOPPED", "WHY", "BY", "SINCE"), list(_rows(at, found)), grows=2, spans={1: "title"}))
        else:
            say("Nothing is stopped.")


def _rows(at: Desk, found: list[StopRecord]) -> Iterator[tuple[str, ...]]:
    for one in found:
        since = gist.at(at, one.state.at) + ("" if one.state.status == "present" else ", lifted")
        yield gist.short(one.state.id), named(one), _text(one.reason), one.by, since


def named(one: StopRecord) -> str:
    """What a stop stops, in words that are safe to draw."""
    return _NAMED[one.state.scope].format(visible(one.target or ""))


def _text(text: object) -> str:
    return "[erased]" if isinstance(text, Erased) else visible(str(text or ""))


def show_stop(which: Which, json: Json = False, db: Db = None) -> None:
    """One stop, and what had started before it."""
    with desk(db) as at:
        found = at.backend.stops.one(at.find("stp", which))
        if json:
            tell(records.stop_out(found))
            return
        show(list(_drawn(at, found)))
        _begun(found)


def _drawn(at: Desk, one: StopRecord) -> Iterator[Line]:
    yield from labelled("Stopped", named(one), "title")
    yield from labelled("Why", _text(one.reason))
    yield from labelled("By", f"{one.by}, {gist.at(at, one.state.at)}")
    yield from labelled("Ended", count(one.state.swept, "action or run", "actions and runs"))
    if one.state.lifted_by is not None and one.state.lifted_at is not None:
        yield from labelled("Lifted", f"by {gist.name(at, one.state.lifted_by)}, {gist.at(at, one.state.lifted_at)}")
        yield from labelled("", _text(one.note))


def _begun(one: StopRecord) -> None:
    if one.begun:
        say(f"{count(len(one.begun), 'action')} had started before, and goes on to its end:", "flag")
        show([Line("fact", f"  {gist.short(state.id)}  {visible(state.name)}") for state in one.begun])


def lift(
    which: Which,
    note: Annotated[str | None, typer.Option("--note", "-m", metavar="TEXT", help="Why; needed.")] = None,
    yes: Yes = False, db: Db = None,
) -> None:  # fmt: skip
    """Let what was stopped begin again. An administrator does it, and another person than stopped it."""
    with desk(db) as at:
        found = at.backend.stops.one(at.find("stp", which))
        said = reason(note, "Why is it lifted?")
        if _sure(yes, f"Let {named(found)} begin again? It was stopped: {_text(found.reason)}."):
            at.backend.call(found.state.id, Lift(said))
            say(f"Lifted: {named(found)}. What was refused meanwhile stays refused.", "good")


def _sure(yes: bool, question: str) -> bool:
    if not yes and not at_terminal():
        raise UsageError("nobody can be asked here: add --yes")
    return yes or confirmed(question)
