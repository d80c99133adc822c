"""Scripted supervisors: what people will do about watched runs is written before the code that they watch runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..embedded import Embedded
from ..run import commands as c


@dataclass
class Move:
    """What somebody does once about the run of that title: before one of its steps begins or right after, or without a
    step once it waits."""

    run: str
    step: str | None
    begun: bool
    by: str | None
    command: c.Command
    resumes: bool = False


@dataclass
class Moves:
    """What is scripted and not done yet."""

    left: list[Move] = field(default_factory=list)

    def reached(self, run: str, title: str, step: str, begun: bool, person: Callable[[str | None], Embedded]) -> None:
        """Do what is scripted for that point."""
        for move in [one for one in self.left if (one.run, one.step, one.begun) == (title, step, begun)]:
            self.left.remove(move)
            if move.resumes:
                self.left.append(Move(move.run, None, False, move.by, c.Resume()))
            person(move.by).call(run, move.command)

    def held(self, run: str, title: str, person: Callable[[str | None], Embedded]) -> None:
        """Do the next thing that is scripted for a run that waits."""
        move = next((one for one in self.left if (one.run, one.step) == (title, None)), None)
        if move is not None:
            self.left.remove(move)
            person(move.by).call(run, move.command)

    def unused(self) -> list[str]:
        """The scripts that no run came to."""
        return [f"{one.run} never {'waited' if one.step is None else f'came to {one.step}'}" for one in self.left]


@dataclass
class Supervisors:
    """The people who watch runs in a test. Each script is used once, in order of the steps that the run comes to."""

    moves: Moves = field(default_factory=Moves)

    def pauses(
        self, run: str, reason: str = "look at this", *, before: str | None = None, during: str | None = None,
        resumes: bool = True, by: str | None = None,
    ) -> None:  # fmt: skip
        """Script a pause of the run of that title, before a step or during it; once it waits, it goes on again."""
        _require_step(before, during)
        self._plan(run, c.Pause(reason), before, during, by, resumes=resumes)

    def interrupts(
        self, run: str, reason: str = "not like this", *, during: str, resumes: bool = True, by: str | None = None
    ) -> None:
        """Script an interruption of a step that has begun; once the run waits, it goes on again."""
        self._plan(run, c.Interrupt(reason), None, during, by, resumes=resumes)

    def guides(
        self, run: str, text: str, *, before: str | None = None, during: str | None = None, by: str | None = None
    ) -> None:
        """Script a message to the agent, before a step or during it."""
        _require_step(before, during)
        self._plan(run, c.Guide(text), before, during, by)

    def stops(
        self, run: str, reason: str, *, before: str | None = None, during: str | None = None, by: str | None = None
    ) -> None:
        """Script a stop, before a step or during it; with neither, once the run waits, such as for a monitor."""
        self._plan(run, c.Stop(reason), before, during, by)

    def resumes(self, run: str, note: str | None = None, *, by: str | None = None) -> None:
        """Script that a run that waits, such as for a monitor, is told to go on."""
        self._plan(run, c.Resume(note), None, None, by)

    def _plan(
        self, run: str, command: c.Command, before: str | None, during: str | None, by: str | None, *,
        resumes: bool = False,
    ) -> None:  # fmt: skip
        if before is not None and during is not None:
            raise ValueError("say before= which step, or during= which")
        step = before if during is None else during
        self.moves.left.append(Move(run, step, during is not None, by, command, resumes))


def _require_step(before: str | None, during: str | None) -> None:
    if before is None and during is None:
        raise ValueError("say before= which step, or during= which")
