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


Command = Open | Note | Finish
