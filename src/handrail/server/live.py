"""The routes that follow the log: how long it is, and what happens."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from ..errors import InvalidValue
from .changes import TOPICS, Topic
from .exchange import Exchange, answer
from .hub import Following, Slow, chunks
from .lives import Handler
from .rights import may_still

HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)  # fmt: skip


class Flow(Response):
    """Events as they come, until either side ends it; who does not take them in time is cut."""

    def __init__(self, source: AsyncIterator[bytes], exchange: Exchange) -> None:
        super().__init__()
        self._source, self._service = source, exchange.service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is."""
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        try:
            async with contextlib.aclosing(self._source) as source:  # type: ignore[type-var]
                async for chunk in source:
                    async with asyncio.timeout(self._service.settings.stalled):
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (TimeoutError, Slow):
            self._service.metrics.cut.inc()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def stream(exchange: Exchange) -> Response:
    """What happens in the tenant, or to rows and cards, from `Last-Event-ID` on, while the caller may see it."""
    given = exchange.request.headers.get("last-event-id")
    if given is not None and not re.fullmatch(r"-?\d{1,18}", given, re.ASCII):
        raise InvalidValue("Last-Event-ID is the id of the last event")
    topics = _topics(exchange.text("topics"))
    hub = exchange.service.hubs.of(exchange.who.tenant)
    joining = partial(hub.watch, exchange.who.principal.id, topics) if topics else hub.join
    heartbeat = exchange.service.settings.heartbeat
    may = partial(may_still, exchange.service, exchange.request, exchange.route)
    return Flow(chunks(hub, Following(joining, int(given) if given else None, heartbeat, may)), exchange)


def _topics(given: str | None) -> frozenset[Topic]:
    """What is followed in place of the log. Raises `InvalidValue`."""
    asked = [] if given is None else given.split(",")
    found = frozenset(one for one in TOPICS if one in asked)
    if len(found) != len(asked):
        raise InvalidValue("topics is inbox, oversight, or inbox,oversight; left out for entries of the log")
    return found


async def log(exchange: Exchange) -> Response:
    """How long the log is; with `Prefer: wait=` once it is not `size` any more."""
    archive, known = exchange.service.archive(exchange.who.tenant), exchange.number("size", -1, -1, 2**53 - 1)
    seconds = exchange.wait
    size = archive.size()
    if size == known and seconds:
        with exchange.service.poll(exchange.who.tenant) as room:
            seconds = seconds if room else 0
            await exchange.service.waiting_for(_moved(exchange, known, seconds))
        size = archive.size()
    applied = {} if seconds is None else {"Preference-Applied": f"wait={seconds}"}
    return answer({"size": size}, headers=applied)


async def _moved(exchange: Exchange, known: int, seconds: int) -> None:
    loop, moved = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(moved.set)

    stop = exchange.service.database.process.keeper.listen(told)
    archive = exchange.service.archive(exchange.who.tenant)
    try:
        async with asyncio.timeout(seconds):
            while archive.size() == known:
                await moved.wait()
                moved.clear()
    except TimeoutError:
        return
    finally:
        stop()


HANDLERS: Final[Mapping[str, Handler]] = {"get_stream": stream, "get_log": log}
