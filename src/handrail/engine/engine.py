"""The commit loop: commands that arrive while a transaction commits go together into the next one."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Final

from ..clock import Clock
from ..codec.records import State
from ..directory.model import Names
from ..errors import CommitUnknown, HandrailError, Unavailable
from ..store.protocol import Store, Transaction
from .batch import TenantBatch, named
from .reads import Cache
from .request import Answer, Latch, Request, deliver, tenant_secret
from .timers import SteadyClock

log: Final = logging.getLogger("handrail.engine")
MOST: Final = 512
Listener = Callable[[str, dict[str, State], int, int], None]


class Engine:
    """One per process and database. Safe to use from any thread; never carried over a fork.

    `listener` is told after each commit: tenant, changed states, and the sizes of the log before and after.
    """

    def __init__(self, store: Store, clock: Clock, *, listener: Listener | None = None) -> None:
        self.store: Final = store
        self.clock: Final = SteadyClock(clock)
        self._listener: Final = listener
        self._names: dict[str, Names] = {}
        self._caches: dict[str, Cache] = {}
        self._refusals: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._leading = threading.Lock()
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()
        self._next = False
        self._closed = False

    def names(self, tenant: str) -> Names:
        """How the tenant's handles become ids: the same name is another id in another tenant."""
        found = self._names.get(tenant)
        if found is None:
            found = self._names[tenant] = Names(tenant_secret(self.store.secret, tenant))
        return found

    def call(self, request: Request) -> Answer:
        """Commit one command and return its answer: in this thread if nobody else is at it, else by the writer's."""
        if self._queue.empty() and not self._next and self._leading.acquire(blocking=False):
            try:
                self._commit([request])
            finally:
                self._leading.release()
            return request.result()
        latch = Latch()
        request.done = latch
        self.submit(request)
        latch.wait()
        return request.result()

    def together(self, requests: list[Request]) -> list[Answer]:
        """Commit several commands in one transaction. Raises the first refusal; the others were kept then."""
        with self._leading:
            self._commit(requests)
        return [request.result() for request in requests]

    def submit(self, request: Request) -> None:
        """Queue one command for the writer thread; `request.done` is called when it is answered."""
        with self._starting:
            if not self._closed:
                self._queue.put(request)
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write, name="handrail-writer", daemon=True)
                    self._writer.start()
                return
        self._fail([request], Unavailable("the database was closed before the command was committed"))
        deliver([request])

    def close(self) -> None:
        """Finish what is queued, stop the writer thread and close the store; later commands get `Unavailable`."""
        with self._starting:
            self._closed = True
            self._queue.put(None)
        if self._writer is not None:
            self._writer.join()
        with self._leading:
            self.store.close()

    def suspend(self) -> None:
        """Before a fork: let the commit that runs end, begin no other, and let go of the database's files."""
        self._leading.acquire()
        self.store.suspend()

    def resume(self) -> None:
        """After a fork, in the parent: go on; files are opened again when they are needed."""
        self.store.resume()
        self._leading.release()

    def _write(self) -> None:
        while True:
            first = self._queue.get()
            self._next = True
            with self._leading:
                self._next = False
                batch, stop = self._gather(first)
                if batch:
                    self._commit(batch)
            if stop:
                return

    def _gather(self, first: Request | None) -> tuple[list[Request], bool]:
        """Everything that waits, up to a bound that keeps a transaction short."""
        batch: list[Request] = []
        item = first
        while item is not None:
            batch.append(item)
            if len(batch) == MOST:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, requests: list[Request]) -> None:
        try:
            try:
                batches = self._transact(requests)
            except CommitUnknown as unknown:
                batches = self._transact_again(requests, unknown)
        except HandrailError as error:
            self._fail(requests, error)
        except Exception as error:
            log.exception("a transaction failed")
            self._fail(requests, Unavailable(f"the change was not kept: {error!r}"))
        else:
            self._committed(batches)
        deliver(requests)

    def _transact(self, requests: list[Request]) -> list[TenantBatch]:
        """Decide and write in one transaction. Tenants come in one order, so that two processes never wait for each
        other's locks."""
        batches: list[TenantBatch] = []
        with self.store.write() as tx:
            for tenant, own in sorted(_by_tenant(requests).items()):
                batch = self._batch(tx, tenant, own)
                batches.append(batch)
                batch.decide(own)
                batch.write(tx)
        return batches

    def _transact_again(self, requests: list[Request], unknown: CommitUnknown) -> list[TenantBatch]:
        """After a commit that was not answered: what was kept gets its first answer, by the ids of the commands, and
        the rest is decided anew. The lock on the log's head waits for what is left of the first try.

        Raises `unknown` where the database is still away: then nobody can say that nothing was changed.
        """
        self._caches.clear()
        for request in requests:
            request.answer = request.error = None
        try:
            return self._transact(requests)
        except Unavailable:
            raise unknown from None

    def _batch(self, tx: Transaction, tenant: str, requests: list[Request]) -> TenantBatch:
        cache = self._caches.setdefault(tenant, Cache())
        subjects = named(requests)
        asked = cache.unknown(subjects)
        opening = tx.opening(tenant, asked, {request.id for request in requests})
        now = self.clock.now()
        if opening.head is not None and opening.head.at > now:
            self.clock.reached(opening.head.at)
        batch = TenantBatch(
            tx, tenant, opening, asked, cache, self.names(tenant), self.store.secret, now, self._refusals
        )
        batch.reads.load(subjects)
        return batch

    def _committed(self, batches: Iterable[TenantBatch]) -> None:
        for batch in batches:
            if batch.grew:
                batch.cache.keep(batch.reads.changed, batch.reads.texts, batch.size)
                self._tell(batch)

    def _tell(self, batch: TenantBatch) -> None:
        """What is committed is acknowledged, whatever becomes of those who only watch."""
        try:
            if self._listener is not None:
                self._listener(batch.tenant, batch.reads.changed, batch.head.size, batch.size)
        except Exception:
            log.exception("a commit was kept, but not everybody who waits was told")

    def _fail(self, requests: list[Request], error: HandrailError) -> None:
        """Nobody was acknowledged: forget what was cached on the way, and let everybody repeat."""
        self._caches.clear()
        self._refusals.clear()
        for request in requests:
            request.answer = None
            request.error = type(error)(*error.args)


def _by_tenant(requests: Iterable[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = {}
    for request in requests:
        found.setdefault(request.tenant, []).append(request)
    return found
