"""A process dies at every transition and every use of its database in turn: a new one goes on, and the log is the same
as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import orjson
import pytest

from tests.crash import ledger, points
from tests.crash.books import Books, open_books
from tests.crash.fuse import Fuse, Point
from tests.crash.places import STORES, Place, place
from tests.crash.scenarios import SCENARIOS
from tests.crash.script import play
from tests.night import NIGHT, longer_by_night

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.test_points"])
NEVER: Final = {"action.withdrawn proposed->withdrawn"}
"""No command leads here: a proposed action never outlives its commit."""
BY_HAND: Final = {"before SELECT 1 FROM", "before SELECT current_schema ("}
"""Granting rights to a role is one transaction of a command that a person gives, and gives again."""
ALWAYS: Final = (
    ("approved", Point("before the commit of action.started claimed->started", 1)),
    ("approved", Point("after the commit of action.started claimed->started", 1)),
    ("approved", Point("after the commit of review.decided open->decided", 1)),
)
FEW: Final = 4
"""Scenarios that are played by day, beside the first."""
DAY: Final = {"sqlite": 25, "postgres": 6}
MOST: Final = {"sqlite": 10, "postgres": 3}
"""How often a point of one name is tried in a whole night, over all scenarios."""
Told = dict[str, list[str]]
Whole = dict[str, tuple[list[Point], Told]]


def live(at: Place, scenario: str, end: Point | None) -> None:
    """One life, watched; it tells of the points that it passed if it comes to its end."""
    fuse = Fuse(end)
    fuse.watch(at.store, at.folder)
    play(SCENARIOS[scenario], at.address, at.folder)
    (at.folder / "passed").write_bytes(orjson.dumps([list(one) for one in fuse.passed]))


def run(at: Place, scenario: str, end: Point | None = None) -> int | None:
    """How a life in a process of its own ended."""
    process = PROCESSES.Process(target=live, args=(at, scenario, end))
    process.start()
    process.join()
    return process.exitcode


def told(books: Books) -> Told:
    """What the log says, stream by stream. A repeated refusal is told again, and counts for nothing here."""
    return {
        _name(sub, number): [entry.type for entry in life if entry.type != "access.denied"]
        for number, (sub, life) in enumerate(books.lives().items())
    }


def _name(sub: str, number: int) -> str:
    """Ids of runs and groups are keyed hashes, so they differ between databases."""
    return f"{sub[:3]} {number}" if sub.startswith(("run_", "grp_", "agt_", "bud_")) else sub


def whole(store: str, folder: Path, scenarios: Iterable[str]) -> Whole:
    """For each scenario the points that a whole life passes, and the log that it leaves."""
    found = {}
    for scenario in scenarios:
        with place(store, folder / scenario) as at:
            assert run(at, scenario) == 0
            passed = [Point(*one) for one in orjson.loads((at.folder / "passed").read_bytes())]
            found[scenario] = (passed, told(check(at)))
    return found


def check(at: Place) -> Books:
    """What must hold at any moment: the log, its states, and every answer that anybody was given."""
    books = open_books(at.address)
    books.starts()
    kept = books.answers()
    assert [one for one in ledger.read(at.folder, "told") if kept.get(one[0]) != one[1]] == []
    return books


@pytest.mark.parametrize("store", STORES)
def test_every_point_of_the_code_is_reached(tmp_path: Path, store: str):
    reached = {point.name for passed, _ in whole(store, tmp_path, SCENARIOS).values() for point in passed}
    sides = ("before the commit of", "after the commit of")
    wanted = {f"{side} {one}" for side in sides for one in points.transitions() - NEVER}
    wanted |= {f"{side} {name}" for side in ("before", "after") for name in points.catalogue(store).values()}
    wanted |= {f"before {one}" for one in points.others(store) | points.uses(store)}
    assert sorted(wanted - reached - BY_HAND) == [], "write a scenario in tests/crash/scenarios.py that gets there"


def chosen(store: str, lives: Whole, chance: random.Random) -> list[tuple[str, Point]]:
    """At night each name some times, by day a few that change with the seed."""
    by_name = defaultdict[str, list[tuple[str, Point]]](list)
    for scenario, (passed, _) in lives.items():
        for point in passed:
            by_name[point.name].append((scenario, point))
    if not NIGHT:
        names = chance.sample(sorted(by_name), DAY[store])
        return [*ALWAYS, *(chance.choice(by_name[name]) for name in names)]
    most = max(1, round(MOST[store] * NIGHT))
    return [one for found in by_name.values() for one in chance.sample(found, min(most, len(found)))]


def survives(at: Place, scenario: str, point: Point, log: Told) -> int | None:
    """How a process ended that was to die there; raises if the next one does not go on in order."""
    ended = run(at, scenario, point)
    if ledger.read(at.folder, "told"):
        check(at)
    play(SCENARIOS[scenario], at.address, at.folder)
    assert told(check(at)) == log, f"{scenario}: {point}"
    return ended


@longer_by_night
@pytest.mark.parametrize("store", STORES)
def test_a_death_at_any_point_changes_nothing(tmp_path: Path, store: str, seed: int):
    chance = random.Random(seed)
    lives = whole(store, tmp_path, SCENARIOS if NIGHT else {"approved", *chance.sample(sorted(SCENARIOS), FEW)})
    cases = chosen(store, lives, chance)
    print(f"seed {seed}, {len(cases)} deaths")
    deaths: Counter[int | None] = Counter()
    for number, (scenario, point) in enumerate(cases):
        with place(store, tmp_path / str(number)) as at:
            deaths[survives(at, scenario, point, lives[scenario][1])] += 1
    assert deaths == {-signal.SIGKILL: len(cases)}
