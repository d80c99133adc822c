"""How far a watched run has come: steps that begin and end, what is reported of them, what is given again."""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from decimal import Decimal
from typing import Any, Final

from ...clock import SystemClock
from ...errors import Interrupted, UsageError
from ...gate.conduct import Steps
from ...gate.reports import named
from ...gate.trace import error_text
from ...monitors import millionths
from ...run import commands as c
from .place import on_loop, place
from .supervision import Supervision

Spend = float | Decimal
COUNTED: Final = frozenset({"spend", "steps", "repeated", "errors"})
"""Monitors that count what is reported: it is sent before each step, so that none begins beyond their limit."""


class Progress:
    """What a run's steps, blocks and reports need of each other."""

    def __init__(self, supervision: Supervision) -> None:
        self.supervision: Final = supervision
        self.step: str | None = None
        self._now: Final = SystemClock().now
        self._secret: Final = secrets.token_bytes(16)
        self._ended: Final[Counter[str]] = Counter()
        self._again: Final[set[Any]] = set()
        watch = supervision.open.watch
        self._counted: Final = watch is not None and any(one.kind in COUNTED for one in watch.monitors)

    def calling(self, action: str, args: str) -> None:
        """A gated function is about to be called: the same one with the same arguments counts as repeated."""
        like = hmac.digest(self._secret, f"{action}|{args}".encode(), "sha256")[:12].hex()
        self.supervision.reports.add(c.Observation("call", self._now(), self.step, action, like=like))

    def begin(self, step: object) -> int:
        """Wait until it may begin, and report that; how often it had ended before."""
        found: int = self.supervision.gate.drive(self._begin(step))
        return found

    async def begin_async(self, step: object) -> int:
        """Like `begin`, on the event loop."""
        tasks = self.supervision.tasks
        if tasks is None:
            return int(await self.supervision.gate.adrive(self._begin(step)))
        with tasks.holding():
            await tasks.settle()
            return int(await self.supervision.gate.adrive(self._begin(step)))

    def _begin(self, step: object) -> Steps:
        name, notice, title = named(step), self.supervision.gate.notice, str(self.supervision.open.title)
        notice.step(self.supervision.id, title, name, begun=False)
        if self._counted:
            yield from self.supervision.flush()
        yield from self.supervision.hold()
        yield from self.supervision.listen()
        self.step = name
        self.observe("step", name)
        notice.step(self.supervision.id, title, name, begun=True)
        return self._ended[name]

    def end(self, step: object, ended: int) -> bool:
        """Whether it is done; an interrupted one is not. Reports its end where the code did not."""
        if place() in self._again:
            self._again.discard(place())
            return False
        if self._ended[named(step)] == ended:
            self.reported(step)
            self.observe("report", named(step))
        self.step = None
        return True

    def reported(self, step: object) -> None:
        """The code has said how a step ended."""
        self._ended[named(step)] += 1

    def do_again(self) -> None:
        """The step of this task or thread was interrupted."""
        self._again.add(place())

    def catch(self) -> None:
        """This task takes interruptions by itself from now on."""
        if self.supervision.tasks is not None:
            self.supervision.tasks.catch()

    async def caught(self, error: BaseException | None) -> bool:
        """Whether what leaves a block of this task is an interruption."""
        tasks = self.supervision.tasks
        if tasks is None:
            return isinstance(error, Interrupted)
        cut, asked = tasks.was_cut, self.supervision.cuts()
        if not cut or (asked is not None and asked.kind == "stop"):
            tasks.release()
            return isinstance(error, Interrupted)
        await tasks.settle()
        tasks.release()
        cancelled = type(error).__name__ == "CancelledError" or isinstance(error, Interrupted)
        if cancelled:
            self.supervision.cut.append("the step was cancelled")
        return cancelled

    def failed(self, error: BaseException) -> None:
        """Report the exception that leaves the run."""
        if not isinstance(error, Interrupted):
            self.observe("error", self.step, value=error_text(error))

    def observe(
        self, kind: Any, step: str | None, text: str | None = None, value: Any = None, spend: Spend = 0, tokens: int = 0
    ) -> None:
        """Report one thing. Raises `UsageError` for what cannot be spent."""
        if type(tokens) is not int or tokens < 0:
            raise UsageError(f"tokens={tokens!r}: give a whole number from 0 up")
        one = c.Observation(kind, self._now(), step, text, value, millionths(spend), tokens)
        self.supervision.reports.add(one)

    def obey(self) -> None:
        """In the middle of ordinary code: wait where it was interrupted, leave where it was stopped."""
        if on_loop() or self.supervision.cuts() is None:
            return
        self.supervision.cut.append("the step could not be cut off, and went on to its report")
        self.supervision.gate.drive(self.supervision.hold(midway=True))
