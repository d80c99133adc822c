"""One question put to people, over rounds of voting, up its ladder, to its end."""

from dataclasses import dataclass
from typing import Final, Literal

from ..policy.paths import Demand
from ..policy.standing import Terms

Status = Literal["open", "claimed", "decided", "expired", "withdrawn", "superseded"]
Kind = Literal["approval", "check", "exception", "question", "sample"]
Cause = Literal["held", "attempts_failed", "outcome_unknown", "sampled"]
Outcome = Literal[
    "approve", "edit", "reject", "send_back", "answer", "retry", "supply", "skip", "abort", "happened", "not_happened",
    "right", "wrong",
]  # fmt: skip

OPEN: Final = frozenset({"open", "claimed"})
CHOICES: Final[dict[tuple[Kind, Cause], tuple[Outcome, ...]]] = {
    ("approval", "held"): ("approve", "edit", "reject", "send_back"),
    ("check", "held"): ("approve", "edit", "reject"),
    ("question", "held"): ("answer", "reject"),
    ("exception", "attempts_failed"): ("retry", "edit", "supply", "skip", "abort"),
    ("exception", "outcome_unknown"): ("happened", "not_happened", "retry"),
    ("sample", "sampled"): ("right", "wrong"),
}


@dataclass(frozen=True, slots=True)
class Vote:
    """An approval of the present round: who, by which proof, under which ids they were asked, and instead of whom who
    is away, if it was so."""

    by: str
    auth: str
    seats: tuple[str, ...]
    at: int
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a round. `counted` are those whose votes made it; it takes effect at `effective_at` (µs). `instead` is
    the person who is away and for whom the last one decided."""

    outcome: Outcome
    by: str
    auth: str
    counted: tuple[str, ...]
    at: int
    effective_at: int
    note: str | None = None
    value: str | None = None
    standing: Terms | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The state of one review. Times are µs since the epoch, digests stand for erasable texts.

    `level` is the rung that has been reached; `view` the digest of what is shown in this round; `bind` and `revision`
    the bytes under vote; `number` counts the reviews of the action. After a failure `error` is the type of its error,
    and `like` the same for failures that are alike.
    """

    id: str
    status: Status
    rev: int
    kind: Kind
    cause: Cause
    action: str
    number: int
    demand: Demand
    barred: tuple[str, ...]
    opened_at: int
    deadline: int
    level: int
    level_until: int
    remind_at: int | None
    round: int
    revision: int
    bind: str
    view: str
    risk: str
    votes: tuple[Vote, ...] = ()
    delegates: tuple[str, ...] = ()
    claimed_by: str | None = None
    claim_until: int | None = None
    decision: Decision | None = None
    effective: bool = False
    comments: int = 0
    error: str | None = None
    like: str | None = None

    @property
    def choices(self) -> tuple[Outcome, ...]:
        """The outcomes a person may choose."""
        return CHOICES[self.kind, self.cause]

    @property
    def due_at(self) -> int | None:
        """When `Elapse` next has something to do."""
        if self.status == "decided":
            return None if self.effective or self.decision is None else self.decision.effective_at
        if self.status not in OPEN:
            return None
        ladder = self.claim_until if self.status == "claimed" else self.level_until
        return min(time for time in (ladder, self.deadline, self.remind_at) if time is not None)
