"""What the world was told: every acknowledged command with its first answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from handrail.backend import Answer
from handrail.engine.request import Request


class Told(NamedTuple):
    """An acknowledged command, and when (µs, true time)."""

    request: Request
    answer: Answer
    at: int


@dataclass
class Ledger:
    """First answers by command, in order."""

    told: dict[str, Told] = field(default_factory=dict)

    def note(self, request: Request, answer: Answer, now: int) -> None:
        """Keep a first answer. Raises `AssertionError` where a repeated command gets another one."""
        known = self.told.get(request.id)
        if known is None:
            self.told[request.id] = Told(request, answer, now)
            return
        assert known.answer == answer, f"{request.id} was answered {known.answer}, and now {answer}"

    def again(self, number: int) -> Request:
        """A command that was answered before, to be sent once more."""
        told = list(self.told.values())
        request = told[number % len(told)].request
        return Request(request.id, request.subject, request.command, request.actor)
