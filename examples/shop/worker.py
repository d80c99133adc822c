"""An agent's own process: `python -m examples.shop.worker AGENT URL SHOP`, with its key in HANDRAIL_KEY.

It ends when its input does, so that none is left behind by a demo that died.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console

import handrail
from handrail import Rail

from . import support, warehouse
from .shop import Shop


class Agent(Protocol):
    """Works until told to stop."""

    def work(self, stop: threading.Event) -> None:
        """Return once `stop` is set, or nothing is left to do."""


AGENTS: Final[dict[str, Callable[[Rail, Shop, Console], Agent]]] = {
    support.NAME: support.Support,
    warehouse.NAME: warehouse.Warehouse,
}


def main(name: str, url: str, shop: str) -> None:
    """Work until the input ends."""
    stop = threading.Event()
    rail = handrail.connect(url, quiet=True)
    agent = AGENTS[name](rail, Shop(Path(shop)), Console(highlight=False))
    threading.Thread(target=agent.work, args=(stop,), name=name, daemon=True).start()
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
