"""`handrail reviews watch`: what waits, as it changes; on a terminal one key opens a review to decide it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any, Final

from ..backend import ReviewRecord
from ..errors import HandrailError
from ..gate.asking import ask_here
from ..review.model import OPEN
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.words import count
from . import gist
from .ask import at_terminal
from .desk import Db, Desk, desk
from .outcome import follow
from .page import show
from .reviews import banner, rows

try:
    import termios
    import tty
except ImportError:  # pragma: no cover - a terminal without cbreak mode
    termios = tty = None  # type: ignore[assignment]

REDRAW: Final = 30.0
RETRY: Final = 1.0
"""Seconds after which a server that did not answer is asked again; whoever draws meets the error itself."""
KEYS: Final = "123456789abcdefghijklmnoprstuvwxyz"
CLEAR: Final = "\x1b[H\x1b[2J"
Known = dict[str, tuple[int, str]]


def watch(db: Db = None) -> None:
    """Follow what waits; ends with Ctrl-C. On a terminal a key opens a review, q leaves."""
    with desk(db) as at, contextlib.suppress(KeyboardInterrupt):
        if at_terminal() and sys.stdout.isatty() and termios is not None:
            _board(at)
        else:
            _lines(at)


def _lines(at: Desk) -> None:
    known: Known = {}
    size = at.backend.changed(-1, 0)
    while True:
        waiting = at.backend.waiting(limit=500)
        show([Line("fact", line) for line in changes(at, known, waiting)])
        known = {one.state.id: (one.state.rev, one.state.action) for one in waiting}
        size = at.backend.changed(size, None)


def changes(at: Desk, known: Known, waiting: list[ReviewRecord]) -> Iterator[str]:
    """One line for each review that is new, other than before, or gone."""
    now = at.now()
    for record in waiting:
        review = record.state
        rev = known.get(review.id, (0, ""))[0]
        if rev != review.rev:
            mark = "new    " if rev == 0 else "changed"
            yield f"{mark}  {review.id}  {review.risk}  {gist.left(review, now)} left  {gist.gist(record)}"
    for id_ in known.keys() - {record.state.id for record in waiting}:
        yield f"gone     {id_}  {_gone(at, id_)}"


def _gone(at: Desk, id_: str) -> str:
    record = at.backend.review(id_)
    made = record.decision
    return f"{gist.PAST[made.outcome]} by {visible(made.by)}" if made else record.state.status


def _board(at: Desk) -> None:
    """The list on the whole terminal; one thread waits for the database, this one for keys and for it."""
    bell, ring = os.pipe()
    Thread(target=_ring, args=(at, ring), name="handrail-watch", daemon=True).start()
    while True:
        with _cbreak(sys.stdin.fileno()):
            review = _picked(at, bell)
        if review is None:
            return
        _open(at, review)


def _picked(at: Desk, bell: int) -> str | None:
    """The review that a key opened; `None` to leave. Drawn anew at every change, and for the clock."""
    while True:
        shown = _draw(at)
        key = _key(bell)
        if key == "q":
            return None
        place = KEYS.find(key) if key else -1
        if 0 <= place < len(shown):
            return shown[place].state.id


def _ring(at: Desk, ring: int) -> None:
    size, away = -1, Event()
    while True:
        try:
            size = at.backend.changed(size, None)
        except HandrailError:
            away.wait(RETRY)
        os.write(ring, b".")


def _draw(at: Desk) -> list[ReviewRecord]:
    waiting = at.backend.waiting(limit=len(KEYS))
    sys.stdout.write(CLEAR)
    banner(at)
    if waiting:
        head, *lines = rows(at, [[one] for one in waiting])
        keyed = [Line(line.style, f"{key}  {line.text}") for key, line in zip(KEYS, lines, strict=False)]
        show([Line("muted", f"   {head.text}"), *keyed])
    show([BLANK, Line("muted", f"{count(len(waiting), 'review')} · a key opens one, q leaves")])
    return waiting


def _key(bell: int) -> str:
    """The next key, the escape character for keys such as arrows; nothing when the list should be drawn anew."""
    stdin = sys.stdin.fileno()
    ready, _, _ = select.select([stdin, bell], [], [], REDRAW)
    if bell in ready:
        os.read(bell, 4096)
    if stdin not in ready:
        return ""
    typed = os.read(stdin, 32).decode("ascii", "replace")
    return typed[0].lower() if typed else "q"


@contextlib.contextmanager
def _cbreak(stdin: int) -> Iterator[None]:
    """Keys come one by one inside the block; what was typed before is kept."""
    before: Any = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def _open(at: Desk, review: str) -> None:
    sys.stdout.write(CLEAR)
    sys.stdout.flush()
    ask_here(at.backend, review)
    if at.backend.review(review).state.status not in OPEN:
        follow(at, review)
    print("Enter goes back to the list.", file=sys.stderr, flush=True)
    sys.stdin.readline()
