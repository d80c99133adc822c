"""A program that hears decisions under a shared name, one at a time and only when it is told to: `standby URL NAME`.

It says `NAME ready`, then `NAME n` for each decision before it handles it, and has handled it once it reads a line.
"""

from __future__ import annotations

import logging
import sys
import threading

import handrail
from handrail import Decided


def main(url: str, name: str) -> None:
    """Hear until it is killed."""
    logging.basicConfig(level=logging.WARNING)
    rail = handrail.connect(url, agent=None if url.startswith("http") else "tester", quiet=True)

    @rail.on_decision(consumer="shared", lease="1s")
    def hear(made: Decided) -> None:
        print(name, made.args["n"], flush=True)
        assert sys.stdin.readline(), "nobody is there to say that it is done"

    print(name, "ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
