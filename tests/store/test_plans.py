"""What a read costs does not grow with the log: the database's own plans say so."""

from pathlib import Path
from typing import Any

import apsw
import pytest

from handrail.store import sqlite_outbox
from handrail.store import statements as sql
from handrail.store.migrate import migrate

READS = sorted(
    name
    for name, text in vars(sql).items()
    if name.isupper() and isinstance(text, str) and text.lstrip().startswith("SELECT")
)


def plan(path: Path, statement: str) -> list[str]:
    """The steps of SQLite's plan for a statement, with or without rows to judge by."""
    connection = apsw.Connection(str(path))
    migrate(connection)
    count = 5 if "?1" in statement else statement.count("?")
    count = max((number for number in range(1, 7) if f"?{number}" in statement), default=count)
    values: tuple[Any, ...] = ("x",) * count
    return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize("name", READS)
def test_no_read_walks_a_table_or_sorts(tmp_path: Path, name: str):
    for step in plan(tmp_path / "plan.db", getattr(sql, name)):
        if step == "SCAN (subquery-1)":
            assert "LIMIT ?)" in getattr(sql, name), "what a query counts is bounded"
            continue
        if step.startswith("SCAN json_each "):
            continue
        assert not step.startswith(("SCAN", "USE TEMP B-TREE")), step
        assert not (step.endswith("(tenant=?)") and " USING PRIMARY KEY " in step and "heads" not in step), step


def test_the_log_of_one_stream_is_found_by_its_index(tmp_path: Path):
    assert "(tenant=? AND sub=?)" in plan(tmp_path / "plan.db", sql.TEXT)[0]
    assert "(tenant=? AND sub=?)" in plan(tmp_path / "plan.db", sql.ENTRIES_OF)[0]


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("WAITING", "streams_open"), ("COUNT_WAITING", "streams_open"), ("ENDED", "streams_ended"),
        ("ENDED_AFTER", "streams_ended"), ("DECIDED", "streams_named"), ("OF_RUN", "streams_run"),
        ("INSIDE", "streams_inside"), ("GOING", "streams_going"), ("REFUSED", "streams_refused"),
        ("OFFERING", "streams_offered"),
        ("OFFERS", "streams_offered"), ("UNSURE", "streams_offered"), ("ABANDONED", "streams_left"),
        ("PERMISSIONS", "streams_standing"),
        ("FAILING_ERROR", "streams_failing_error"), ("FAILING_ERROR_AFTER", "streams_failing_error"),
        ("FAILING_LIKE", "streams_failing_like"), ("FAILING_LIKE_AFTER", "streams_failing_like"),
        ("COUNT_FAILING", "streams_failing_like"), ("WATCHED", "streams_watched"),
        ("WATCHED_ENDED", "streams_watched_ended"), ("ASKING", "streams_waiting"),
    ],
)  # fmt: skip
def test_a_list_reads_no_more_than_it_shows(tmp_path: Path, name: str, index: str):
    steps = plan(tmp_path / "plan.db", getattr(sql, name))
    assert any(f" {index} (tenant=?" in step for step in steps), steps


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("DUE_NOTICES", "outbox_due"), ("NEXT_NOTICE", "outbox_due"), ("ABOUT", "outbox_about"),
        ("SENT_SINCE", "outbox_sent"), ("PRUNE", "outbox_at"),
    ],
)  # fmt: skip
def test_what_people_are_to_be_told_is_found_by_its_index(tmp_path: Path, name: str, index: str):
    steps = plan(tmp_path / "plan.db", getattr(sqlite_outbox, name))
    assert any(f"USING INDEX {index} " in step or f"USING COVERING INDEX {index} " in step for step in steps), steps
    assert not any(step.startswith(("SCAN", "USE TEMP B-TREE")) for step in steps), steps
