"""Statements in a pipeline: what they bring back, and what becomes of the connection when one fails."""

from collections.abc import Iterator

import psycopg
import pytest

from handrail.errors import CommitUnknown
from handrail.store.postgres_arrays import texts
from handrail.store.postgres_link import Link

TYPES = "SELECT %s::bigint, %s::text, %s::bytea, %s::bigint, 7::smallint, 8, 'x'::name"


@pytest.fixture(params=[True, False], ids=["prepared", "behind a pooler"])
def link(request: pytest.FixtureRequest, postgres: str) -> Iterator[Link]:
    link = Link(postgres if request.param else f"{postgres}?pgbouncer=true")
    with link.transaction("BEGIN") as pipeline:
        pipeline.send("CREATE TABLE kept (number bigint PRIMARY KEY, body text)")
    yield link
    link.close()


def kept(link: Link) -> list[int]:
    with link.statements() as pipeline:
        return [row[0] for row in pipeline.rows("SELECT number FROM kept ORDER BY number")]


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, -(2**63)])
def test_values_come_back_as_they_went(link: Link, number: int):
    with link.statements() as pipeline:
        for _ in range(2):
            rows = pipeline.rows(TYPES, number, "é\\'%\U0001f600", b"\0\xff\\", None)
            assert rows == [(number, "é\\'%\U0001f600", b"\0\xff\\", None, 7, 8, "x")]


def test_answers_wait_for_each_other_and_keep_their_order(link: Link):
    with link.statements() as pipeline:
        sent = [pipeline.send("SELECT %s::bigint", number) for number in range(500)]
        assert pipeline.rows("SELECT number FROM kept") == []
    assert [one.rows for one in sent] == [[(number,)] for number in range(500)]


def test_more_than_the_network_holds_goes_both_ways(link: Link):
    body = "x" * 3_000_000
    with link.statements() as pipeline:
        sent = [pipeline.send("SELECT %s::text", body) for _ in range(6)]
    assert all(one.rows == [(body,)] for one in sent)


def test_nothing_is_kept_of_a_transaction_in_which_a_statement_fails(link: Link):
    process = link.pid
    with pytest.raises(psycopg.errors.UniqueViolation), link.transaction("BEGIN") as pipeline:
        pipeline.send("INSERT INTO kept VALUES (%s, %s)", 1, "")
        pipeline.send("INSERT INTO kept VALUES (%s, %s)", 1, "")
        pipeline.send("INSERT INTO kept (number) VALUES (%s)", 3)
    assert kept(link) == []
    with link.transaction("BEGIN") as pipeline:
        pipeline.send("INSERT INTO kept (number) VALUES (%s)", 3)
        pipeline.send("INSERT INTO kept VALUES (%s, %s)", 1, "")
    assert kept(link) == [1, 3]
    assert link.pid == process


def test_what_was_sent_before_an_error_of_ours_is_rolled_back(link: Link):
    process = link.pid
    with pytest.raises(ZeroDivisionError), link.transaction("BEGIN") as pipeline:
        pipeline.send("INSERT INTO kept (number) VALUES (%s)", 1)
        raise ZeroDivisionError
    with pytest.raises(psycopg.DataError, match="NUL"), link.transaction("BEGIN") as pipeline:
        pipeline.send("INSERT INTO kept VALUES (%s, %s)", 1, "a\0b")
    assert kept(link) == []
    assert link.pid == process


def test_a_commit_that_is_not_answered_is_told_apart(link: Link):
    with pytest.raises(psycopg.OperationalError), link.transaction("BEGIN") as pipeline:
        pipeline.rows("SELECT pg_terminate_backend(pg_backend_pid())")
    assert link.pid is None
    with pytest.raises(CommitUnknown), link.transaction("BEGIN") as pipeline:
        pipeline.send("SELECT pg_terminate_backend(pg_backend_pid())")
    assert kept(link) == []


def test_texts_are_kept_whatever_encoding_the_environment_names(postgres: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    link = Link(postgres)
    with link.statements() as pipeline:
        rows = pipeline.rows("SELECT length(%s), length(unnest(%s::text[]))", "é€", texts(["é", None]))
    assert rows == [(2, 1), (2, None)]
    link.close()
