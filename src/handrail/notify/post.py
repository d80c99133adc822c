"""The threads that send, one for each channel, while a server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Final

from ..clock import SECOND
from ..errors import HandrailError
from .sender import Sender

log: Final = logging.getLogger("handrail.notify")
LONGEST: Final = 30.0
"""Seconds between looks where nothing is heard."""
BREATH: Final = 0.1
"""Seconds between looks where much is heard."""
STUMBLE: Final = 5.0


class Post:
    """Runs senders from `start` to `close`. `now` is the time that counts for the database (µs)."""

    def __init__(self, senders: Iterable[Sender], now: Callable[[], int]) -> None:
        self._now: Final = now
        self._closed = threading.Event()
        self._threads: Final = [_Thread(one, self._closed, now) for one in senders]

    def start(self) -> None:
        """Begin with what waits already."""
        for one in self._threads:
            one.start()

    def wake(self) -> None:
        """Something was committed: look."""
        for one in self._threads:
            one.heard.set()

    def close(self, timeout: float = 5.0) -> None:
        """End after the message that is being sent."""
        self._closed.set()
        self.wake()
        for one in self._threads:
            one.join(timeout)


class _Thread(threading.Thread):
    def __init__(self, sender: Sender, closed: threading.Event, now: Callable[[], int]) -> None:
        super().__init__(name=f"handrail-{sender.name}", daemon=True)
        self._sender, self._closed, self._now = sender, closed, now
        self.heard: Final = threading.Event()

    def run(self) -> None:
        while not self._closed.is_set():
            self.heard.clear()
            self.heard.wait(self._turn())
            self._closed.wait(BREATH)
        try:
            self._sender.release()
        except HandrailError as error:
            log.info("%s: the name could not be let go: %s", self._sender.name, error)

    def _turn(self) -> float:
        """Seconds until the next look."""
        try:
            due = self._sender.turn()
        except HandrailError as error:
            log.warning("%s: could not look after messages: %s", self._sender.name, error)
            return STUMBLE
        except Exception:
            log.exception("%s: sending failed; it goes on", self._sender.name)
            return STUMBLE
        return LONGEST if due is None else min(max((due - self._now()) / SECOND, 0.0), LONGEST)
