"""What all requests share: the database, the accounts, the archives of the tenants, and who waits."""

from __future__ import annotations

import asyncio
import contextlib
import random
import weakref
from collections.abc import Coroutine, Iterator
from typing import Any, Final, TypeVar

from ..embedded import Database, Embedded
from ..engine.archive import Archive
from ..principal import Principal
from .auth.accounts import Accounts
from .auth.callers import Caller
from .auth.passkeys import Passkeys
from .auth.passwords import Passwords
from .caps import Meter
from .demo_agent import Trials
from .hub import Hubs
from .metrics import Metrics
from .settings import Settings

T = TypeVar("T")
AT_ONCE: Final = 4
"""Asks of one agent that are worked on at once."""
HELD: Final = 256
"""Refusals of one agent that are held back at once."""


class Service:
    """One server on one database."""

    def __init__(
        self, database: Database, settings: Settings | None = None, passwords: Passwords | None = None
    ) -> None:
        self.database: Final = database
        self.settings: Final = settings or Settings()
        self.accounts: Final = Accounts(database, passwords)
        self.passkeys: Final = Passkeys(self.accounts, database, self.settings.origin)
        self.pushes: frozenset[str] = frozenset()
        self.metrics: Final = Metrics()
        self.meter: Final = Meter(database.clock, self.settings.caps)
        self.hubs: Final = Hubs(self)
        self.trials: Final = Trials(self)
        self.draining = False
        self._archives: dict[str, Archive] = {}
        self._waiting: set[asyncio.Task[Any]] = set()
        self._polls: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._turns: weakref.WeakValueDictionary[str, asyncio.Semaphore] = weakref.WeakValueDictionary()

    def archive(self, tenant: str) -> Archive:
        """The reads of a tenant."""
        found = self._archives.get(tenant)
        if found is None:
            found = self._archives[tenant] = Archive(lambda: self.database.process, tenant)
        return found

    def backend(self, caller: Caller) -> Embedded:
        """Commands and reads as the caller."""
        return self.acting(caller.tenant, caller.principal)

    def acting(self, tenant: str, principal: Principal) -> Embedded:
        """Commands and reads as a principal."""
        found = Embedded(self.database, lambda _: principal, tenant, self.archive(tenant))
        assert found.actor == principal
        return found

    @property
    def waiting(self) -> int:
        """How many requests wait for something to happen."""
        return len(self._waiting)

    def turn(self, agent: str) -> asyncio.Semaphore:
        """Whose turn it is among the asks of one agent: so many go through at once, and the others' come in between."""
        found = self._turns.get(agent)
        if found is None:
            found = self._turns[agent] = asyncio.Semaphore(AT_ONCE)
        return found

    async def hold_back(self, agent: str) -> None:
        """Let an agent that asks too fast wait for its refusal: a flood costs the others what its connections carry."""
        held = self._held.get(agent, 0)
        if held >= HELD or not self.settings.hold:
            return
        self._held[agent] = held + 1
        try:
            await self.waiting_for(asyncio.sleep(self.settings.hold * random.uniform(0.5, 1.5)))
        finally:
            self._held[agent] -= 1
            if not self._held[agent]:
                del self._held[agent]

    @contextlib.contextmanager
    def poll(self, tenant: str | None) -> Iterator[bool]:
        """Whether a request of the tenant may wait: each tenant has so many, whatever the others do. `None` does not
        want to."""
        waiting = self._polls.get(tenant, 0) if tenant else 0
        if tenant is None or waiting >= self.settings.polls:
            if tenant is not None:
                self.metrics.capped.labels("polls").inc()
            yield tenant is None
            return
        self._polls[tenant] = waiting + 1
        try:
            yield True
        finally:
            self._polls[tenant] -= 1

    async def waiting_for(self, coming: Coroutine[Any, Any, T]) -> T | None:
        """What comes, or `None` when the server drains first."""
        if self.draining:
            coming.close()
            return None
        task = asyncio.ensure_future(coming)
        self._waiting.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._waiting.discard(task)
            if not task.done():
                task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return task.result()
        return None

    def drain(self) -> None:
        """Let go of everybody who waits; called on the event loop."""
        self.draining = True
        for task in list(self._waiting):
            task.cancel()
        self.hubs.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()
