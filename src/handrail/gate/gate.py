"""What all patterns stand on: a backend, this process's executor, the registered functions, and the two drivers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ..backend import Backend
from ..errors import Pending, UsageError
from ..ids import mint
from .call import Call, Gated, Identity, Registry, prepare
from .cleanups import Cleanups
from .conduct import Steps, conduct, open_action
from .drivers import adrive, drive
from .memory import Seat, remember
from .notice import Notice
from .predicting import Predictor, predicted
from .scope import RunScope, current_run
from .ticket import AsyncTicket, Ticket

_importing: list[str] = []


@contextmanager
def importing(module: str) -> Iterator[None]:
    """A block in which a module is imported for its functions alone: nothing may be asked for meanwhile."""
    _importing.append(module)
    try:
        yield
    finally:
        _importing.pop()


def is_importing() -> bool:
    """Whether a module is imported for its functions alone."""
    return bool(_importing)


def _require_imported() -> None:
    if _importing:
        raise UsageError(
            f"{_importing[-1]} asks for something while it is imported: put what begins the agent below "
            'if __name__ == "__main__":'
        )


class Gate:
    """Carries calls of gated functions through one backend."""

    def __init__(self, backend: Backend, notice: Notice, default_run: Callable[[], RunScope | None]) -> None:
        self.registry: Final = Registry()
        self.cleanups: Final = Cleanups()
        self.seat = Seat(backend, mint("exe"))
        self.notice = notice
        self.default_run: Final = default_run

    @property
    def backend(self) -> Backend:
        """Where commands go."""
        return self.seat.backend

    @contextmanager
    def diverted(self, backend: Backend, notice: Notice) -> Iterator[None]:
        """Send every call to another backend inside the block: for the tests of gated code."""
        before = self.seat, self.notice
        self.seat, self.notice = Seat(backend, mint("exe")), notice
        try:
            yield
        finally:
            self.seat, self.notice = before

    def drive(self, steps: Steps) -> Any:
        """Run a conducted call in this thread."""
        _require_imported()
        return drive(steps, self.backend, self.notice)

    async def adrive(self, steps: Steps) -> Any:
        """Run a conducted call on the event loop."""
        _require_imported()
        return await adrive(steps, self.backend, self.notice)

    def called(self, gated: Gated, args: tuple[Any, ...], kwargs: Mapping[str, Any], identity: Identity) -> Steps:
        """The steps of a blocking call of a function."""
        return (yield from self.conduct((yield from self._begun(gated, args, kwargs, identity))))

    def proposed(self, gated: Gated, args: tuple[Any, ...], kwargs: Mapping[str, Any], identity: Identity) -> Steps:
        """The steps of a proposal to call a function."""
        return (yield from self.propose((yield from self._begun(gated, args, kwargs, identity))))

    def _begun(self, gated: Gated, args: tuple[Any, ...], kwargs: Mapping[str, Any], identity: Identity) -> Steps:
        """The steps that lead to what is proposed: a predictor is run for it."""
        run = current_run() or self.default_run()
        if isinstance(gated, Predictor):
            return (yield from predicted(gated, args, kwargs, run, identity))
        return prepare(gated, args, kwargs, run, identity)

    def conduct(self, call: Call) -> Steps:
        """The steps of a blocking call. A deferred one raises `Pending` with its ticket."""
        try:
            return (yield from conduct(self.seat, call))
        except Pending as pending:
            kind = AsyncTicket if _is_async(call.gated) else Ticket
            pending.ticket = kind(self, pending.action, call.gated.name, call)
            raise

    def propose(self, call: Call) -> Steps:
        """The steps of a proposal that is not waited for."""
        answer = yield from open_action(self.seat, call, mint("act"), offered=True)
        remember(self.seat, answer["id"])
        kind = AsyncTicket if _is_async(call.gated) else Ticket
        return kind(self, answer["id"], call.gated.name, call)


def _is_async(gated: Gated) -> bool:
    return inspect.iscoroutinefunction(gated.function)
