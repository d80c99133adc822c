"""Watching without a terminal: a line for each review that is new, changed or gone, as it happens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def watching(company) -> Iterator[IO[str]]:
    """`handrail reviews watch` in a process of its own, its lines to be read."""
    child = subprocess.Popen(
        [sys.executable, "-c", "from handrail.cli.main import app; app()", "reviews", "watch"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, **company.environment("ann")},
    )  # fmt: skip
    assert child.stdout is not None
    try:
        yield child.stdout
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_each_change_is_a_line(company, wire):
    first = wire.propose("DE89\x1b[2J", 1)
    with watching(company) as lines:
        line = lines.readline()
        assert line.startswith(f"new      {first.review}  high")
        assert "⟨U+001B⟩[2J" in line
        second = wire.propose("DE90", 2)
        assert lines.readline().startswith(f"new      {second.review}")
        company("reviews", "claim", second.review)
        assert lines.readline().startswith(f"changed  {second.review}")
        company("reviews", "reject", first.review, "-qy", "-m", "no")
        assert lines.readline() == f"gone     {first.review}  rejected by user:ann\n"
