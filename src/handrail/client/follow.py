"""Follows runs at a server: one thread for each, which asks again and again how it stands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from ..backend import Answer
from ..errors import HandrailError, NotFound
from ..run.model import Run

log: Final = logging.getLogger("handrail.client")
WAIT: Final = 20.0
"""Seconds for which one question waits for news."""
AGAIN: Final = 0.5
"""Seconds after which a server that did not answer is asked again."""


class Follower:
    """Tells how one run stands until it is closed. `look` reads it, `wait` blocks until it is beyond a revision."""

    def __init__(
        self, look: Callable[[], Run], wait: Callable[[int, float], Answer | None], tell: Callable[[Run], None]
    ) -> None:
        self._look: Final = look
        self._wait: Final = wait
        self._tell: Final = tell
        self._end: Final = threading.Event()

    def begin(self) -> Callable[[], None]:
        """Tell how it stands now, and go on in a thread; returns how to end that."""
        first = self._look()
        self._tell(first)
        threading.Thread(target=self._follow, args=(first.rev,), name="handrail-follow", daemon=True).start()
        return self._end.set

    def _follow(self, rev: int) -> None:
        away = False
        while not self._end.is_set():
            try:
                moved = self._wait(rev, WAIT)
                if moved is not None and not self._end.is_set():
                    state = self._look()
                    rev = state.rev
                    self._tell(state)
                away = False
            except NotFound:
                return
            except HandrailError as error:
                if not away:
                    log.warning("a watched run is out of sight for now: %s", error)
                away = True
                self._end.wait(AGAIN)
