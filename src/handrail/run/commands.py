"""What can be asked of a run."""

from dataclasses import dataclass
from typing import Literal

from ..stream import JSON
from .model import Hold, Monitor

ObservationKind = Literal["step", "report", "error", "note", "call"]


@dataclass(frozen=True, slots=True)
class Watch:
    """How a run is watched: by whom beside those who answer for it (`user:…`, `group:…`), what pauses it by itself, and
    the process that does its work. `once` says that no other one can go on with it: with that process it fails."""

    executor: str
    supervisors: tuple[str, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Begin the run, or enter it again after a restart."""

    title: str
    parent: str | None = None
    hold: Hold = "action"
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An exception left the run's block; the run goes on when it is entered again."""

    error: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The work is done."""


@dataclass(frozen=True, slots=True)
class Fail:
    """An exception ended the run for good. `trace` is masked already."""

    error: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Let nothing more of the run, or of runs inside it, start; what runs goes on to its end."""

    reason: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Like `Pause`, and cancel the step that runs now."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Let it go on."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """Tell the agent something, which it reads at its next step."""

    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run, and every run inside it, for good: nothing more of it starts."""

    reason: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Its process says that the control which the entry `of` asked for has taken hold there."""

    of: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Hear:
    """The agent has read the guidance up to that message."""

    upto: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that the agent reports, at that time (µs) of its own.

    A `step` begins and a `report` ends one; `spend` is in millionths of the currency unit; `like` is the same for equal
    calls.
    """

    kind: ObservationKind
    at: int
    step: str | None = None
    text: str | None = None
    value: JSON = None
    spend: int = 0
    tokens: int = 0
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Observe:
    """What the agent reports since the last time, in order."""

    items: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Prepare:
    """Say what is to be done if the run ends otherwise than finished; without a name only this process can do it."""

    name: str | None = None
    args: str | None = None


@dataclass(frozen=True, slots=True)
class TakeCleanup:
    """Begin a clean-up, in the run's own process or, once that is lost, in one that has the function."""

    number: int
    executor: str


@dataclass(frozen=True, slots=True)
class Clean:
    """Report how a clean-up ended."""

    number: int
    executor: str
    ok: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Prune:
    """Drop the observations of the entries up to revision number `upto`; that they were dropped stays in the log."""

    upto: int


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed: end more of what is inside a stopped run, hear the silence, let monitors speak."""


Control = Pause | Interrupt | Resume | Guide | Stop
Report = Confirm | Hear | Observe | Prepare | TakeCleanup | Clean
Command = Open | Note | Finish | Fail | Control | Report | Prune | Elapse
