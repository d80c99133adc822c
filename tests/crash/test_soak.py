"""Minutes of mixed load on a real server: nothing grows but the log, and at the end nothing is stuck."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import apsw
import orjson
import pytest

from handrail.action.model import Action
from handrail.review.model import Review
from tests.crash import ledger
from tests.crash.books import open_books
from tests.crash.load import Load
from tests.e2e.served import House
from tests.night import NIGHT

LASTS: Final = 600.0
SAMPLES: Final = 20
WARM: Final = 6
"""Samples after which everything has happened once: what grows from there on is a leak."""
MEGABYTES: Final = 24
MORE: Final = 6
"""Threads, or files, that may be open in one moment and not in another."""


class Sample(NamedTuple):
    """What a process holds: resident memory in MB, threads, open files and sockets."""

    memory: float
    threads: int
    files: int


def sample(process: int) -> Sample:
    """Read it from the kernel."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    memory = int(status["VmRSS"].split()[0]) / 1024
    return Sample(memory, int(status["Threads"]), len(os.listdir(f"/proc/{process}/fd")))


def grew(samples: list[Sample]) -> tuple[float, int, int]:
    """By how much the later ones are above those after the start: by the lowest of each."""
    early, late = samples[WARM : WARM + 4], samples[-4:]
    lowest = [(min(getattr(one, name) for one in part)) for part in (early, late) for name in Sample._fields]
    return lowest[3] - lowest[0], lowest[4] - lowest[1], lowest[5] - lowest[2]


def rows(path: str) -> dict[str, int]:
    """How many rows each table has."""
    file = apsw.Connection(path)
    names = [row[0] for row in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found: dict[str, int] = {}
    for name in names:
        ((found[str(name)],),) = file.execute(f"SELECT count(*) FROM {name}").fetchall()  # type: ignore[assignment]
    file.close()
    return found


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory and files are read from /proc")
def test_ten_minutes_of_mixed_load_leak_nothing_and_leave_nothing_stuck(tmp_path: Path, seed: int):
    lasts = LASTS * NIGHT
    print(f"seed {seed}, {lasts:.0f} s")
    house = House(tmp_path)
    house.fill()
    server = house.serve()
    load = Load(house, tmp_path, seed)
    load.start()
    held: dict[int, list[Sample]] = {server.running.pid: [], os.getpid(): []}
    for _ in range(SAMPLES):
        threading.Event().wait(lasts / SAMPLES)
        for process, samples in held.items():
            samples.append(sample(process))
    load.stop(60)
    at_end(load, held)
    assert load.broken == []
    left_over(house)
    house.close()
    check(str(house.path), tmp_path)


def at_end(load: Load, held: dict[int, list[Sample]]) -> None:
    """Print what happened, and require that neither the server nor the embedded process has grown."""
    print(dict(load.done))
    for samples in held.values():
        memory, threads, files = grew(samples)
        print(f"{samples[WARM]} -> {samples[-1]}")
        assert memory < MEGABYTES
        assert threads <= MORE
        assert files <= MORE


def left_over(house: House) -> None:
    """The server ends by itself what nobody decides: within its deadline everything is over."""
    for _ in range(600):
        if not house.send("ann", "GET", "/inbox")["items"]:
            return
        threading.Event().wait(0.1)
    raise AssertionError("reviews are open, and their deadline has passed")


def check(path: str, folder: Path) -> None:
    """The books hold, no effect is doubled, every action ended or can still be run, and no table but the log's grew."""
    books = open_books(path)
    effects = Counter(orjson.dumps({"amount": n, "token": t}).decode() for t, n in ledger.read(folder, "effect"))
    assert effects - books.starts() == Counter()
    ends = Counter(one.status for one in books.states.values() if isinstance(one, Action))
    print(dict(ends), found := rows(path))
    assert set(ends) <= {"succeeded", "failed", "refused", "cleared", "withdrawn", "unknown"}
    reviews = {one.status for one in books.states.values() if isinstance(one, Review)}
    assert reviews <= {"decided", "expired", "withdrawn", "superseded"}
    assert found["streams"] <= found["entries"]
    assert found["commands"] <= found["entries"]
    assert found["calls"] <= found["streams"]
    assert found["blobs"] + found["tokens"] + found["meta"] < 100
