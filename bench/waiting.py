"""What waiting costs: memory per waiting coroutine, and processor time while nothing happens.

`python -m bench.waiting FILE COUNT SECONDS` measures in a process of its own and prints both.
"""

import asyncio
import gc
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from .house import House, arguments

WARM: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """Resident memory per waiting coroutine in KB, and the share of one core that all of them use."""

    kilobytes: float
    idle: float


def measure(path: Path, count: int, seconds: float) -> Waiting:
    """Let `count` coroutines wait in another process and look at it for some seconds."""
    command = [sys.executable, "-m", "bench.waiting", str(path), str(count), str(seconds)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return Waiting(**orjson.loads(output))


async def _measure(house: House, count: int, seconds: float) -> Waiting:
    waiters: set[asyncio.Task[str]] = set()
    await _ask(house, WARM, waiters)
    before = _resident()
    await _ask(house, count, waiters)
    memory = (_resident() - before) / count / 1024
    began, spent = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    idle = (time.process_time() - spent) / (time.perf_counter() - began)
    for waiter in waiters:
        waiter.cancel()
    await asyncio.wait(waiters)
    return Waiting(memory, idle)


async def _ask(house: House, count: int, waiters: set[asyncio.Task[str]]) -> None:
    held, everybody = 0, asyncio.Event()

    def ring(_: object) -> None:
        nonlocal held
        held += 1
        if held == count:
            everybody.set()

    house.desk.ring = ring
    waiters.update(asyncio.ensure_future(house.pay_async(*arguments(order))) for order in range(count))
    await everybody.wait()
    await asyncio.sleep(0.2)


def _resident() -> int:
    """This process's resident memory in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _main(path: str, count: str, seconds: str) -> None:
    house = House(Path(path))
    found = asyncio.run(_measure(house, int(count), float(seconds)))
    house.close()
    print(orjson.dumps({"kilobytes": found.kilobytes, "idle": found.idle}).decode())


if __name__ == "__main__":
    _main(*sys.argv[1:])
