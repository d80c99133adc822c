"""Tenants that share a transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from handrail.engine.request import Request
from handrail.ids import mint
from handrail.run.commands import Open

from .kit import AGENT, Desk

FIRST, SECOND = "a-team", "b-team"


@pytest.fixture
def desk(postgres: str) -> Iterator[Desk]:
    found = Desk(postgres)
    found.engine.together([opening(FIRST), opening(SECOND)])
    yield found
    found.database.close()


@pytest.fixture
def other(postgres: str) -> Iterator[psycopg.Connection]:
    """Another writer's connection."""
    with psycopg.connect(postgres) as connection:
        yield connection


def opening(tenant: str) -> Request:
    """A command of that tenant."""
    return Request(mint("cmd"), mint("run"), Open("payday"), AGENT, tenant)


def lock(connection: psycopg.Connection, tenant: str) -> None:
    """Hold the tenant's head as a writer does. Raises where somebody else holds it."""
    connection.execute("SELECT 1 FROM heads WHERE tenant = %s FOR UPDATE NOWAIT", (tenant,))


def await_blocked(url: str) -> None:
    """Return once somebody waits for a lock."""
    blocked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + 20
    with psycopg.connect(url, autocommit=True) as looking:
        while not looking.execute(blocked).fetchone():
            assert time.monotonic() < end, "nobody waits for the first tenant's head"


def test_whoever_waits_for_a_tenant_holds_none_that_comes_behind_it(
    desk: Desk, other: psycopg.Connection, postgres: str
):
    lock(other, FIRST)
    requests = [opening(SECOND), opening(FIRST)]
    writing = threading.Thread(target=desk.engine.together, args=(requests,))
    writing.start()
    await_blocked(postgres)
    lock(other, SECOND)
    other.rollback()
    writing.join()
    assert [one.result()["status"] for one in requests] == ["running", "running"]
