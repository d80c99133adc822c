"""The `Rail`: everything that user code touches of a connection."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, Final, Literal, ParamSpec, TypeVar, cast, overload

from .action.commands import ReportOutcome
from .backend import Backend, Decided, Example
from .errors import UsageError
from .gate.call import Gated, Texts, default_name
from .gate.gate import Gate, is_importing
from .gate.notice import Notice
from .gate.scope import RunScope, adding, entering, under
from .gate.ticket import AsyncTicket, Ticket
from .ids import mint
from .learning.consumer import Consumer
from .patterns.approval import AsyncGatedFunction, Decorator, GatedFunction, gate_function
from .patterns.confidence import predictor
from .patterns.declare import Duration, Quorum, Reviewers, Then, declaration
from .patterns.exceptions import KEYWORDS as RETRYING
from .patterns.exceptions import Errors, retry_of
from .patterns.feedback import consume, plain_args
from .patterns.named import own
from .patterns.oversight.rail import Oversees
from .patterns.question import Question
from .patterns.runs import enter_run, leave_run
from .patterns.stacking import merged
from .policy.declaration import Pattern
from .policy.paths import AtEnd
from .run.model import Hold

P = ParamSpec("P")
R = TypeVar("R")
Table = Mapping[str, Callable[..., Any]]
OWN: Final = ("reversible", "idempotent", "intent", "wait")


class Rail(Oversees):
    """A connection through which actions ask. Made by `connect`; safe to share between threads and tasks."""

    def __init__(
        self, backend: Backend, notice: Notice, *, reviewers: Reviewers | None = None, run: str | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(Gate(backend, notice, self._default_run))
        self._questions: Final = Question(self._gate)
        self._reviewers: Final = reviewers
        self._run_name: Final = run
        self._run_scope: RunScope | None = None
        self._close: Final = close
        self._consumers: Final[list[Consumer]] = []

    @overload
    def approval(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]], /
    ) -> AsyncGatedFunction[P, R]: ...
    @overload
    def approval(self, function: Callable[P, R], /) -> GatedFunction[P, R]: ...
    @overload
    def approval(
        self, /, *, name: str | None = None, reviewers: Reviewers | None = None, within: Duration | None = None,
        then: Then | None = None, quorum: Quorum = 1, remind: Duration | None = None, at_end: AtEnd = "reject",
        undo: Duration = 0, grant: Duration | None = None, describe: Any = None, risk: Any = "unrated",
        impact: Any = None, preview: Any = None, context: Any = None, reversible: bool = False,
        idempotent: bool = False, reconcile: Callable[..., Any] | None = None,
        precondition: Callable[..., Any] | None = None, intent: str | None = None,
        wait: Literal["block", "defer"] = "block",
    ) -> Decorator: ...  # fmt: skip
    def approval(self, function: Any = None, /, **keywords: Any) -> Any:
        """Hold each call of the function until people approve it; see the how-to page for every keyword.

        Durations are text like "15m", seconds, or timedeltas. `describe`, `risk`, `impact`, `preview` and `context` are
        values or callables of the call's arguments. `reconcile` tells after a crash whether the call took effect, and
        `precondition` what its target looks like: it is asked when people are, and again right before the start.
        Raises `UsageError` for keywords that cannot be meant.
        """
        if function is not None:
            return self._decorated(function, "approval", keywords)
        return lambda found: self._decorated(found, "approval", keywords)

    @overload
    def exceptions(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]], /
    ) -> AsyncGatedFunction[P, R]: ...
    @overload
    def exceptions(self, function: Callable[P, R], /) -> GatedFunction[P, R]: ...
    @overload
    def exceptions(
        self, /, *, on: Errors = (), retries: int = 3, backoff: Duration = "1s", jitter: bool = False,
        retry_if: Callable[[Exception], object] | None = None, name: str | None = None,
        reviewers: Reviewers | None = None, within: Duration | None = None, then: Then | None = None,
        remind: Duration | None = None, grant: Duration | None = None, sample: float = 0, describe: Any = None,
        risk: Any = "unrated", impact: Any = None, preview: Any = None, context: Any = None, reversible: bool = False,
        idempotent: bool = False, reconcile: Callable[..., Any] | None = None,
        precondition: Callable[..., Any] | None = None, intent: str | None = None,
        wait: Literal["block", "defer"] = "block",
    ) -> Decorator: ...  # fmt: skip
    def exceptions(self, function: Any = None, /, **keywords: Any) -> Any:
        """Run each call of the function at once; try again what is worth it, and ask people about what is left.

        An error is tried again by its own `retryable`, else by `retry_if`, else where it is one of `on`: so many times
        as `retries` says, after `backoff`, twice that, and so on, at most 15 minutes. Then, or at any other error, the
        `reviewers` retry, perhaps with other arguments, supply the result, skip or abort; without any the error is
        raised as it is. `sample` is the share of what ran that they look at afterwards. The other keywords are those of
        `approval`, which may stand above or below. Raises `UsageError` for keywords that cannot be meant.
        """
        if function is not None:
            return self._decorated(function, "exceptions", keywords)
        return lambda found: self._decorated(found, "exceptions", keywords)

    def confidence(
        self, /, *, threshold: float, of: Callable[[Any], float | None] | None = None, **keywords: Any
    ) -> Decorator:
        """Let a call run where its agent is sure enough, from `threshold` on; below it, or without a number from 0 to
        1, people accept, correct or reject.

        With `of` the function is a predictor without effects: it runs first, `of` tells how sure it is of what it gave
        back, and that is what people see and correct. Without `of` the number comes with the call,
        `having(confidence=0.9)(…)`. `sample` is the share of what runs by itself that people look at afterwards, drawn
        under the database's secret. The other keywords are those of `approval`. Raises `UsageError`.
        """

        def gate(function: Callable[..., Any]) -> Any:
            sure = {**keywords, "threshold": threshold}
            if of is None:
                return self._decorated(function, "approval", sure)
            if isinstance(function, GatedFunction | AsyncGatedFunction):
                raise UsageError("a predictor has no effects that could fail: leave the other decorator out, or of=")
            return gate_function(self._gate, predictor(self._gated(function, "approval", **sure), of))

        return cast(Decorator, gate)

    @overload
    def gate(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]], /
    ) -> AsyncGatedFunction[P, R]: ...
    @overload
    def gate(self, function: Callable[P, R], /) -> GatedFunction[P, R]: ...
    @overload
    def gate(self, /, *, pattern: str = "auto", **keywords: Any) -> Decorator: ...
    def gate(self, function: Any = None, /, *, pattern: str = "auto", **keywords: Any) -> Any:
        """Route each call of the function by a pattern: "auto" leaves it to the policy, by how critical the action is.

        Where no rule speaks, people decide. The keywords are those of the pattern: of "auto" and "approval" those of
        `approval`, with `sample` for the share of what runs by itself that people look at. Patterns of one's own are
        registered with `handrail.pattern`. Raises `UsageError` for an unknown name, and lists the known.
        """
        decorator = self._by_name(pattern, keywords)
        return decorator if function is None else decorator(function)

    def call(
        self, name: str, args: Mapping[str, Any], *, fn: Callable[..., Any], key: str | None = None,
        supersedes: str | None = None, parent: str | None = None, confidence: float | None = None,
        pattern: str = "approval", **keywords: Any,
    ) -> Any:  # fmt: skip
        """Call `fn(**args)` as the action `name`, by the rules; a coroutine for an async function. For tool loops.

        With a `threshold` it runs where `confidence` reaches that, and people decide where not; with `pattern="auto"`
        the policy decides.
        """
        kind = self.gate(pattern=pattern, name=name, **keywords)(fn)
        return kind.having(key=key, supersedes=supersedes, parent=parent, confidence=confidence)(**args)

    def wrap(self, tools: Table, *, pattern: str = "approval", **keywords: Any) -> dict[str, Any]:
        """The same table of tools with every call held by the rules; the keywords are those of the pattern."""
        return {name: self.gate(pattern=pattern, name=name, **keywords)(function) for name, function in tools.items()}

    def ask(
        self, question: str, *, options: list[Any] | None = None, to: Reviewers | None = None,
        within: Duration | None = None, then: Then | None = None, default: Any = None, type: Any = None,
        key: str | None = None, context: Any = None,
    ) -> Any:  # fmt: skip
        """Ask people and wait for their answer: one of `options`, or a value of `type`, or text.

        With a `default` it is the answer at the deadline; without one `Expired` is raised.
        """
        return self._questions.ask(self._question(question, options, to, within, then, default, type, context), key)

    async def ask_async(
        self, question: str, *, options: list[Any] | None = None, to: Reviewers | None = None,
        within: Duration | None = None, then: Then | None = None, default: Any = None, type: Any = None,
        key: str | None = None, context: Any = None,
    ) -> Any:  # fmt: skip
        """Like `ask`, on the event loop."""
        asked = self._question(question, options, to, within, then, default, type, context)
        return await self._questions.ask_async(asked, key)

    def _question(
        self, question: str, options: Any, to: Any, within: Any, then: Any, default: Any, expected: Any, context: Any
    ) -> Any:
        at_end: AtEnd = "reject" if default is None else "answer"
        declared = declaration(
            "question", reviewers=to or self._reviewers, within=within, then=then, quorum=1, at_end=at_end
        )
        return self._questions.prepare(question, options, default, expected, declared, context)

    @contextmanager
    def run(self, name: str, *, hold: Hold = "action", parent: str | None = None) -> Iterator[RunScope]:
        """Work that a restart continues: the same calls inside find their answers again.

        A clean exit finishes the run; an exception is noted and leaves it running. With `hold="run"` one held action
        holds all others of the run and of the runs inside it. It is inside the run around it, or the one whose id is
        `parent`. Raises `RunFinished` for a name whose run is over; `Stopped` ends the block once a person stops it.
        """
        scope = self._gate.drive(enter_run(self._gate, name, hold, parent))
        with entering(scope):
            try:
                yield scope
            except BaseException as error:
                self._gate.drive(leave_run(scope, error))
                raise
        self._gate.drive(leave_run(scope, None))

    @asynccontextmanager
    async def run_async(
        self, name: str, *, hold: Hold = "action", parent: str | None = None
    ) -> AsyncIterator[RunScope]:
        """Like `run`, on the event loop."""
        scope = await self._gate.adrive(enter_run(self._gate, name, hold, parent))
        with entering(scope):
            try:
                yield scope
            except BaseException as error:
                await self._gate.adrive(leave_run(scope, error))
                raise
        await self._gate.adrive(leave_run(scope, None))

    def on_decision(
        self, *, consumer: str, since: Literal["beginning", "now"] = "beginning", lease: str | float | timedelta = "30s"
    ) -> Callable[[Callable[[Decided], R]], Callable[[Decided], R]]:
        """Call the function with everything that is decided, in order, in one thread of this process.

        At least once each, also across restarts: `consumer` names how far the function has come, and that is kept with
        the database. One that is new begins with the first decision there is, or with `since="now"` with the next. An
        error stops it at that decision, which comes again after a pause. Of several processes under one name one goes
        on and the others stand by: where it dies, another goes on once its `lease` is over, from 1 s to 5 min. Nothing
        runs where a worker or a check imports this module for its functions alone.
        """

        def begin(function: Callable[[Decided], R]) -> Callable[[Decided], R]:
            if not is_importing():
                self._consumers.append(consume(self._gate, consumer, function, since, lease))
            return function

        return begin

    def examples(self, action: str, args: Mapping[str, Any] | None = None, *, k: int = 5) -> list[Example]:
        """At most `k` past decisions about actions of that name, the most alike to these arguments first.

        With the corrections and the reasons that people gave, and every secret covered: for a prompt.
        """
        return self._gate.backend.feedback.examples(action, None if args is None else plain_args(args), k)

    def report_outcome(
        self, action: str | Ticket[Any] | AsyncTicket[Any], *, wrong: bool, note: str | None = None
    ) -> None:
        """Say how an action turned out after its end. It changes nothing else, and whoever learns from it hears of it.

        Raises `NotReady` for one that is not over.
        """
        subject = action if isinstance(action, str) else action.id
        self._gate.backend.call(subject, ReportOutcome(wrong, note), command_id=mint("cmd"))

    def context(self, **values: Any) -> Any:
        """A block whose calls show these values to whoever decides; blocks nest."""
        return adding(values)

    def under(self, action: str | Ticket[Any] | AsyncTicket[Any]) -> AbstractContextManager[None]:
        """A block whose calls are done under an action, such as a task that was handed to another agent.

        They wait while people decide on that action, and are refused with it.
        """
        return under(action if isinstance(action, str) else action.id)

    def ticket(self, action: str) -> Ticket[Any] | AsyncTicket[Any]:
        """The ticket of an action by its id. Raises `UnknownAction`."""
        name = self._gate.backend.action(action).state.name
        gated = self._gate.registry.get(name)
        is_async = gated is not None and inspect.iscoroutinefunction(gated.function)
        return AsyncTicket(self._gate, action, name) if is_async else Ticket(self._gate, action, name)

    def close(self) -> None:
        """Stop this process's threads and close the database; the next use opens it again."""
        for one in self._consumers:
            one.close()
        self._close()

    def _by_name(self, pattern: str, keywords: dict[str, Any]) -> Any:
        """The decorator of a pattern."""
        match pattern:
            case "auto" | "approval" | "exceptions":
                return lambda found: self._decorated(found, pattern, keywords)
            case "confidence":
                return self.confidence(**keywords)
            case _:
                return own(pattern)(self, **keywords)

    def _decorated(self, function: Any, pattern: Pattern, keywords: dict[str, Any]) -> Any:
        """The gated form of a function; of one that is gated already, one action by both decorators."""
        if not isinstance(function, GatedFunction | AsyncGatedFunction):
            return gate_function(self._gate, self._gated(function, pattern, **keywords))
        inner = function.gated
        gated = self._gated(inner.function, pattern, **keywords)
        self._gate.registry.forget(inner.name)
        return gate_function(self._gate, merged(gated, inner, named=keywords.get("name") is not None))

    def _gated(self, function: Callable[..., Any], pattern: Pattern, *, name: str | None = None, **given: Any) -> Gated:
        texts = {field: given.pop(field) for field in Texts.__dataclass_fields__ if field in given}
        own: dict[str, Any] = {
            field: given.pop(field) for field in ("reversible", "idempotent", "intent", "wait") if field in given
        }
        probe, asked = given.pop("reconcile", None), given.pop("precondition", None)
        given["reviewers"] = given.get("reviewers") or self._reviewers
        if pattern == "exceptions":
            own["retry"] = retry_of({field: given.pop(field) for field in RETRYING if field in given})
        declared = _declared(pattern, given, texts.get("risk"), bool(own.get("reversible")))
        return Gated(
            function,
            name or default_name(function),
            declared,
            Texts(**texts),
            probe=probe,
            precondition=asked,
            **own,
        )

    def _default_run(self) -> RunScope | None:
        if self._run_name is not None and self._run_scope is None:
            self._run_scope = self._gate.drive(enter_run(self._gate, self._run_name, "action"))
        return self._run_scope


def _declared(pattern: Pattern, given: dict[str, Any], risk: Any, reversible: bool) -> Any:
    known = {"reviewers", "within", "then", "remind", "grant"}
    known |= {"quorum", "at_end", "undo"} if pattern != "exceptions" else set()
    known |= {"threshold"} if pattern == "approval" else set()
    known |= {"sample"} if pattern != "approval" or given.get("threshold") is not None else set()
    if given.keys() - known:
        raise UsageError(
            f"unknown keyword {', '.join(sorted(given.keys() - known))}; known are {', '.join(sorted(known))}"
        )
    if given.get("at_end") == "approve" and not (risk == "low" and reversible):
        raise UsageError("at_end='approve' needs risk='low' and reversible=True: silence may not approve anything else")
    options: dict[str, Any] = {"within": None, "then": None, "quorum": 1, **given}
    return declaration("confidence" if options.get("threshold") is not None else pattern, **options)
