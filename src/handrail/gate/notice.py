"""Tells a person that a call waits: once per action, on stderr, and on a terminal in solo mode asks right there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any, Final, TextIO

import orjson

from ..backend import Backend
from ..clock import SystemClock, to_datetime
from ..view.escape import visible
from ..view.text import summary
from ..view.words import clock, duration
from .effects import Rest

Ask = Callable[[str], None]


class Notice:
    """Where waiting is announced. `ask` decides a review on this terminal, `hint` is the option naming the database."""

    def __init__(
        self, backend: Callable[[], Backend], hint: str, *, ask: Ask | None = None, stream: TextIO | None = None,
        quiet: bool = False,
    ) -> None:  # fmt: skip
        self._backend: Final = backend
        self._hint: Final = hint
        self._ask: Final = ask
        self._stream: Final = stream
        self._quiet: Final = quiet
        self._told: set[str] = set()

    def tell(self, answer: dict[str, Any], *, ask: bool) -> None:
        """Announce one held action, once; ask here where that is possible."""
        review = str(answer["review"])
        if self._quiet or review in self._told:
            return
        if ask and self._ask is not None and self._can_ask():
            self._told.add(review)
            self._ask(review)
            return
        line = self._line(answer)
        self._told.add(review)
        print(line, file=self._stream or sys.stderr, flush=True)

    async def atell(self, answer: dict[str, Any]) -> None:
        """Announce without blocking the event loop; asking goes on in a thread."""
        import asyncio

        if self._ask is not None and self._can_ask():
            await asyncio.to_thread(self.tell, answer, ask=True)
        else:
            await self._backend().aread(lambda: self.tell(answer, ask=False))

    def rest(self, rest: Rest) -> None:
        """Say that an attempt failed, and when the next one follows."""
        if not self._quiet:
            line = f"handrail: attempt {rest.attempt} of {rest.name} failed; the next one in {duration(rest.pause)}"
            print(line, file=self._stream or sys.stderr, flush=True)

    def paused(self, run: str, title: str, reason: str) -> None:
        """Say that a watched run waits until people let it go on."""
        if not self._quiet:
            why = f": {visible(reason)}" if reason else ""
            how = f"go on with: handrail runs resume {run}{self._hint}"
            print(
                f"handrail: {visible(title)} is paused{why}\n          {how}",
                file=self._stream or sys.stderr,
                flush=True,
            )

    def step(self, run: str, title: str, step: str, *, begun: bool) -> None:
        """A step of a watched run is about to begin, or has begun: here nobody is told of each."""

    def _can_ask(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and self._backend().solo

    def _line(self, answer: dict[str, Any]) -> str:
        backend = self._backend()
        record = backend.action(answer["id"])
        deadline = answer.get("deadline") or backend.review(answer["review"]).state.deadline
        until = clock(deadline, now=SystemClock().now(), zone=local_zone())
        what = summary(record.state.name, _loads(record.args), 72)
        return (
            f"handrail: held until {until}: {what}\n"
            f"          decide with: handrail reviews show {answer['review']}{self._hint}"
        )


def local_zone() -> tzinfo:
    """The time zone of the people at this machine."""
    return to_datetime(0).astimezone().tzinfo or UTC


def _loads(args: str | None) -> Any:
    return orjson.loads(args) if args else {}
