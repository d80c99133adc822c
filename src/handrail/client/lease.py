"""Renews the leases of what is executed here: one thread per process, only while something runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from ..errors import HandrailError, Unavailable

log: Final = logging.getLogger("handrail.client")
EVERY: Final = 20.0
AGAIN: Final = 2.0
"""Seconds until a renewal that had no answer is repeated: a lease lasts 60, so that many fit in."""
Held: TypeAlias = tuple[str, int, str]
"""An action, the fencing number under which it is executed, and by which executor."""
Renew = Callable[[list[Held]], set[str]]
"""Renews leases, and gives back the actions whose were kept."""


class Renewals:
    """What is held, and the thread that keeps it."""

    def __init__(self, renew: Renew) -> None:
        self._renew: Final = renew
        self._held: set[Held] = set()
        self._lock = threading.Lock()
        self._process: int | None = None
        self._end = threading.Event()

    def hold(self, action: str, fence: int, executor: str) -> Callable[[], None]:
        """Keep a lease until the returned function is called."""
        one = (action, fence, executor)
        if self._process != os.getpid():
            self._lock, self._held, self._process, self._end = threading.Lock(), set(), os.getpid(), threading.Event()
        with self._lock:
            first = not self._held
            self._held.add(one)
            if first:
                self._end.set()
                self._end = threading.Event()
                threading.Thread(target=self._keep, args=(self._end,), name="handrail-renewals", daemon=True).start()
        return lambda: self._release(one)

    def _release(self, one: tuple[str, int, str]) -> None:
        with self._lock:
            self._held.discard(one)
            if not self._held:
                self._end.set()

    def _keep(self, end: threading.Event) -> None:
        pause = EVERY
        while not end.wait(pause):
            with self._lock:
                held = list(self._held)
            pause = EVERY if not held or self._answered(held) else AGAIN

    def _answered(self, held: list[Held]) -> bool:
        """Whether the server had an answer; what is another's by now is renewed no more."""
        try:
            kept = self._renew(held)
        except Unavailable:
            return False
        except HandrailError as error:
            log.warning("%d leases were not renewed: %s", len(held), error)
            return True
        for one in held:
            if one[0] not in kept:
                self._lost(one)
        return True

    def _lost(self, one: Held) -> None:
        with self._lock:
            found = one in self._held
            self._held.discard(one)
        if found:
            log.warning("the lease of %s is lost: somebody else may go on with it", one[0])

    def close(self) -> None:
        """Renew nothing any more."""
        with self._lock:
            self._held.clear()
            self._end.set()
