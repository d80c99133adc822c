"""Whole cycles through the product: ask, decide, start, settle; how many a second, and how long each part takes."""

import asyncio
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .house import Answer, House, arguments
from .timing import Rate, rate


@dataclass
class Parts:
    """Durations in ns. `resume` is from the return of the decider's commit to the begin of the gated body."""

    ask: list[int] = field(default_factory=list)
    decide: list[int] = field(default_factory=list)
    resume: list[int] = field(default_factory=list)


def single(house: House, count: int, parts: Parts | None = None) -> Rate:
    """One call in flight: this thread calls, another one decides."""
    asked: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
    decided: queue.SimpleQueue[int] = queue.SimpleQueue()
    house.desk.ring = asked.put
    decider = threading.Thread(target=_decide, args=(house, asked, decided, parts))
    decider.start()

    def work() -> None:
        for order in range(count):
            house.pay(*arguments(order))
            returned = decided.get()
            if parts is not None:
                parts.resume.append(house.began - returned)

    measured = rate(count, work)
    asked.put(None)
    decider.join()
    return measured


def _decide(
    house: House, asked: "queue.SimpleQueue[Answer | None]", decided: "queue.SimpleQueue[int]", parts: Parts | None
) -> None:
    while (answer := asked.get()) is not None:
        began = time.monotonic_ns()
        house.approve(answer)
        returned = time.monotonic_ns()
        decided.put(returned)
        if parts is not None:
            parts.decide.append(returned - began)


def asks(house: House, count: int) -> list[int]:
    """How long it takes to ask, in ns; what is asked stays open."""
    durations = []
    for order in range(count):
        began = time.monotonic_ns()
        house.pay.propose(*arguments(order))
        durations.append(time.monotonic_ns() - began)
    return durations


def concurrent(house: House, count: int, width: int, parts: Parts | None = None) -> Rate:
    """`width` coroutines in flight, each call decided by a coroutine of its own."""
    return rate(count, lambda: asyncio.run(_concurrent(house, count, width, parts)))


async def _concurrent(house: House, count: int, width: int, parts: Parts | None) -> None:
    deciders: set[asyncio.Task[None]] = set()
    orders = iter(range(count))
    returned = 0

    async def decide(answer: Answer) -> None:
        nonlocal returned
        await house.approve_async(answer)
        returned = time.monotonic_ns()

    def ring(answer: Any) -> None:
        task = asyncio.ensure_future(decide(answer))
        deciders.add(task)
        task.add_done_callback(deciders.discard)

    async def worker() -> None:
        for order in orders:
            await house.pay_async(*arguments(order))
            if parts is not None:
                parts.resume.append(house.began - returned)

    house.desk.ring = ring
    await asyncio.gather(*(worker() for _ in range(width)))
    await asyncio.gather(*deciders)
