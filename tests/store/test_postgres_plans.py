"""What a read costs on PostgreSQL does not grow with the log: its plans say so, made without knowing the values."""

import re
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from handrail.store import postgres_statements as sql
from handrail.store.postgres import PostgresStore

READS = sorted(
    name
    for name, text in vars(sql).items()
    if name.isupper() and not name.startswith("_") and isinstance(text, str)
    if text.lstrip().startswith(("SELECT", "WITH RECURSIVE")) or "FOR UPDATE" in text
)
WALKS = ("Seq Scan", "Sort", "Bitmap")
BOUNDED = {
    "VERSION": "one row for each tenant",
    "OFFERING": "as many agents as wait for a worker",
    "OFFERS": "as many rows as functions times the limit",
    "PAST": "as many rows as kinds of status times the limit",
    "TOKENS": "one person's tokens of a kind",
    "PASSKEYS": "one person's passkeys",
    "SUBSCRIPTIONS": "one person's devices",
}
"""Reads that go through, or sort, no more than this."""
LISTS = {
    "WAITING": "open", "WAITING_AFTER": "open", "COUNT_WAITING": "open", "ENDED": "ended", "ENDED_AFTER": "ended",
    "NEWEST": "born", "NEWEST_AFTER": "born", "DECIDED": "named", "OF_RUN": "run", "HELD_IN": "waiting",
    "INSIDE": "inside", "GOING": "going", "REFUSED": "refused", "HELD_OF_AGENT": "held_agent",
    "HELD_OF_OWNER": "held_owner",
    "OFFERS": "offered", "PAST": "past", "UNSURE": "offered", "ABANDONED": "left", "DUE": "due", "NEXT_DUE": "due",
    "FAILING_ERROR": "failing_error", "FAILING_ERROR_AFTER": "failing_error", "FAILING_LIKE": "failing_like",
    "FAILING_LIKE_AFTER": "failing_like", "COUNT_FAILING": "failing_like",
}  # fmt: skip


@pytest.fixture
def planner(postgres: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    """A connection that walks or sorts only where no index could do: the tables are empty, and so give no reason."""
    PostgresStore(postgres).close()
    with psycopg.connect(postgres, autocommit=True) as connection:
        for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            connection.execute(f"SET enable_{way} = off".encode())
        yield connection


def test_agents_with_work_are_found_one_look_each(planner: psycopg.Connection[tuple[str]]):
    planner.execute("""
        INSERT INTO streams SELECT 'default', 'act_' || n, 'action', 'cleared', 1,
            json_build_object('name', 'n', 'schema', 's', 'agent', 'agt_' || n % 3)::text, NULL, 1, n
        FROM generate_series(1, 1000) n""")
    told = "EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF, TIMING OFF, SUMMARY OFF) "
    rows = psycopg.ClientCursor(planner).execute(told + sql.OFFERING, ("{n}", "{s}", "default", 9)).fetchall()
    looks = [row[0] for row in rows if "using streams_offered on streams" in row[0]]
    assert [re.findall(r"loops=(\d+)", look) for look in looks] == [["4"]]


def plan(connection: psycopg.Connection[tuple[str]], statement: str) -> list[str]:
    numbers = count(1)
    text = re.sub("%s", lambda _: f"${next(numbers)}", statement)
    return [row[0] for row in connection.execute(f"EXPLAIN (GENERIC_PLAN, COSTS OFF) {text}".encode()).fetchall()]


def test_no_read_walks_a_table_or_sorts(planner: psycopg.Connection[tuple[str]]):
    plans = {name: plan(planner, getattr(sql, name)) for name in READS}
    walking = {name for name, steps in plans.items() if any(walk in step for walk in WALKS for step in steps)}
    assert walking == set(BOUNDED), {name: plans[name] for name in walking ^ set(BOUNDED)}


def test_a_list_reads_no_more_than_it_shows(planner: psycopg.Connection[tuple[str]]):
    for name, index in LISTS.items():
        steps = plan(planner, getattr(sql, name))
        assert any(re.search(rf"using streams_{index} on streams", step) for step in steps), (name, steps)
        conditions = "\n".join(step for step in steps if "Index Cond" in step)
        assert "tenant" in conditions or "due" in index, (name, steps)


INDEXES = {
    "STREAM": "streams_pkey", "STANDING": "streams_pkey", "ANSWER": "commands_pkey", "TEXT": "disclosures_pkey",
}  # fmt: skip


@pytest.mark.parametrize("rows", [0, 99, 3_000])
def test_what_has_an_id_is_found_by_it_also_while_there_are_no_statistics(postgres: str, rows: int):
    PostgresStore(postgres).close()
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO streams SELECT 'default', 'rev_' || n, 'review', 'open', 1, "
            "json_build_object('pad', repeat('x', 1500))::text, NULL, 1, n "
            f"FROM generate_series(1, {rows}) n".encode()
        )
        for name, index in INDEXES.items():
            steps = plan(connection, getattr(sql, name))
            assert any(re.search(rf"using {index} on", step) for step in steps), (name, steps)
