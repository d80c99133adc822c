"""What is learnt from decisions: what was decided, how long people take, and whose turn it is to read on."""

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias

from ..stream import JSON
from ..view.model import Erased
from ..view.words import approximate

Text: TypeAlias = JSON | Erased
Known = Literal["range", "nobody_online", "too_few", "long_queue"]


@dataclass(frozen=True, slots=True)
class Decided:
    """One thing that people or time decided about an action, or that somebody said of how it turned out. Times are µs.

    `position` is where it stands in the log. `kind` is the review's, or `report`; `outcome` the review's, `expired`
    where nobody decided in time, or `wrong` and `right` for a report. `args` are the arguments as the agent asked, and
    `decided` those that were decided on: where people corrected them, the two differ. A text that was erased is
    `Erased`. `by` is a handle, or an id once that is erased; nobody where time decided. `confidence` is how sure the
    agent was and `threshold` how sure it had to be to go on by itself, where either was told.
    """

    position: int
    kind: str
    action: str
    review: str | None
    name: str
    agent: str
    run: str | None
    risk: str
    pattern: str
    rule: str | None
    reason: str
    args: Any
    decided: Any
    outcome: str
    value: Any
    note: Text
    by: str | None
    auth: str
    at: int
    confidence: float | None = None
    threshold: float | None = None

    @property
    def edited(self) -> bool:
        """Whether people corrected the arguments."""
        return bool(self.args != self.decided)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided behind a position, in the order of the log; the next ones are asked for behind `next`.

    `more` says that the log goes on there, `newest` where it ends now; `cursor` is how far the consumer had come
    before, `None` for one that is new.
    """

    items: tuple[Decided, ...]
    next: int
    more: bool
    newest: int
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class ConsumerLease:
    """Whether one may go on under the name of a consumer, and for how long (µs): else another does. `fence` rises with
    each new holder, and what is acknowledged under an older one is refused."""

    held: bool
    fence: int
    left: int


@dataclass(frozen=True, slots=True)
class Example:
    """A past decision, its secrets covered, and how alike it is: 1 where every argument is the same, else less."""

    decided: Decided
    alike: float


@dataclass(frozen=True, slots=True)
class Wait:
    """How long an open review will probably still wait for people (µs): one in ten is over before `low`, half are
    before `likely`, nine in ten before `high`, none after the deadline. `position` is its place among the reviews that
    ask the same people, `online` how many of them were seen lately.

    Without numbers `known` says why: nobody who is asked was seen lately, too few reviews are over to tell, or the
    queue is too long to count.
    """

    known: Known
    online: int
    position: int | None
    low: int | None
    likely: int | None
    high: int | None

    def __str__(self) -> str:
        if self.low is None or self.likely is None or self.high is None:
            return UNKNOWN[self.known]
        low, high = approximate(self.low), approximate(self.high)
        if low == high:
            return f"about {high}"
        number, _, unit = low.partition(" ")
        return f"about {approximate(self.likely)} ({number if high.endswith(f' {unit}') else low} to {high})"


UNKNOWN: Final[dict[Known, str]] = {
    "nobody_online": "no reviewer is online", "too_few": "not known yet: too few reviews are over",
    "long_queue": "not known: the queue is long",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WaitScore:
    """How well waits were foretold: of the last `ended` reviews so many had a range when they began to wait, and so
    many of those ended inside it, where eight in ten should. `median` is the middle of all waits (µs)."""

    ended: int
    foretold: int
    inside: int
    median: int | None


class Feedback(Protocol):
    """What is learnt from the decisions that one principal may see."""

    @property
    def patience(self) -> float:
        """How many seconds one question may wait, so that who waits hears soon that it was closed."""

    def decisions(
        self, after: int | None, *, limit: int = 50, consumer: str | None = None, timeout: float | None = 0
    ) -> Decisions:
        """What was decided behind a position of the log, in order, as far as this principal may see it.

        Without `after` behind what the consumer acknowledged, or from the beginning. Waits up to `timeout` seconds
        for something to come; less where nothing is known then.
        """

    def expected_wait(self, review: str) -> Wait | None:
        """How long a review will probably still wait; `None` once it is over. Raises `UnknownReview`."""

    def wait_score(self) -> WaitScore:
        """How well waits were foretold lately."""

    def lease(self, consumer: str, holder: str, seconds: int) -> ConsumerLease:
        """Hold the name of a consumer for some seconds, or go on holding it, unless another does; 0 lets it go."""

    def acknowledge(self, consumer: str, position: int, fence: int | None = None) -> None:
        """Note durably that a consumer is done with everything up to there; it never goes back.

        `fence` is that of the lease under which it went on. Raises `FencedOff` where somebody else holds the name.
        """

    def examples(self, name: str, args: str | None, limit: int) -> list[Example]:
        """Past decisions about actions of that name, the most alike to these canonical arguments first."""
