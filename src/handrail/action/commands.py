"""What can be asked of an action. Who asks is never a member: the backend stamps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..policy.declaration import Declaration
from ..policy.paths import Demand
from ..stream import JSON
from .model import Kind, Risk


@dataclass(frozen=True, slots=True)
class Propose:
    """Bring an action to life. `args` is canonical JSON text; `story` is what the agent says, never trusted.

    `start` asks to claim and start in the same commit if the verdict is run. `offered` leaves the execution to whoever
    claims it first; else it is its caller's. `key` or (`run`, `occurrence`) make a repeated call find this action
    again. `schema_text` is the canonical JSON Schema that edits must satisfy, `returns` the one that a result must that
    people give by hand. `parent` is the action under which this
    one is done: it waits while that one waits, and is refused with it. `target` is what the action's target looks like
    now, as `{"value": …}`: the action starts only if it looks the same then. `failing` says who is asked once it fails,
    where that is declared apart from who approves it. `confidence` is how sure the agent is, in
    [0, 1]. An "output" is what a predictor gave back: its `args` are `{"output": …}`, and it is used, no more;
    `inputs` is the canonical text of what it was made from, by which a repeated call is found again.
    """

    name: str
    args: str
    schema: str
    schema_text: str
    declared: Declaration
    kind: Kind = "call"
    run: str | None = None
    key: str | None = None
    occurrence: int | None = None
    intent: str | None = None
    context: JSON = None
    story: Mapping[str, JSON] = field(default_factory=dict)
    risk: Risk = "unrated"
    reversible: bool = False
    idempotent: bool = False
    probe: bool = False
    supersedes: str | None = None
    parent: str | None = None
    target: JSON = None
    executor: str | None = None
    start: bool = False
    offered: bool = False
    confidence: float | None = None
    inputs: str | None = None
    failing: Declaration | None = None
    returns: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Take the right to execute, without starting yet."""

    executor: str


@dataclass(frozen=True, slots=True)
class Start:
    """Claim if need be, and say that the call leaves now. `bind` names the bytes that will run, `schema` the parameters
    of the function that will run them, and `target` what its target looks like now, as it was proposed with."""

    executor: str
    bind: str
    fence: int | None = None
    schema: str | None = None
    target: JSON = None


@dataclass(frozen=True, slots=True)
class Release:
    """Give the right to execute back before the start, so that somebody else can claim it at once."""

    executor: str
    fence: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Report how the call ended. `retry_in` µs asks for another attempt after a failure; `escalate` for a person."""

    executor: str
    fence: int
    outcome: Literal["succeeded", "failed", "unknown"]
    value: JSON = None
    retry_in: int | None = None
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Testify:
    """Keep what somebody reported whose call was lost. It decides nothing. Only the engine sends it."""

    fence: int
    outcome: Literal["succeeded", "failed", "unknown"]
    value: JSON = None


@dataclass(frozen=True, slots=True)
class Reconcile:
    """What the probe found about an unknown outcome; `unclear` sends the question to people. `fence` is the number
    under which the outcome was unknown when the probe was asked: of a later attempt it knows nothing."""

    found: Literal["happened", "not_happened", "unclear"]
    value: JSON = None
    fence: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the action back before it runs."""

    reason: Literal["withdrawn", "superseded", "cancelled"] = "withdrawn"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """Say that what was done, or the decision not to do it, turned out wrong, or right. It changes nothing else."""

    wrong: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Supersede:
    """Another action, of the same agent or owner, takes the place of this one. Only the engine sends it."""

    agent: str
    owner: str


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed: do what is due."""


# What a review's events mean for its action. Only the engine sends these.


@dataclass(frozen=True, slots=True)
class Revise:
    """An edit opened a round on other arguments; the revision is already kept."""

    number: int
    bind: str
    demand: Demand | None = None


@dataclass(frozen=True, slots=True)
class Clear:
    """People agreed on the revision with this digest, at `agreed_at` (µs); or time did, at none."""

    review: str
    bind: str
    grant: int
    agreed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """People or time said no."""

    review: str
    reason: Literal["rejected", "changes_requested", "expired"]


@dataclass(frozen=True, slots=True)
class Halt:
    """The run around it was stopped, or it is under the stop with that id, for the reason in `note`."""

    stop: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Conclude:
    """A person gave the action its end: an answer, a supplied result, skip, or abort."""

    review: str
    end: Literal["succeeded", "failed", "skipped"]
    value: JSON = None
    why: str = ""


Command = (
    Propose | Claim | Start | Release | Settle | Testify | Reconcile | Withdraw | ReportOutcome | Supersede | Elapse
    | Revise | Clear | Refuse | Conclude | Halt
)  # fmt: skip
