"""SQLite keeps the store's contract, on a file and in memory, and leaves alone what is not its own."""

from __future__ import annotations

import shutil
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from handrail.errors import CorruptLog, TooNew, UsageError
from handrail.store.migrate import migrate, migrations
from handrail.store.protocol import Batch
from handrail.store.sqlite import SQLiteStore
from handrail.testing.store_contract import TENANT, StoreContract, entry, head, put, stream


class TestFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SQLiteStore]:
        store = SQLiteStore(str(tmp_path / "new folder" / "a.db"))
        yield store
        store.close()


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[SQLiteStore]:
        store = SQLiteStore(":memory:")
        yield store
        store.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "a.db")


@pytest.fixture
def pair(path: str) -> Iterator[tuple[SQLiteStore, SQLiteStore]]:
    """Two stores on one file, as two processes have."""
    one, two = SQLiteStore(path), SQLiteStore(path)
    yield one, two
    one.close()
    two.close()


def test_a_file_that_a_crash_left_with_a_journal_is_opened(tmp_path: Path, path: str):
    first = SQLiteStore(path)
    put(first, Batch(head(1)))
    secret = first.secret
    first.close()
    crashed = apsw.Connection(path)
    crashed.execute("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; CREATE TABLE more (x)").fetchall()
    crashed.executemany("INSERT INTO more VALUES (randomblob(?))", [(9000,)] * 20)
    for end in ("", "-journal"):
        shutil.copy(path + end, f"{tmp_path}/b.db{end}")
    crashed.close()
    store = SQLiteStore(f"{tmp_path}/b.db")
    with store.read() as reader:
        assert reader.head(TENANT) == head(1)
    assert store.secret == secret
    store.close()


def test_every_change_by_another_moves_the_version_whatever_was_read_before(pair: tuple[SQLiteStore, SQLiteStore]):
    one, two = pair
    seen = set()
    for size in range(1, 4):
        put(one, Batch(head(size)))
        seen.add(two.version())
        with two.read() as reader:
            assert reader.head(TENANT) == head(size)
            assert reader.next_due() is None
    assert len(seen) == 3


def test_a_look_inside_a_transaction_does_not_block_the_next_one(pair: tuple[SQLiteStore, SQLiteStore]):
    one, two = pair
    for size in range(1, 4):
        put(one, Batch(head(size)))
        with two.write() as tx:
            assert tx.head(TENANT) == head(size)


def test_a_reader_sees_one_moment_also_when_it_asks_twice(pair: tuple[SQLiteStore, SQLiteStore]):
    one, two = pair
    put(one, Batch(head(1)))
    with two.read() as reader:
        assert reader.head(TENANT) == head(1)
        put(one, Batch(head(2)))
        with two.read() as inner:
            assert inner.head(TENANT) == head(1)
        assert reader.head(TENANT) == head(1)
    with two.read() as reader:
        assert reader.head(TENANT) == head(2)


def test_readers_do_not_wait_for_a_writer(pair: tuple[SQLiteStore, SQLiteStore]):
    one, two = pair
    put(one, Batch(head(1)))
    with one.write() as tx:
        tx.append(TENANT, Batch(head(2)))
        with one.read() as mine, two.read() as theirs:
            assert mine.head(TENANT) == theirs.head(TENANT) == head(1)


def test_the_secret_is_the_files_own(path: str, tmp_path: Path):
    first, other = SQLiteStore(path), SQLiteStore(str(tmp_path / "b.db"))
    first.close()
    again = SQLiteStore(path)
    assert again.secret == first.secret != other.secret
    again.close()
    other.close()


def test_migrations_lead_from_nothing_to_now_and_do_nothing_twice(path: str):
    SQLiteStore(path).close()
    connection = apsw.Connection(path)
    tables = list(connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name"))
    migrate(connection)
    migrate(connection)
    assert connection.pragma("user_version") == len(migrations())
    assert list(connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name")) == tables
    connection.close()


def test_many_may_open_a_new_file_at_once(path: str):
    stores: list[SQLiteStore] = []
    threads = [threading.Thread(target=lambda: stores.append(SQLiteStore(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.secret for store in stores}) == 1
    assert len(stores) == 8
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE entries SET entry = x'00'", "DELETE FROM entries", "DELETE FROM entries WHERE i = 0"]
)
def test_the_file_itself_refuses_to_change_the_log(path: str, statement: str):
    store = SQLiteStore(path)
    put(store, Batch(head(1), entries=[entry(0)]))
    connection = apsw.Connection(path)
    with pytest.raises(apsw.ConstraintError, match="entries are never"):
        connection.execute(statement)
    connection.close()
    store.close()


FOREIGN = (
    "CREATE TABLE theirs (x)",
    "PRAGMA user_version = 1; CREATE TABLE theirs (x)",
    "PRAGMA user_version = 99",
    "PRAGMA application_id = 7",
)


@pytest.mark.parametrize("script", FOREIGN)
def test_a_file_of_another_program_is_refused_and_left_as_it_was(path: str, script: str):
    connection = apsw.Connection(path)
    connection.execute(script)
    connection.close()
    before = Path(path).read_bytes()
    with pytest.raises(CorruptLog, match="another program"):
        SQLiteStore(path)
    assert Path(path).read_bytes() == before
    assert [one.name for one in Path(path).parent.iterdir()] == ["a.db"]


def test_what_is_no_database_is_refused_and_left_as_it_was(path: str):
    Path(path).write_text("dear diary, " * 1000)
    with pytest.raises(CorruptLog, match="no database"):
        SQLiteStore(path)
    assert Path(path).read_text() == "dear diary, " * 1000


def test_a_newer_schema_is_refused(path: str):
    SQLiteStore(path).close()
    connection = apsw.Connection(path)
    connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    connection.close()
    with pytest.raises(TooNew, match="update handrail"):
        SQLiteStore(path)


def test_an_empty_file_becomes_a_database(path: str):
    Path(path).touch()
    store = SQLiteStore(path)
    put(store, Batch(head(1), [stream("act_1")]))
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_new_database_is_its_owners_alone_and_an_old_one_stays_as_it_is(path: str):
    store = SQLiteStore(path)
    put(store, Batch(head(1), entries=[entry(0)]))
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in Path(path).parent.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}, modes
    Path(path).chmod(0o660)
    SQLiteStore(path).close()
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o660


def test_threads_of_one_process_write_one_after_another(path: str):
    store, done = SQLiteStore(path), []

    def second() -> None:
        with store.vault(write=True):
            done.append("second")

    thread = threading.Thread(target=second)
    with store.write():
        thread.start()
        thread.join(0.2)
        assert thread.is_alive(), "another thread's write ended inside this transaction"
        done.append("first")
    thread.join(10)
    assert done == ["first", "second"]
    store.close()


def test_a_place_where_no_file_can_be_is_a_mistake_and_not_a_reason_to_wait(path: str):
    Path(path).mkdir()
    with pytest.raises(UsageError, match="cannot be used by this user"):
        SQLiteStore(path)
