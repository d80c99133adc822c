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
from tests.crash.places import Place, place
from tests.crash.scenarios import SCENARIOS
from tests.crash.script import play
from tests.crash.test_points import PROCESSES, Told, check, told
from tests.night import by_night, longer_by_night

PLAYED: Final = ("approved", "lapsed", "failed", "directory")


def live(at: Place, scenario: str, cut_at: int | None, seed: int) -> None:
    """One life on such a disk."""
    disk = Disk(cut_at=cut_at, chance=random.Random(seed))
    files = disk.insert()
    play(SCENARIOS[scenario], at.address, at.folder)
    (at.folder / "uses").write_bytes(orjson.dumps(disk.uses))
    files.unregister()


def run(at: Place, scenario: str, cut_at: int | None = None, seed: int = 0) -> int | None:
    """How a life in a process of its own ended."""
    process = PROCESSES.Process(target=live, args=(at, scenario, cut_at, seed))
    process.start()
    process.join()
    return process.exitcode


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, Told]]:
    """How often each scenario uses the disk, and the log that it leaves."""
    found = {}
    for scenario in PLAYED:
        with place("sqlite", tmp_path_factory.mktemp("power")) as at:
            assert run(at, scenario) == 0
            found[scenario] = (orjson.loads((at.folder / "uses").read_bytes()), told(check(at)))
    return found


@longer_by_night
def test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged(
    tmp_path: Path, whole: dict[str, tuple[int, Told]], seed: int
):
    chance, cuts = random.Random(seed), by_night(600, 12)
    print(f"seed {seed}, {cuts} cuts")
    ends: Counter[int | None] = Counter()
    for number in range(cuts):
        scenario = chance.choice(PLAYED)
        uses, log = whole[scenario]
        cut_at = chance.randrange(1, uses + 1)
        with place("sqlite", tmp_path / str(number)) as at:
            ends[run(at, scenario, cut_at, seed + number)] += 1
            if ledger.read(at.folder, "told"):
                check(at)
            play(SCENARIOS[scenario], at.address, at.folder)
            assert told(check(at)) == log, f"{scenario}: use {cut_at} of the disk"
    assert ends == {-signal.SIGKILL: cuts}
