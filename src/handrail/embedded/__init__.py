"""The backend in this process: an engine on a database file, opened at the first use, per process."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeVar

from ..action.model import Action
from ..action.work import Take
from ..backend import (
    ActionRecord,
    Answer,
    Event,
    Failing,
    Guidance,
    LimitRecord,
    PermissionRecord,
    PolicyRecord,
    ReviewRecord,
    Seen,
    Text,
)
from ..clock import Clock, SystemClock, ToldClock
from ..engine import ledger, news, watched
from ..engine.archive import Archive
from ..engine.engine import Engine
from ..engine.keeper import Keeper
from ..engine.news import News
from ..engine.request import DEFAULT_TENANT, Request
from ..engine.room import Room
from ..engine.stopped import LocalStops
from ..ids import mint
from ..learning.decisions import Sees
from ..learning.feedback import LocalFeedback
from ..learning.queues import Book
from ..principal import Principal
from ..review.model import Review
from ..run.model import Run
from ..store.address import is_remote
from ..store.open import open_store
from ..store.protocol import Store
from .who import local_agent, os_user_name, solo_person

T = TypeVar("T")


class Process:
    """What one process has open on one database."""

    def __init__(self, address: str, clock: Clock, env: str | None) -> None:
        self.store: Final[Store] = open_store(address, clock if isinstance(clock, ToldClock) else None)
        self.clock, self.pid = clock, os.getpid()
        self.bell: Final = self.store.bell()
        self.waits: Final = Book(lambda: self.store, clock)
        self.engine: Final = Engine(self.store, clock, listener=self._committed, env=env)
        self.keeper: Final = Keeper(lambda: self.engine, clock, self.bell)

    def _committed(self, tenant: str, states: Any, before: int, size: int) -> None:
        self.keeper.committed(tenant, states, before, size)

    def close(self) -> None:
        """Stop the threads and close the files."""
        self.keeper.close()
        self.engine.close()

    def abandon(self) -> None:
        """Forget it all in a forked child; the store was suspended before."""
        self.keeper.abandon()


class Database:
    """A database as this process family uses it: one engine per process, none before the first use.

    `path` is a file's, or the URL of a database on a server, whose own time counts unless a clock is given. `env` is
    what a policy's conditions see of where this is.
    """

    def __init__(self, path: str, clock: Clock | None = None, *, env: str | None = None) -> None:
        self.path: Final = path
        self.env: Final = env
        self.clock: Final[Clock] = clock or (ToldClock() if is_remote(path) else SystemClock())
        self._lock = threading.Lock()
        self._process: Process | None = None
        if hasattr(os, "register_at_fork"):
            before, parent, child = (_weakly(step) for step in (self._forking, self._in_parent, self._in_child))
            os.register_at_fork(before=before, after_in_parent=parent, after_in_child=child)

    @property
    def process(self) -> Process:
        """This process's engine, opened if need be."""
        found = self._process
        if found is None:
            with self._lock:
                found = self._process
                if found is None:
                    found = self._process = Process(self.path, self.clock, self.env)
        return found

    def close(self) -> None:
        """Stop the threads and close the files; the next use opens again."""
        with self._lock:
            if self._process is not None:
                self._process.close()
                self._process = None

    def _forking(self) -> None:
        self._lock.acquire()
        if self._process is not None:
            self._process.engine.suspend()

    def _in_parent(self) -> None:
        if self._process is not None:
            self._process.engine.resume()
        self._lock.release()

    def _in_child(self) -> None:
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.abandon()
            self._process = None


def _weakly(step: Callable[[], None]) -> Callable[[], None]:
    """The method as a hook that does not keep its object alive."""
    method = weakref.WeakMethod(step)

    def hook() -> None:
        found = method()
        if found is not None:
            found()

    return hook


class Embedded:
    """Commands and reads for one principal of one tenant, on a database in this process."""

    def __init__(
        self, database: Database, who: Callable[[Database], Principal], tenant: str = DEFAULT_TENANT,
        archive: Archive | None = None,
    ) -> None:  # fmt: skip
        self.database: Final = database
        self.tenant: Final = tenant
        self._who: Final = who
        self._actor: Principal | None = None
        self.archive: Final = archive or Archive(lambda: database.process, tenant)

    @property
    def actor(self) -> Principal:
        """Who acts through this backend; an agent becomes known at its first use."""
        if self._actor is None:
            self._actor = self._who(self.database)
        return self._actor

    def _request(self, subject: str, command: object, command_id: str | None) -> Request:
        return Request(command_id or mint("cmd"), subject, command, self.actor, self.tenant)

    def call(self, subject: str, command: object, *, command_id: str | None = None) -> Answer:
        """Send a command to a stream and wait for its commit."""
        return self.database.process.engine.call(self._request(subject, command, command_id))

    async def acall(
        self, subject: str, command: object, *, command_id: str | None = None, room: Room | None = None
    ) -> Answer:
        """Send a command to a stream; the event loop goes on meanwhile, and who is cancelled learns it once the commit
        is over. `room` bounds what may wait for people."""
        import asyncio

        if self._actor is None:
            await asyncio.to_thread(lambda: self.actor)
        request = self._request(subject, command, command_id)
        request.room = room
        request.loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        request.done = lambda _: answered.set()
        self.database.process.engine.submit(request)
        try:
            await answered.wait()
        except asyncio.CancelledError:
            await answered.wait()
            raise
        return request.result()

    def together(self, commands: Iterable[tuple[str, object]]) -> list[Answer]:
        """Send commands to their streams in one transaction. Raises the first refusal; the others were kept then."""
        return self.database.process.engine.together([self._request(*one, None) for one in commands])

    def wait(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Block until the action or run has moved beyond `rev`; the database may be away meanwhile."""
        return news.wait(self.database.process.keeper, self.archive, subject, News(rev), timeout)

    async def await_(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Wait for the action or run without holding a thread."""
        return await news.await_(self.database.process.keeper, self.archive, subject, News(rev), timeout)

    async def aread(self, read: Callable[[], T]) -> T:
        """A read, in place: the file is on this machine."""
        return read()

    async def take(
        self, command: Take, timeout: float | None, *, command_id: str | None = None,
        wanted: Callable[[], Awaitable[bool]] | None = None,
    ) -> list[Answer]:  # fmt: skip
        """Take actions to execute, as soon as there are some, if they are still `wanted` then."""
        from ..engine.offered import Counter, always
        from ..engine.taking import require

        require(self.actor, command)

        async def waits(command: Take) -> bool:
            return await self.aread(lambda: self.archive.offers(command))

        async def send(subject: str, command: object, command_id: str | None) -> Answer:
            return await self.acall(subject, command, command_id=command_id)

        counter = Counter(self.database.process.keeper.listen, waits, send, wanted or always)
        return await counter.take(command, command_id or mint("cmd"), timeout)

    def granted(self, action: str, bind: str, fence: int) -> str:
        """The stored arguments of a started action, checked against the granted digest."""
        return self.archive.granted(action, bind, fence)

    def hold(self, subject: str, fence: int, executor: str) -> Callable[[], None]:
        """Keep the lease of an action, or under 0 of a watched run, until the returned function is called."""
        keeper = self.database.process.keeper
        keeper.hold(self.tenant, subject, fence, executor, self.actor)
        return lambda: keeper.release(self.tenant, subject, fence)

    def follow_run(self, run: str, tell: Callable[[Run | None], None]) -> Callable[[], None]:
        """Tell how a run stands, now and after each change."""
        return news.follow(self.database.process.keeper, self.archive, run, tell)

    def action(self, action: str) -> ActionRecord:
        """One action."""
        return self.archive.action(action)

    def review(self, review: str) -> ReviewRecord:
        """One review, with what is shown."""
        return self.archive.review(review)

    def run(self, run: str) -> tuple[Run, Text]:
        """One run and its title."""
        return self.archive.run(run)

    def observations(self, run: str, after: int = 0, limit: int = 50) -> list[Seen]:
        """What a run has reported behind a number, in order, as far as it is kept."""
        return watched.observations(self.archive, run, after, limit)

    def guidance(self, run: str, after: int = 0) -> list[Guidance]:
        """What the agent of a run was told behind a message."""
        return watched.guidance(self.archive, run, after)

    def policy(self) -> PolicyRecord | None:
        """The active policy."""
        return self.archive.policy()

    def permissions(self, *, after: str | None = None, limit: int = 50) -> list[PermissionRecord]:
        """Standing permissions, newest first."""
        return ledger.permissions(self.archive, after, limit)

    def limits(self) -> list[LimitRecord]:
        """The limits of the active policy, with what is used."""
        return ledger.limits(self.archive, self.database.process.engine.clock.now())

    @property
    def stops(self) -> LocalStops:
        """What is stopped."""
        return LocalStops(self.archive)

    def waiting(
        self, *, after: str | None = None, limit: int = 50, failing: Failing | None = None
    ) -> list[ReviewRecord]:
        """Open reviews, by risk and age; with `failing` those after such failures."""
        return self.archive.waiting(after, limit, failing)

    def newest(self, kind: str, *, after: str | None = None, limit: int = 50) -> list[Action | Review | Run]:
        """Actions, reviews or runs, newest first."""
        return self.archive.newest(kind, after, limit)

    def history(self, subject: str) -> list[Event]:
        """A stream's entries, in order."""
        return self.archive.history(subject)

    def beginning(self, prefix: str, limit: int = 10) -> list[str]:
        """The ids that begin with `prefix`."""
        return self.archive.beginning(prefix, limit)

    def changed(self, size: int, timeout: float | None) -> int:
        """Block until the log has other than `size` entries."""
        moved = threading.Event()
        end = None if timeout is None else time.monotonic() + timeout
        stop = self.database.process.keeper.listen(moved.set)
        try:
            while (found := self.archive.size()) == size:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    break
                moved.wait(left)
                moved.clear()
            return found
        finally:
            stop()

    @property
    def feedback(self) -> LocalFeedback:
        """What people decided before about this program's actions."""
        return self.learnt()

    def learnt(self, sees: Sees | None = None) -> LocalFeedback:
        """What people decided before, as far as somebody sees it."""
        return LocalFeedback(lambda: self.database.process, self.tenant, lambda: self.actor, self.archive, sees)

    def name(self, principal_id: str) -> str:
        """What people call a principal or group."""
        return self.archive.name(principal_id)

    @property
    def solo(self) -> bool:
        """Whether nobody was ever added to the directory."""
        return self.archive.directory().solo

    def run_id(self, name: str) -> str:
        """The id of the run with that name."""
        return self.database.process.engine.names(self.tenant).run(name)


__all__ = ["Database", "Embedded", "local_agent", "os_user_name", "solo_person"]
