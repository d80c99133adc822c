"""The page of the guards in the docs, made from the table: `python -m tests.weaken --docs` writes it."""

from collections.abc import Sequence
from typing import Final

from tests.architecture.rules import ROOT

from .model import Guard

PAGE: Final = ROOT / "docs" / "reference" / "guards.md"
HEAD: Final = """\
# The guards, and the tests that notice when one is gone

A test that passes whatever the code does proves nothing. Each row below is one guard of the product. `make weaken`
takes it out of a copy of the code, runs the tests that are named beside it, and fails unless every one of them fails.

`python -m tests.weaken --docs` writes this page from `tests/weaken/guards.py`.

| Guard | What it promises | Tests that notice |
| --- | --- | --- |
"""


def page(guards: Sequence[Guard]) -> str:
    """The whole page."""
    return HEAD + "".join(f"{_row(guard)}\n" for guard in guards)


def _row(guard: Guard) -> str:
    tests = "<br>".join(f"`{test}`" for test in guard.tests)
    return f"| {guard.name} | {guard.promise} | {tests} |"
