"""The URL of a PostgreSQL database is read as its driver reads it, and no secret in it is ever shown."""

from __future__ import annotations

import psycopg
import pytest

from handrail.errors import UsageError
from handrail.store.address import remote, shown
from handrail.store.postgres import PostgresStore
from handrail.store.postgres_link import Link


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:geheim@db/app", "postgresql://ann:ge?heim@db/app", "postgresql://ann:ge#heim@db:5432/app",
        "postgres://ann@db/app?password=geheim", "postgresql://ann:heim/x@db/app", "postgresql://ann:he@im@db/app",
        "postgresql://:geheim@a:1,[::1]:2/app?sslpassword=geheim&sslmode=require", "postgresql://ann:geheim",
        "postgresql://ann:geheim@db/app?options=-c%20x=geheim",
    ],
)  # fmt: skip
def test_a_secret_of_a_url_is_neither_shown_nor_told_of_what_cannot_be_read(url: str):
    said = shown(url)
    try:
        remote(url)
    except UsageError as error:
        said += str(error)
    assert "heim" not in said
    assert said.startswith("postgresql://")


def test_what_may_be_shown_leads_to_the_same_place():
    url = "postgresql://ann@a:1,b:2/app?target_session_attrs=any&sslmode=require"
    assert shown(url.replace("ann@", "ann:geheim@")) == url
    assert shown("shop.db") == "shop.db"


@pytest.mark.parametrize(
    "url", ["postgresql://a@b", "postgresql://a@b/?sslmode=require", "postgresql://a@b/c?pgbouncer=1"]
)
def test_a_url_that_cannot_be_meant_is_refused(url: str):
    with pytest.raises(UsageError):
        remote(url)


def test_settings_of_the_url_count_beside_those_of_the_product(postgres: str):
    link = Link(f"{postgres}?options=-c%20search_path%3Dapart%20-c%20work_mem%3D8MB")
    connection = link.connection()
    connection.execute("CREATE SCHEMA apart")
    names = ("search_path", "work_mem", "statement_timeout", "lock_timeout")
    found = [connection.execute("SELECT current_setting(%s)", (name,)).fetchall()[0][0] for name in names]
    assert found == ["apart", "8MB", "2500ms", "2500ms"]
    link.close()


def test_a_schema_of_its_own_holds_everything(postgres: str):
    tables = "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA apart")
        PostgresStore(f"{postgres}?options=-csearch_path%3Dapart").close()
        assert connection.execute(tables.encode()).fetchall() == [("apart",)]
