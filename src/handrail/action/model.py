"""One proposed call, from its proposal to its outcome."""

from dataclasses import dataclass
from typing import Final, Literal

from ..policy.limits import Charge
from ..policy.paths import Demand

Status = Literal[
    "proposed", "held", "cleared", "claimed", "started", "succeeded", "failed", "skipped", "unknown", "refused",
    "withdrawn",
]  # fmt: skip
Kind = Literal["call", "question", "output"]
Risk = Literal["low", "medium", "high", "critical", "unrated"]

FINAL: Final = frozenset({"succeeded", "failed", "skipped", "refused", "withdrawn"})
EXECUTED: Final = frozenset({"claimed", "started"})
WAITING: Final = frozenset({"proposed", "held"})


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to run one revision once, until `expires_at`. `by` is the review or the rule that gave it."""

    bind: str
    expires_at: int
    by: str


@dataclass(frozen=True, slots=True)
class Lease:
    """Who held the right to execute, and under which fencing number."""

    fence: int
    holder: str


@dataclass(frozen=True, slots=True)
class Action:
    """The state of one action. Digests stand for texts that can be erased; times are µs since the epoch.

    `attempt` counts starts, `fence` rises with every change of executor, `executor` is where it runs and `holder`
    the agent that runs it, `reviews` counts the reviews opened, `review` is the one that is open, `asked` the last
    one that was, and `due_at` is when `Elapse` has something to do, leaving aside the executor's lease, which is no
    part of the state. `pol` is the digest of the policy that judged it, `intent` the keyed hash of the purpose that
    its agent gave it, `floor` says whether its code asks for people by itself, and `offered` whether whoever has
    the function may execute it, or only its caller. `parent` is the action under which it is done, `answered_at`
    when people last agreed to it or refused it, `target` the keyed hash of what its target looked like, and `lost`
    are the calls of which nobody knew how they ended and whose late report was not kept yet. `confidence` is how
    sure its agent is and `threshold` how sure its code wants it to be, as texts, since the log has no floating
    point. `turned_out` is what was said of it after that, `told_by` by whom. `charges` is what is booked for it
    under limits, `spent_at` when it started, and `over` the limits that people are asked to let it pass.
    `failing` is who is asked once it fails, where those are others than `demand` names, `runs` whether its code lets it
    run where no rule speaks, `tries` counts the starts under the present grant, and `not_before` is when the next one
    may follow after an attempt that failed. `error` is the type of the error that the last such attempt raised, and
    `like` the keyed hash that it shares with errors that are alike.
    `share` is the part of what runs by itself that people look at, as text, and `sampled` says that this was drawn.
    `returns` is the digest of the schema that its result has to fit where people give it.
    """

    id: str
    status: Status
    rev: int
    kind: Kind
    name: str
    schema: str
    agent: str
    owner: str
    run: str | None
    intent: str | None
    pattern: str
    reason: str
    rule: str | None
    demand: Demand | None
    risk: Risk
    reversible: bool
    idempotent: bool
    probe: bool
    revision: int
    bind: str
    proposed_at: int
    attempt: int = 0
    fence: int = 0
    reviews: int = 0
    review: str | None = None
    asked: str | None = None
    grant: Grant | None = None
    executor: str | None = None
    holder: str | None = None
    due_at: int | None = None
    context: str | None = None
    story: str | None = None
    outcome: str | None = None
    supersedes: str | None = None
    pol: str | None = None
    floor: bool = True
    offered: bool = False
    parent: str | None = None
    answered_at: int | None = None
    target: str | None = None
    lost: tuple[Lease, ...] = ()
    turned_out: Literal["right", "wrong"] | None = None
    told_by: Literal["agent", "human"] | None = None
    charges: tuple[Charge, ...] = ()
    spent_at: int | None = None
    over: tuple[str, ...] = ()
    confidence: str | None = None
    threshold: str | None = None
    env: str | None = None
    failing: Demand | None = None
    runs: bool = False
    tries: int = 0
    not_before: int | None = None
    error: str | None = None
    like: str | None = None
    share: str | None = None
    sampled: bool = False
    returns: str | None = None

    @property
    def sure(self) -> float | None:
        """How sure its agent is, as a number."""
        return None if self.confidence is None else float(self.confidence)

    @property
    def may_be_drawn(self) -> bool:
        """Whether people may look at it once it has run: they were asked about it never before, and some are named."""
        return self.share is not None and self.asked is None and self.demand is not None and bool(self.demand.levels)

    @property
    def final(self) -> bool:
        """Whether nothing can happen to the action any more."""
        return self.status in FINAL
