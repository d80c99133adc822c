"""Processes that may die at any moment: an agent in a watched run, its supervisor, and a worker that cleans up."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import handrail
from handrail.embedded import Database, Embedded, solo_person
from handrail.gate.worker import Worker
from handrail.run.commands import Stop
from tests.crash.clock import SharedClock
from tests.crash.ledger import Ledger


@dataclass(frozen=True)
class Order:
    """Where the database and the ledgers are, and whom to tell how far it is."""

    url: str
    folder: Path
    tell: Connection
    run: str = ""


def _opened(order: Order) -> tuple[handrail.Rail, Callable[[str], None]]:
    rail = handrail.connect(order.url, agent="tester", quiet=True, clock=SharedClock(order.folder / "clock"))
    ledger = Ledger(order.folder)

    @rail.cleanup(name="crash.close")
    def close(run: str) -> None:
        order.tell.send("cleaning")
        ledger.note("cleaned", run)

    return rail, close


def oversee(order: Order) -> None:
    """Work step by step in a watched run until killed, or stopped."""
    rail, close = _opened(order)
    with suppress(handrail.Stopped), rail.oversight("migration") as run:
        order.tell.send(run.id)
        run.cleanup(close, run.id)
        run.cleanup(lambda: order.tell.send("own"))
        for step in run.steps(itertools.count()):
            run.report(step)
            order.tell.send(step)


def supervise(order: Order) -> None:
    """Stop a run."""
    database = Database(order.url.removeprefix("sqlite:///"), SharedClock(order.folder / "clock"))
    order.tell.send("ready")
    Embedded(database, solo_person).call(order.run, Stop("enough"))
    order.tell.send("stopped")


def clean(order: Order) -> None:
    """Clean up after others until killed, as `handrail work` does."""
    rail, _ = _opened(order)
    order.tell.send("ready")
    asyncio.run(Worker(rail.core, {}, 1).run(0.0))
