"""PostgreSQL through psycopg: one connection that writes, one that reads, everything of a batch in one round trip.

Whoever writes for a tenant locks its head first, and READ COMMITTED shows each statement all that was committed before:
so between the lock and the commit a tenant has one writer, whatever process it is in. A writer of several tenants locks
them in the order of their names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

from ..clock import ToldClock
from ..errors import Unavailable, UsageError
from . import postgres_statements as sql
from .migrate import scripts
from .postgres_arrays import UNKEPT, blobs, kept, numbers, texts
from .postgres_bell import PostgresBell
from .postgres_link import Connection, Link, Silence, translated
from .postgres_migrate import prepare
from .postgres_outbox import PRUNE, PostgresOutbox, put_notices
from .postgres_pipeline import Pipeline
from .postgres_vault import PostgresVault
from .protocol import Answer, Batch, Call, Disclosure, Entry, Functions, Head, Hold, Offer, Opening, Revision, Stream

SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"


class Rows:
    """Reads on one connection, and writes while a transaction is open on it."""

    def __init__(self, pipeline: Pipeline, clock: ToldClock) -> None:
        self.pipeline: Final = pipeline
        self._clock: Final = clock

    def _all(self, statement: str, *values: Any) -> list[Any]:
        if any(UNKEPT in one for one in values if isinstance(one, str)):
            return []
        with translated():
            return self.pipeline.rows(statement, *values)

    def _one(self, statement: str, *values: Any) -> Any:
        rows = self._all(statement, *values)
        return rows[0] if rows else None

    def _streams(self, statement: str, *values: Any) -> list[Stream]:
        return [Stream(*row) for row in self._all(statement, *values)]

    def meta(self, name: str) -> Any:
        """A value that belongs to the database itself."""
        row = self._one(sql.META, name)
        return row[0] if row else None

    def head(self, tenant: str) -> Head | None:
        row = self._one(sql.HEAD, tenant)
        return Head(*row) if row else None

    def streams(self, tenant: str, ids: Iterable[str]) -> list[Stream]:
        wanted = list(ids)
        return self._streams(sql.STREAM, tenant, kept(wanted), len(wanted))

    def beginning(self, tenant: str, prefix: str, limit: int) -> list[str]:
        return [row[0] for row in self._all(sql.STREAMS_FROM, tenant, prefix, prefix + "\x7f", limit)]

    def answers(self, tenant: str, commands: Iterable[str]) -> list[Answer]:
        return [Answer(*row) for row in self._all(sql.ANSWER, tenant, kept(commands))]

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
        return [Disclosure(*row) for row in self._all(sql.DISCLOSURES, tenant, numbers(positions))]

    def text(self, tenant: str, sub: str, digest: str) -> str | None:
        row = self._one(sql.TEXT, tenant, sub, digest)
        return row[0] if row else None

    def revision(self, tenant: str, action: str, number: int) -> Revision | None:
        row = self._one(sql.REVISION, tenant, action, number)
        return Revision(*row) if row else None

    def standing(self, tenant: str, action: str) -> tuple[Stream, Revision | None] | None:
        row = self._one(sql.STANDING, tenant, kept((action,)))
        return (Stream(*row[:10]), Revision(*row[10:]) if row[10] else None) if row else None

    def short_args(self, tenant: str, revisions: Sequence[tuple[str, int]], most: int) -> dict[str, str]:
        actions, wanted = texts(one for one, _ in revisions), numbers(one for _, one in revisions)
        return dict(self._all(sql.SHORT_ARGS, actions, wanted, tenant, most))

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
            if after is None:
                return self._streams(sql.WAITING, tenant, limit)
            return self._streams(sql.WAITING_AFTER, tenant, after[0], *after, limit)
        statement, which = (sql.ENDED, ()) if ended else (sql.NEWEST, (kind,))
        if after is None:
            return self._streams(statement, tenant, *which, limit)
        return self._streams(sql.AFTER[statement], tenant, *which, after[1], *after[1:], limit)

    def failing(
        self, tenant: str, by: Literal["error", "like"], value: str, after: tuple[int, int, str] | None = None,
        limit: int = 50,
    ) -> list[Stream]:  # fmt: skip
        if after is None:
            return self._streams(sql.FAILING_ERROR if by == "error" else sql.FAILING_LIKE, tenant, value, limit)
        statement = sql.FAILING_ERROR_AFTER if by == "error" else sql.FAILING_LIKE_AFTER
        return self._streams(statement, tenant, value, after[0], *after, limit)

    def count_failing(self, tenant: str, like: str, most: int) -> int:
        found: int = self._one(sql.COUNT_FAILING, tenant, like, most)[0]
        return found

    def waiting(self, tenant: str, most: int) -> int:
        found: int = self._one(sql.COUNT_WAITING, tenant, most)[0]
        return found

    def decided(self, tenant: str, name: str, since: int, limit: int) -> list[Stream]:
        return self._streams(sql.DECIDED, tenant, name, since, limit)

    def of_run(self, tenant: str, run: str, limit: int) -> list[Stream]:
        return self._streams(sql.OF_RUN, tenant, run, limit)

    def watched(self, tenant: str, limit: int) -> list[Stream]:
        return self._streams(sql.WATCHED, tenant, limit)

    def watched_ended(self, tenant: str, since: int, limit: int) -> list[Stream]:
        return self._streams(sql.WATCHED_ENDED, tenant, since, limit)

    def asking(self, tenant: str, runs: Collection[str], limit: int) -> list[Stream]:
        return self._streams(sql.ASKING, tenant, texts(runs), limit)

    def inside(self, tenant: str, run: str, limit: int) -> list[str]:
        return [row[0] for row in self._all(sql.INSIDE, tenant, run, limit)]

    def going(self, tenant: str, after: str, limit: int) -> list[Stream]:
        return self._streams(sql.GOING, tenant, after, limit)

    def refused(self, tenant: str, run: str, intent: str) -> list[Stream]:
        return self._streams(sql.REFUSED, tenant, run, intent)

    def past(self, tenant: str, agent: str, name: str, statuses: Sequence[str], since: int, limit: int) -> list[Stream]:
        return self._streams(sql.PAST, texts(statuses), tenant, agent, name, since, limit, limit)

    def permissions(self, tenant: str, group: str, limit: int) -> list[Stream]:
        return self._streams(sql.PERMISSIONS, tenant, group, limit)

    def held(self, tenant: str, *, agent: str = "", owner: str = "") -> int:
        statement = sql.HELD_OF_AGENT if agent else sql.HELD_OF_OWNER
        found: int = self._one(statement, tenant, agent or owner)[0]
        return found

    def offering(self, tenant: str, functions: Functions, most: int) -> list[str]:
        return [row[0] for row in self._all(sql.OFFERING, *_wanted(functions), tenant, most)]

    def offers(self, tenant: str, functions: Functions, agent: str, beside: Iterable[str], limit: int) -> list[Offer]:
        rows = self._all(sql.OFFERS, *_wanted(functions), tenant, agent, texts(beside), limit, limit)
        return [Offer(action, run) for _, action, run in rows]

    def unsure(self, tenant: str, functions: Functions, limit: int) -> list[str]:
        return [row[0] for row in self._all(sql.UNSURE, *_wanted(functions), tenant, limit)]

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

    def append(self, tenant: str, batch: Batch) -> None:
        """Send a batch; whether it can be written is told by the commit at the latest."""
        statement = sql.PUT_BATCH
        tables: list[tuple[Arrays, Sequence[tuple[Any, ...]]]] = [
            (_ENTRY, batch.entries), (_DISCLOSURE, batch.disclosures), (_STREAM, batch.streams),
            (_ANSWER, batch.answers),
        ]  # fmt: skip
        if batch.revisions or batch.calls or batch.blobs:
            statement = sql.PUT_WHOLE_BATCH
            tables += [(_REVISION, batch.revisions), (_CALL, batch.calls), (_BLOB, batch.blobs)]
        values: list[str | bytes] = []
        for arrays, rows in tables:
            values += [tenant, *_columns(arrays, rows)]
        with translated():
            if batch.notices:
                put_notices(self.pipeline, tenant, batch.notices)
            self.pipeline.send(statement, *values, tenant, *batch.head)

    def opening(self, tenant: str, ids: Collection[str], commands: Collection[str]) -> Opening:
        with translated():
            locked = self.pipeline.send(sql.LOCK_HEAD, tenant)
            streams = self.pipeline.send(sql.STREAM, tenant, kept(ids), len(ids)) if ids else None
            answers = self.pipeline.rows(sql.ANSWER, tenant, kept(commands))
            if not locked.rows:
                self.pipeline.send(sql.NEW_HEAD, tenant)
                return self.opening(tenant, ids, commands)
        row = locked.rows[0]
        self._clock.told(row[5])
        head, found = Head(*row[:5]) if row[0] else None, streams.rows if streams else []
        return Opening(head, [Stream(*one) for one in found], [Answer(*one) for one in answers])

    def version(self) -> int:
        """A number that changes with each commit that is seen here."""
        found: int = self._one(sql.VERSION)[0]
        return found

    def renew(self, tenant: str, leases: Mapping[str, tuple[int, int | None]]) -> None:
        ends, dues = zip(*leases.values(), strict=True)
        with translated():
            self.pipeline.send(sql.RENEW, texts(leases), numbers(ends), numbers(dues), tenant)

    def drop(self, tenant: str, sub: str, name: str, upto: int) -> None:
        with translated():
            self.pipeline.send(sql.DROP_TEXTS, tenant, name, tenant, sub, upto)

    def put_cursor(self, tenant: str, name: str, position: int) -> None:
        with translated():
            self.pipeline.send(sql.PUT_CURSOR, tenant, name, position)

    def hold(self, tenant: str, name: str, holder: str, now: int, until: int, longest: int) -> Hold:
        with translated():
            self.pipeline.send(sql.HOLD, tenant, name, holder, until, now, longest)
        return Hold(*self._one(sql.HOLDING, tenant, name))

    def forget(self, tenant: str, before: int, most: int) -> None:
        with translated():
            self.pipeline.send(sql.FORGET, tenant, tenant, before, most)
            self.pipeline.send(PRUNE, tenant, before, most)


def _wanted(functions: Functions) -> tuple[bytes, bytes]:
    return texts(name for name, _ in functions), texts(schema for _, schema in functions)


def _columns(arrays: Arrays, rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    columns = zip(*rows, strict=True) if rows else ((),) * len(arrays)
    return [array(column) for array, column in zip(arrays, columns, strict=True)]


Arrays = tuple[Callable[[Any], bytes], ...]
_ENTRY: Final = (numbers, texts, numbers, blobs, blobs)
_DISCLOSURE: Final = (numbers, texts, texts, texts)
_STREAM: Final = (texts, texts, texts, numbers, texts, texts, numbers, numbers, numbers, numbers)
_REVISION: Final = (texts, numbers, texts, texts, blobs)
_CALL: Final = (texts, texts, blobs)
_ANSWER: Final = (texts, blobs, texts, numbers)
_BLOB: Final = (texts, texts)


class PostgresStore:
    """One database on a server. The first schema is made where there is none; later ones are a step of their own."""

    def __init__(self, url: str, clock: ToldClock | None = None) -> None:
        self._clock: Final = clock or ToldClock()
        self._reading = threading.RLock()
        self._turn = threading.Lock()
        self._url = url
        silence = Silence()
        self._writer, self._reader = Link(url, silence), Link(url, silence)
        self._open: Rows | None = None
        self._closed = False
        with translated():
            self.secret: Final = self._prepare()

    def _prepare(self) -> bytes:
        try:
            connection = self._writer.connection()
            _require_durable(connection)
            prepare(connection, scripts("postgres"))
            found: bytes = connection.execute(sql.META, ("secret",)).fetchall()[0][0]
            self._clock.told(connection.execute(sql.NOW).fetchall()[0][0])
        except BaseException:
            self.close()
            raise
        return found

    @contextmanager
    def write(self) -> Iterator[Rows]:
        with self._turn, translated():
            self._require_open()
            with self._writer.transaction(WRITE) as pipeline:
                yield Rows(pipeline, self._clock)

    @contextmanager
    def read(self) -> Iterator[Rows]:
        with self._reading, translated():
            if self._open is not None:
                yield self._open
                return
            self._require_open()
            try:
                with self._reader.transaction(SNAPSHOT) as pipeline:
                    self._open = Rows(pipeline, self._clock)
                    yield self._open
            finally:
                self._open = None

    @contextmanager
    def glance(self) -> Iterator[Rows]:
        with self._reading, translated():
            if self._open is not None or self._reader.pooled:
                with self.read() as rows:
                    yield rows
                return
            self._require_open()
            with self._reader.statements() as pipeline:
                yield Rows(pipeline, self._clock)

    @contextmanager
    def vault(self, *, write: bool = False) -> Iterator[PostgresVault]:
        with self.write() if write else self.read() as rows:
            yield PostgresVault(rows.pipeline)

    @contextmanager
    def outbox(self, *, write: bool = False) -> Iterator[PostgresOutbox]:
        with self.write() if write else self.read() as rows:
            yield PostgresOutbox(rows.pipeline)

    def version(self) -> int:
        with self.glance() as rows:
            return rows.version()

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("the database was closed")

    def close(self) -> None:
        with self._reading:
            self._closed = True
            self._reader.close()
            self._writer.close()

    def bell(self) -> PostgresBell:
        return PostgresBell(self._url, lambda: self._writer.pid)

    def suspend(self) -> None:
        """A child that inherits a connection would talk on it, or end it when it is collected."""
        self._turn.acquire()
        self._reading.acquire()
        self._reader.close()
        self._writer.close()

    def resume(self) -> None:
        self._reading.release()
        self._turn.release()


def _require_durable(connection: Connection) -> None:
    """Refuse a server that would acknowledge what it may lose."""
    commit, encoding = connection.execute(
        "SELECT current_setting('synchronous_commit'), current_setting('server_encoding')"
    ).fetchall()[0]
    if commit == "off":
        raise UsageError("synchronous_commit is off, so a crash could lose decisions: set it to on for this database")
    if encoding != "UTF8":
        raise UsageError(f"the database's encoding is {encoding}: create one with encoding UTF8")
