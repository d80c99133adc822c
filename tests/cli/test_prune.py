"""Old observations are dropped in the terminal, by an administrator, and the log stays whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.clock import DAY, SystemClock
from handrail.embedded import Database, Embedded, local_agent
from handrail.engine.verify import verify
from handrail.ids import mint
from handrail.run import commands as r
from handrail.testing import FrozenClock
from tests.cli.conftest import Terminal

PEOPLE = "people:\n  - {handle: ann, os_user: ann, roles: [administrator]}\n  - {handle: bob, os_user: bob}\n"


def reported(path: Path, days: int) -> str:
    """A run that reported something so many days ago."""
    clock = FrozenClock(SystemClock().now() - days * DAY)
    database = Database(str(path), clock)
    agent, run = Embedded(database, local_agent("tester", None)), mint("run")
    agent.call(run, r.Open("migrate", watch=r.Watch("exe_1")))
    agent.call(run, r.Observe((r.Observation("note", 1, text="copied"),)))
    database.close()
    return run


def kept(path: Path, run: str) -> int:
    database = Database(str(path))
    with database.process.store.read() as reader:
        assert verify(reader, "default").problems == []
    found = len(Embedded(database, local_agent("tester", None)).observations(run))
    database.close()
    return found


def test_what_was_reported_before_a_time_is_dropped_by_an_administrator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old, young = reported(tmp_path / "a.db", 100), reported(tmp_path / "a.db", 1)
    terminal = Terminal(tmp_path / "a.db", monkeypatch)
    terminal.apply(tmp_path, PEOPLE)
    refused = terminal("runs", "prune", "--before", "90d", user="bob")
    assert (refused.code, kept(tmp_path / "a.db", old)) == (1, 1)
    assert "ask user:ann" in refused.err
    assert "Dropped what 1 run reported" in terminal("runs", "prune", "--before", "90d").out
    assert (kept(tmp_path / "a.db", old), kept(tmp_path / "a.db", young)) == (0, 1)
    assert "Dropped what 0 runs" in terminal("runs", "prune", "--before", "90d").out
    assert terminal("runs", "prune", "--before", "someday").code == 2
    assert terminal("runs", "prune", "--before", "9d", "--db", "https://handrail.example").code == 2
