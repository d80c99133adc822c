"""What can happen to an action. Each is one entry of the log; nothing here is personal, so nothing is ever erased."""

from dataclasses import dataclass
from typing import Literal

from ..policy.limits import Charge
from ..policy.paths import Demand
from .model import Grant, Kind, Risk


@dataclass(frozen=True, slots=True)
class Proposed:
    """An agent wants to do something, perhaps beyond the limits in `over`. Texts: `context`, `story`.

    `intent` is a keyed hash of its purpose, `floor` says whether its code asks for people by itself, `offered` whether
    anybody who has the function may execute it, `failing` who is asked once it fails, where those are others, and
    `runs` whether its code lets it run where no rule speaks, and `share` the part of what runs by itself that people
    look at, as text, where they look at some. `returns` is the digest of the schema of its result.
    """

    kind: Kind
    name: str
    schema: str
    agent: str
    owner: str
    run: str | None
    intent: str | None
    pattern: str
    verdict: str
    reason: str
    rule: str | None
    demand: Demand | None
    risk: Risk
    reversible: bool
    idempotent: bool
    probe: bool
    bind: str
    supersedes: str | None = None
    pol: str | None = None
    floor: bool = True
    offered: bool = False
    parent: str | None = None
    target: str | None = None
    over: tuple[str, ...] = ()
    confidence: str | None = None
    threshold: str | None = None
    env: str | None = None
    failing: Demand | None = None
    runs: bool = False
    share: str | None = None
    returns: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """People are asked before it goes on; under a stricter policy than before, or beyond the limits in `over`,
    `demand`, `pol` and `rule` are its."""

    review: str
    kind: Literal["approval", "check", "exception", "question"]
    number: int
    reason: str
    demand: Demand | None = None
    pol: str | None = None
    rule: str | None = None
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revised:
    """An edit made another revision of the arguments; `demand` is what is asked for it from now on."""

    revision: int
    bind: str
    demand: Demand | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """It may run: the grant names the bytes and the time, `agreed_at` (µs) when people agreed, if they did, `charges`
    what it books under limits."""

    grant: Grant
    agreed_at: int | None = None
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not run. `stop` is the stop in force that it was under. Texts: `note` is why that was made; of people's
    refusals the note is with the review's decision."""

    reason: str
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was taken back. Texts: `note`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """An executor holds the right to start it, under a rising fencing number."""

    executor: str
    fence: int


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The executor's lease ended before it started: nothing happened, and somebody else may claim."""


@dataclass(frozen=True, slots=True)
class Released:
    """The executor gave the right back before the start: nothing happened, and somebody else may claim."""


@dataclass(frozen=True, slots=True)
class Started:
    """The call leaves now; `charges` is what it books by a policy that has changed since."""

    attempt: int
    bind: str
    charges: tuple[Charge, ...] | None = None


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """The call raised, and another attempt follows at `not_before` (µs). `error` is the type of what it raised, `like`
    the keyed hash of what is alike in such errors. Texts: `outcome`."""

    attempt: int
    not_before: int
    error: str | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """It took effect, or was answered. `by` says who knows: executor, probe or person; an output is used because people
    or a rule agreed to it. `sampled` says that it ran by itself and was drawn to be looked at. Texts: `outcome`."""

    by: Literal["executor", "probe", "person", "rule"]
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """It ended without effect, as far as is known. Texts: `outcome`."""

    by: Literal["executor", "probe", "person"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A person decided that the work goes on without it."""


@dataclass(frozen=True, slots=True)
class ReportedLate:
    """An executor whose call was lost said how it ended. It counts for nothing, and people may want to know it.
    Texts: `report`."""

    fence: int
    outcome: Literal["succeeded", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class OutcomeReported:
    """Somebody said after its end how it turned out; it changes nothing else. Texts: `note`."""

    wrong: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """It was started and nobody reported how it ended. The fencing number rises: a late report counts no more.

    Texts: `outcome`, where the executor itself could not tell.
    """

    fence: int
    reason: Literal["lease_ended", "reported"]
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Inquired:
    """People are asked whether it took effect."""

    review: str
    number: int


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Nobody could say in time whether it took effect; it stays unknown."""


Event = (
    Proposed | Held | Revised | Cleared | Refused | Withdrawn | Claimed | Lapsed | Released | Started
    | AttemptFailed | Succeeded | Failed | Skipped | ReportedLate | OutcomeReported | Lost | Inquired | Unresolved
)  # fmt: skip
