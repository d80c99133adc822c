"""Thousands of small worlds in which everything goes wrong, each repeatable from its seed."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom
from typing import Final

import orjson
import pytest

from handrail.engine.lives import TABLES
from tests.architecture.rules import ROOT
from tests.night import NIGHT, by_night

from .expected import missing
from .play import play
from .world import Stage

DAY: Final = 60
MANY: Final = by_night(10_000, 400)
PARTS: Final = 4
RARE: Final = {"action.reported_late skipped -> skipped"}
"""What even ten thousand seeds need not lead to; the exhaustive search of small scopes reaches it."""
FIRST: Final = SystemRandom().randrange(1_000_000_000) if NIGHT else 0


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A folder for worlds."""
    stage = Stage()
    yield stage
    stage.close()


def test_every_invariant_holds_whatever_fails(stage: Stage) -> None:
    """And everything ends once nothing fails any more."""
    for seed in range(DAY):
        play(stage, seed)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_invariant_holds_over_many_seeds(stage: Stage, part: int, together: Path) -> None:
    """Others every night, in parts that workers share, and after a whole night all that can happen has happened."""
    first, count = FIRST + part * (MANY // PARTS), MANY // PARTS
    print(f"seeds {first} to {first + count}")
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        seen += play(stage, seed).seen
    (together / f"{part}.json").write_bytes(orjson.dumps(seen))
    parts = sorted(together.glob("*.json"))
    if NIGHT >= 1 and len(parts) == PARTS:
        whole: Counter[str] = sum((Counter(orjson.loads(one.read_bytes())) for one in parts), Counter())
        left = sorted(set(missing(whole, TABLES)) - RARE)
        assert not left, f"never happened: {left}"


@pytest.fixture
def together(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """A folder that all workers of this run of the tests see: whoever ends last finds what the others saw."""
    found = tmp_path_factory.getbasetemp().parent / f"simulated-{testrun_uid}"
    found.mkdir(exist_ok=True)
    return found


def test_a_seed_leads_to_the_same_log_every_time(stage: Stage) -> None:
    """Byte for byte: in this process again, and in another one that orders its sets otherwise."""
    for seed in (3, 15):
        first = play(stage, seed)
        assert play(stage, seed) == first
        assert f"root {first.root}" in _elsewhere(seed)


def _elsewhere(seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed + 1)}
    command = [sys.executable, "-m", "tests.simulation", str(seed)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def test_another_seed_leads_to_another_log(stage: Stage) -> None:
    """Else the seed would decide nothing."""
    assert len({play(stage, seed, steps=30).root for seed in range(5)}) == 5
