"""What can be asked of a run."""

from dataclasses import dataclass

from .model import Hold


@dataclass(frozen=True, slots=True)
class Open:
    """Begin the run, or enter it again after a restart."""

    title: str
    parent: str | None = None
    hold: Hold = "action"


@dataclass(frozen=True, slots=True)
class Note:
    """An exception left the run's block; the run goes on when it is entered again."""

    error: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The work is done."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run, and every run inside it, for good: nothing more of it starts."""

    reason: str


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed: end more of what is inside a stopped run."""


Command = Open | Note | Finish | Stop | Elapse
