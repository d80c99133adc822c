"""A backend is where commands go: the engine in this process, or a server. User code never sees which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

from .action.model import Action
from .action.work import Take
from .codec.policy_file import PolicyFile, read_policy_file
from .policy.limits import Limit
from .policy.register import ActivePolicy
from .policy.standing import Standing
from .principal import Principal
from .review.model import Review
from .run.commands import Observation
from .run.model import Run
from .stream import JSON
from .view.model import Erased
from .view.words import approximate

Answer = dict[str, Any]
T = TypeVar("T")


Text: TypeAlias = JSON | Erased
Failing: TypeAlias = tuple[Literal["error", "like"], str]
"""Which failures: those of one type of error, or those that are alike, by the `like` of a review."""
Known = Literal["range", "nobody_online", "too_few", "long_queue"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who ended a review, how, when (µs), and what they wrote. `by` is a handle, or an id once that is erased."""

    outcome: str
    by: str
    auth: str
    at: int
    note: str | None
    value: Text
    edited: bool
    review: str


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


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """An action with the texts that are kept of it. `args` is canonical JSON text of the present revision, `waits_for`
    the action that people are to decide on before this one starts, `returns` the JSON Schema that
    a result has to fit that people give."""

    state: Action
    args: str | None
    context: Text
    story: Text
    outcome: Text
    schema: str | None
    waits_for: str | None = None
    returns: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review with everything needed to decide it: the frozen view, and the bytes it refers to.

    `alike` is the same for reviews of one kind that ask for the same action with the same arguments for the same agent,
    and for those of failures that are alike, so that a list can fold them; it says nothing else, and of an agent's
    question there is none once the arguments are erased.
    """

    state: Review
    action: ActionRecord
    view: Text
    first_args: str | None
    decision: Decision | None
    alike: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """The active policy, and the text that it was compiled from, as far as it is kept."""

    state: ActivePolicy
    text: str | None

    @property
    def file(self) -> PolicyFile | None:
        """What the text says. Raises `PolicyFileError` for one that this version reads otherwise."""
        return read_policy_file(self.text) if self.text is not None else None


@dataclass(frozen=True, slots=True)
class PermissionRecord:
    """A standing permission, and what its fixed arguments are, as far as that is kept."""

    state: Standing
    values: Text


@dataclass(frozen=True, slots=True)
class BudgetRecord:
    """One budget of a limit: what it is for, what is used, and what is left, as decimals; `None` where nobody knows."""

    id: str
    key: Text
    used: str | None
    left: str | None


@dataclass(frozen=True, slots=True)
class LimitRecord:
    """A limit of the active policy, with those of its newest budgets of which something is used."""

    limit: Limit
    budgets: tuple[BudgetRecord, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a stream's log, read for people: `data` and the texts that are kept."""

    index: int
    rev: int
    type: str
    at: int
    by: Principal
    before: str | None
    after: str
    bind: str | None
    data: Mapping[str, JSON]
    texts: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Guidance:
    """One message of a person to the agent of a run: its number, what it says, from whom, and when (µs)."""

    number: int
    text: Text
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of a run, with its number: the first is 1."""

    number: int
    observation: Observation


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


class Backend(Protocol):
    """Commands and reads, for one principal. Both colours: `call` blocks, `acall` never blocks the event loop."""

    @property
    def actor(self) -> Principal:
        """Who acts through this backend."""

    def call(self, subject: str, command: object, *, command_id: str | None = None) -> Answer:
        """Send a command to a stream. Raises the refusal, or `Unavailable`; repeat then with the same id."""

    async def acall(self, subject: str, command: object, *, command_id: str | None = None) -> Answer:
        """Like `call`. A commit that is under way is awaited to its end before a cancellation is passed on."""

    def wait(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Block until the action or run has moved beyond `rev`; `None` once `timeout` seconds are over."""

    async def await_(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Like `wait`."""

    async def aread(self, read: Callable[[], T]) -> T:
        """Do a read from an event loop: in place where it is quick, in a thread where it goes to another machine."""

    async def take(self, command: Take, timeout: float | None) -> list[Answer]:
        """Take actions to execute, as soon as there are some; none once `timeout` seconds are over.

        Each is an answer with the action's `name`; one that is `unknown` is not claimed, its probe is to be asked. What
        was being taken while this is cancelled is given back.
        """

    def granted(self, action: str, bind: str, fence: int) -> str:
        """The stored arguments of the call that was started on these bytes, hashed again. Raises `WrongBytes`, and
        `FencedOff` once somebody else goes on with the action."""

    def hold(self, subject: str, fence: int, executor: str) -> Callable[[], None]:
        """Keep the lease of an action, or under 0 of a watched run, until the returned function is called."""

    def action(self, action: str) -> ActionRecord:
        """One action. Raises `UnknownAction`."""

    def review(self, review: str) -> ReviewRecord:
        """One review. Raises `UnknownReview`."""

    def run(self, run: str) -> tuple[Run, Text]:
        """One run and its title. Raises `UnknownRun`."""

    def observations(self, run: str, after: int = 0, limit: int = 50) -> list[Seen]:
        """What a run has reported behind a number, in order, as far as it is kept. Raises `UnknownRun`."""

    def guidance(self, run: str, after: int = 0) -> list[Guidance]:
        """What the agent of a run was told behind a message, in order. Raises `UnknownRun`."""

    def policy(self) -> PolicyRecord | None:
        """The active policy; `None` while none was ever applied."""

    def permissions(self, *, after: str | None = None, limit: int = 50) -> list[PermissionRecord]:
        """Standing permissions, newest first."""

    def limits(self) -> list[LimitRecord]:
        """The limits of the active policy, with what is used."""

    def waiting(
        self, *, after: str | None = None, limit: int = 50, failing: Failing | None = None
    ) -> list[ReviewRecord]:
        """Open reviews, by risk and age; `after` is the id of the last one of the page before. With `failing` those
        that were opened by such failures."""

    def newest(self, kind: str, *, after: str | None = None, limit: int = 50) -> list[Action | Review | Run]:
        """Actions, reviews or runs, newest first."""

    def history(self, subject: str) -> list[Event]:
        """A stream's entries, in order."""

    def beginning(self, prefix: str, limit: int = 10) -> list[str]:
        """The ids that begin with `prefix`, in order: what a person may have meant by a shortened id."""

    def changed(self, size: int, timeout: float | None) -> int:
        """Block until the log has other than `size` entries, or `timeout` seconds are over; how many it has then."""

    @property
    def feedback(self) -> Feedback:
        """What people decided before."""

    def name(self, principal_id: str) -> str:
        """What people call a principal or group: a handle, else the id."""

    @property
    def solo(self) -> bool:
        """Whether nobody was ever added to the directory."""

    def run_id(self, name: str) -> str:
        """The id of the run with that name."""
