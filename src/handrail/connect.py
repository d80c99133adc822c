"""`connect` and the `Rail` it gives: everything that user code touches."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, Final, Literal, ParamSpec, TypeVar, overload

from .backend import Backend
from .clock import Clock
from .embedded import Database, Embedded, local_agent, solo_person
from .errors import UsageError
from .gate.asking import ask_here
from .gate.call import Gated, Texts, default_name
from .gate.gate import Gate
from .gate.notice import Notice
from .gate.scope import RunScope, adding, entering, under
from .gate.ticket import AsyncTicket, Ticket
from .patterns.approval import AsyncGatedFunction, Decorator, GatedFunction, gate_function
from .patterns.declare import Duration, Quorum, Reviewers, Then, declaration
from .patterns.question import Question
from .patterns.runs import enter_run, leave_run
from .policy.paths import AtEnd
from .run.model import Hold
from .store.address import is_remote, shown

P = ParamSpec("P")
R = TypeVar("R")
Table = Mapping[str, Callable[..., Any]]


def connect(
    url: str, *, agent: str | None = None, owner: str | None = None, reviewers: Reviewers | None = None,
    run: str | None = None, quiet: bool = False, clock: Clock | None = None, key: str | None = None,
) -> Rail:  # fmt: skip
    """A rail on a database, such as `sqlite:///handrail.db`, or on a server. Nothing is opened before the first use.

    `agent` names the program (default: its file's name), `owner` who answers for it (`user:ann`; default: the OS user),
    `reviewers` are asked where a function names nobody, `run` is the run of calls outside a `rail.run` block (default:
    the environment's HANDRAIL_RUN). A server's URL is `https://…`, on this machine also `http://127.0.0.1:…`; then
    `key` (default: the environment's HANDRAIL_KEY) says which agent this is, and whose. Raises `UsageError` for a URL
    that cannot be used.
    """
    run = run or os.environ.get("HANDRAIL_RUN")
    if url.startswith(("https://", "http://")):
        if agent or owner or clock:
            raise UsageError("over HTTP the key says which agent this is, and the server has the clock: leave them out")
        return _connect_http(url, key, reviewers, run, quiet)
    if key:
        raise UsageError("key= is for a server's URL; a database file needs none")
    database = Database(database_path(url), clock)
    backend = Embedded(database, local_agent(agent or _program(), owner))
    people = Embedded(database, solo_person)
    hint = f" --db {shown(url)}"
    notice = Notice(lambda: backend, hint, ask=lambda review: ask_here(people, review), quiet=quiet)
    return Rail(backend, notice, reviewers=reviewers, run=run, close=database.close)


def _connect_http(url: str, key: str | None, reviewers: Reviewers | None, run: str | None, quiet: bool) -> Rail:
    from .client.http import Http
    from .client.transport import Transport

    secret = key or os.environ.get("HANDRAIL_KEY")
    if not secret:
        raise UsageError("a server needs a key: give key=, or set HANDRAIL_KEY; an administrator creates it")
    backend = Http(Transport(url, secret))
    notice = Notice(lambda: backend, f" --db {url}", quiet=quiet)
    return Rail(backend, notice, reviewers=reviewers, run=run, close=backend.close)


def database_path(url: str) -> str:
    """The file that a URL names, or the URL of a database on a server. Raises `UsageError` for one of neither."""
    if is_remote(url):
        return url
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite" and separator:
        if rest in ("", "/", "/:memory:"):
            return ":memory:"
        return rest.removeprefix("/")
    raise UsageError(
        f"{url!r} cannot be used: give sqlite:///file.db, sqlite:////absolute/path/file.db or postgresql://host/database"
    )


def _program() -> str:
    name = os.path.basename(sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c") else "python")
    return name.removesuffix(".py") or "python"


class Rail:
    """A connection through which actions ask. Made by `connect`; safe to share between threads and tasks."""

    def __init__(
        self, backend: Backend, notice: Notice, *, reviewers: Reviewers | None = None, run: str | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._gate: Final = Gate(backend, notice, self._default_run)
        self._questions: Final = Question(self._gate)
        self._reviewers: Final = reviewers
        self._run_name: Final = run
        self._run_scope: RunScope | None = None
        self._close: Final = close

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
            return gate_function(self._gate, self._gated(function, **keywords))
        return lambda found: gate_function(self._gate, self._gated(found, **keywords))

    def call(
        self, name: str, args: Mapping[str, Any], *, fn: Callable[..., Any], key: str | None = None,
        supersedes: str | None = None, parent: str | None = None, **keywords: Any,
    ) -> Any:  # fmt: skip
        """Call `fn(**args)` as the action `name`, by the rules; a coroutine for an async function. For tool loops."""
        gated = self._gated(fn, name=name, **keywords)
        kind: Any = gate_function(self._gate, gated)
        return kind.having(key=key, supersedes=supersedes, parent=parent)(**args)

    def wrap(self, tools: Table, **keywords: Any) -> dict[str, Any]:
        """The same table of tools with every call held by the rules; the keywords are those of `approval`."""
        return {name: self.approval(name=name, **keywords)(function) for name, function in tools.items()}

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

    @property
    def gate(self) -> Gate:
        """What the patterns stand on; for tools that build on a rail."""
        return self._gate

    def close(self) -> None:
        """Stop this process's threads and close the database; the next use opens it again."""
        self._close()

    def _gated(self, function: Callable[..., Any], *, name: str | None = None, **given: Any) -> Gated:
        texts = {field: given.pop(field) for field in Texts.__dataclass_fields__ if field in given}
        own = {field: given.pop(field) for field in ("reversible", "idempotent", "intent", "wait") if field in given}
        probe, asked = given.pop("reconcile", None), given.pop("precondition", None)
        given["reviewers"] = given.get("reviewers") or self._reviewers
        declared = _declared(given, texts.get("risk"), bool(own.get("reversible")))
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


def _declared(given: dict[str, Any], risk: Any, reversible: bool) -> Any:
    known = {"reviewers", "within", "then", "quorum", "remind", "at_end", "undo", "grant"}
    if given.keys() - known:
        raise UsageError(
            f"unknown keyword {', '.join(sorted(given.keys() - known))}; known are {', '.join(sorted(known))}"
        )
    if given.get("at_end") == "approve" and not (risk == "low" and reversible):
        raise UsageError("at_end='approve' needs risk='low' and reversible=True: silence may not approve anything else")
    options: dict[str, Any] = {"within": None, "then": None, "quorum": 1, **given}
    return declaration("approval", **options)


__all__ = ["Rail", "connect", "database_path"]
