"""A process dies at every transition and every use of its database in turn: a new one goes on, and the log is the same
as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import apsw
import orjson
import pytest

from handrail.store.sqlite import SQLiteStore
from tests.crash import ledger, points
from tests.crash.books import Books, erased
from tests.crash.fuse import Fuse, Point
from tests.crash.scenarios import SCENARIOS
from tests.crash.script import play
from tests.night import NIGHT, longer_by_night

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.test_points"])
NEVER: Final = {"action.withdrawn proposed->withdrawn"}
"""No command leads here: a proposed action never outlives its commit."""
ALWAYS: Final = (
    ("approved", Point("before the commit of action.started claimed->started", 1)),
    ("approved", Point("after the commit of action.started claimed->started", 1)),
    ("approved", Point("after the commit of review.decided open->decided", 1)),
)
DAY: Final = 40
MOST: Final = 10
"""How often a point of one name is tried in a whole night, over all scenarios."""


def database(folder: Path) -> str:
    """A file in a folder that the first life makes."""
    return str(folder / "crash" / "crash.db")


def live(folder: Path, scenario: str, at: Point | None) -> None:
    """One life, watched; it tells of the points that it passed if it comes to its end."""
    fuse = Fuse(at)
    fuse.watch(folder, SQLiteStore)
    play(SCENARIOS[scenario], database(folder), folder)
    (folder / "passed").write_bytes(orjson.dumps([list(one) for one in fuse.passed]))


def run(folder: Path, scenario: str, at: Point | None = None) -> int | None:
    """How a life in a process of its own ended."""
    folder.mkdir()
    process = PROCESSES.Process(target=live, args=(folder, scenario, at))
    process.start()
    process.join()
    return process.exitcode


Told = dict[str, list[str]]


def told(books: Books) -> Told:
    """What the log says, stream by stream. A repeated refusal is told again, and counts for nothing here."""
    return {
        _name(sub, number): [entry.type for entry in life if entry.type != "access.denied"]
        for number, (sub, life) in enumerate(books.lives().items())
    }


def _name(sub: str, number: int) -> str:
    """Ids of runs and groups are keyed hashes, so they differ between databases."""
    return f"{sub[:3]} {number}" if sub.startswith(("run_", "grp_", "agt_")) else sub


def undisturbed(base: Path) -> dict[str, tuple[list[Point], Told]]:
    """For each scenario the points that a whole life passes, and the log that it leaves."""
    found = {}
    for scenario in SCENARIOS:
        folder = base / f"whole {scenario}"
        assert run(folder, scenario) == 0
        passed = [Point(*one) for one in orjson.loads((folder / "passed").read_bytes())]
        found[scenario] = (passed, told(check(folder)))
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[Point], Told]]:
    return undisturbed(tmp_path_factory.mktemp("points"))


def check(folder: Path) -> Books:
    """What must hold at any moment: the log, its states, and every answer that anybody was given."""
    books = Books(database(folder))
    books.starts()
    connection = apsw.Connection(books.path)
    kept = {name: orjson.loads(text) for name, text in connection.execute("SELECT id, answer FROM commands")}
    connection.close()
    assert [one for one in ledger.read(folder, "told") if kept.get(one[0]) != one[1]] == []
    assert Books(erased(books.path, folder / "erased.db")).states == books.states
    (folder / "erased.db").unlink()
    return books


def test_every_point_of_the_code_is_reached(whole: dict[str, tuple[list[Point], Told]]):
    reached = {point.name for passed, _ in whole.values() for point in passed}
    sides = ("before the commit of", "after the commit of")
    wanted = {f"{side} {one}" for side in sides for one in points.transitions() - NEVER}
    wanted |= {f"{side} {name}" for side in ("before", "after") for name in points.catalogue().values()}
    wanted |= {f"before {one}" for one in points.others() | points.uses()}
    assert sorted(wanted - reached) == [], "write a scenario in tests/crash/scenarios.py that gets there"


def chosen(whole: dict[str, tuple[list[Point], Told]], chance: random.Random) -> list[tuple[str, Point]]:
    """At night each name some times, by day a few that change with the seed."""
    by_name = defaultdict[str, list[tuple[str, Point]]](list)
    for scenario, (passed, _) in whole.items():
        for point in passed:
            by_name[point.name].append((scenario, point))
    if not NIGHT:
        names = chance.sample(sorted(by_name), DAY)
        return [*ALWAYS, *(chance.choice(by_name[name]) for name in names)]
    every = [chance.sample(found, min(MOST, len(found))) for found in by_name.values()]
    return [one for found in every for one in found[: max(1, round(MOST * NIGHT))]]


@longer_by_night
def test_a_death_at_any_point_changes_nothing(tmp_path: Path, whole: dict[str, tuple[list[Point], Told]], seed: int):
    cases = chosen(whole, random.Random(seed))
    print(f"seed {seed}, {len(cases)} deaths")
    deaths: Counter[int | None] = Counter()
    for number, (scenario, point) in enumerate(cases):
        folder = tmp_path / str(number)
        deaths[run(folder, scenario, point)] += 1
        if Path(database(folder)).exists() and ledger.read(folder, "told"):
            check(folder)
        play(SCENARIOS[scenario], database(folder), folder)
        assert told(check(folder)) == whole[scenario][1], f"{scenario}: {point}"
    assert deaths == {-signal.SIGKILL: len(cases)}
