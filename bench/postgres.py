"""Cycles on a PostgreSQL that is started for the bench, with its data on the disk to be measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.postgres import Server

from . import cycles, elsewhere
from .house import House
from .raw_postgres import RawPostgres
from .recorded import Template
from .timing import Figure, Rate, median, spread

WIDTH: Final = 64
TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """Rates by measure, a round each, the server's processor time (s a cycle) beside each, and durations in ns from a
    decision to the body in another process."""

    rates: dict[str, list[Rate]] = field(default_factory=dict)
    server: dict[str, list[float]] = field(default_factory=dict)
    resumes: list[int] = field(default_factory=list)


def measure(folder: Path, template: Template, rounds: int, count: int) -> dict[str, Figure]:
    """The figures by the keys of `goals.toml`."""
    many = max(2 * count // WIDTH, 1) * WIDTH
    with started(folder) as server:
        url = database(server, "ours")
        house, raw = House(url), RawPostgres(_with_our_tables(server), template)
        cycles.single(house, 10)
        measures: dict[str, tuple[int, Callable[[], Rate]]] = {
            "raw": (count, lambda: raw.one_by_one(count)),
            "raw_64": (many, lambda: raw.together(many, WIDTH)),
            "single": (count, lambda: cycles.single(house, count)),
            "concurrent_64": (many, lambda: cycles.concurrent(house, many, WIDTH)),
        }
        found = Measured()
        for _ in range(rounds):
            for name, (number, work) in measures.items():
                before = processor(server.pid)
                found.rates.setdefault(name, []).append(work())
                found.server.setdefault(name, []).append((processor(server.pid) - before) / number)
            found.resumes += elsewhere.resume(house, url, max(count // rounds, 2))
        house.close()
    return _figures(found)


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    """A server that syncs each commit, as it is after `initdb`."""
    if os.geteuid() == 0:
        _let_in(folder)
    server = Server(folder / "postgres").start()
    try:
        yield server
    finally:
        server.stop()


def _let_in(folder: Path) -> None:
    """PostgreSQL does not start as root: then another user has to get to its data."""
    for path in (folder, *folder.parents):
        mode = path.stat().st_mode
        if not mode & 0o001:
            path.chmod(mode | 0o001)


def database(server: Server, name: str) -> str:
    """The URL of a new database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    return server.url(name)


def _with_our_tables(server: Server) -> str:
    url = database(server, "raw")
    House(url).database.process.close()
    return url


def processor(pid: int) -> float:
    """Processor time in s that a server's processes have used, also those that are gone."""
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        own = int(stat.parent.name) == pid
        if own or int(fields[1]) == pid:
            spent += sum(map(int, fields[11 : 15 if own else 13]))
    return spent / TICK


def _figures(found: Measured) -> dict[str, Figure]:
    away = spread(found.resumes)
    return {
        "postgres_single": _ratio(found, "single", "raw"),
        "postgres_64": _ratio(found, "concurrent_64", "raw_64"),
        "postgres_resume": Figure(
            away.p50, f"p50 {away.p50:.2f}, p99 {away.p99:.2f} ms", "one commit, word of it, one look"
        ),
    }


def _ratio(found: Measured, ours: str, control: str) -> Figure:
    pairs = zip(found.rates[ours], found.rates[control], strict=True)
    ratio = median([one.per_second / other.per_second for one, other in pairs])
    rates = [median([one.per_second for one in found.rates[name]]) for name in (ours, control)]
    here = median([1e3 * one.processor / one.per_second for one in found.rates[ours]])
    there = 1e3 * median(found.server[ours])
    binds = f"{1e3 / rates[0]:.2f} ms a cycle: processor {here:.2f} ms here and {there:.2f} ms of the server"
    return Figure(ratio, f"{rates[0]:,.0f} over {rates[1]:,.0f} cycles/s", binds)
