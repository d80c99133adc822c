"""A consumer of decisions is killed while it handles one: it hears that one again, misses none, and keeps the order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.places import STORES, place
from tests.engine.kit import Desk
from tests.night import by_night, longer_by_night

DECISIONS = 8


@longer_by_night
@pytest.mark.parametrize("store", STORES)
def test_a_killed_consumer_hears_again_what_it_was_at_and_misses_nothing(tmp_path: Path, store: str, seed: int):
    chance, decisions = random.Random(seed), by_night(200, DECISIONS)
    print(f"seed {seed}, {decisions} decisions")
    with place(store, tmp_path) as at:
        wanted = decided(at.address, decisions)
        heard: list[tuple[int, int]] = []
        while [one for _, one in without_repeats(heard)] != wanted:
            count = chance.randint(1, 4)
            assert lived(at.url, tmp_path / "heard", count) == -signal.SIGKILL
            before, heard = heard, written(tmp_path / "heard")
            assert heard[len(before) : len(before) + 1] == before[-1:] or not before, "it is heard again"
            assert len(heard) == len(before) + count
            if len(without_repeats(heard)) + 4 > decisions:
                break
    assert [one for _, one in without_repeats(heard)] == wanted[: len(without_repeats(heard))]
    assert [one for one, _ in heard] == sorted(one for one, _ in heard), "in the order of the log"


def decided(address: str, count: int) -> list[int]:
    """So many decisions of a person, by the number that is asked for."""
    desk = Desk(address)
    for number in range(count):
        desk.decide(desk.propose(f'{{"n":{number}}}')["review"], "approve" if number % 2 else "reject")
    desk.close()
    return list(range(count))


def lived(url: str, file: Path, count: int) -> int:
    """How a listener ended."""
    words = [sys.executable, "-m", "tests.crash.listener", url, str(file), str(count)]
    return subprocess.run(words, timeout=60, check=False).returncode


def written(file: Path) -> list[tuple[int, int]]:
    """Position and number of everything that was heard, over all lives."""
    lines = (line.split() for line in file.read_text().splitlines())
    return [(int(position), int(number)) for position, number in lines]


def without_repeats(heard: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What was heard, each once, in the order in which it was first heard."""
    return list(dict.fromkeys(heard))
