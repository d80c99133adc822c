"""What is learnt from the reviews of one tenant, for one principal, from a database in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from ..action.model import Action
from ..backend import Decisions, Example
from ..principal import Principal
from ..store.protocol import Store
from .cursors import Cursors
from .decisions import DecisionLog, Sees
from .examples import examples


class Keeps(Protocol):
    """Who calls back after any change of the database, until the function it gives back is called."""

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class Opened(Protocol):
    """What this process has open: its store, and who watches it."""

    @property
    def store(self) -> Store: ...

    @property
    def keeper(self) -> Keeps: ...


class LocalFeedback:
    """`Feedback` on a store. An agent sees what was decided about its own actions, unless `sees` says otherwise."""

    patience: Final = 1.0

    def __init__(
        self, process: Callable[[], Opened], tenant: str, actor: Callable[[], Principal], name: Callable[[str], str],
        sees: Sees | None = None,
    ) -> None:  # fmt: skip
        self._process, self._tenant, self._actor = process, tenant, actor
        self._log: Final = DecisionLog(tenant, name)
        self._sees: Final = sees or self._own

    def _own(self, action: Action) -> bool:
        actor = self._actor()
        return actor.kind != "agent" or action.agent == actor.id

    def decisions(
        self, after: int | None, *, limit: int = 50, consumer: str | None = None, timeout: float | None = 0
    ) -> Decisions:
        """What was decided behind a position of the log, or behind what the consumer acknowledged."""
        if not timeout:
            return self._read(after, limit, consumer)
        moved = threading.Event()
        stop = self._process().keeper.listen(moved.set)
        try:
            found = self._read(after, limit, consumer)
            if found.items or found.more or not moved.wait(timeout):
                return found
            return replace(self._read(found.next, limit, None), cursor=found.cursor)
        finally:
            stop()

    def _read(self, after: int | None, limit: int, consumer: str | None) -> Decisions:
        with self._process().store.read() as reader:
            known = self._cursors.of(reader, consumer) if consumer else None
            begin = after if after is not None else -1 if known is None else known
            return replace(self._log.read(reader, begin, limit, self._sees), cursor=known)

    def acknowledge(self, consumer: str, position: int) -> None:
        """Note that a consumer is done with everything up to there."""
        self._cursors.put(consumer, position)

    def cursor(self, consumer: str) -> int | None:
        """How far a consumer has come."""
        with self._process().store.read() as reader:
            return self._cursors.of(reader, consumer)

    @property
    def _cursors(self) -> Cursors:
        return Cursors(lambda: self._process().store, self._tenant, self._actor().id)

    def examples(self, name: str, args: str | None, limit: int) -> list[Example]:
        """Past decisions about actions of that name, the most alike first."""
        with self._process().store.read() as reader:
            return examples(self._log, reader, self._tenant, name, args, limit=limit, sees=self._sees)
