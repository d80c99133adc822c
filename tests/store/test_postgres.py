"""PostgreSQL keeps the store's contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handrail.store.postgres import PostgresStore
from handrail.testing.store_contract import StoreContract


class TestPostgres(StoreContract):
    @pytest.fixture
    def store(self, postgres: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres)
        yield store
        store.close()
