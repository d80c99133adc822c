"""Reads the log once for all who follow it live, and never waits for one who is slow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from ..audit.entry import Entry, parse_entry
from ..engine.inbox import Inbox
from ..engine.oversight import Oversight
from ..store.protocol import Reader as Snapshot
from .changes import Hello, News, Rooms, Tick, Topic, chosen, event, news

if TYPE_CHECKING:
    from .service import Service

log: Final = logging.getLogger("handrail.server")
BEHIND: Final = 10_000
"""A reader further behind than this begins anew."""
LATE: Final = 1_000
"""One who follows the inbox begins anew earlier: a list that is fetched costs less than as many rows."""
PAGE: Final = 500
BUFFER: Final = 2_000
BREATH: Final = 0.001
"""Seconds of pause for each reader after all were told: many readers get more at once, and cost no more together."""
RETRY: Final = b"retry: 2000\n\n"
STILL: Final = b": still here\n\n"
SENT: Final = 64
"""Chunks that are put together for one send: what waits for a slow reader is shared, what is being sent is not."""


class Slow(Exception):
    """A reader did not take what was meant for it."""


Joining = Callable[[int | None], Awaitable[tuple["Reader", bytes]]]
"""How one begins to follow, behind a position: the reader, and what is told first."""


class Reader:
    """One who follows: what waits for it, as chunks ready to be sent, and what it is told where nothing comes."""

    def __init__(self, still: Callable[[], bytes] = lambda: STILL, topics: frozenset[Topic] = frozenset()) -> None:
        self.chunks: deque[bytes] = deque()
        self.more: Final = asyncio.Event()
        self.still: Final = still
        self.topics: Final = topics
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
        """What there is; where nothing comes in time, that; `None` at the end. Raises `Slow`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self.more.wait()
        if self.slow:
            raise Slow
        found = b"".join(self.chunks.popleft() for _ in range(min(SENT, len(self.chunks))))
        if not self.chunks and not self.ended:
            self.more.clear()
        return found or (None if self.ended else self.still())


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of the log as each kind of reader is told of them, and the position behind them."""

    end: int
    log: list[bytes]
    news: list[News]


class Hub:
    """The readers of one tenant's log: those of its entries, and those of rows and cards. One ear hears for all."""

    def __init__(self, service: Service, tenant: str) -> None:
        self._service, self._tenant = service, tenant
        archive = service.archive(tenant)
        self._rooms: Final = Rooms(Inbox(archive), Oversight(archive))
        self._readers: set[Reader] = set()
        self._watchers: set[Reader] = set()
        self._position = 0
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def oversight(self) -> Oversight:
        """The wall of the tenant."""
        return self._rooms.oversight

    async def join(self, after: int | None) -> tuple[Reader, bytes]:
        """A new reader of entries behind a position (`None` is the end), and what it has missed so far."""
        reader, position = await self._enter(Reader(), self._readers)
        if after is None:
            return reader, RETRY
        if not position - BEHIND <= after + 1 <= position:
            return reader, reset(position)
        missed = await asyncio.to_thread(self._missed, after, position)
        return reader, RETRY + b"".join(chunk(entry) for entry in missed)

    async def watch(self, me: str, topics: frozenset[Topic], after: int | None) -> tuple[Reader, bytes]:
        """A new reader of rows or cards, told first how far the log is, and their own id; and what changed since."""
        reader, position = await self._enter(Reader(self._tick, topics), self._watchers)
        hello = Hello(self._service.database.clock.now(), position - 1, me)
        if after is None:
            return reader, RETRY + event("hello", hello, position - 1)
        if not position - LATE <= after + 1 <= position:
            return reader, RETRY + event("hello", hello) + event("reset", {}, position - 1)
        rows = await asyncio.to_thread(self._changed, topics, after, position)
        return reader, RETRY + event("hello", hello) + b"".join(rows)

    async def _enter(self, reader: Reader, among: set[Reader]) -> tuple[Reader, int]:
        size = await asyncio.to_thread(self._service.archive(self._tenant).size)
        if self._task is None:
            self._position = size
            self._task = asyncio.create_task(self._follow())
        among.add(reader)
        self._service.metrics.readers.inc()
        return reader, self._position

    def _tick(self) -> bytes:
        """Every row behind the position was handed out before: who comes back goes on from there."""
        return event("tick", Tick(self._service.database.clock.now()), self._position - 1)

    def leave(self, reader: Reader) -> None:
        """The reader is gone."""
        for among in (self._readers, self._watchers):
            if reader in among:
                among.discard(reader)
                self._service.metrics.readers.dec()

    def close(self) -> None:
        """The server drains."""
        for reader in self._readers | self._watchers:
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
            try:
                await self._tell_all()
            except Exception:
                log.exception("readers of the stream could not be told; they come back and go on")
                for reader in self._readers | self._watchers:
                    reader.end()

    async def _tell_all(self) -> None:
        told = True
        while told:
            told = await self._tell()
            await asyncio.sleep(min(len(self._readers | self._watchers) * BREATH, 1.0) if told else 0)

    async def _tell(self) -> bool:
        """Hand out the next page; whether there was one."""
        log, topics = self._followed()
        page = await asyncio.to_thread(self._next, log, topics)
        if page is None:
            return False
        now = self._followed()
        if log >= now[0] and topics >= now[1]:
            self._position = page.end
            for reader in self._readers:
                reader.give(page.log)
            told = {one: chosen(page.news, one) for one in {reader.topics for reader in self._watchers}}
            for reader in self._watchers:
                reader.give(told[reader.topics])
        return True

    def _followed(self) -> tuple[bool, frozenset[Topic]]:
        """Whether somebody follows the log, and what else is followed."""
        return bool(self._readers), frozenset(one for reader in self._watchers for one in reader.topics)

    def _next(self, log: bool, topics: frozenset[Topic]) -> Page | None:
        """The next page, as far as somebody follows."""
        with self._service.database.process.store.read() as reader:
            entries = _entries(reader, self._tenant, self._position - 1, PAGE)
            told = news(self._rooms, reader, entries, topics) if topics and entries else []
        if not entries:
            return None
        return Page(entries[-1].i + 1, [chunk(entry) for entry in entries] if log else [], told)

    def _missed(self, after: int, before: int) -> list[Entry]:
        """The entries between two positions."""
        found: list[Entry] = []
        with self._service.database.process.store.read() as reader:
            while room := min(PAGE, before - 1 - after):
                found += _entries(reader, self._tenant, after, room)
                after += room
        return found

    def _changed(self, topics: frozenset[Topic], after: int, before: int) -> list[bytes]:
        """What has changed between two positions."""
        entries = self._missed(after, before)
        with self._service.database.process.store.read() as reader:
            return chosen(news(self._rooms, reader, entries, topics), topics)


def _entries(reader: Snapshot, tenant: str, after: int, limit: int) -> list[Entry]:
    return [parse_entry(row.entry) for row in reader.entries(tenant, after=after, limit=limit)]


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


def chunk(entry: Entry) -> bytes:
    """One entry as an event: ids, type, times and states, and nothing that an agent wrote."""
    data = {
        "position": entry.i, "id": entry.sub, "rev": entry.rev, "type": entry.type, "at": entry.t,
        "from": entry.from_, "to": entry.to,
    }  # fmt: skip
    return b"id: %d\nevent: entry\ndata: %b\n\n" % (entry.i, orjson.dumps(data))


def reset(position: int) -> bytes:
    """Tells a reader to fetch everything anew."""
    return b"retry: 2000\nid: %d\nevent: reset\ndata: {}\n\n" % (position - 1)


@dataclass(frozen=True, slots=True)
class Following:
    """How one follows: how they join and behind which position, how many seconds they hear nothing at most, and
    whether they still may."""

    joining: Joining
    after: int | None
    heartbeat: float
    may: Callable[[], Awaitable[bool]]


async def chunks(hub: Hub, how: Following) -> AsyncIterator[bytes]:
    """What one reader is sent, from its first chunk to its end: nothing once they may not be. Raises `Slow`."""
    reader, missed = await how.joining(how.after)
    try:
        yield missed
        while (found := await reader.next(how.heartbeat)) is not None and await how.may():
            yield found
        yield b"event: end\ndata: {}\n\n"
    finally:
        hub.leave(reader)
