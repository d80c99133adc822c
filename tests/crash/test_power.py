"""The power is cut at any use of the disk, and what was not synced is lost, in part or whole: what was acknowledged is
there, and the next life goes on."""

from __future__ import annotations

import random
import signal
from collections import Counter
from pathlib import Path
from typing import Final

import orjson
import pytest

from tests.crash import ledger
from tests.crash.disk import Disk
from tests.crash.scenarios import SCENARIOS
from tests.crash.script import play
from tests.crash.test_points import PROCESSES, Told, check, database, told
from tests.night import by_night, longer_by_night

PLAYED: Final = ("approved", "lapsed", "failed", "directory")


def live(folder: Path, scenario: str, cut_at: int | None, seed: int) -> None:
    """One life on such a disk."""
    disk = Disk(cut_at=cut_at, chance=random.Random(seed))
    files = disk.insert()
    play(SCENARIOS[scenario], database(folder), folder)
    (folder / "uses").write_bytes(orjson.dumps(disk.uses))
    files.unregister()


def run(folder: Path, scenario: str, cut_at: int | None = None, seed: int = 0) -> int | None:
    """How a life in a process of its own ended."""
    folder.mkdir()
    process = PROCESSES.Process(target=live, args=(folder, scenario, cut_at, seed))
    process.start()
    process.join()
    return process.exitcode


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, Told]]:
    """How often each scenario uses the disk, and the log that it leaves."""
    found = {}
    for scenario in PLAYED:
        folder = tmp_path_factory.mktemp("power") / scenario
        assert run(folder, scenario) == 0
        found[scenario] = (orjson.loads((folder / "uses").read_bytes()), told(check(folder)))
    return found


@longer_by_night
def test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged(
    tmp_path: Path, whole: dict[str, tuple[int, Told]], seed: int
):
    chance, cuts = random.Random(seed), by_night(600, 12)
    print(f"seed {seed}, {cuts} cuts")
    ends: Counter[int | None] = Counter()
    for number in range(cuts):
        folder, scenario = tmp_path / str(number), chance.choice(PLAYED)
        uses, log = whole[scenario]
        at = chance.randrange(1, uses + 1)
        ends[run(folder, scenario, at, seed + number)] += 1
        if ledger.read(folder, "told"):
            check(folder)
        play(SCENARIOS[scenario], database(folder), folder)
        assert told(check(folder)) == log, f"{scenario}: use {at} of the disk"
    assert ends == {-signal.SIGKILL: cuts}
