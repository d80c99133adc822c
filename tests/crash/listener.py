"""A program that hears decisions, writes each down, and dies at the end of handling one: `listener URL FILE COUNT`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import handrail
from handrail import Decided


def main(url: str, file: str, count: int) -> None:
    """Die once `count` decisions are written down, before anybody hears that the last one is done."""
    rail = handrail.connect(url, agent="tester", quiet=True)
    written = Path(file)
    told = 0

    @rail.on_decision(consumer="listener", lease="1s")
    def hear(made: Decided) -> None:
        nonlocal told
        with written.open("a") as out:
            out.write(f"{made.position} {made.args['n']}\n")
            out.flush()
            os.fsync(out.fileno())
        told += 1
        if told == count:
            os.kill(os.getpid(), signal.SIGKILL)

    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
