"""What can be asked of a review. Who asks is never a member: the backend stamps it."""

from dataclasses import dataclass

from ..policy.paths import Demand
from ..policy.standing import Terms
from ..stream import JSON
from .model import Cause, Kind, Outcome


@dataclass(frozen=True, slots=True)
class Open:
    """Put the question to people. Only the engine sends it. `error` and `like` are those of the action that failed."""

    kind: Kind
    cause: Cause
    action: str
    number: int
    demand: Demand
    revision: int
    bind: str
    risk: str
    error: str | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Say that one is at it, or go on saying so."""


@dataclass(frozen=True, slots=True)
class Release:
    """Give the claim back."""


@dataclass(frozen=True, slots=True)
class Delegate:
    """Ask another person, by id, in addition."""

    to: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """Say something without deciding."""

    text: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """Move up the ladder now."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    """Vote or decide on the view with that digest. `args` is the canonical text of an edit; `value` an answer.

    `seen` names the folds of the view that were opened; what would run is approved only with all of them. `standing`
    lets the like of what is approved run without asking.
    """

    outcome: Outcome
    view: str
    note: str | None = None
    value: JSON = None
    args: str | None = None
    seen: tuple[str, ...] = ()
    standing: Terms | None = None


@dataclass(frozen=True, slots=True)
class Revoke:
    """Take one's counted vote back while the undo window is open."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """The action needs no answer any more. Only the engine sends it."""

    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed: do the next thing that is due."""


Command = Open | Claim | Release | Delegate | Comment | Escalate | Decide | Revoke | Close | Elapse
