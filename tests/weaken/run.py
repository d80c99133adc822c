"""Runs tests against a copy of the code, whole or without one guard."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from tests.architecture.rules import ROOT

from .model import Guard

NEEDED: Final = ("src", "tests", "examples", "pyproject.toml")
PYTEST: Final = ("-m", "pytest", "-q", "--no-header", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-p", "no:xdist")
OPTIONS: Final = ("-o", "addopts=--import-mode=importlib", "-o", "timeout=60", "-m", "")


class Broken(RuntimeError):
    """The tests could not be run, so nothing was learnt."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the named tests said: those that failed, in which time (s)."""

    failed: frozenset[str]
    seconds: float


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the code and the tests in a folder of its own. Raises `Broken` if Python would import another one."""
    with TemporaryDirectory(prefix="weakened-") as folder:
        root = Path(folder).resolve()
        for name in NEEDED:
            _copy(ROOT / name, root / name)
        found = _python(root, "-c", "import handrail; print(handrail.__file__)").stdout.strip()
        if not Path(found).is_relative_to(root):
            raise Broken(f"the tests would run {found or 'nothing'}, and not the copy in {root}")
        yield root


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "CI": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def run(root: Path, tests: Sequence[str]) -> Result:
    """Run the named tests on the copy. Raises `Broken` if pytest could not run them."""
    began = perf_counter()
    done = _python(root, *PYTEST, *OPTIONS, *tests)
    if done.returncode not in (0, 1):
        raise Broken(f"pytest ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    lines = (line.split(" - ")[0] for line in done.stdout.splitlines())
    failed = {line.removeprefix("FAILED ").split("[")[0] for line in lines if line.startswith("FAILED ")}
    return Result(frozenset(failed), perf_counter() - began)


def weakened(guard: Guard) -> Result:
    """Run a guard's tests without it. Raises `Moved` or `Broken`."""
    with copied() as root:
        guard.remove(root)
        return run(root, guard.tests)


def whole(guards: Sequence[Guard]) -> Result:
    """Run the tests of all guards with nothing taken out."""
    tests = list(dict.fromkeys(test for guard in guards for test in guard.tests))
    with copied() as root:
        return run(root, tests)
