"""Reads the log once for all who follow it live, and never waits for one who is slow."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Final

import orjson

from ..audit.entry import parse_entry
from ..store.protocol import Entry

if TYPE_CHECKING:
    from .service import Service

BEHIND: Final = 10_000
"""A reader further behind than this begins anew."""
PAGE: Final = 500
BUFFER: Final = 2_000
BREATH: Final = 0.001
"""Seconds of pause for each reader after all were told: many readers get more at once, and cost no more together."""
SENT: Final = 64
"""Chunks that are put together for one send: what waits for a slow reader is shared, what is being sent is not."""


class Slow(Exception):
    """A reader did not take what was meant for it."""


class Reader:
    """One who follows: what waits for it, as chunks ready to be sent."""

    def __init__(self) -> None:
        self.chunks: deque[bytes] = deque()
        self.more: Final = asyncio.Event()
        self.ended = False
        self.slow = False

    def give(self, chunks: list[bytes]) -> None:
        """Hand on; one with too much in hand is cut."""
        if len(self.chunks) + len(chunks) > BUFFER:
            self.slow = self.ended = True
            self.chunks.clear()
        else:
            self.chunks.extend(chunks)
        self.more.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self.more.set()

    async def next(self, timeout: float) -> bytes | None:
        """What there is; a comment where nothing comes in time; `None` at the end. Raises `Slow`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self.more.wait()
        if self.slow:
            raise Slow
        found = b"".join(self.chunks.popleft() for _ in range(min(SENT, len(self.chunks))))
        if not self.chunks and not self.ended:
            self.more.clear()
        return found or (None if self.ended else b": still here\n\n")


class Hub:
    """The readers of one tenant's log."""

    def __init__(self, service: Service, tenant: str) -> None:
        self._service, self._tenant = service, tenant
        self._readers: set[Reader] = set()
        self._position = 0
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def join(self, after: int | None) -> tuple[Reader, bytes]:
        """A new reader behind a position (`None` is the end), and what it has missed so far."""
        size = await asyncio.to_thread(self._service.archive(self._tenant).size)
        if self._task is None:
            self._position = size
            self._task = asyncio.create_task(self._follow())
        reader = Reader()
        self._readers.add(reader)
        self._service.metrics.readers.inc()
        position = self._position
        if after is None:
            return reader, b"retry: 2000\n\n"
        if not position - BEHIND <= after + 1 <= position:
            return reader, reset(position)
        missed = await asyncio.to_thread(self._read, after, position)
        return reader, b"retry: 2000\n\n" + b"".join(missed)

    def leave(self, reader: Reader) -> None:
        """The reader is gone."""
        if reader in self._readers:
            self._readers.discard(reader)
            self._service.metrics.readers.dec()

    def close(self) -> None:
        """The server drains."""
        for reader in self._readers:
            reader.end()
        if self._task is not None:
            self._task.cancel()

    def wake(self) -> None:
        """The log may have grown."""
        self._moved.set()

    async def _follow(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            while chunks := await asyncio.to_thread(self._read, self._position - 1, None):
                self._position += len(chunks)
                for reader in list(self._readers):
                    reader.give(chunks)
                await asyncio.sleep(min(len(self._readers) * BREATH, 1.0))

    def _read(self, after: int, before: int | None) -> list[bytes]:
        """The chunks behind a position, a page of them, or all before another one."""
        found: list[bytes] = []
        with self._service.database.process.store.read() as reader:
            while True:
                room = PAGE if before is None else min(PAGE, before - 1 - after)
                rows = reader.entries(self._tenant, after=after, limit=room) if room > 0 else []
                found += [chunk(row) for row in rows]
                if before is None or not rows:
                    return found
                after = rows[-1].i


class Hubs:
    """The hubs of all tenants, and the one ear at the database: what is due is done while it listens."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._hubs: dict[str, Hub] = {}
        self._stop: Callable[[], None] = lambda: None

    def listen(self) -> None:
        """Begin to hear of changes; called on the event loop."""
        loop = asyncio.get_running_loop()

        def moved() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake)

        self._stop = self._service.database.process.keeper.listen(moved)

    def _wake(self) -> None:
        for hub in self._hubs.values():
            hub.wake()

    def of(self, tenant: str) -> Hub:
        """The hub of a tenant."""
        found = self._hubs.get(tenant)
        if found is None:
            found = self._hubs[tenant] = Hub(self._service, tenant)
        return found

    def close(self) -> None:
        """End every reader."""
        self._stop()
        for hub in self._hubs.values():
            hub.close()


def chunk(row: Entry) -> bytes:
    """One entry as an event: ids, type, times and states, and nothing that an agent wrote."""
    entry = parse_entry(row.entry)
    data = {
        "position": entry.i, "id": entry.sub, "rev": entry.rev, "type": entry.type, "at": entry.t,
        "from": entry.from_, "to": entry.to,
    }  # fmt: skip
    return b"id: %d\nevent: entry\ndata: %b\n\n" % (entry.i, orjson.dumps(data))


def reset(position: int) -> bytes:
    """Tells a reader to fetch everything anew."""
    return b"retry: 2000\nid: %d\nevent: reset\ndata: {}\n\n" % (position - 1)


async def chunks(hub: Hub, after: int | None, heartbeat: float) -> AsyncIterator[bytes]:
    """What one reader is sent, from its first chunk to its end. Raises `Slow`."""
    reader, missed = await hub.join(after)
    try:
        yield missed
        while (found := await reader.next(heartbeat)) is not None:
            yield found
        yield b"event: end\ndata: {}\n\n"
    finally:
        hub.leave(reader)
