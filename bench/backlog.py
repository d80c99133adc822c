"""What a backlog costs: ask, decide and a first page with more and more reviews open."""

import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from handrail.engine.request import Request
from handrail.ids import mint
from handrail.review.commands import Decide

from .cycles import asks
from .house import House, proposal
from .timing import growth, median, stopwatch

PARTS: Final = ("ask", "page", "decide")
PAGE: Final = 50
BATCH: Final = 512


@dataclass
class Backlog:
    """Durations in ns with `size` reviews open."""

    size: int
    ask: list[int] = field(default_factory=list)
    page: list[int] = field(default_factory=list)
    decide: list[int] = field(default_factory=list)


def measure(folder: Path, sizes: Sequence[int], rounds: int, each: int) -> list[Backlog]:
    """Fill one database step by step, keep a copy of each step, and measure the copies in turns."""
    houses = _filled(folder, sizes)
    found = [Backlog(size) for size in sizes]
    for _ in range(rounds):
        for house, backlog in zip(houses, found, strict=True):
            once(house, backlog, each)
    for house in houses:
        house.close()
    return found


def exponents(backlogs: list[Backlog]) -> dict[str, float]:
    """The growth exponent of each part's median."""
    sizes = [backlog.size for backlog in backlogs]
    return {part: growth(sizes, [median(getattr(backlog, part)) for backlog in backlogs]) for part in PARTS}


def _filled(folder: Path, sizes: Sequence[int]) -> list[House]:
    growing = folder / "backlog.db"
    houses, present = [], 0
    for size in sizes:
        fill(growing, size - present)
        present = size
        shutil.copyfile(growing, copy := folder / f"backlog-{size}.db")
        houses.append(House(copy))
        asks(houses[-1], 1)
    return houses


def fill(path: Path | str, count: int) -> None:
    """Propose `count` actions that wait for a person, hundreds to a commit."""
    house = House(path)
    engine, actor = house.database.process.engine, house.agent.actor
    room, answered = threading.Semaphore(2 * BATCH), threading.Semaphore(0)

    def done(request: Request) -> None:
        request.result()
        room.release()
        answered.release()

    for number in range(count):
        room.acquire()
        engine.submit(Request(mint("cmd"), mint("act"), proposal(number), actor, done=done))
    for _ in range(count):
        answered.acquire()
    house.close()


def once(house: House, backlog: Backlog, each: int) -> None:
    """Ask, list a page and decide so many times."""
    backlog.ask += asks(house, each)
    backlog.page += [stopwatch(lambda: house.people.waiting(limit=PAGE)) for _ in range(each)]
    for review in house.people.waiting(limit=each):
        began = time.monotonic_ns()
        house.people.call(review.state.id, Decide("approve", review.state.view))
        backlog.decide.append(time.monotonic_ns() - began)
