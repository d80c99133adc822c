"""What people ask of a watched run, or of a run around it, as the process that does the work hears it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from ..backend import Backend
from ..errors import Unavailable
from ..run.model import Run

Reaction = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked now: of which run, by the entry with that revision number."""

    kind: Literal["pause", "interrupt", "stop"]
    run: str
    rev: int


class Controls:
    """The newest states of a run and those around it, from whatever thread they come.

    The first of `runs` is the run itself. `seen` counts what was heard; `react` is told of each change, from any
    thread, and has to be quick.
    """

    def __init__(self, runs: tuple[str, ...]) -> None:
        self.runs: Final = runs
        self.seen = 0
        self._states: Final[dict[str, Run]] = {}
        self._moved: Final = threading.Condition()
        self._reactions: Final[dict[int, Reaction]] = {}
        self._tokens = 0
        self._closed = False
        self._stops: list[Callable[[], None]] = []

    def begin(self, backend: Backend) -> None:
        """Listen from now on, and know how the runs stand."""
        self._stops = [backend.follow_run(run, self._take) for run in self.runs]

    def close(self) -> None:
        """Listen no more."""
        for stop in self._stops:
            stop()
        self._stops = []

    @property
    def own(self) -> Run | None:
        """The run itself, as it was heard of last."""
        return self._states.get(self.runs[0])

    def asked(self) -> Asked | None:
        """What is asked: a stop of any of the runs comes first, then what holds the innermost."""
        states = [self._states[run] for run in self.runs if run in self._states]
        for state in states:
            if state.status == "stopped":
                return Asked("stop", state.id, state.control.rev if state.control else 0)
        for state in states:
            if state.status == "paused" and state.control is not None:
                kind: Literal["pause", "interrupt"] = "interrupt" if state.control.kind == "interrupt" else "pause"
                return Asked(kind, state.id, state.control.rev)
        return None

    def hear(self, react: Reaction) -> Callable[[], None]:
        """Tell of each change from now on; returns how to stop."""
        with self._moved:
            self._tokens += 1
            token = self._tokens
            self._reactions[token] = react
        return lambda: self._forget(token)

    def _forget(self, token: int) -> None:
        with self._moved:
            self._reactions.pop(token, None)

    def _take(self, state: Run | None) -> None:
        with self._moved:
            if state is None:
                self._closed = True
            elif (known := self._states.get(state.id)) is not None and known.rev >= state.rev:
                return
            else:
                self._states[state.id] = state
            self.seen += 1
            self._moved.notify_all()
            reactions = list(self._reactions.values())
        for react in reactions:
            react()

    def look(self, backend: Backend) -> None:
        """Ask how the runs stand now, whatever was heard so far."""
        for run in self.runs:
            self._take(backend.run(run)[0])

    def wait(self, seen: int, timeout: float | None) -> None:
        """Block until more was heard than `seen`, or `timeout` seconds are over. Raises `Unavailable` once the database
        is closed here."""
        with self._moved:
            self._moved.wait_for(lambda: self.seen != seen or self._closed, timeout)
        self._require_open()

    async def await_(self, seen: int, timeout: float | None) -> None:
        """Like `wait`, without holding a thread."""
        import asyncio

        loop, moved = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(moved.set)

        stop = self.hear(tell)
        try:
            if self.seen == seen and not self._closed:
                async with asyncio.timeout(timeout):
                    await moved.wait()
        except TimeoutError:
            return
        finally:
            stop()
        self._require_open()

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("the database was closed here while a watched run waited; the run stays as it is")
