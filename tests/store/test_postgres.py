"""PostgreSQL keeps the store's contract, its log, and its promise when it is cut, stalled or gone."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from handrail.errors import CorruptLog, TooNew, Unavailable, UsageError
from handrail.store.migrate import scripts
from handrail.store.postgres import PostgresStore
from handrail.store.postgres_link import Link
from handrail.store.postgres_migrate import migrate, prepare
from handrail.store.protocol import Batch
from handrail.testing.store_contract import TENANT, StoreContract, entry, head, put, stream


class TestPostgres(StoreContract):
    @pytest.fixture
    def store(self, postgres: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres)
        yield store
        store.close()


@pytest.fixture
def pair(postgres: str) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    """Two stores on one database, as two processes have."""
    one, two = PostgresStore(postgres), PostgresStore(postgres)
    yield one, two
    one.close()
    two.close()


def test_writers_of_one_tenant_take_turns_from_the_first_entry_on(pair: tuple[PostgresStore, PostgresStore]):
    def grow(store: PostgresStore) -> None:
        for _ in range(25):
            with store.write() as tx:
                opening = tx.opening(TENANT, [], [])
                size = opening.head.size if opening.head else 0
                tx.append(TENANT, Batch(head(size + 1), entries=[entry(size)]))

    threads = [threading.Thread(target=grow, args=(store,)) for store in pair for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pair[0].read() as reader:
        assert [one.i for one in reader.entries(TENANT)] == list(range(100))


def test_a_glance_leaves_no_transaction_open(pair: tuple[PostgresStore, PostgresStore]):
    one, two = pair
    with two.glance() as reader:
        assert reader.head(TENANT) is None
        put(one, Batch(head(1)))
        assert reader.head(TENANT) == head(1)
        assert reader.pipeline.status == psycopg.pq.TransactionStatus.IDLE


def test_a_bell_rings_for_the_commits_of_others_alone(pair: tuple[PostgresStore, PostgresStore]):
    one, two = pair
    bell = one.bell()
    ear = bell.fileno()
    assert ear is not None
    for size, (store, rings) in enumerate([(one, False), (two, True), (one, False)], 1):
        put(store, Batch(head(size)))
        assert select.select([ear], [], [], 10)[0]
        assert bell.drain() is rings
    bell.close()


def test_a_reader_sees_one_moment(pair: tuple[PostgresStore, PostgresStore]):
    one, two = pair
    put(one, Batch(head(1), [stream("act_1")]))
    with two.read() as reader:
        assert reader.head(TENANT) == head(1)
        put(one, Batch(head(2), [stream("act_2")]))
        assert reader.head(TENANT) == head(1)
        assert not reader.streams(TENANT, ["act_2"])
    with two.read() as reader:
        assert reader.head(TENANT) == head(2)


def test_the_secret_is_the_databases_own(pair: tuple[PostgresStore, PostgresStore]):
    assert pair[0].secret == pair[1].secret


def test_many_may_open_a_new_database_at_once(postgres: str):
    stores: list[PostgresStore] = []
    threads = [threading.Thread(target=lambda: stores.append(PostgresStore(postgres))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.secret for store in stores}) == 1
    assert len(stores) == 6
    for store in stores:
        store.close()


@pytest.mark.parametrize("statement", ["UPDATE entries SET rev = 9", "DELETE FROM entries", "TRUNCATE entries"])
def test_the_database_itself_refuses_to_change_the_log(postgres: str, statement: str):
    store = PostgresStore(postgres)
    put(store, Batch(head(1), entries=[entry(0)]))
    with psycopg.connect(postgres) as connection, pytest.raises(psycopg.Error, match="entries are never"):
        connection.execute(statement.encode())
    store.close()


def test_texts_of_every_kind_come_back_as_they_were(postgres: str):
    store = PostgresStore(postgres)
    words = ['"', "\\", "{}", ",", "NULL", "", " ", "\n\t\r", "é\U0001f600", "\\x00", "%s", "'", '\\"', "\x7f\x01"]
    put(store, Batch(head(1), blobs=[(f"d{number}", word) for number, word in enumerate(words)]))
    with store.read() as reader:
        assert [reader.blob(TENANT, f"d{number}") for number in range(len(words))] == words
    store.close()


def test_who_waits_for_the_lock_too_long_is_told_to_repeat(pair: tuple[PostgresStore, PostgresStore]):
    one, two = pair
    put(one, Batch(head(1)))
    with one.write() as tx:
        tx.opening(TENANT, [], [])
        with pytest.raises(Unavailable), two.write() as other:
            other.opening(TENANT, [], [])
        tx.append(TENANT, Batch(head(2)))
    with two.read() as reader:
        assert reader.head(TENANT) == head(2)


LATER = "-- Goes on beside schema 1. It adds a table.\nCREATE TABLE later (x int)"
BREAKING = "ALTER TABLE later RENAME TO last"


def test_a_migration_is_a_step_of_its_own_and_says_who_may_go_on_beside_it(postgres: str):
    now = scripts("postgres")
    old = PostgresStore(postgres)
    link = Link(postgres)
    with pytest.raises(UsageError, match="handrail migrate"):
        prepare(link.connection(), [*now, LATER])
    assert [migrate(link.connection(), [*now, LATER]) for _ in range(2)] == [1, 0]
    prepare(link.connection(), [*now, LATER])
    put(old, Batch(head(1)))
    PostgresStore(postgres).close()
    migrate(link.connection(), [*now, LATER, BREAKING])
    with pytest.raises(TooNew, match="update handrail"):
        PostgresStore(postgres)
    with pytest.raises(TooNew, match="update handrail"):
        migrate(link.connection(), now)
    link.close()
    old.close()


def test_tables_of_another_program_are_left_alone(postgres: str):
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE TABLE streams (theirs text)")
    with pytest.raises(CorruptLog, match="another program"):
        PostgresStore(postgres)


def test_a_database_that_could_lose_decisions_is_refused(postgres: str):
    name = postgres.rpartition("/")[2]
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    with pytest.raises(UsageError, match="synchronous_commit is off"):
        PostgresStore(postgres)


@pytest.mark.parametrize(("url", "message"), [("{}_else", "does not exist"), ("postgresql://a@b", "names no database")])
def test_a_url_of_no_database_is_a_mistake(postgres: str, url: str, message: str):
    with pytest.raises(UsageError, match=message):
        PostgresStore(url.format(postgres))


def test_a_password_is_in_no_message():
    with pytest.raises((Unavailable, UsageError)) as caught:
        PostgresStore("postgresql://ann:geheim@127.0.0.1:1/db")
    assert "geheim" not in repr(caught.value)
    assert "geheim" not in repr(caught.value.__cause__)


def test_nobody_waits_long_for_a_server_that_is_not_there():
    began = time.monotonic()
    with pytest.raises(Unavailable):
        PostgresStore("postgresql://ann@127.0.0.1:1/db")
    assert time.monotonic() - began < 60
