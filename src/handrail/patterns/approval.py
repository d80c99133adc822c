"""Approval: the action is held until people approve it, perhaps edited; and runs once, with the bytes they approved."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from ..gate.call import NEW, Gated, Identity
from ..gate.gate import Gate
from ..gate.ticket import AsyncTicket, Ticket

P = ParamSpec("P")
R = TypeVar("R")


class GatedFunction(Generic[P, R]):
    """A function whose calls wait for people. Called as the function is; `propose` does not wait."""

    def __init__(self, gate: Gate, gated: Gated, function: Callable[P, R], identity: Identity = NEW) -> None:
        functools.update_wrapper(self, function)
        self._gate: Final = gate
        self._gated: Final = gated
        self._function: Final = function
        self._identity: Final = identity

    @property
    def gated(self) -> Gated:
        """The function with all that its decorators declare."""
        return self._gated

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Wait for people, run once, give back the result. Raises `Denied` and its kin where there is none."""
        result: R = self._gate.drive(self._gate.called(self._gated, args, kwargs, self._identity))
        return result

    def propose(self, *args: P.args, **kwargs: P.kwargs) -> Ticket[R]:
        """Ask without waiting."""
        ticket: Ticket[R] = self._gate.drive(self._gate.proposed(self._gated, args, kwargs, self._identity))
        return ticket

    def having(
        self,
        *,
        key: str | None = None,
        supersedes: str | None = None,
        parent: str | None = None,
        confidence: float | None = None,
    ) -> GatedFunction[P, R]:
        """The same function for one call: found again under `key`, in the place of an earlier action, under one, or of
        an agent that is so sure."""
        return GatedFunction(self._gate, self._gated, self._function, Identity(key, supersedes, parent, confidence))

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else _bound(self, instance)


class AsyncGatedFunction(Generic[P, R]):
    """An async function whose calls wait for people, without holding a thread."""

    def __init__(
        self, gate: Gate, gated: Gated, function: Callable[P, Coroutine[Any, Any, R]], identity: Identity = NEW
    ) -> None:
        functools.update_wrapper(self, function)
        self._gate: Final = gate
        self._gated: Final = gated
        self._function: Final = function
        self._identity: Final = identity
        inspect.markcoroutinefunction(self) if hasattr(inspect, "markcoroutinefunction") else None

    @property
    def gated(self) -> Gated:
        """The function with all that its decorators declare."""
        return self._gated

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Wait for people, run once, give back the result. Raises `Denied` and its kin where there is none."""
        result: R = await self._gate.adrive(self._gate.called(self._gated, args, kwargs, self._identity))
        return result

    async def propose(self, *args: P.args, **kwargs: P.kwargs) -> AsyncTicket[R]:
        """Ask without waiting."""
        steps = self._gate.proposed(self._gated, args, kwargs, self._identity)
        ticket: AsyncTicket[R] = await self._gate.adrive(steps)
        return ticket

    def having(
        self,
        *,
        key: str | None = None,
        supersedes: str | None = None,
        parent: str | None = None,
        confidence: float | None = None,
    ) -> AsyncGatedFunction[P, R]:
        """The same function for one call: found again under `key`, in the place of an earlier action, under one, or of
        an agent that is so sure."""
        return AsyncGatedFunction(
            self._gate, self._gated, self._function, Identity(key, supersedes, parent, confidence)
        )

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else _bound(self, instance)


def _bound(function: Any, instance: object) -> Any:
    bound = functools.partial(function, instance)
    cast(Any, bound).propose = functools.partial(function.propose, instance)
    return bound


class Decorator(Protocol):
    """Keeps the signature and the colour of what it decorates."""

    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]]
    ) -> AsyncGatedFunction[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R]) -> GatedFunction[P, R]: ...


def gate_function(gate: Gate, gated: Gated) -> Any:
    """Register a function and give back its gated form, in its own colour."""
    gate.registry.add(gated)
    kind: Any = AsyncGatedFunction if inspect.iscoroutinefunction(gated.function) else GatedFunction
    return kind(gate, gated, gated.function)
