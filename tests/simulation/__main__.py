"""`python -m tests.simulation SEED`: play a seed and tell every step; with two numbers, play that range and count."""

import logging
import sys
from collections import Counter
from time import perf_counter

from handrail.engine.lives import TABLES

from .expected import missing
from .play import play
from .world import Stage


def main(arguments: list[str]) -> None:
    """Play what is asked for."""
    stage = Stage()
    try:
        if len(arguments) == 1:
            played = play(stage, int(arguments[0]), tell=print)
            print(f"{played.entries} entries, root {played.root}")
        else:
            _many(stage, range(int(arguments[0]), int(arguments[1])))
    finally:
        stage.close()


def _many(stage: Stage, seeds: range) -> None:
    seen: Counter[str] = Counter()
    began = perf_counter()
    for seed in seeds:
        seen += play(stage, seed).seen
    for name, count in sorted(seen.items()):
        print(f"{count:9} {name}")
    print("never happened:", ", ".join(missing(seen, TABLES)) or "nothing")
    print(f"{len(seeds) / (perf_counter() - began):.1f} seeds a second")


logging.getLogger("handrail").setLevel(logging.ERROR)
main(sys.argv[1:])
