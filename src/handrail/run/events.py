"""What can happen to a run. Each is one entry of the log; nothing here is personal."""

from dataclasses import dataclass
from typing import Final

from .model import Hold, Monitor, MonitorKind, Totals

OBSERVATIONS: Final = "observations"
"""The text of `Observed` that is dropped by `Pruned`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The work begins. Texts: `title`."""

    agent: str
    starter: str
    parent: str | None
    hold: Hold
    watched: bool = False
    executor: str | None = None
    supervisors: tuple[str, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """Another process goes on with it."""

    executor: str


@dataclass(frozen=True, slots=True)
class Faulted:
    """An exception left the run's block. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The work is done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An exception ended it. Texts: `note`, `trace`."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing more of it starts; with `interrupt` the step that runs is cancelled. `monitor` is what asked for it,
    where that was no person. Texts: `note`."""

    interrupt: bool = False
    monitor: MonitorKind | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Guided:
    """A person told the agent something, as its message of that number. Texts: `text`."""

    number: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The agent has read what it was told up to that message."""

    upto: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the entry `of` asked for has taken hold in its process, or that is gone. Texts: `note`."""

    of: int


@dataclass(frozen=True, slots=True)
class Observed:
    """The agent reported: so many observations from number `first` on, and the totals since then.

    Texts: `observations`, `step`.
    """

    first: int
    count: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class Unattended:
    """Since then nobody is there who may stop it, or somebody is again."""

    alone: bool


@dataclass(frozen=True, slots=True)
class Alarmed:
    """A monitor spoke: the one at that place, for the `times`-th time."""

    index: int
    times: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clean-up was registered under that number. Texts: `args`."""

    number: int
    name: str | None


@dataclass(frozen=True, slots=True)
class CleanupBegun:
    """A process does a clean-up."""

    number: int
    executor: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean-up ended. Texts: `note`."""

    number: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Its process has not been heard of for too long: what only that could do is lost."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The observations of the entries up to revision number `upto` were dropped."""

    upto: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person ended it. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Actions and runs inside a stopped run end with it; at `due_at` (µs) come those that are left. Texts: `note`."""

    inside: tuple[str, ...]
    due_at: int | None


Event = (
    Opened
    | Entered
    | Faulted
    | Finished
    | Failed
    | Paused
    | Resumed
    | Guided
    | Heard
    | Confirmed
    | Observed
    | Unattended
    | Alarmed
    | Prepared
    | CleanupBegun
    | Cleaned
    | Lapsed
    | Pruned
    | Stopped
    | Halted
)
