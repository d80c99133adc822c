"""One connection to PostgreSQL: opened when it is needed, bounded in time, with errors in our words."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ..errors import CommitUnknown, CorruptLog, HandrailError, Unavailable, UsageError
from .address import remote

try:
    import psycopg
    from psycopg import errors
    from psycopg.rows import TupleRow

    from .postgres_pipeline import Pipeline
except ImportError as missing:
    raise UsageError("postgresql:// needs the driver: install it with pip install 'handrail[postgres]'") from missing

PATIENCE: Final = 2.5
"""Seconds that a lock or a statement may take; then the database counts as unavailable."""
CONNECTS: Final = 2
"""Seconds that a connection may take to open."""
QUIET: Final = 1.0
"""Seconds after a server was found silent in which nobody else tries: who queues for it learns so at once."""
FORSAKEN: Final = 10_000
"""Milliseconds after which the server ends a transaction whose client is silent, and gives its locks to others."""
BOUNDS: Final = {
    "statement_timeout": int(PATIENCE * 1000), "lock_timeout": int(PATIENCE * 1000),
    "idle_in_transaction_session_timeout": FORSAKEN,
}  # fmt: skip
NO_SETTINGS: Final = "unsupported startup parameter"
"""What a pooler says that refuses settings of a session."""
_WRONG: Final = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "not permitted to log in")
READ_ONLY: Final = "session is read-only"


class Silence:
    """When a server was last found not to answer, by any of the links that share this."""

    def __init__(self) -> None:
        self._found = -QUIET

    def found(self) -> None:
        """Say that it did not answer now."""
        self._found = time.monotonic()

    def check(self) -> None:
        """Raise `Unavailable` where that is not long ago."""
        if time.monotonic() - self._found < QUIET:
            raise Unavailable("the database could not be reached a moment ago; try again")


class Connection(psycopg.Connection[TupleRow]):
    """A connection that waits for no answer longer than `PATIENCE`, whatever the network does meanwhile; then it ends,
    since nothing that comes later can be told apart."""

    silence: Silence | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, timeout or PATIENCE + 0.5)
        except errors._WaitTimeout:
            self.pgconn.finish()
            if self.silence is not None:
                self.silence.found()
            raise


class Link:
    """A connection that is opened at its first use, and anew after it failed. Not for use by two threads at once."""

    def __init__(self, url: str, silence: Silence | None = None, *, standby: bool = False) -> None:
        """`standby`: whether a server that takes no changes will do."""
        self._to, self._standby = remote(url), standby
        self._silence = silence or Silence()
        self._connection: Connection | None = None
        self._pipeline: Pipeline | None = None
        self.pooled = self._to.pooled or False

    def connection(self) -> Connection:
        """The connection, after a look whether the server still holds the other end."""
        self._silence.check()
        found = self._connection
        if found is not None and (found.closed or _ended(found)):
            self.close()
        if self._connection is None:
            try:
                self._connection = self._open()
            except Unavailable:
                self._silence.found()
                raise
        return self._connection

    def _open(self) -> Connection:
        with translated():
            try:
                found = self._connect()
            except psycopg.OperationalError as error:
                if self.pooled or NO_SETTINGS not in str(error):
                    raise
                self.pooled = True
                found = self._connect()
            found.silence = self._silence
            self._look_for_pooler(found)
        return found

    def _connect(self) -> Connection:
        bounds = [] if self.pooled else [f"-c {name}={value}" for name, value in BOUNDS.items()]
        found: Connection = Connection.connect(
            self._to.url, autocommit=True, prepare_threshold=None, connect_timeout=CONNECTS,
            client_encoding="utf8", application_name="handrail",
            options=" ".join([self._to.options, *bounds]).strip(),
            target_session_attrs="any" if self._standby else "read-write",
        )  # fmt: skip
        return found

    def _look_for_pooler(self, found: Connection) -> None:
        """A pooler names another process than the one that answers; unless the URL says which it is."""
        try:
            if self._to.pooled is None and not self.pooled:
                process = found.execute("SELECT pg_backend_pid()").fetchall()[0][0]
                self.pooled = process != found.info.backend_pid
        except BaseException:
            found.close()
            raise

    @contextmanager
    def statements(self) -> Iterator[Pipeline]:
        """Statements each of which is a transaction of its own."""
        pipeline = self._entered()
        try:
            yield pipeline
            pipeline.leave()
        except BaseException:
            if not pipeline.rolled_back():
                self.close()
            raise

    @contextmanager
    def transaction(self, how: str) -> Iterator[Pipeline]:
        """A transaction whose statements go out together until one is read, and with the commit.

        Raises `CommitUnknown` where the commit was sent and not answered; after every other error nothing was kept.
        """
        pipeline, committing = self._entered(), False
        try:
            pipeline.send(how)
            for name, value in BOUNDS.items() if self.pooled else ():
                pipeline.send(f"SET LOCAL {name} = {value}")
            yield pipeline
            committing = True
            pipeline.send("COMMIT")
            pipeline.leave()
        except BaseException as error:
            if not pipeline.rolled_back():
                self.close()
                if committing and isinstance(error, psycopg.Error | OSError):
                    raise CommitUnknown(f"whether the change was kept is not known: {_words(error)}") from error
            raise

    def _entered(self) -> Pipeline:
        connection = self.connection()
        if self._pipeline is None:
            self._pipeline = Pipeline(connection, prepares=not self.pooled)
        try:
            self._pipeline.enter()
        except psycopg.Error:
            self.close()
            raise
        return self._pipeline

    @property
    def pid(self) -> int | None:
        """The server's process at the other end, while there is one."""
        return self._connection.info.backend_pid if self._connection is not None else None

    def close(self) -> None:
        """Let go of the connection."""
        found, self._connection, self._pipeline = self._connection, None, None
        if found is not None:
            found.close()


def _ended(connection: Connection) -> bool:
    """Whether an idle connection was ended by the server: then its socket can be read, and there is nothing."""
    poller = select.poll()
    poller.register(connection.pgconn.socket, select.POLLIN)
    if not poller.poll(0):
        return False
    try:
        connection.pgconn.consume_input()
    except psycopg.Error:
        return True
    return connection.pgconn.status != psycopg.pq.ConnStatus.OK


@contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's errors into ours: damage is a corrupt log, what an administrator has to mend is a mistake,
    everything else means not now."""
    try:
        yield
    except (psycopg.Error, OSError) as error:
        raise ours(error) from error


def ours(error: Exception) -> HandrailError:
    """The error that the product knows for one of the driver's."""
    words = _words(error)
    if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
        return CorruptLog(f"the database is damaged: {words}")
    if isinstance(error, errors.InsufficientPrivilege):
        return UsageError(
            f"the database's role may not do this: {words}; its owner gives it with `handrail migrate --grant ROLE`, "
            "or does this"
        )
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return UsageError(f"the database has not the schema of this version: {words}; run `handrail migrate`")
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None and any(one in words for one in _WRONG):
        return UsageError(f"the database cannot be used: {words}")
    if isinstance(error, errors.ReadOnlySqlTransaction) or READ_ONLY in words:
        return Unavailable("the server that answers takes no changes: give the URL of the primary, or wait for one")
    return Unavailable(f"the database cannot be used now, and nothing was changed: {words}")


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
