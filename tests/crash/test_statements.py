"""The process dies before each SQL statement of a full cycle in turn; a second life finds everything in order."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from pathlib import Path

import pytest

from handrail.action.model import Action
from tests.crash import ledger
from tests.crash.books import Books, open_books
from tests.crash.life import ACTION, live

SHARES = 4
"""The points are dealt out to this many tests, so that they can run side by side."""

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.life"])


def run(folder: Path, later: int, fuse: int = 0) -> int:
    """The exit code of one life."""
    process = PROCESSES.Process(target=live, args=(folder, later, fuse))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def check(folder: Path) -> Books:
    """What must hold at any moment."""
    books = open_books(str(folder / "crash.db"))
    told = ledger.read(folder, "decided")
    assert [one for one in told if books.outcomes().get(one[0]) != one[1]] == []
    assert [one for one in ledger.read(folder, "proposed") if one[0] not in books.states] == []
    assert (
        Counter(args for (args,) in ledger.read(folder, "effect"))
        - Counter({args.replace(" ", ""): count for args, count in books.starts().items()})
        == Counter()
    )
    return books


@pytest.mark.parametrize("share", range(SHARES))
def test_a_death_before_any_statement_loses_nothing_and_repeats_nothing(tmp_path: Path, share: int):
    whole = tmp_path / "whole"
    whole.mkdir()
    assert run(whole, 0) == 0
    assert check(whole).states[ACTION].status == "succeeded"
    ((statements,),) = ledger.read(whole, "statements")
    assert statements > 50
    for point in range(1 + share, statements + 1, SHARES):
        folder = tmp_path / str(point)
        folder.mkdir()
        assert run(folder, 0, point) == -signal.SIGKILL
        if (folder / "crash.db").exists() and ledger.read(folder, "proposed"):
            check(folder)
        assert run(folder, 1) == 0
        state = check(folder).states[ACTION]
        assert isinstance(state, Action)
        assert state.status == "succeeded", f"before statement {point}"
        assert len(ledger.read(folder, "effect")) <= 1
