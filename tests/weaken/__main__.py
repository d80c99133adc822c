"""Takes one guard after another out of a copy of the code; each time its tests must fail: `make weaken`."""

import os
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from .guards import GUARDS
from .model import Guard
from .page import PAGE, page
from .run import Result, weakened, whole


def main() -> int:
    """0 if every guard is noticed, else 1."""
    parser = ArgumentParser(prog="python -m tests.weaken", description=__doc__)
    parser.add_argument("--docs", action="store_true", help="write docs/reference/guards.md and run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many guards at a time")
    parser.add_argument("guard", nargs="*", help="names of guards (default: all)")
    options = parser.parse_args()
    if options.docs:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(GUARDS), "utf-8")
        return 0
    unknown = set(options.guard) - {guard.name for guard in GUARDS}
    if unknown:
        parser.error(f"no guard is called {', '.join(sorted(unknown))}")
    return weaken([guard for guard in GUARDS if not options.guard or guard.name in options.guard], options.jobs)


def weaken(guards: list[Guard], jobs: int) -> int:
    """Run everything and print a line for each guard; the number of those that nobody noticed, at most 1."""
    began = perf_counter()
    red = whole(guards).failed
    if red:
        print("with every guard in place these tests fail already:", *sorted(red), sep="\n  ")
        return 1
    print(f"{len(guards)} guards; with all in place their tests pass")
    with ThreadPoolExecutor(jobs) as pool:
        unnoticed = sum([_tell(*pair) for pair in zip(guards, pool.map(weakened, guards), strict=True)])
    print(f"{len(guards) - unnoticed} of {len(guards)} noticed in {perf_counter() - began:.0f} s")
    return int(bool(unnoticed))


def _tell(guard: Guard, result: Result) -> bool:
    silent = [test for test in guard.tests if test not in result.failed]
    print(f"  {'NOT NOTICED' if silent else 'noticed':<12} {result.seconds:5.1f} s  {guard.name}: {guard.promise}")
    for test in silent:
        print(f"{'':23}still passes: {test}")
    sys.stdout.flush()
    return bool(silent)


if __name__ == "__main__":
    sys.exit(main())
