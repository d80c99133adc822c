"""One thread that hands decisions to a function, one after another in the order of the log.

Each is handed over at least once: how far the function has come is noted after it returned. What it raises stops it
there; the same decision comes again after a pause, and nothing is skipped.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeVar

from ..backend import Decided, Feedback

T = TypeVar("T")
log: Final = logging.getLogger("handrail.decisions")
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 300.0
PAGE: Final = 50
GATHERED: Final = 20
"""Of so many parts of its patience it rests for one when nothing was decided."""
UNNOTED: Final = 5_000
"""Entries without a decision after which it is noted that there were none."""


class _Closed(Exception):
    """It is to end."""


class Consumer:
    """Calls `handle` with each decision, in a thread of its own from `start` to `close`."""

    def __init__(
        self, feedback: Callable[[], Feedback], name: str, handle: Callable[[Decided], object],
        since: Literal["beginning", "now"] = "beginning", first_pause: float = FIRST_PAUSE,
    ) -> None:  # fmt: skip
        self.name: Final = name
        self._feedback, self._handle, self._since, self._first_pause = feedback, handle, since, first_pause
        self._closed: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._run, name=f"handrail-decisions-{name}", daemon=True)
        self._noted = -1

    def start(self) -> None:
        """Begin where the consumer of that name stopped before."""
        self._thread.start()

    def close(self, timeout: float | None = 5.0) -> None:
        """Let the function finish what it is at, and hand over no more."""
        self._closed.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def _run(self) -> None:
        with contextlib.suppress(_Closed):
            position = self._patiently(self._begin)
            while True:
                position = self._turn(position)

    def _begin(self) -> int:
        """Where to go on. Whoever is new begins with the first decision there is, or with the next one."""
        feedback = self._feedback()
        known = feedback.decisions(None, limit=1, consumer=self.name)
        self._noted = -1 if known.cursor is None else known.cursor
        if known.cursor is None and self._since == "now":
            self._note(known.newest)
        return self._noted

    def _turn(self, position: int) -> int:
        """Hand over what was decided behind a position; gives back where to go on."""
        page = self._patiently(lambda: self._feedback().decisions(position, limit=PAGE, timeout=self._patience()))
        if not page.items and not page.more:
            self._closed.wait(self._patience() / GATHERED)
        for made in page.items:
            self._patiently(partial(self._handle, made), f"decision {made.position} about {made.action}")
            self._patiently(partial(self._note, made.position))
        if page.next - self._noted > UNNOTED:
            self._patiently(partial(self._note, page.next))
        return page.next

    def _patience(self) -> float:
        return self._feedback().patience

    def _note(self, position: int) -> None:
        self._feedback().acknowledge(self.name, position)
        self._noted = position

    def _patiently(self, step: Callable[[], T], what: str = "the next decisions") -> T:
        """Do it until it is done, after each failure a while later. Raises `_Closed` once it is to end."""
        pause = self._first_pause
        while not self._closed.is_set():
            try:
                return step()
            except BaseException as error:
                if self._closed.is_set():
                    break
                log.exception("%s: %s failed and is tried again in %g s: %s", self.name, what, pause, error)
            self._closed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise _Closed
