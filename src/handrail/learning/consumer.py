"""One thread that hands decisions to a function, one after another in the order of the log.

Each is handed over at least once: how far the function has come is noted after it returned. What it raises stops it
there; the same decision comes again after a pause, and nothing is skipped. Of several under one name one goes on and
the others stand by: a lease says which, a second thread renews it, and what is noted under an ended one is refused.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeVar

from ..backend import ConsumerLease, Decided, Feedback
from ..clock import SECOND
from ..errors import FencedOff

T = TypeVar("T")
log: Final = logging.getLogger("handrail.decisions")
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 300.0
PAGE: Final = 50
GATHERED: Final = 20
"""Of so many parts of its patience it rests for one when nothing was decided."""
UNNOTED: Final = 5_000
"""Entries without a decision after which it is noted that there were none."""
LEASE: Final = 30
"""Seconds after which another one goes on where this one has died."""
IDLE: Final = 1.5
"""Seconds for which one is waited for that has nothing in hand: what it has asked for is dropped when it comes."""
RENEWALS: Final = 3
"""How often a lease is renewed before it would end, and how often who stands by looks."""


class _Closed(Exception):
    """It is to end."""


class _Lost(Exception):
    """Another one goes on under the name."""


class Consumer:
    """Calls `handle` with each decision, in a thread of its own from `start` to `close`."""

    def __init__(
        self, feedback: Callable[[], Feedback], name: str, handle: Callable[[Decided], object],
        since: Literal["beginning", "now"] = "beginning", first_pause: float = FIRST_PAUSE, lease: int = LEASE,
    ) -> None:  # fmt: skip
        self.name: Final = name
        self._feedback, self._handle, self._since, self._first_pause = feedback, handle, since, first_pause
        self._holder: Final = secrets.token_hex(16)
        self._lease: Final = lease
        self._closed, self._left_behind = threading.Event(), threading.Event()
        self._handing: Final = threading.Lock()
        self._thread: Final = threading.Thread(target=self._run, name=f"handrail-decisions-{name}", daemon=True)
        self._renewer: Final = threading.Thread(target=self._renew, name=f"handrail-lease-{name}", daemon=True)
        self._noted = -1
        self._fence: int | None = None
        self._until = 0.0

    def start(self) -> None:
        """Begin where the consumer of that name stopped before, as soon as nobody else goes on under it."""
        self._thread.start()
        self._renewer.start()

    def close(self, timeout: float | None = 5.0) -> None:
        """Let the function finish what it is at, and hand over no more. Another one may go on at once."""
        self._closed.set()
        if self._handing.acquire(blocking=False):
            self._let_go()
            self._handing.release()
            timeout = IDLE if timeout is None else min(timeout, IDLE)
        for thread in (self._renewer, self._thread):
            if threading.current_thread() is not thread:
                thread.join(timeout)
        self._left_behind.set()

    def _run(self) -> None:
        with contextlib.suppress(_Closed):
            while True:
                with contextlib.suppress(_Lost):
                    self._attend()
                    position = self._patiently(self._begin)
                    while True:
                        position = self._turn(position)
                log.warning("%s: another process goes on under this name, and this one stands by", self.name)
        self._let_go()

    def _attend(self) -> None:
        """Wait until nobody else goes on under the name."""
        asked = time.monotonic()
        while not (found := self._patiently(self._ask, "asking for the name")).held:
            self._closed.wait(min(found.left / SECOND, self._lease / RENEWALS) + 0.001)
            asked = time.monotonic()
        self._fence, self._until = found.fence, asked + self._lease

    def _ask(self) -> ConsumerLease:
        return self._feedback().lease(self.name, self._holder, self._lease)

    def _renew(self) -> None:
        """Go on holding the name, also while the function takes its time."""
        while not self._closed.wait(self._lease / RENEWALS):
            if self._fence is not None:
                with contextlib.suppress(Exception):
                    self._require()

    def _require(self) -> None:
        """Raises `_Lost` unless the name was held all the time."""
        asked, found = time.monotonic(), self._ask()
        if not found.held or found.fence != self._fence:
            self._until = 0.0
            raise _Lost
        self._until = asked + self._lease

    def _let_go(self) -> None:
        if self._fence is not None and not self._left_behind.is_set():
            with contextlib.suppress(Exception):
                self._feedback().lease(self.name, self._holder, 0)

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
            with self._handing:
                self._patiently(partial(self._hand, made), f"decision {made.position} about {made.action}")
                self._patiently(partial(self._note, made.position), "noting it", last=True)
        if page.next - self._noted > UNNOTED:
            self._patiently(partial(self._note, page.next))
        return page.next

    def _patience(self) -> float:
        return self._feedback().patience

    def _hand(self, made: Decided) -> None:
        if time.monotonic() >= self._until:
            self._require()
        self._handle(made)

    def _note(self, position: int) -> None:
        try:
            self._feedback().acknowledge(self.name, position, self._fence)
        except FencedOff:
            raise _Lost from None
        self._noted = position

    def _patiently(self, step: Callable[[], T], what: str = "the next decisions", *, last: bool = False) -> T:
        """Do it until it is done, after each failure a while later; the `last` thing is tried once also at the end.

        Raises `_Closed` once it is to end, and `_Lost`.
        """
        pause = self._first_pause
        while not self._closed.is_set() or (last and not self._left_behind.is_set()):
            try:
                return step()
            except _Lost:
                raise
            except BaseException as error:
                if self._closed.is_set():
                    break
                log.exception("%s: %s failed and is tried again in %g s: %s", self.name, what, pause, error)
            self._closed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise _Closed
