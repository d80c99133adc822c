"""A backend is where commands go: the engine in this process, or a server. User code never sees which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from ..action.model import Action
from ..action.work import Take
from ..codec.policy_file import PolicyFile, read_policy_file
from ..policy.limits import Limit
from ..policy.register import ActivePolicy
from ..policy.standing import Standing
from ..policy.stops import Stop
from ..principal import Principal
from ..review.model import Review
from ..run.commands import Observation
from ..run.model import Run
from ..stream import JSON
from .feedback import ConsumerLease, Decided, Decisions, Example, Feedback, Known, Text, Wait, WaitScore

Answer = dict[str, Any]
T = TypeVar("T")


Failing: TypeAlias = tuple[Literal["error", "like"], str]
"""Which failures: those of one type of error, or those that are alike, by the `like` of a review."""


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
class StopRecord:
    """A stop: what people call its target and who made it, and why it was made and lifted, as far as that is kept.

    `begun` are actions of its scope that had started before and go on to their end: the first of them, and only where
    one stop is asked for that is in force.
    """

    state: Stop
    target: str | None
    by: str
    reason: Text
    note: Text
    begun: tuple[Action, ...] = ()


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


class Stops(Protocol):
    """What people have stopped."""

    def newest(self, *, after: str | None = None, limit: int = 50) -> list[StopRecord]:
        """Stops, newest first, also those that were lifted."""

    def one(self, stop: str) -> StopRecord:
        """One stop, with what had started before it. Raises `NotFound`."""


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

    def follow_run(self, run: str, tell: Callable[[Run | None], None]) -> Callable[[], None]:
        """Tell how a run stands, now and after each change, from any thread; `None` once the database is closed here.

        Returns how to stop. Raises `UnknownRun`.
        """

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

    @property
    def stops(self) -> Stops:
        """What is stopped."""

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


__all__ = [
    "ActionRecord", "Answer", "Backend", "BudgetRecord", "ConsumerLease", "Decided", "Decision", "Decisions", "Event",
    "Example", "Failing", "Feedback", "Guidance", "Known", "LimitRecord", "PermissionRecord", "PolicyRecord",
    "ReviewRecord", "Seen", "StopRecord", "Stops", "Text", "Wait", "WaitScore",
]  # fmt: skip
