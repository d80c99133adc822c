"""Pieces of work side by side, a few at a time, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final


class Crew:
    """Begins work where there is room, and waits for room where there is none."""

    def __init__(self) -> None:
        self._moved: Final = threading.Condition()
        self._busy = 0

    def begin(self, name: str, work: Callable[[], None], most: int, stop: threading.Event) -> None:
        """Begin a piece once fewer than `most` are under way; nothing any more once `stop` is set."""
        self.wait_for_room(most, stop)
        if not stop.is_set():
            with self._moved:
                self._busy += 1
            threading.Thread(target=self._do, args=(work,), name=name, daemon=True).start()

    def wait_for_room(self, most: int, stop: threading.Event) -> None:
        """Return once fewer than `most` are under way, or `stop` is set."""
        with self._moved:
            while self._busy >= most and not stop.is_set():
                self._moved.wait(1.0)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._moved:
                self._busy -= 1
                self._moved.notify_all()
