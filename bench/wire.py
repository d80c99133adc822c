"""A small HTTP/1.1 client on bare sockets, so that it is the server that is measured. One request a connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

Answered = tuple[int, bytes]
Work = Callable[["Line", int], Awaitable[Any]]


class Line(asyncio.Protocol):
    """One kept connection: a request, then its answer, which says how long it is."""

    def __init__(self, host: str) -> None:
        self._host: Final = host
        self._transport: asyncio.Transport | None = None
        self._bytes = bytearray()
        self._answer: asyncio.Future[Answered] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Part of an answer, or all of it."""
        self._bytes += data
        head, found, body = self._bytes.partition(b"\r\n\r\n")
        if not found or self._answer is None or self._answer.done():
            return
        _, named, rest = head.lower().partition(b"content-length:")
        length = int(rest.partition(b"\r\n")[0]) if named else 0
        if len(body) >= length:
            self._bytes.clear()
            self._answer.set_result((int(head[9:12]), bytes(body)))

    async def send(self, method: str, path: str, key: str, body: Any = None, headers: str = "") -> Answered:
        """The status and the body of the answer."""
        if self._transport is None:
            raise ConnectionResetError("the server has closed this connection")
        content = (
            b""
            if body is None
            else body
            if isinstance(body, bytes)
            else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        )
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {key}\r\n{headers}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode() + b"\r\n" + content)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _content(body: Any) -> bytes:
    """The body as the SDK sends it, in canonical order."""
    if body is None or isinstance(body, bytes):
        return body or b""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


async def dial(url: str) -> Line:
    """A connection."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    assert parts.hostname is not None
    assert parts.port is not None
    _, line = await loop.create_connection(lambda: Line(parts.netloc), parts.hostname, parts.port)
    return line


@asynccontextmanager
async def dialled(url: str, count: int) -> AsyncIterator[list[Line]]:
    """Some connections; one that is left idle for seconds would be closed by the server."""
    lines = [await dial(url) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


async def on_lines(lines: list[Line], count: int, work: Work) -> list[int]:
    """Do `work` as often as `count` says, as much at once as there are lines; how long each took, in ns."""
    durations: list[int] = []
    numbers = iter(range(count))

    async def through(line: Line) -> None:
        for number in numbers:
            began = time.perf_counter_ns()
            await work(line, number)
            durations.append(time.perf_counter_ns() - began)

    await asyncio.gather(*(through(line) for line in lines))
    return durations


def expect(answered: Answered, *statuses: int) -> Mapping[str, Any]:
    """The JSON of an answer. Raises `RuntimeError` for another status."""
    status, body = answered
    if status not in statuses:
        raise RuntimeError(f"the server answered {status}: {body.decode(errors='replace')[:300]}")
    found: Mapping[str, Any] = orjson.loads(body) if body else {}
    return found
