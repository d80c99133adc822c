"""`handrail runs watch`: the runs that people watch, as they go on; of one run each step as it happens."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from ..backend import Event, Seen
from ..clock import SECOND
from ..run.model import FINAL, Run
from ..stream import changed
from ..view.columns import clip
from ..view.drawing import inline
from ..view.escape import visible
from ..view.lines import BLANK, Line, Style
from ..view.words import count, duration
from . import gist
from .ask import at_terminal
from .desk import Db, Desk, desk
from .page import show, table, width
from .runs import find_run

Which = Annotated[
    str | None, typer.Argument(metavar="RUN", help="The title of a run, or its id; without it all that are watched.")
]
CLEAR: Final = "\x1b[H\x1b[2J"
MOST: Final = 200
"""Runs that are looked through for watched ones."""
ROWS: Final = 40
PAGE: Final = 200
LINES: Final[dict[str, tuple[str, Style]]] = {
    "run.opened": ("begun", "title"), "run.entered": ("entered by another process", "muted"),
    "run.faulted": ("an exception left it", "flag"), "run.finished": ("finished", "good"),
    "run.failed": ("failed", "flag"), "run.paused": ("asked to pause", "deadline"),
    "run.resumed": ("told to go on", "deadline"), "run.guided": ("told", "deadline"),
    "run.heard": ("has read what it was told", "muted"), "run.confirmed": ("confirmed by its process", "good"),
    "run.alarmed": ("a monitor spoke", "flag"), "run.lapsed": ("its process is not heard of any more", "flag"),
    "run.stopped": ("told to stop", "deadline"), "run.cleaned": ("cleaned up", "fact"),
}  # fmt: skip


def watch_runs(run: Which = None, db: Db = None) -> None:
    """Follow the runs that are watched, until Ctrl-C; of one run what it reports and is asked for, to its end."""
    with desk(db) as at, contextlib.suppress(KeyboardInterrupt):
        if run is not None:
            _follow(at, find_run(at, run))
        elif at_terminal() and sys.stdout.isatty():
            _board(at)
        else:
            _lines(at)


def _follow(at: Desk, run: str) -> None:
    """Print what happens to a run until it is over."""
    rev = seen = 0
    before: Run | None = None
    while True:
        state = at.backend.run(run)[0]
        if before is None or _asked(before) != _asked(state):
            events = [one for one in at.backend.history(run) if rev < one.rev <= state.rev]
        else:
            events = []
        show(list(_merged(at, events, _reported(at, run, seen, state.totals.seen))))
        before, rev, seen = state, state.rev, state.totals.seen
        if state.final and not state.unsettled:
            return
        at.backend.wait(run, rev, None)


def _asked(run: Run) -> Run:
    """A run without what changes with each report."""
    return changed(run, rev=0, totals=type(run.totals)(), seen_at=0, step=None)


def _reported(at: Desk, run: str, seen: int, newest: int) -> Iterator[Seen]:
    """What it reported since, in order."""
    while seen < newest:
        page = at.backend.observations(run, seen, min(PAGE, newest - seen))
        yield from page
        seen = page[-1].number if page else newest


def _merged(at: Desk, events: list[Event], reported: Iterator[Seen]) -> Iterator[Line]:
    """Both as lines, in the order of their times."""
    lines = [(one.at, line) for one in events for line in _event(at, one)]
    lines += [(one.observation.at, _observation(at, one)) for one in reported]
    lines.sort(key=lambda one: one[0])
    return (line for _, line in lines)


def _event(at: Desk, event: Event) -> Iterator[Line]:
    words, style = LINES.get(event.type, ("", "fact"))
    if not words:
        return
    if event.type == "run.paused" and event.data.get("interrupt"):
        words = "asked to interrupt its step"
    by = f" by {gist.name(at, event.by.id)}" if style == "deadline" else ""
    if event.data.get("monitor"):
        by = " by its monitor"
    said = next((event.texts[name] for name in ("note", "text") if isinstance(event.texts.get(name), str)), None)
    yield _line(at, event.at, "", f"{words}{by}{f': {visible(str(said))}' if said else ''}", style)


def _observation(at: Desk, seen: Seen) -> Line:
    one = seen.observation
    step, shown = visible(one.step or ""), inline(one.value) if one.value is not None else ""
    spent = [f"{one.spend / 1e6:.2f}"] if one.spend else []
    spent += [count(one.tokens, "token")] if one.tokens else []
    said = "  ".join(filter(None, (step, visible(one.text or ""), shown, ", ".join(spent))))
    return _line(at, one.at, one.kind, said, "flag" if one.kind == "error" else "fact")


def _line(at: Desk, time: int, kind: str, said: str, style: Style) -> Line:
    text = f"{gist.at(at, time)}  {kind:6}  {said}"
    return Line(style, clip(text, max(width(), 80)))


def _lines(at: Desk) -> None:
    """A line for each watched run that is new, in another state, or over."""
    known: dict[str, str] = {}
    size = at.backend.changed(-1, 0)
    while True:
        now = {one.id: _state(one) for one in watched(at)}
        lines = [f"{now[id_]:10}  {gist.short(id_)}  {gist.name(at, id_)}" for id_ in now if known.get(id_) != now[id_]]
        lines += [f"{at.backend.run(id_)[0].status:10}  {gist.short(id_)}  {gist.name(at, id_)}"
                  for id_ in known.keys() - now.keys()]  # fmt: skip
        show([Line("fact", line) for line in lines])
        known, size = now, at.backend.changed(size, None)


def _board(at: Desk) -> None:
    """The list on the whole terminal, drawn anew at every change."""
    size = at.backend.changed(-1, 0)
    while True:
        sys.stdout.write(CLEAR)
        show(board(at))
        size = at.backend.changed(size, 5.0)


def watched(at: Desk) -> list[Run]:
    """The watched runs that are not over, those that need somebody first."""
    found = [one for one in at.backend.newest("run", limit=MOST) if isinstance(one, Run)]
    return sorted((one for one in found if one.watched and one.status not in FINAL), key=_need)[:ROWS]


def _need(run: Run) -> tuple[int, int]:
    stuck = run.lost or run.alarm is not None
    return (0 if stuck else 1 if run.status == "paused" else 2), -run.totals.spend


def _state(run: Run) -> str:
    if run.lost:
        return "lost"
    return f"{run.status}?" if run.control is not None and run.control.confirmed_at is None else run.status


def board(at: Desk) -> list[Line]:
    """The watched runs as a table; a ? behind a state says that the process has not confirmed it yet."""
    runs = watched(at)
    if not runs:
        return [Line("fact", "Nothing is watched now.")]
    cells = [
        (
            gist.short(one.id), _state(one), gist.brief(at.now() - one.opened_at), str(one.totals.steps),
            f"{one.totals.spend / 1e6:.2f}", f"{gist.name(at, one.id)}{_at_step(at, one)}", gist.name(at, one.agent),
        )
        for one in runs
    ]  # fmt: skip
    head = ("RUN", "STATE", "AGE", "STEPS", "SPENT", "TITLE AND STEP", "AGENT")
    asked = sum(one.status == "paused" for one in runs)
    summary = f"{count(len(runs), 'run')}, {asked} paused · Ctrl-C leaves"
    return [*table(head, cells, grows=5, spans={0: "title", 1: "deadline"}), BLANK, Line("muted", summary)]


def _at_step(at: Desk, run: Run) -> str:
    """What it said last, and how long ago."""
    last = at.backend.observations(run.id, max(run.totals.seen - 1, 0), 1)
    said: Any = last[-1].observation.step or last[-1].observation.text if last else None
    silent = at.now() - run.seen_at
    ago = f", silent for {duration(silent)}" if silent > 60 * SECOND else ""
    return f": {visible(str(said))}{ago}" if said else ago
