"""One shift of a worker: from its beginning until it is told to stop, or to end at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping

from ..gate.call import Gated
from ..gate.gate import Gate
from ..gate.worker import Worker


def shift(gate: Gate, functions: Mapping[str, Gated], slots: int, drain: float) -> None:
    """Work until the first signal, then finish what runs. Ends the process with 1 where something does not end in
    `drain` seconds, and at once at a second signal. Raises what makes work impossible."""
    if asyncio.run(_until_told(Worker(gate, functions, slots), drain)):
        _end(1)


async def _until_told(worker: Worker, drain: float) -> list[str]:
    loop, signals = asyncio.get_running_loop(), 0

    def stop(number: int, _: object) -> None:
        nonlocal signals
        signals += 1
        if signals > 1:
            _end(128 + number)
        loop.call_soon_threadsafe(worker.stop)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    return await worker.run(drain)


def _end(code: int) -> None:
    """End now, whatever still runs in threads."""
    sys.stderr.flush()
    os._exit(code)
