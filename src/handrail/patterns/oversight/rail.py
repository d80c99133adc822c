"""What a rail offers to put work under watch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack, overload

from ...errors import UsageError
from ...gate.call import default_name
from ...gate.cleanups import CleanupFunction
from ...gate.gate import Gate
from ...run.model import Hold, Monitor
from ..declare import Reviewers
from .place import on_loop
from .run import WatchedRun
from .started import AsyncHandle, Handle
from .watching import Opening, started, started_async, watching, watching_async

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class Oversees:
    """The part of a rail that begins watched runs."""

    def __init__(self, gate: Gate) -> None:
        self._gate: Final = gate

    @property
    def core(self) -> Gate:
        """What the patterns stand on; for tools that build on a rail."""
        return self._gate

    def oversight(
        self, title: str, *, id: str | None = None, supervisors: Reviewers | None = None,
        monitors: Iterable[Monitor] = (), hold: Hold = "action", parent: str | None = None,
    ) -> AbstractContextManager[WatchedRun]:  # fmt: skip
        """A block that people watch, and pause, guide, interrupt or stop: whoever answers for the agent, and the
        `supervisors`.

        Without an `id` each is a new run, which an exception ends as failed; with one an exception is noted, and the
        run is entered again under that id, as with `run`. A run that fails or is stopped is cleaned up after. The block
        is inside the run around it, or the one whose id is `parent`; `monitors` pause it by themselves. Raises
        `Stopped` where people stop it.
        """
        return watching(self.core, Opening(title, id, supervisors, monitors, hold, parent))

    def oversight_async(
        self, title: str, *, id: str | None = None, supervisors: Reviewers | None = None,
        monitors: Iterable[Monitor] = (), hold: Hold = "action", parent: str | None = None,
    ) -> AbstractAsyncContextManager[WatchedRun]:  # fmt: skip
        """Like `oversight`, on the event loop: a step that is stopped or interrupted is cancelled where it awaits."""
        return watching_async(self.core, Opening(title, id, supervisors, monitors, hold, parent))

    @overload
    def start(
        self, function: Callable[[Unpack[Ts]], Coroutine[Any, Any, R]], /, *args: *Ts, title: str | None = None,
        id: str | None = None, supervisors: Reviewers | None = None, monitors: Iterable[Monitor] = (),
        hold: Hold = "action", parent: str | None = None,
    ) -> Handle[R]: ...  # fmt: skip
    @overload
    def start(
        self, function: Callable[[Unpack[Ts]], R], /, *args: *Ts, title: str | None = None,
        id: str | None = None, supervisors: Reviewers | None = None, monitors: Iterable[Monitor] = (),
        hold: Hold = "action", parent: str | None = None,
    ) -> Handle[R]: ...  # fmt: skip
    def start(
        self, function: Callable[[Unpack[Ts]], Any], /, *args: *Ts, title: str | None = None,
        id: str | None = None, supervisors: Reviewers | None = None, monitors: Iterable[Monitor] = (),
        hold: Hold = "action", parent: str | None = None,
    ) -> Handle[Any]:  # fmt: skip
        """Call the function under watch in a thread, and go on: the handle knows id, status and result.

        Inside, `handrail.watched_run()` is the run; its title is the function's name where none is given. The other
        keywords are those of `oversight`.
        """
        if inspect.iscoroutinefunction(function) and on_loop():
            raise UsageError("on an event loop a coroutine function is started with `await rail.start_async(…)`")
        opening = Opening(title or default_name(function), id, supervisors, monitors, hold, parent)
        return started(self.core, opening, function, args)

    async def start_async(
        self, function: Callable[[Unpack[Ts]], Coroutine[Any, Any, R]], /, *args: *Ts, title: str | None = None,
        id: str | None = None, supervisors: Reviewers | None = None, monitors: Iterable[Monitor] = (),
        hold: Hold = "action", parent: str | None = None,
    ) -> AsyncHandle[R]:  # fmt: skip
        """Like `start`, with a coroutine function in a task."""
        opening = Opening(title or default_name(function), id, supervisors, monitors, hold, parent)
        return await started_async(self.core, opening, function, args)

    @overload
    def cleanup(self, function: F, /) -> F: ...
    @overload
    def cleanup(self, /, *, name: str | None = None) -> Callable[[F], F]: ...
    def cleanup(self, function: Any = None, /, *, name: str | None = None) -> Any:
        """Let a function be the clean-up of watched runs also where the agent's process is gone.

        Another process that imports it, such as a worker, calls it then: its arguments travel as JSON. It stays the
        function that it is. Raises `UsageError` for a name that is taken.
        """

        def register(found: F) -> F:
            self.core.cleanups.add(CleanupFunction(found, name or default_name(found)))
            return found

        return register if function is None else register(function)
