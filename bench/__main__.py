"""`python -m bench [--quick] [--load | --browser | --million | --fleet] [--json FILE] [--folder FOLDER]`."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from . import million, pressure
from .goals import BROWSER, FLEET, LOAD, MILLION, Goal, goals
from .run import FULL, QUICK, TINY, Results, run
from .timing import Figure

MET = {True: "met", False: "missed", None: ""}
SCALES = {"full": FULL, "quick": QUICK, "tiny": TINY}
MILLIONS = {"full": million.FULL, "quick": million.QUICK, "tiny": million.TINY}
LOADS = {"full": pressure.FULL, "quick": pressure.QUICK, "tiny": pressure.TINY}


def main(arguments: list[str]) -> int:
    """Run, print, write. A missed goal is told, and is no error: timings never decide a test."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="handrail-bench-", dir=given.folder) as folder:
        if given.load:
            results, known = Results(pressure.run(Path(folder), LOADS[given.scale])), goals(LOAD)
        elif given.million:
            results, known = Results(million.run(Path(folder), MILLIONS[given.scale])), goals(MILLION)
        elif given.fleet:
            results, known = _of_the_fleet(Path(folder), given.scale), goals(FLEET)
        elif given.browser:
            results, known = _in_browser(Path(folder), given.scale), goals(BROWSER)
        else:
            results, known = run(Path(folder), SCALES[given.scale]), goals()
    print(table(known, results))
    document = orjson.dumps(as_json(known, results, given.scale))
    if given.json:
        given.json.write_bytes(document + b"\n")
    print(document.decode())
    return 0


def _of_the_fleet(folder: Path, scale: str) -> Results:
    from . import fleet  # needs the tools of the tests

    return Results(fleet.run(folder, {"full": fleet.FULL, "quick": fleet.QUICK, "tiny": fleet.TINY}[scale]))


def _in_browser(folder: Path, scale: str) -> Results:
    from . import browser  # needs the tools of the tests

    return Results(browser.run(folder, {"full": browser.FULL, "quick": browser.QUICK, "tiny": browser.TINY}[scale]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Handrail against the bare driver.")
    parser.add_argument("--quick", dest="scale", action="store_const", const="quick", default="full")
    parser.add_argument("--tiny", dest="scale", action="store_const", const="tiny", help="only show that it works")
    parser.add_argument("--load", action="store_true", help="a flood and readers that do not read, and nothing else")
    parser.add_argument("--fleet", action="store_true", help="servers and workers of one PostgreSQL, and nothing else")
    parser.add_argument("--browser", action="store_true", help="the inbox in a Chromium, and nothing else")
    parser.add_argument("--million", action="store_true", help="a million open reviews on each store, and nothing else")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON object there as well")
    parser.add_argument("--folder", type=Path, help="where databases are written: on the disk to be measured")
    return parser


def table(known: dict[str, Goal], results: Results) -> str:
    """The figures for people."""
    cycle, head = results.cycle, ""
    if cycle:
        head = f"one cycle: {cycle['commits']} durable commits, {cycle['rows']} rows, {cycle['bytes'] / 1000:.1f} KB\n"
    lines = [_line(goal, results.figures[key]) for key, goal in known.items()]
    return "\n".join([head, f"{'measure':<72} {'goal':>8} {'value':>8}        detail; what binds", *lines])


def _line(goal: Goal, figure: Figure) -> str:
    said = "; ".join(part for part in (figure.detail, figure.binds) if part)
    return f"{goal.what:<72} {goal!s:>8} {figure.value:>8.3g} {MET[goal.met(figure.value)]:<6} {said}"


def as_json(known: dict[str, Goal], results: Results, scale: str) -> dict[str, Any]:
    """The figures for programs: `value`, `met` (null without a goal), `detail` and `binds` by key."""
    measures = {
        key: {
            "value": results.figures[key].value, "at_least": goal.at_least, "at_most": goal.at_most,
            "met": goal.met(results.figures[key].value), "detail": results.figures[key].detail,
            "binds": results.figures[key].binds,
        }
        for key, goal in known.items()
    }  # fmt: skip
    return {"scale": scale, "cycle": results.cycle, "measures": measures}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
