"""Every script of this folder runs three times: in memory, through a server, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from handrail.backend import Backend
from handrail.client.http import Http
from handrail.client.transport import Transport
from handrail.embedded import Database
from handrail.testing.reviewing import by_way_of
from tests.server.company import Company
from tests.server.house import serving


@contextmanager
def served(database: Database) -> Iterator[Backend]:
    """An agent with a key, at a real server on that database."""
    company = Company("", database.clock, database=database)
    key = company.key("agent-under-test")
    with serving(company) as house:
        backend = Http(Transport(house.url, key))
        try:
            yield backend
        finally:
            backend.close()


@pytest.fixture(autouse=True, params=["embedded", "http", "postgres"])
def way(request: pytest.FixtureRequest) -> Iterator[Any]:
    """How the scripts reach their database, and where it is."""
    if request.param == "postgres":
        with by_way_of(place=request.getfixturevalue("postgres")):
            yield request.param
        return
    with by_way_of(served) if request.param == "http" else nullcontext():
        yield request.param
