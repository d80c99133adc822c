"""What can happen to a run. Each is one entry of the log; nothing here is personal."""

from dataclasses import dataclass

from .model import Hold


@dataclass(frozen=True, slots=True)
class Opened:
    """The work begins. Texts: `title`."""

    agent: str
    starter: str
    parent: str | None
    hold: Hold


@dataclass(frozen=True, slots=True)
class Faulted:
    """An exception left the run's block. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The work is done."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person ended it. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Actions and runs inside a stopped run end with it; at `due_at` (µs) come those that are left. Texts: `note`."""

    inside: tuple[str, ...]
    due_at: int | None


Event = Opened | Faulted | Finished | Stopped | Halted
