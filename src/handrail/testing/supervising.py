"""Scripted supervisors: what people will do about watched runs is written before the code that they watch runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..embedded import Embedded
from ..run import commands as c


@dataclass
class Move:
    """What somebody does once about the run of that title, before one of its steps begins or right after."""

    run: str
    step: str
    begun: bool
    by: str | None
    command: c.Command
    resumes: bool = False


@dataclass
class Moves:
    """What is scripted and not done yet, and the pauses that are to end."""

    left: list[Move] = field(default_factory=list)
    paused: list[Move] = field(default_factory=list)

    def reached(self, run: str, title: str, step: str, begun: bool, person: Callable[[str | None], Embedded]) -> None:
        """Do what is scripted for that point."""
        for move in [one for one in self.left if (one.run, one.step, one.begun) == (title, step, begun)]:
            self.left.remove(move)
            if move.resumes:
                self.paused.append(move)
            person(move.by).call(run, move.command)

    def held(self, run: str, person: Callable[[str | None], Embedded]) -> None:
        """Let a run that was paused by script go on, as scripted."""
        if self.paused:
            person(self.paused.pop(0).by).call(run, c.Resume())

    def unused(self) -> list[str]:
        """The scripts that no run came to."""
        return [f"{one.run} never came to {one.step}" for one in self.left]


@dataclass
class Supervisors:
    """The people who watch runs in a test. Each script is used once, in order of the steps that the run comes to."""

    moves: Moves = field(default_factory=Moves)

    def pauses(
        self, run: str, reason: str = "look at this", *, before: str | None = None, during: str | None = None,
        resumes: bool = True, by: str | None = None,
    ) -> None:  # fmt: skip
        """Script a pause of the run of that title, before a step or during it; once it waits, it goes on again."""
        self._plan(run, c.Pause(reason), before, during, by, resumes=resumes)

    def interrupts(
        self, run: str, reason: str = "not like this", *, during: str, resumes: bool = True, by: str | None = None
    ) -> None:
        """Script an interruption of a step that has begun; once the run waits, it goes on again."""
        self._plan(run, c.Interrupt(reason), None, during, by, resumes=resumes)

    def guides(
        self, run: str, text: str, *, before: str | None = None, during: str | None = None, by: str | None = None
    ) -> None:
        """Script a message to the agent."""
        self._plan(run, c.Guide(text), before, during, by)

    def stops(
        self, run: str, reason: str, *, before: str | None = None, during: str | None = None, by: str | None = None
    ) -> None:
        """Script a stop."""
        self._plan(run, c.Stop(reason), before, during, by)

    def _plan(
        self, run: str, command: c.Command, before: str | None, during: str | None, by: str | None, *,
        resumes: bool = False,
    ) -> None:  # fmt: skip
        if (before is None) == (during is None):
            raise ValueError("say before= which step, or during= which")
        self.moves.left.append(Move(run, before or during or "", before is None, by, command, resumes))
