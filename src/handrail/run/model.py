"""An agent's work of many actions: found again by its name after a restart, and watched by people if it says so."""

from dataclasses import dataclass
from typing import Final, Literal

Status = Literal["running", "paused", "finished", "failed", "stopped"]
Hold = Literal["action", "run"]
ControlKind = Literal["pause", "interrupt", "resume", "stop"]
MonitorKind = Literal["spend", "steps", "duration", "repeated", "errors", "silence", "unattended"]
CleanupStatus = Literal["waits", "running", "done", "failed", "lost"]

FINAL: Final = frozenset({"finished", "failed", "stopped"})
SYSTEM_ID: Final = "handrail"


@dataclass(frozen=True, slots=True)
class Monitor:
    """What pauses a run by itself once `limit` is reached.

    The limit counts millionths of the currency unit (`spend`), steps, equal calls in a row (`repeated`), failed ones in
    a hundred of the last twenty (`errors`), or µs (`duration`, `silence`, and `unattended`: how long nobody is there
    who may stop it).
    """

    kind: MonitorKind
    limit: int


@dataclass(frozen=True, slots=True)
class Control:
    """What was last asked of a run, with the revision number of the entry that asked, by whom and when (µs).

    It counts from that entry on: nothing more of the run starts. `confirmed_at` is when its process said that it has
    taken hold there.
    """

    kind: ControlKind
    rev: int
    at: int
    by: str
    confirmed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a run has reported so far. `spend` is in millionths of the currency unit, `seen` counts observations.

    `like` stands for the last call and `alike` counts the equal ones in a row; `recent` holds how the last twenty steps
    ended, as bits, the last one lowest and 1 for an error.
    """

    steps: int = 0
    errors: int = 0
    tokens: int = 0
    spend: int = 0
    seen: int = 0
    like: str | None = None
    alike: int = 0
    recent: int = 0
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Cleanup:
    """Something to be done when a run ends otherwise than finished.

    One without a `name` only its own process can do. `args` is the digest of its erasable arguments.
    """

    number: int
    name: str | None
    status: CleanupStatus = "waits"
    args: str | None = None
    executor: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The state of one run. `hold` says whether one held action holds the others; `faults` counts noted exceptions.

    `note` is the digest of why it was stopped or failed, and `due_at` (µs) when more of what is inside is to be ended.
    Of a watched one: `supervisors` are ids of people and groups who may control it beside whoever answers for it;
    `executor` is the process that does the work, until it is `lost`; `step` is the digest of what it is at; `guidance`
    counts the messages to it and `heard` those that it has read; `seen_at` (µs) is when it last reported; `spoken`
    counts how often each monitor spoke, and `alarm` names the one that did last; what was reported up to revision
    number `pruned` was dropped. With its process one that runs `once` fails; `left` counts what another process has to
    clean up.
    """

    id: str
    status: Status
    rev: int
    agent: str
    starter: str
    parent: str | None
    hold: Hold
    opened_at: int
    title: str | None = None
    faults: int = 0
    note: str | None = None
    due_at: int | None = None
    watched: bool = False
    supervisors: tuple[str, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    executor: str | None = None
    lost: bool = False
    control: Control | None = None
    totals: Totals = Totals()
    step: str | None = None
    guidance: int = 0
    heard: int = 0
    cleanups: tuple[Cleanup, ...] = ()
    spoken: tuple[int, ...] = ()
    alarm: MonitorKind | None = None
    seen_at: int = 0
    alone_since: int | None = None
    pruned: int = 0
    once: bool = False
    left: int = 0
    ended_at: int | None = None

    @property
    def final(self) -> bool:
        """Whether the run is over for good."""
        return self.status in FINAL

    @property
    def attended(self) -> bool:
        """Whether a process is at it, or has still to say that it has ended."""
        return self.watched and not self.lost and (not self.final or self.unsettled)

    @property
    def abandoned(self) -> bool:
        """Whether somebody else cleans up, or did, since its process is gone."""
        return self.lost and self.final and any(one.name is not None for one in self.cleanups)

    @property
    def unsettled(self) -> bool:
        """Whether a run that ended otherwise than finished has still to be cleaned up after, or confirmed."""
        if self.status not in ("stopped", "failed") or not self.watched:
            return False
        unconfirmed = self.status == "stopped" and self.control is not None and self.control.confirmed_at is None
        return unconfirmed or any(one.status in ("waits", "running") for one in self.cleanups)
