"""Cold start: from the start of Python to the first stored ask, beside bare Python with the driver and one row."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from .timing import median, stopwatch

OURS: Final = """
import sys, handrail
rail = handrail.connect("sqlite:///" + sys.argv[1], quiet=True)
@rail.approval
def pay(iban: str, amount: int) -> str: ...
pay.propose("GB29NWBK60161331926819", 150)
"""
BARE: Final = """
import sys, apsw
connection = apsw.Connection(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
"""


def measure(folder: Path, rounds: int) -> tuple[float, float]:
    """The medians of both, in ms; each round on new files."""
    ours, bare = [], []
    _run(OURS, folder / "cold-first.db")
    for number in range(rounds):
        ours.append(_run(OURS, folder / f"cold-ours-{number}.db"))
        bare.append(_run(BARE, folder / f"cold-bare-{number}.db"))
    return median(ours) / 1e6, median(bare) / 1e6


def _run(program: str, path: Path) -> int:
    command = [sys.executable, "-c", program, str(path)]
    return stopwatch(lambda: subprocess.run(command, check=True))
