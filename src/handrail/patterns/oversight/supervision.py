"""The process's side of supervision: hears what people ask of a watched run, obeys, and says when it has."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from ...clock import SystemClock
from ...errors import Interrupted, RunStopped, Stopped, TooMany, Unavailable
from ...gate.cleanups import Prepared
from ...gate.conduct import Steps
from ...gate.controls import Asked, Controls
from ...gate.effects import Commit, Evaluate, Heard, Look
from ...gate.ending import reason_of
from ...gate.gate import Gate
from ...gate.reports import Reports
from ...run import commands as c
from ...run.lifecycle import said
from .place import on_loop

if TYPE_CHECKING:
    from .tasks import Tasks

log: Final = logging.getLogger("handrail.oversight")
AGAIN: Final = 5.0
"""Seconds after which a backend that was away is asked again."""


class Supervision:
    """What a watched run knows of its supervisors. `runs` is the run and those around it, `around` the supervision of
    the one around it in this process; `open` begins the run, or enters it again."""

    def __init__(self, gate: Gate, runs: tuple[str, ...], around: Supervision | None, open: c.Open) -> None:
        self.gate: Final = gate
        self.id: Final = runs[0]
        self.runs: Final = runs
        self.around: Final = around
        self.open: Final = open
        self.prepared: Final = Prepared()
        self.guidance: tuple[str, ...] = ()
        self.tasks: Tasks | None = None
        self.cut: list[str] = []
        self._heard = 0
        self._confirmed: Final[set[int]] = set()
        self._obeyed: Final[set[tuple[str, int]]] = set()
        self._victims: Final[dict[int, Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._entered: Final = os.getpid()

    @property
    def is_forked(self) -> bool:
        """Whether this process was forked inside the run: it may report, and does not end it."""
        return self._entered != os.getpid()

    def begin(self) -> None:
        """Listen and report from now on, in this process."""
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._controls = Controls(self.runs)
        self._reports = Reports(self._send, SystemClock().now)
        self._controls.hear(self._react)
        self._release = self.gate.backend.hold(self.id, 0, self.gate.seat.executor)
        self._controls.begin(self.gate.backend)

    def close(self) -> None:
        """Listen no more."""
        self._controls.close()
        self._release()

    @property
    def controls(self) -> Controls:
        """What is heard of the supervisors; a forked process listens for itself."""
        self._require_process()
        return self._controls

    @property
    def reports(self) -> Reports:
        """What is reported; a forked process does not send again what its parent gathered."""
        self._require_process()
        return self._reports

    def _require_process(self) -> None:
        if self._process != os.getpid():
            self.begin()

    def _send(self, command: c.Observe) -> None:
        self.gate.drive(_sent(self.id, command))

    # Obeying.

    def cutting(self, end: Callable[[], None]) -> Callable[[], None]:
        """Let a stop or an interruption call `end`, from any thread, and at once where one is asked for already.

        Returns how to forget it.
        """
        with self._lock:
            token = max(self._victims, default=0) + 1
            self._victims[token] = end
        if self.cuts():
            end()
        return lambda: self._forget(token)

    def _forget(self, token: int) -> None:
        with self._lock:
            self._victims.pop(token, None)

    def cuts(self) -> Asked | None:
        """What is asked now that ends a running step."""
        asked = self.controls.asked()
        return asked if asked is not None and asked.kind != "pause" else None

    def _react(self) -> None:
        asked = self.cuts()
        with self._lock:
            if asked is None or (asked.run, asked.rev) in self._obeyed:
                return
            self._obeyed.add((asked.run, asked.rev))
            victims = list(self._victims.values())
        for end in victims:
            end()
        if self.tasks is not None:
            self.tasks.cut(asked.kind)

    def hold(self, *, midway: bool = False) -> Steps:
        """Wait while the run, or one around it, is paused; midway in a step only for an interruption. Raises
        `Stopped`."""
        told: Asked | None = None
        yield from self._look()
        while True:
            seen, asked = self.controls.seen, self.controls.asked()
            if asked is None or (midway and asked.kind == "pause"):
                break
            if asked.kind == "stop":
                raise (yield Look(self.stopped))
            yield from self._confirm()
            if asked != told:
                told = asked
                yield Look(partial(self._announce, asked))
            yield Heard(self.controls, seen)
        yield from self._confirm()
        yield from self._return()

    def flush(self) -> Steps:
        """Send what was reported; where nobody takes it now, later."""
        try:
            yield Evaluate(self.reports.flush_async if on_loop() else self.reports.flush, (), {})
        except (Unavailable, TooMany) as error:
            log.warning("what a watched run reported is kept here for now: %s", error)

    def _look(self) -> Steps:
        """Ask how the run stands, so that what was acknowledged holds; one that nobody can tell of waits, too."""
        away = False
        while True:
            seen = self.controls.seen
            try:
                return (yield Look(partial(self.controls.look, self.gate.backend)))
            except (Unavailable, TooMany) as error:
                if not away:
                    log.warning("a watched run waits, since nobody can be asked whether it may go on: %s", error)
                away = True
            yield Heard(self.controls, seen, AGAIN)

    def _announce(self, asked: Asked) -> None:
        reason = reason_of(self.gate.backend, asked.run, "run.paused")
        title = self.gate.backend.run(asked.run)[1]
        self.gate.notice.paused(asked.run, title if isinstance(title, str) else asked.run, reason)

    def _confirm(self) -> Steps:
        """Say that what was asked has taken hold here: of this run, and of those around it in this process."""
        one: Supervision | None = self
        while one is not None:
            state = one.controls.own
            asked = state.control if state is not None else None
            if asked is not None and asked.kind != "stop" and asked.confirmed_at is None:
                yield from one.confirm(asked.rev)
            one = one.around

    def confirm(self, rev: int) -> Steps:
        """Confirm what the entry of that number asked for, once, with what was cut off for it."""
        if rev in self._confirmed:
            return
        try:
            yield Commit(self.id, c.Confirm(rev, "; ".join(self.cut) or None))
            self._confirmed.add(rev)
            self.cut.clear()
        except (Unavailable, TooMany) as error:
            log.warning("what was asked of a watched run is done, and could not be confirmed yet: %s", error)

    def _return(self) -> Steps:
        """Enter the run again where this process was taken for lost, such as after a machine slept."""
        state = self.controls.own
        if state is not None and state.lost and not state.final:
            yield from self.try_to(self.open)

    def listen(self) -> Steps:
        """Read what the agent was told since the last time, and say so."""
        state, self.guidance = self.controls.own, ()
        since = max(self._heard, state.heard) if state is not None else 0
        if state is None or state.guidance <= since:
            return
        told = yield Look(partial(self.gate.backend.guidance, self.id, since))
        self.guidance = tuple(one.text for one in told if isinstance(one.text, str))
        self._heard = max((one.number for one in told), default=since)
        yield from self.try_to(c.Hear(self._heard))

    def try_to(self, command: c.Command) -> Steps:
        """Send a command to the run. Raises `Stopped` where it was stopped."""
        try:
            return (yield Commit(self.id, command))
        except RunStopped:
            raise (yield Look(self.stopped)) from None

    def stopped(self) -> Stopped:
        """What is raised where the run was stopped."""
        reason = reason_of(self.gate.backend, self.id, "run.stopped")
        if not reason and len(self.runs) > 1:
            reason = next(filter(None, (reason_of(self.gate.backend, one, "run.stopped") for one in self.runs[1:])), "")
        return Stopped(said(reason or None), reason=reason, run=self.id)

    def interrupted(self) -> Interrupted:
        """What is raised where a step was cut off."""
        asked = self.controls.asked()
        reason = reason_of(self.gate.backend, asked.run if asked else self.id, "run.paused")
        words = f"this run was interrupted: {reason}" if reason else "this run was interrupted"
        return Interrupted(words, reason=reason, run=self.id)


def _sent(run: str, command: c.Observe) -> Steps:
    return (yield Commit(run, command))
