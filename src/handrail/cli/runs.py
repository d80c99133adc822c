"""`handrail runs`: what agents work on, and what people ask of it while it goes on."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import typer
from msgspec import to_builtins

from ..action.model import Action
from ..backend import Event
from ..clock import SECOND
from ..errors import NotFound
from ..run import commands as c
from ..run.model import FINAL, Control, Run
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.words import count, duration
from . import gist
from .actions import action_rows
from .desk import Db, Desk, desk
from .page import Json, labelled, say, show, table, tell
from .reviews import After, Limit

WhichRun = Annotated[str, typer.Argument(metavar="RUN", help="The title of a run, or its id, or enough of it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; its agent is told.")]
Patience = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for the run's process to confirm.")
]
MOST: Final = 200
"""Runs that are looked through for a title."""
WORDS: Final = {
    "pause": "asked to pause", "interrupt": "asked to interrupt its step", "resume": "told to go on",
    "stop": "told to stop",
}  # fmt: skip


def list_runs(after: After = None, limit: Limit = 50, json: Json = False, db: Db = None) -> None:
    """Runs of agents, newest first."""
    with desk(db) as at:
        found = at.backend.newest("run", after=at.find("run", after) if after else None, limit=limit + 1)
        page = [one for one in found if isinstance(one, Run)][:limit]
        more = page[-1].id if len(found) > limit else None
        if json:
            tell({"runs": [_run_json(at, one) for one in page], "after": more})
        elif page:
            show(run_rows(at, page))
            if more:
                say(f"More: --after {gist.short(more)}", "muted")
        else:
            say("No agent has opened a run yet.")


def run_rows(at: Desk, page: list[Run]) -> list[Line]:
    """Runs as a table, one line each."""
    now = at.now()
    cells = [
        (
            gist.short(one.id), one.status, gist.brief(now - one.opened_at), gist.name(at, one.id),
            gist.name(at, one.agent),
        )
        for one in page
    ]  # fmt: skip
    return table(("RUN", "STATE", "AGE", "TITLE", "AGENT"), cells, grows=3, spans={0: "title"})


def show_run(run: WhichRun, json: Json = False, db: Db = None) -> None:
    """One run, by its id or its title, what was asked of it, and its newest actions."""
    with desk(db) as at:
        id_ = find_run(at, run)
        state, title = at.backend.run(id_)
        if json:
            tell(_run_json(at, state))
            return
        heading = visible(title) if isinstance(title, str) else id_
        show([Line("title", f"RUN  {heading}"), *labelled("State", state.status), *labelled("Id", id_, "muted")])
        show(labelled("Agent", f"{gist.name(at, state.agent)} for {gist.name(at, state.starter)}"))
        show(labelled("Since", gist.at(at, state.opened_at)))
        if state.faults:
            show(labelled("Faults", f"{state.faults} times an exception left it; it goes on when entered again"))
        if state.watched:
            show(_watched(at, state))
        actions = _of_run(at, state)
        if actions:
            show([BLANK, *action_rows(at, actions)])


def _watched(at: Desk, run: Run) -> list[Line]:
    """What is known of a watched run."""
    totals = run.totals
    lines = labelled("Steps", f"{totals.steps} done, {count(totals.errors, 'error')}")
    if totals.spend or totals.tokens:
        lines += labelled("Spent", f"{totals.spend / 1e6:.2f}, {totals.tokens} tokens")
    if run.control is not None:
        lines += labelled("Control", standing(at, run.control), "deadline" if not run.control.confirmed_at else "fact")
    if run.alarm is not None:
        lines += labelled("Alarm", f"the monitor of {run.alarm} spoke", "flag")
    if run.guidance:
        lines += labelled("Told", f"{count(run.guidance, 'message')}, {run.heard} of them read")
    if run.lost:
        lines += labelled("Process", "not heard of any more", "flag")
    for one in run.cleanups:
        lines += labelled("Clean-up", f"{visible(one.name or 'of its own process')}: {one.status}")
    return lines


def standing(at: Desk, control: Control) -> str:
    """What was asked of a run, and whether its process has confirmed that."""
    asked = f"{WORDS[control.kind]} by {gist.name(at, control.by)} at {gist.at(at, control.at)}"
    if control.confirmed_at is None:
        return f"{asked}; its process has not confirmed it yet"
    return f"{asked}; confirmed after {_seconds(control.confirmed_at - control.at)}"


def pause_run(run: WhichRun, reason: Reason, patience: Patience = 2, db: Db = None) -> None:
    """Let nothing more of a run start until it is told to go on; what runs goes on to its end."""
    _control(run, c.Pause(reason), "is paused: nothing more of it starts.", patience, db)


def interrupt_run(run: WhichRun, reason: Reason, patience: Patience = 2, db: Db = None) -> None:
    """Pause a run, and cancel the step that it is at."""
    _control(run, c.Interrupt(reason), "is interrupted: nothing more of it starts.", patience, db)


def resume_run(
    run: WhichRun,
    note: Annotated[str | None, typer.Option("--note", help="What to say about it.")] = None,
    patience: Patience = 2,
    db: Db = None,
) -> None:
    """Let a paused run go on."""
    _control(run, c.Resume(note), "goes on.", patience, db)


def stop_run(run: WhichRun, reason: Reason, patience: Patience = 2, db: Db = None) -> None:
    """Stop a run and every run inside it, for good: nothing more of it starts."""
    words = "is stopped. What is being executed may still end; nothing more of it starts."
    _control(run, c.Stop(reason), words, patience, db)


def guide_run(
    run: WhichRun, text: Annotated[str, typer.Argument(metavar="TEXT", help="What to tell.")], db: Db = None
) -> None:
    """Tell the agent something, which it reads at its next step."""
    with desk(db) as at:
        id_ = find_run(at, run)
        at.backend.call(id_, c.Guide(text))
        say(f"{gist.name(at, id_)} reads it at its next step.", "good")


def _control(run: str, command: c.Control, words: str, patience: float, db: str | None) -> None:
    with desk(db) as at:
        id_ = find_run(at, run)
        answer = at.backend.call(id_, command)
        say(f"{gist.name(at, id_)} {words}", "good")
        state = at.backend.run(id_)[0]
        if state.watched and not state.lost:
            _tell_confirmed(at, id_, answer["rev"], patience)


def _tell_confirmed(at: Desk, run: str, rev: int, patience: float) -> None:
    """Wait a moment for what the run's process says to it."""
    end = time.monotonic() + patience
    while True:
        state = at.backend.run(run)[0]
        asked, left = state.control, end - time.monotonic()
        if asked is None or asked.confirmed_at is not None or asked.rev > rev:
            break
        if left <= 0 or at.backend.wait(run, state.rev, left) is None:
            say("Its process has not confirmed that yet: it does at its next step.", "muted")
            return
    if asked is not None and asked.confirmed_at is not None:
        events = [one for one in at.backend.history(run) if one.type == "run.confirmed"]
        note = next((_note(one) for one in events if one.data.get("of") == asked.rev), None)
        said = f": {visible(note)}" if note else ""
        say(f"Its process confirmed it after {_seconds(asked.confirmed_at - asked.at)}{said}.", "muted")


def _note(event: Event) -> str | None:
    note = event.texts.get("note")
    return note if isinstance(note, str) else None


def _seconds(span: int) -> str:
    return f"{span / SECOND:.2f} s" if span < 10 * SECOND else duration(span)


def find_run(at: Desk, given: str) -> str:
    """The run of that name, or of that title, one that goes on before one that is over; else of that id."""
    named = at.backend.run_id(given)
    try:
        at.backend.run(named)
    except NotFound:
        pass
    else:
        return named
    runs = [one for one in at.backend.newest("run", limit=MOST) if isinstance(one, Run)]
    titled = [one for one in runs if at.backend.run(one.id)[1] == given]
    titled.sort(key=lambda one: one.status in FINAL)
    return titled[0].id if titled else at.find("run", given)


def _of_run(at: Desk, run: Run, most: int = 50) -> list[Action]:
    """The run's newest actions, out of all since it was opened."""
    found: list[Action] = []
    after: str | None = None
    while len(found) < most:
        page = [one for one in at.backend.newest("action", after=after, limit=200) if isinstance(one, Action)]
        found += [one for one in page if one.run == run.id]
        if not page or page[-1].proposed_at < run.opened_at:
            break
        after = page[-1].id
    return found[:most]


def _run_json(at: Desk, run: Run) -> dict[str, Any]:
    return {**to_builtins(run), "name": at.backend.name(run.id), "agent_name": at.backend.name(run.agent)}
