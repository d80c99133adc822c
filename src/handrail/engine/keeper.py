"""The one background thread that waits so that nobody else must: bells, the file's version, timers, leases."""

from __future__ import annotations

import contextlib
import logging
import math
import selectors
import socket
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from ..clock import SECOND, Clock
from ..codec.records import State, read_state
from ..errors import HandrailError, Unavailable
from ..ids import mint
from ..principal import SYSTEM, Principal
from ..store.protocol import Bell, Reader
from .engine import Engine
from .request import Renew, Request, Tick

if TYPE_CHECKING:
    import asyncio

log: Final = logging.getLogger("handrail.keeper")
POLL: Final = 0.02
"""Seconds between looks while somebody waits, where no bell can ring; a bell has a net of its own beneath it."""
SOON: Final = 0.05
"""Seconds until a look after a commit of this process itself, for what it made due."""
STUMBLE: Final = 1.0
NEWS: Final = 1000
RENEWAL: Final = 20 * SECOND
Watcher = Callable[[State | None], None]
"""Is called with each new state, and with `None` when the database is closed here."""
Loop: TypeAlias = "asyncio.AbstractEventLoop"
Watched = tuple[str, str]
"""A tenant and the id of one of its streams."""


class Keeper:
    """Calls watchers when a stream they watch has changed, in this process or another, and does what is due.

    It sleeps while nobody waits and nothing is executed here.
    """

    def __init__(self, engine: Callable[[], Engine], clock: Clock, bell: Bell | None) -> None:
        self._engine, self._clock, self._bell = engine, clock, bell
        self._watchers: dict[Watched, dict[int, tuple[Watcher, Loop | None]]] = {}
        self._listeners: dict[int, Callable[[], None]] = {}
        self._leases: dict[tuple[str, str, int], tuple[Principal, str]] = {}
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._version = -1
        self._stale = True
        self._next_due: int | None = None
        self._renewed = clock.monotonic()
        self._tokens = 0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._resting = True
        self._ear, self._mouth = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._heard: int | None = None
        self._let_go: Final = weakref.finalize(self, _close, self._selector, self._ear, self._mouth)
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)

    def watch(self, tenant: str, subject: str, watcher: Watcher, loop: Loop | None = None) -> Callable[[], None]:
        """Call `watcher` with the state after each change of the stream, on its event loop or from any thread; returns
        how to stop."""
        with self._lock:
            self._tokens += 1
            token, first = self._tokens, not self._awaited
            self._watchers.setdefault((tenant, subject), {})[token] = (watcher, loop)
            self._stale = True
        if first and self._resting:
            self._wake()
        return lambda: self._unwatch((tenant, subject), token)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after any change of the database, from any thread; returns how to stop."""
        with self._lock:
            self._tokens += 1
            token, first = self._tokens, not self._awaited
            self._listeners[token] = listener
            self._stale = True
        if first:
            self._wake()
        return lambda: self._unlisten(token)

    def hold(self, tenant: str, subject: str, fence: int, executor: str, actor: Principal) -> None:
        """Keep the lease of a running action, or under 0 of a watched run, until `release`."""
        with self._lock:
            first = not self._leases
            self._leases[tenant, subject, fence] = (actor, executor)
        if first and self._resting:
            self._wake()

    def release(self, tenant: str, subject: str, fence: int) -> None:
        """Stop keeping a lease."""
        with self._lock:
            self._leases.pop((tenant, subject, fence), None)

    def committed(self, tenant: str, states: dict[str, State], before: int, size: int) -> None:
        """What this process has just committed: ring for the others, tell watchers here. These come last: who wakes and
        goes on at once finds the commit loop free."""
        if self._seen.get(tenant, 0) == before:
            self._seen[tenant] = size
        self._stale = True
        if self._bell is not None:
            self._bell.ring()
        self._announce()
        self._tell(tenant, states)

    def close(self) -> None:
        """End the thread, take the bell down, and let go of everybody who waits."""
        with self._lock:
            self._closed, thread = True, self._thread
            watched = list(self._watchers)
        for tenant, subject in watched:
            self._tell(tenant, {subject: None})
        self._nudge()
        if thread is not None:
            thread.join()
        if self._bell is not None:
            self._bell.close()
        self._let_go()

    def abandon(self) -> None:
        """In a forked child: close what was inherited, and leave the parent's bell where it is."""
        self._closed = True
        if self._bell is not None:
            self._bell.abandon()
        self._let_go()

    def _unwatch(self, watched: Watched, token: int) -> None:
        with self._lock:
            watchers = self._watchers.get(watched, {})
            watchers.pop(token, None)
            if not watchers:
                self._watchers.pop(watched, None)

    def _unlisten(self, token: int) -> None:
        with self._lock:
            self._listeners.pop(token, None)

    @property
    def _awaited(self) -> bool:
        return bool(self._watchers or self._listeners)

    def _announce(self) -> None:
        for listener in list(self._listeners.values()):
            self._safely(listener)

    def _tell(self, tenant: str, states: Mapping[str, State | None]) -> None:
        """Tell watchers; those of one event loop together, since waking it costs the commit loop its turn."""
        if not self._watchers:
            return
        by_loop: dict[Loop, list[tuple[Watcher, State | None]]] = {}
        for subject, state in states.items():
            for watcher, loop in list(self._watchers.get((tenant, subject), {}).values()):
                if loop is None:
                    self._safely(watcher, state)
                else:
                    by_loop.setdefault(loop, []).append((watcher, state))
        for loop, told in by_loop.items():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._tell_here, told)

    def _tell_here(self, told: list[tuple[Watcher, State | None]]) -> None:
        for watcher, state in told:
            self._safely(watcher, state)

    def _safely(self, tell: Callable[..., None], *what: State | None) -> None:
        """One who fails keeps nobody else from being told."""
        try:
            tell(*what)
        except Exception:
            log.exception("somebody who waits could not be told")

    def _wake(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._keep, name="handrail-keeper", daemon=True)
                self._thread.start()
        self._nudge()

    def _nudge(self) -> None:
        with contextlib.suppress(OSError):
            self._mouth.send(b".", socket.MSG_DONTWAIT if hasattr(socket, "MSG_DONTWAIT") else 0)

    def _keep(self) -> None:
        while not self._closed:
            try:
                self._turn()
            except HandrailError as error:
                log.warning("could not look after waiting work: %s", error)
                self._stumble()
            except Exception:
                log.exception("the keeper failed; it goes on")
                self._stumble()

    def _stumble(self) -> None:
        """After a failure: look at everything again, and not at once."""
        self._stale, self._version = True, -1
        self._pause(STUMBLE)

    def _turn(self) -> None:
        self._resting = True
        self._resting = not self._awaited
        self._pause(1.0 if self._resting and self._leases else None if self._resting else self._net())
        if self._closed:
            return
        if self._awaited:
            self._look()
            self._do_due()
        if self._leases and self._clock.monotonic() - self._renewed >= RENEWAL:
            self._renew()

    def _net(self) -> float:
        """Seconds until the next look, or until something is due if that is sooner."""
        net = self._bell.net if self._bell else POLL
        if self._next_due is None:
            return net
        return min(net, max((self._next_due - self._engine().clock.now()) / SECOND, 0.001))

    def _pause(self, seconds: float | None) -> None:
        """Wait for another process's bell, a nudge or the time; what was committed in this process can wait a bit."""
        self._hear()
        end = math.inf if seconds is None else time.monotonic() + seconds
        while not self._roused(None if end == math.inf else max(end - time.monotonic(), 0)):
            end = min(end, time.monotonic() + SOON)

    def _roused(self, seconds: float | None) -> bool:
        heard = self._selector.select(seconds)
        nudged = False
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while self._ear.recv(4096):
                nudged = True
        rang = self._bell is not None and self._bell.drain()
        return not heard or nudged or rang

    def _hear(self) -> None:
        """Listen to the bell while somebody waits; one that was lost comes back under another number."""
        found = self._bell.fileno() if self._bell and (self._awaited or self._heard is not None) else None
        if found == self._heard:
            return
        if self._heard is not None:
            self._selector.unregister(self._heard)
        if found is not None:
            self._selector.register(found, selectors.EVENT_READ)
        self._heard = found

    def _look(self) -> None:
        """Tell watchers what other processes have committed."""
        store = self._engine().store
        stale, self._stale = self._stale, False
        version = store.version()
        if version == self._version and not stale:
            return
        with self._lock:
            tenants = {tenant for tenant, _ in self._watchers}
        with store.read() as reader:
            found = {tenant: self._changes(reader, tenant) for tenant in tenants}
            self._next_due = reader.next_due()
        self._version = version
        for tenant, states in found.items():
            self._tell(tenant, states)
        self._announce()

    def _changes(self, reader: Reader, tenant: str) -> dict[str, State]:
        """The present states of the tenant's watched streams that may have changed since the last look."""
        head, seen = reader.head(tenant), self._seen.get(tenant, 0)
        size = head.size if head else 0
        self._engine().clock.reached(head.at if head else 0)
        rows = reader.streams(tenant, self._news(reader, tenant, seen, size))
        self._seen[tenant] = max(size, seen)
        return {row.id: read_state(row.kind, row.state) for row in rows}

    def _news(self, reader: Reader, tenant: str, seen: int, size: int) -> set[str]:
        with self._lock:
            watched = {subject for owner, subject in self._watchers if owner == tenant}
        if self._version == -1 or size - seen > NEWS:
            return watched
        if size <= seen:
            return set()
        return watched & {entry.sub for entry in reader.entries(tenant, after=seen - 1)}

    def _do_due(self) -> None:
        engine = self._engine()
        now = engine.clock.now()
        if self._next_due is None or self._next_due > now:
            return
        with engine.store.read() as reader:
            due = reader.due(now, 100)
        served = [self._tick(engine, tenant, subject) for tenant, subject in due]
        self._stale = True
        if not all(served):
            self._pause(STUMBLE)

    def _tick(self, engine: Engine, tenant: str, subject: str) -> bool:
        """Do what is due on one stream; one that cannot be served does not hold up the others."""
        try:
            engine.call(Request(mint("cmd"), subject, Tick(), SYSTEM, tenant))
        except Unavailable:
            raise
        except Exception:
            log.exception("%s is due, and could not be served", subject)
            return False
        return True

    def _renew(self) -> None:
        self._renewed = self._clock.monotonic()
        with self._lock:
            held = list(self._leases.items())
        for (tenant, subject, fence), (actor, executor) in held:
            self._engine().submit(Request(mint("cmd"), subject, Renew(executor, fence), actor, tenant))


def _close(*what: socket.socket | selectors.BaseSelector) -> None:
    for one in what:
        one.close()
