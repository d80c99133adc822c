"""What can happen to a review. Each is one entry of the log; nothing here is personal, so nothing is ever erased."""

from dataclasses import dataclass

from ..policy.paths import Demand
from ..policy.standing import Terms
from .model import Cause, Kind, Outcome


@dataclass(frozen=True, slots=True)
class Opened:
    """The question is put; after a failure, about an error of that type, with the keyed hash of what is alike in such
    errors. `remind_at` is when they are told again (µs), where that is not plainly so long after. Texts: `view`."""

    kind: Kind
    cause: Cause
    action: str
    number: int
    demand: Demand
    barred: tuple[str, ...]
    level: int
    level_until: int
    deadline: int
    revision: int
    bind: str
    risk: str
    error: str | None = None
    like: str | None = None
    remind_at: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody is at it until `until` (µs)."""

    until: int


@dataclass(frozen=True, slots=True)
class Released:
    """Nobody is at it any more."""


@dataclass(frozen=True, slots=True)
class Delegated:
    """One more person may decide. Texts: `note`."""

    to: str


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody said something. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """Those who are asked were told again; the next time is `again_at` (µs)."""

    again_at: int


@dataclass(frozen=True, slots=True)
class Escalated:
    """The next rung is asked, too, until `until` (µs), and told again at `remind_at`, where that is not plainly so long
    after. Texts: `note`."""

    level: int
    until: int
    remind_at: int | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """One approval of the round's bytes, not yet the last; `instead` of somebody who is away. Texts: `note`, `actor`,
    `seen`."""

    round: int
    view: str
    seats: tuple[str, ...]
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """Other arguments: a new round begins with the editor's approval, `instead` of somebody who is away. Texts: `view`,
    `note`, `actor`, `seen`."""

    round: int
    on_view: str
    revision: int
    bind: str
    demand: Demand
    seats: tuple[str, ...]
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome, and what is let run like it once it takes effect; `instead` of somebody who is away. Texts: `note`,
    `value`, `actor`, `seen`."""

    outcome: Outcome
    round: int
    view: str
    bind: str
    seats: tuple[str, ...]
    counted: tuple[str, ...]
    effective_at: int
    standing: Terms | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Revoked:
    """One counted vote was taken back before it took effect. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class TookEffect:
    """The undo window closed. Texts: `value`, where the decision had one."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time. Texts: `value`, where the question had a default answer."""

    at_end: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The action needs no answer any more."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another action took its place."""


Event = (
    Opened | Claimed | Released | Delegated | Commented | Reminded | Escalated | Voted | Edited | Decided | Revoked
    | TookEffect | Expired | Withdrawn | Superseded
)  # fmt: skip
