"""What is learnt from the reviews of one tenant, for one principal, from a database in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from ..action.model import Action
from ..backend import ConsumerLease, Decisions, Example, Wait, WaitScore
from ..clock import Clock
from ..codec.records import read_state
from ..directory.model import Directory
from ..errors import UnknownReview
from ..principal import Principal
from ..review.model import Review
from ..store.protocol import Store
from .cursors import Cursors
from .decisions import DecisionLog, Sees
from .examples import examples
from .queues import Book, People


class Keeps(Protocol):
    """Who calls back after any change of the database, until the function it gives back is called."""

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class Opened(Protocol):
    """What this process has open: its store, who watches it, and the clock that counts there."""

    @property
    def store(self) -> Store: ...

    @property
    def keeper(self) -> Keeps: ...

    @property
    def waits(self) -> Book: ...

    @property
    def clock(self) -> Clock: ...


class Known(Protocol):
    """Who knows the people of the tenant."""

    def name(self, principal_id: str) -> str: ...

    def directory(self) -> Directory: ...


class LocalFeedback:
    """`Feedback` on a store. An agent sees what was decided about its own actions, unless `sees` says otherwise."""

    patience: Final = 1.0

    def __init__(
        self, process: Callable[[], Opened], tenant: str, actor: Callable[[], Principal], known: Known,
        sees: Sees | None = None,
    ) -> None:  # fmt: skip
        self._process, self._tenant, self._actor, self._known = process, tenant, actor, known
        self._log: Final = DecisionLog(tenant, known.name)
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
            known = self._cursors.of(reader, consumer) if consumer is not None else None
            begin = after if after is not None else -1 if known is None else known
            return replace(self._log.read(reader, begin, limit, self._sees), cursor=known)

    def expected_wait(self, review: str) -> Wait | None:
        """How long a review will probably still wait. Raises `UnknownReview`."""
        with self._process().store.glance() as reader:
            rows = reader.streams(self._tenant, (review,))
        state = read_state(rows[0].kind, rows[0].state) if rows else None
        if not isinstance(state, Review):
            raise UnknownReview(f"no review {review} is in this database: check the id")
        directory = self._known.directory()
        people = People(directory.members, directory.solo)
        return self._process().waits.expect(self._tenant, state, rows[0].rank, people)

    def expected_waits(self) -> dict[str, Wait]:
        """How long the open reviews will probably still wait, by id: the first ones, where there are many."""
        directory = self._known.directory()
        return self._process().waits.expected(self._tenant, People(directory.members, directory.solo))

    def wait_score(self) -> WaitScore:
        """How well waits were foretold lately."""
        return self._process().waits.score(self._tenant)

    def lease(self, consumer: str, holder: str, seconds: int) -> ConsumerLease:
        """Hold the name of a consumer, or go on holding it, unless another does."""
        return self._cursors.lease(consumer, holder, seconds)

    def acknowledge(self, consumer: str, position: int, fence: int | None = None) -> None:
        """Note that a consumer is done with everything up to there. Raises `FencedOff`."""
        self._cursors.put(consumer, position, fence)

    def cursor(self, consumer: str) -> int | None:
        """How far a consumer has come."""
        with self._process().store.read() as reader:
            return self._cursors.of(reader, consumer)

    @property
    def _cursors(self) -> Cursors:
        process = self._process()
        return Cursors(process.store, self._tenant, self._actor().id, process.clock.now)

    def examples(self, name: str, args: str | None, limit: int) -> list[Example]:
        """Past decisions about actions of that name, the most alike first."""
        with self._process().store.read() as reader:
            return examples(self._log, reader, self._tenant, name, args, limit=limit, sees=self._sees)
