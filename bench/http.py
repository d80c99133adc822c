"""Asking over HTTP beside a route of the same server that does nothing, and from a decision to who waits for it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from .house import CONTEXT, arguments
from .served import Served, served
from .timing import Rate
from .wire import Line, Work, dialled, expect, on_lines

MANY: Final = 64
EACH: Final = 90
"""Asks of one agent, below its cap of open reviews; the agents take turns, so that those in flight are of many."""
DECLARED: Final = {"pattern": "approval", "reviewers": ["user:ann"], "within": "7d"}
SCHEMA: Final = {
    "type": "object", "additionalProperties": False, "required": ["order", "iban", "amount", "reason"],
    "properties": {
        "order": {"type": "integer"}, "iban": {"type": "string"}, "amount": {"type": "string"},
        "reason": {"type": "string"},
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rounds; in each so many requests on one connection and on 64; and how many decisions."""

    rounds: int
    one: int
    many: int
    resumes: int


@dataclass
class Measured:
    """Rates of asks and of no-ops by connections, a round each, and durations in ns: of both on one connection, and
    from sending a decision to the answer of who waits for it."""

    asks: dict[int, list[Rate]] = field(default_factory=dict)
    noops: dict[int, list[Rate]] = field(default_factory=dict)
    ask: list[int] = field(default_factory=list)
    noop: list[int] = field(default_factory=list)
    resumes: list[int] = field(default_factory=list)


def body(order: int) -> dict[str, Any]:
    """What an agent sends to ask for one payment."""
    names = ("order", "iban", "amount", "reason")
    return {
        "name": "bench.pay", "args": dict(zip(names, arguments(order), strict=True)), "schema": SCHEMA,
        "declared": DECLARED, "context": CONTEXT, "risk": "medium",
    }  # fmt: skip


def measure(path: Path, amount: Amount) -> Measured:
    """Measure in interleaved rounds, against a server of its own."""
    asks = amount.rounds * (amount.one + amount.many) + MANY + amount.resumes
    with served(path, asks // EACH + 1, caps={"burst": EACH}) as at:
        return asyncio.run(_measure(at, amount))


async def _measure(at: Served, amount: Amount) -> Measured:
    found, numbers = Measured(), count()

    async def ask(line: Line, _: int) -> None:
        number = next(numbers)
        expect(await line.send("POST", "/v1/actions", at.keys[number % len(at.keys)], body(number)), 202)

    async def noop(line: Line, number: int) -> None:
        expect(await line.send("POST", "/v1/noop", at.keys[0], body(number)), 201)

    kinds = ((noop, found.noops, found.noop), (ask, found.asks, found.ask))
    async with dialled(at.url, MANY) as lines:
        await on_lines(lines, MANY, ask)
    for _ in range(amount.rounds):
        for connections, each in ((1, amount.one), (MANY, amount.many)):
            for work, rates, times in kinds:
                async with dialled(at.url, connections) as lines:
                    rate, durations = await _rated(at, lines, each, work)
                rates.setdefault(connections, []).append(rate)
                times += durations if connections == 1 else []
    async with dialled(at.url, 2) as (agent, person):
        keys = [at.keys[next(numbers) % len(at.keys)] for _ in range(amount.resumes)]
        found.resumes = [await _resume(at, agent, person, key, number) for number, key in enumerate(keys)]
    return found


async def _rated(at: Served, lines: list[Line], each: int, work: Work) -> tuple[Rate, list[int]]:
    """How many a second, with the share of a core that the server spent on them."""
    began, spent = time.perf_counter(), at.processor()
    durations = await on_lines(lines, each, work)
    took = time.perf_counter() - began
    return Rate(each / took, (at.processor() - spent) / took), durations


async def _resume(at: Served, agent: Line, person: Line, key: str, number: int) -> int:
    """From sending the decision to the answer of the long poll, with the commit in between."""
    asked = expect(await agent.send("POST", "/v1/actions", key, body(number)), 202)
    path = f"/v1/actions/{asked['id']}/wait?rev={asked['rev']}"
    waiting = asyncio.ensure_future(agent.send("GET", path, key, headers="Prefer: wait=20\r\n"))
    await asyncio.sleep(0.005)
    began = time.perf_counter_ns()
    decision = {"outcome": "approve", "view": asked["view"]}
    decided = asyncio.ensure_future(
        person.send("POST", f"/v1/reviews/{asked['review']}/decisions", at.person, decision)
    )
    expect(await waiting, 200)
    took = time.perf_counter_ns() - began
    expect(await decided, 200)
    return took
