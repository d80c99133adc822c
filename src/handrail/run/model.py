"""An agent's work of many actions, found again by its name after a restart."""

from dataclasses import dataclass
from typing import Final, Literal

Status = Literal["running", "finished", "stopped"]
Hold = Literal["action", "run"]

FINAL: Final = frozenset({"finished", "stopped"})


@dataclass(frozen=True, slots=True)
class Run:
    """The state of one run. `hold` says whether one held action holds the others; `faults` counts noted exceptions.

    `note` is the digest of why it was stopped, and `due_at` (µs) when more of what is inside is to be ended.
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

    @property
    def final(self) -> bool:
        """Whether the run is over for good."""
        return self.status in FINAL
