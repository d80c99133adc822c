"""What others notice while one agent floods the server, and while readers of the stream do not read.

`python -m bench.pressure URL KEY COUNT SECONDS` is the flood, in a process of its own: it prints a line when it is
ready, then the statuses.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson

from .http import body
from .served import Served, served
from .timing import Figure, Spread, spread
from .wire import Line, dialled, expect

LINES: Final = 64
"""Connections of the flood: what a program that uses the SDK keeps."""
OTHERS: Final = 8
EACH_CYCLE: Final = 5
"""Entries of one ask and its decision."""
PATIENCE: Final = 1.3
"""How many times the server's limit is waited for before a reader counts as never cut."""
PACE: Final = 0.02
"""Seconds between two asks of the agent that is measured: it is calm, as agents that wait for people are."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much is measured."""

    asks: int
    seconds: float
    readers: int
    entries: int
    limit: float


FULL: Final = Load(10_000, 10.0, 200, 10_000, 25.0)
QUICK: Final = Load(5_000, 5.0, 200, 2_500, 10.0)
TINY: Final = Load(20, 0.3, 3, 10, 0.5)


def run(folder: Path, load: Load) -> dict[str, Figure]:
    """The figures by the keys of `load.toml`."""
    flooded = flood(folder / "flood.db", load.asks, load.seconds)
    deaf = stalled(folder / "stalled.db", load.readers, load.entries, load.limit)
    got, due = deaf.resumed
    answered = ", ".join(f"{number:,} times {status}" for status, number in sorted(flooded.statuses.items()))
    return {
        "flood": Figure(flooded.meanwhile.p99 / flooded.base.p99, _beside(flooded.base, flooded.meanwhile)),
        "flood_p50": Figure(flooded.meanwhile.p50 / flooded.base.p50, f"{flooded.per_second:,.0f} answers/s"),
        "flood_taken": Figure(flooded.statuses.get("202", 0), answered),
        "stalled": Figure(deaf.meanwhile.p99 / deaf.base.p99, _beside(deaf.base, deaf.meanwhile)),
        "stalled_p50": Figure(deaf.meanwhile.p50 / deaf.base.p50, f"{load.readers} readers"),
        "stalled_memory": Figure(deaf.grown, f"{load.entries:,} entries"),
        "stalled_cut": Figure(deaf.cut, f"limit {load.limit:g} s"),
        "stalled_resume": Figure(got / due, f"{got:,} of {due:,}, in order and once"),
    }


def _beside(base: Spread, meanwhile: Spread) -> str:
    return f"p99 {meanwhile.p99:.1f} over {base.p99:.1f} ms, p50 {meanwhile.p50:.1f} over {base.p50:.1f} ms"


@dataclass(frozen=True, slots=True)
class Flood:
    """Ask and decide of other agents, before and meanwhile; what the flood was answered, and how fast."""

    base: Spread
    meanwhile: Spread
    statuses: dict[str, int]
    per_second: float


@dataclass(frozen=True, slots=True)
class Stalled:
    """Cycles before and meanwhile; the growth of resident memory in MB; the seconds after the last entry until every
    reader is cut; how many entries one who reads on from the middle got, of how many."""

    base: Spread
    meanwhile: Spread
    grown: float
    cut: float
    resumed: tuple[int, int]


async def _cycle(agent: Line, person: Line, at: Served, key: str, number: int) -> int:
    """Ask and decide; in ns."""
    began = time.perf_counter_ns()
    asked = expect(await agent.send("POST", "/v1/actions", key, body(number)), 202)
    decision = {"outcome": "approve", "view": asked["view"]}
    expect(await person.send("POST", f"/v1/reviews/{asked['review']}/decisions", at.person, decision), 200)
    return time.perf_counter_ns() - began


async def _cycles(at: Served, goes_on: Callable[[int], bool], numbers: Iterator[int]) -> list[int]:
    """Calm cycles of several agents, one after another, as long as it is to go on."""
    found: list[int] = []
    async with dialled(at.url, 2) as (agent, person):
        while goes_on(len(found)):
            found.append(await _cycle(agent, person, at, at.keys[2 + len(found) % OTHERS], next(numbers)))
            await asyncio.sleep(PACE)
    return found


async def _busy(at: Served, cycles: int, numbers: Iterator[int]) -> list[int]:
    """So many cycles without a pause, of every agent in turn."""
    async with dialled(at.url, 2) as (agent, person):
        keys = at.keys[2:]
        return [await _cycle(agent, person, at, keys[n % len(keys)], next(numbers)) for n in range(cycles)]


def flood(path: Path, asks: int, seconds: float) -> Flood:
    """One agent wants to ask so often, evenly over so many seconds, each time as soon as a connection is free."""
    with served(path, 2 + OTHERS) as at:
        return asyncio.run(_flood(at, asks, seconds))


async def _flood(at: Served, asks: int, seconds: float) -> Flood:
    numbers, calm = count(), max(int(seconds / (2 * PACE)), 3)
    await _cycles(at, lambda done: done < 10, numbers)
    base = await _cycles(at, lambda done: done < calm, numbers)
    command = [sys.executable, "-m", "bench.pressure", at.url, at.keys[0], str(asks), str(seconds)]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    await child.stdout.readline()
    began = time.perf_counter()
    meanwhile = await _cycles(at, lambda done: child.returncode is None, numbers)
    took = time.perf_counter() - began
    statuses = orjson.loads(await child.stdout.read())
    await child.wait()
    return Flood(spread(base), spread(meanwhile), statuses, sum(statuses.values()) / took)


async def _ask_much(url: str, key: str, asks: int, seconds: float) -> Counter[str]:
    found: Counter[str] = Counter()
    numbers, began = iter(range(asks)), 0.0

    async def through(line: Line) -> None:
        for number in numbers:
            if time.monotonic() > began + seconds:
                return
            await asyncio.sleep(began + seconds * number / asks - time.monotonic())
            status, _ = await line.send("POST", "/v1/actions", key, body(number))
            found[str(status)] += 1

    async with dialled(url, LINES) as lines:
        print("ready", flush=True)
        began = time.monotonic()
        await asyncio.gather(*(through(line) for line in lines))
    return found


def stalled(path: Path, readers: int, entries: int, limit: float) -> Stalled:
    """So many readers take the first bytes and no more, while so many entries are written."""
    with served(path, 2 + entries // 400 + OTHERS, stalled=limit) as at:
        return asyncio.run(_stalled(at, readers, entries, limit))


async def _stalled(at: Served, readers: int, entries: int, limit: float) -> Stalled:
    numbers, cycles = count(), max(entries // EACH_CYCLE, 1)
    await _cycles(at, lambda done: done < 10, numbers)
    base = await _busy(at, max(cycles // 3, 3), numbers)
    ears = [await asyncio.to_thread(_deaf, at) for _ in range(readers)]
    resident = at.resident()
    first = await _size(at)
    meanwhile = await _busy(at, cycles, numbers)
    grown = (at.resident() - resident) / 1e6
    ended = time.perf_counter()
    while await _readers(at) and time.perf_counter() - ended < PATIENCE * limit:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    cut = time.perf_counter() - ended
    for ear in ears:
        ear.close()
    resumed = await _resumed(at, first + entries // 2)
    return Stalled(spread(base), spread(meanwhile), grown, cut, resumed)


def _deaf(at: Served) -> socket.socket:
    """A reader of the stream that takes the head of the answer, and then nothing."""
    parts = urlsplit(at.url)
    ear = socket.socket()
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    ear.connect((parts.hostname, parts.port))
    ear.sendall(
        f"GET /v1/stream HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {at.person}\r\n\r\n".encode()
    )
    ear.recv(12)
    return ear


def _follow(at: Served, headers: str = "") -> bytes:
    host = urlsplit(at.url).netloc
    return f"GET /v1/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {at.person}\r\n{headers}\r\n".encode()


async def _size(at: Served) -> int:
    async with dialled(at.url, 1) as (line,):
        return int(expect(await line.send("GET", "/v1/log", at.person), 200)["size"])


async def _readers(at: Served) -> float:
    async with dialled(at.url, 1) as (line,):
        _, text = await line.send("GET", "/metrics", at.person)
    return float(text.partition(b"\nhandrail_stream_readers ")[2].split(b"\n")[0])


async def _resumed(at: Served, after: int) -> tuple[int, int]:
    """How many entries behind `after` come to one who reads on there, in order and once, and how many there are."""
    size, parts = await _size(at), urlsplit(at.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(_follow(at, f"Last-Event-ID: {after}\r\n"))
    expected = after + 1
    async with asyncio.timeout(20):
        while expected < size:
            line = await reader.readline()
            if line.startswith(b"id: ") and int(line[4:]) == expected:
                expected += 1
    writer.close()
    return expected - after - 1, size - after - 1


def _main(url: str, key: str, asks: str, seconds: str) -> None:
    print(orjson.dumps(asyncio.run(_ask_much(url, key, int(asks), float(seconds)))).decode())


if __name__ == "__main__":
    _main(*sys.argv[1:])
