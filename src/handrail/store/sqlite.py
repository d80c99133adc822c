"""SQLite through apsw: one writer connection behind a lock file, one reader connection, full durability."""

import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, Literal

import apsw
import orjson

from ..errors import CommitUnknown, Unavailable, UsageError
from . import statements as sql
from .bell import Bell, hang
from .lock import WriterLock
from .migrate import BUSY_MS, check, migrate
from .protocol import Answer, Batch, Call, Disclosure, Entry, Functions, Head, Hold, Offer, Opening, Revision, Stream
from .sqlite_errors import ours, translated
from .sqlite_outbox import PRUNE, PUT_NOTICE, SQLiteOutbox
from .sqlite_vault import SQLiteVault
from .sqlite_watched import Watched

OLDEST: Final = (3, 51, 3)


class Rows(Watched):
    """Reads on one connection, and writes while a transaction is open on it."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection: Final = connection
        self._cursor = connection.cursor()

    def _one(self, statement: str, *values: Any) -> Any:
        rows = self._all(statement, *values)
        return rows[0] if rows else None

    def _all(self, statement: str, *values: Any) -> list[Any]:
        """All rows: a statement that is not read to its end would hold its snapshot, and block the next write."""
        try:
            return self._cursor.execute(statement, values).fetchall()
        except apsw.Error as error:
            raise ours(error) from error

    def _each(self, statement: str, tenant: str, ids: Iterable[str]) -> list[Any]:
        """The rows of all these ids, by one statement that is prepared and stepped through without coming back here."""
        return self._many(statement, [(tenant, one) for one in ids])

    def _many(self, statement: str, values: Sequence[tuple[Any, ...]]) -> list[Any]:
        try:
            return self._cursor.executemany(statement, values).fetchall()
        except apsw.Error as error:
            raise ours(error) from error

    def meta(self, name: str) -> Any:
        """A value that belongs to the file itself."""
        return self._one(sql.META, name)[0]

    def head(self, tenant: str) -> Head | None:
        row = self._one(sql.HEAD, tenant)
        return Head(*row) if row else None

    def streams(self, tenant: str, ids: Iterable[str]) -> list[Stream]:
        return [Stream(*row) for row in self._each(sql.STREAM, tenant, ids)]

    def beginning(self, tenant: str, prefix: str, limit: int) -> list[str]:
        return [row[0] for row in self._all(sql.STREAMS_FROM, tenant, prefix, prefix + "\x7f", limit)]

    def answers(self, tenant: str, commands: Iterable[str]) -> list[Answer]:
        return [Answer(*row) for row in self._each(sql.ANSWER, tenant, commands)]

    def call(self, tenant: str, key: str) -> Call | None:
        row = self._one(sql.CALL, tenant, key)
        return Call(*row) if row else None

    def entries(self, tenant: str, *, sub: str | None = None, after: int = -1, limit: int = 1000) -> list[Entry]:
        if sub is None:
            return [Entry(*row) for row in self._all(sql.ENTRIES, tenant, after, limit)]
        return [Entry(*row) for row in self._all(sql.ENTRIES_OF, tenant, sub, after, limit)]

    def latest(self, tenant: str, sub: str, rev: int, limit: int) -> list[Entry]:
        return [Entry(*row) for row in self._all(sql.ENTRIES_LATEST, tenant, sub, rev, limit)]

    def disclosures(self, tenant: str, positions: Sequence[int]) -> list[Disclosure]:
        return [Disclosure(*row) for i in positions for row in self._all(sql.DISCLOSURES, tenant, i)]

    def text(self, tenant: str, sub: str, digest: str) -> str | None:
        row = self._one(sql.TEXT, tenant, sub, digest)
        return row[0] if row else None

    def revision(self, tenant: str, action: str, number: int) -> Revision | None:
        row = self._one(sql.REVISION, tenant, action, number)
        return Revision(*row) if row else None

    def standing(self, tenant: str, action: str) -> tuple[Stream, Revision | None] | None:
        row = self._one(sql.STANDING, tenant, action)
        return (Stream(*row[:10]), Revision(*row[10:]) if row[10] else None) if row else None

    def short_args(self, tenant: str, revisions: Sequence[tuple[str, int]], most: int) -> dict[str, str]:
        values = [(tenant, action, number, most) for action, number in revisions]
        return dict(self._many(sql.SHORT_ARGS, values))

    def blob(self, tenant: str, digest: str) -> str | None:
        row = self._one(sql.BLOB, tenant, digest)
        return row[0] if row else None

    def page(
        self, tenant: str, kind: str, *, waiting: bool = False, ended: bool = False,
        after: tuple[int, int, str] | None = None, limit: int = 50, parent: str | None = None,
    ) -> list[Stream]:  # fmt: skip
        if parent is not None:
            return self._streams(sql.HELD_IN, tenant, parent, limit)
        if waiting:
            return self._streams(sql.WAITING_AFTER if after else sql.WAITING, tenant, *(after or ()), limit)
        behind = after[1:] if after else ()
        if ended:
            return self._streams(sql.ENDED_AFTER if after else sql.ENDED, tenant, *behind, limit)
        return self._streams(sql.NEWEST_AFTER if after else sql.NEWEST, tenant, kind, *behind, limit)

    def _streams(self, statement: str, *values: Any) -> list[Stream]:
        return [Stream(*row) for row in self._all(statement, *values)]

    def failing(
        self, tenant: str, by: Literal["error", "like"], value: str, after: tuple[int, int, str] | None = None,
        limit: int = 50,
    ) -> list[Stream]:  # fmt: skip
        if after is None:
            return self._streams(sql.FAILING_ERROR if by == "error" else sql.FAILING_LIKE, tenant, value, limit)
        statement = sql.FAILING_ERROR_AFTER if by == "error" else sql.FAILING_LIKE_AFTER
        return self._streams(statement, tenant, value, *after, limit)

    def count_failing(self, tenant: str, like: str, most: int) -> int:
        found: int = self._one(sql.COUNT_FAILING, tenant, like, most)[0]
        return found

    def waiting(self, tenant: str, most: int) -> int:
        found: int = self._one(sql.COUNT_WAITING, tenant, most)[0]
        return found

    def decided(self, tenant: str, name: str, since: int, limit: int) -> list[Stream]:
        return self._streams(sql.DECIDED, tenant, name, since, limit)

    def inside(self, tenant: str, run: str, limit: int) -> list[str]:
        return [row[0] for row in self._all(sql.INSIDE, tenant, run, limit)]

    def going(self, tenant: str, after: str, limit: int) -> list[Stream]:
        return self._streams(sql.GOING, tenant, after, limit)

    def refused(self, tenant: str, run: str, intent: str) -> list[Stream]:
        return self._streams(sql.REFUSED, tenant, run, intent)

    def past(self, tenant: str, agent: str, name: str, statuses: Sequence[str], since: int, limit: int) -> list[Stream]:
        values = [(tenant, agent, name, status, since, limit) for status in statuses]
        found = [Stream(*row) for row in self._many(sql.PAST, values)]
        return sorted(found, key=lambda row: (-row.born, row.id))[:limit]

    def permissions(self, tenant: str, group: str, limit: int) -> list[Stream]:
        return self._streams(sql.PERMISSIONS, tenant, group, limit)

    def held(self, tenant: str, *, agent: str = "", owner: str = "") -> int:
        statement = sql.HELD_OF_AGENT if agent else sql.HELD_OF_OWNER
        found: int = self._one(statement, tenant, agent or owner)[0]
        return found

    def offering(self, tenant: str, functions: Functions, most: int) -> list[str]:
        found: set[str] = set()
        for function in functions:
            agent: str | None = ""
            while len(found) < most and (agent := self._one(sql.OFFERING, tenant, *function, agent)[0]) is not None:
                found.add(agent)
        return sorted(found)

    def offers(self, tenant: str, functions: Functions, agent: str, beside: Iterable[str], limit: int) -> list[Offer]:
        runs = orjson.dumps(list(beside)).decode()
        rows = self._many(sql.OFFERS, [(tenant, *function, agent, runs, limit) for function in functions])
        return [Offer(action, run) for _, action, run in sorted(rows)[:limit]]

    def unsure(self, tenant: str, functions: Functions, limit: int) -> list[str]:
        rows = self._many(sql.UNSURE, [(tenant, *function, limit) for function in functions])
        return [row[0] for row in rows[:limit]]

    def abandoned(self, tenant: str, limit: int) -> list[Stream]:
        return self._streams(sql.ABANDONED, tenant, limit)

    def cursors(self, tenant: str, beginning: str, limit: int) -> dict[str, int]:
        return dict(self._all(sql.CURSORS, tenant, beginning, beginning + "\x7f", limit))

    def holding(self, tenant: str, name: str) -> Hold | None:
        row = self._one(sql.HOLDING, tenant, name)
        return Hold(*row) if row else None

    def due(self, now: int, limit: int) -> list[tuple[str, str]]:
        return self._all(sql.DUE, now, limit)

    def next_due(self) -> int | None:
        found: int | None = self._one(sql.NEXT_DUE)[0]
        return found

    def opening(self, tenant: str, ids: Collection[str], commands: Collection[str]) -> Opening:
        return Opening(self.head(tenant), self.streams(tenant, ids) if ids else [], self.answers(tenant, commands))

    def append(self, tenant: str, batch: Batch) -> None:
        many = self._cursor.executemany
        many(sql.PUT_ENTRY, [(tenant, *row) for row in batch.entries])
        many(sql.PUT_DISCLOSURE, [(tenant, *row) for row in batch.disclosures])
        many(sql.PUT_STREAM, [(tenant, *row) for row in batch.streams])
        for statement, rows in (
            (sql.PUT_REVISION, batch.revisions),
            (sql.PUT_CALL, batch.calls),
            (sql.PUT_ANSWER, batch.answers),
            (sql.PUT_BLOB, batch.blobs),
            (PUT_NOTICE, batch.notices),
        ):
            if rows:
                many(statement, [(tenant, *row) for row in rows])
        self._cursor.execute(sql.PUT_HEAD, (tenant, *batch.head))

    def renew(self, tenant: str, leases: Mapping[str, tuple[int, int | None]]) -> None:
        self._cursor.executemany(sql.RENEW, [(*times, tenant, one) for one, times in leases.items()])

    def drop(self, tenant: str, sub: str, name: str, upto: int) -> None:
        self._cursor.execute(sql.DROP_TEXTS, (tenant, sub, upto, name))

    def put_cursor(self, tenant: str, name: str, position: int) -> None:
        self._cursor.execute(sql.PUT_CURSOR, (tenant, name, position))

    def hold(self, tenant: str, name: str, holder: str, now: int, until: int, longest: int) -> Hold:
        self._cursor.execute(sql.HOLD, (tenant, name, holder, until, now, longest))
        return Hold(*self._one(sql.HOLDING, tenant, name))

    def forget(self, tenant: str, before: int, most: int) -> None:
        for statement in (sql.FORGET, PRUNE):
            self._cursor.execute(statement, (tenant, before, most))


class SQLiteStore:
    """One database file, or a private database in memory where `path` is ":memory:"."""

    def __init__(self, path: str) -> None:
        self._path = path
        if tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) < OLDEST:
            raise UsageError("this SQLite can corrupt a shared file: install apsw 3.51.3 or newer")
        self._in_memory = path == ":memory:"
        self._reading = threading.RLock()
        self._turn = threading.Lock()
        self._lock: WriterLock | None = None
        self._writer: Rows | None = None
        self._reader: Rows | None = None
        self._closed = False
        with translated():
            self.secret: Final = self._prepare()

    def _prepare(self) -> bytes:
        """Make the file what it has to be, and read its secret."""
        if not self._in_memory:
            _create(Path(self._path))
            check(self._path)
            self._lock = WriterLock(self._path + "-lock")
        try:
            with self._queue():
                rows = self._writing()
                migrate(rows.connection)
                rows.connection.execute(sql.PUT_META, ("secret", os.urandom(32)))
            found: bytes = rows.meta("secret")
        except BaseException:
            self.close()
            raise
        return found

    def _queue(self) -> AbstractContextManager[None]:
        return self._lock or nullcontext()

    def _writing(self) -> Rows:
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    def _looking(self) -> Rows:
        if self._in_memory:
            return self._writing()
        if self._reader is None:
            self._reader = self._connect()
        return self._reader

    def _connect(self) -> Rows:
        if self._closed:
            raise Unavailable("the database was closed")
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(BUSY_MS)
        settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0"
        connection.execute(settings).fetchall()
        return Rows(connection)

    @contextmanager
    def write(self) -> Iterator[Rows]:
        with self._turn, self._reading if self._in_memory else nullcontext(), translated(), self._queue():
            rows = self._writing()
            rows.connection.execute("BEGIN IMMEDIATE")
            try:
                yield rows
                _commit(rows.connection)
            except BaseException:
                if rows.connection.in_transaction:
                    rows.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[Rows]:
        with self._reading, translated():
            rows = self._looking()
            if self._in_memory or rows.connection.in_transaction:
                yield rows
                return
            rows.connection.execute("BEGIN")
            try:
                yield rows
            finally:
                if rows.connection.in_transaction:
                    rows.connection.execute("COMMIT")

    @contextmanager
    def glance(self) -> Iterator[Rows]:
        with self._reading, translated():
            yield self._looking()

    @contextmanager
    def vault(self, *, write: bool = False) -> Iterator[SQLiteVault]:
        with self.write() if write else self.read() as rows:
            yield SQLiteVault(rows.connection)

    @contextmanager
    def outbox(self, *, write: bool = False) -> Iterator[SQLiteOutbox]:
        with self.write() if write else self.read() as rows:
            yield SQLiteOutbox(rows.connection)

    def bell(self) -> Bell | None:
        return None if self._in_memory else hang(self._path)

    def version(self) -> int:
        with self._reading, translated():
            found: Any = self._looking().connection.execute("PRAGMA data_version").fetchall()[0][0]
            return int(found)

    def close(self) -> None:
        with self._reading:
            self._closed = True
            self._let_go()
            if self._lock:
                self._lock.close()
                self._lock = None

    def _let_go(self) -> None:
        for rows in (self._reader, self._writer):
            if rows is not None:
                rows.connection.close()
        self._reader = self._writer = None

    def suspend(self) -> None:
        """SQLite counts the locks of a process in memory: a child that inherits the count takes locks for held that
        it does not hold. So no connection to a file is open while the process forks."""
        self._turn.acquire()
        self._reading.acquire()
        if not self._in_memory:
            self._let_go()

    def resume(self) -> None:
        self._reading.release()
        self._turn.release()


def _commit(connection: apsw.Connection) -> None:
    """Raises `CommitUnknown` where the disk failed: what was written and not synced is rolled back in this process, and
    may be found again after a crash."""
    try:
        connection.execute("COMMIT")
    except apsw.IOError as error:
        raise CommitUnknown(f"whether the change is kept is not known, since the disk failed: {error}") from error


def _create(path: Path) -> None:
    """Make a file that is not there yet, for its owner alone: arguments and names are in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
