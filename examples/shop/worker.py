"""An agent's own process: `python -m examples.shop.worker AGENT URL SHOP BOOKKEEPER`, with its key in HANDRAIL_KEY.

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

from . import books, migration, pricing, support, triage, warehouse
from .shop import Shop


class Agent(Protocol):
    """Works until told to stop."""

    def work(self, stop: threading.Event) -> None:
        """Return once `stop` is set, or nothing is left to do."""


AGENTS: Final[dict[str, Callable[[Rail, Shop, Console, str], Agent]]] = {
    support.NAME: lambda rail, shop, console, _: support.Support(rail, shop, console),
    warehouse.NAME: lambda rail, shop, console, _: warehouse.Warehouse(rail, shop, console),
    triage.NAME: lambda rail, shop, console, _: triage.Triage(rail, shop, console),
    books.NAME: books.Books,
    pricing.NAME: lambda rail, shop, console, _: pricing.Pricing(rail, shop, console),
    migration.NAME: lambda rail, shop, console, _: migration.Migration(rail, shop, console),
}


def main(name: str, url: str, shop: str, bookkeeper: str) -> None:
    """Work until the input ends."""
    stop = threading.Event()
    rail = handrail.connect(url, quiet=True)
    agent = AGENTS[name](rail, Shop(Path(shop)), Console(highlight=False), bookkeeper)
    threading.Thread(target=agent.work, args=(stop,), name=name, daemon=True).start()
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
