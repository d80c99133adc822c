"""What a million open reviews cost beside a thousand, on each store. Asked for as agents ask, so it takes long."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import backlog, postgres
from .backlog import Backlog, fill
from .cycles import asks
from .house import House
from .timing import Figure, median


@dataclass(frozen=True, slots=True)
class Amount:
    """Open reviews of the two databases, rounds of measuring, and how often each part is measured in one."""

    few: int
    many: int
    rounds: int
    each: int


FULL: Final = Amount(1_000, 1_000_000, 8, 25)
QUICK: Final = Amount(1_000, 20_000, 4, 25)
TINY: Final = Amount(8, 16, 1, 2)


def run(folder: Path, amount: Amount) -> dict[str, Figure]:
    """The figures by the keys of `million.toml`."""
    figures = _figures("sqlite", _measured(amount, [str(folder / "few.db"), str(folder / "many.db")]))
    with postgres.started(folder) as server:
        databases = [postgres.database(server, name) for name in ("few", "many")]
        return figures | _figures("postgres", _measured(amount, databases))


def _measured(amount: Amount, databases: list[str]) -> list[Backlog]:
    """Durations in a database with few open reviews and in one with many, in turns."""
    houses, sizes = [], (amount.few, amount.many)
    for size, database in zip(sizes, databases, strict=True):
        print(f"filling with {size:,} open reviews", file=sys.stderr, flush=True)
        fill(database, size)
        houses.append(House(database))
        asks(houses[-1], amount.each)
    found = [Backlog(size) for size in sizes]
    for _ in range(amount.rounds):
        for house, one in zip(houses, found, strict=True):
            backlog.once(house, one, amount.each)
    for house in houses:
        house.close()
    return found


def _figures(store: str, found: list[Backlog]) -> dict[str, Figure]:
    few, many = found
    return {f"{store}_{part}": _ratio(getattr(few, part), getattr(many, part), few.size) for part in backlog.PARTS}


def _ratio(few: list[int], many: list[int], size: int) -> Figure:
    before, after = median(few) / 1e6, median(many) / 1e6
    return Figure(after / before, f"p50 {after:.2f} ms over {before:.2f} ms at {size:,}")
