"""Statements that go out together over one connection, and the rows that come back, as libpq has them.

A cursor of the driver costs several times what a short statement costs: this knows few types, prepares each statement
at its first use, and asks for rows in binary.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import cache
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Value = str | int | bytes | None
"""Bytes are sent as they are: as a `bytea`, or as an array in binary."""
FAILED: Final = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED})


class Sent:
    """A statement on its way. `rows` are its rows, from the next `sync` on."""

    __slots__ = ("prepares", "rows")

    def __init__(self, prepares: str | None = None) -> None:
        """`prepares` is the statement that this one only prepares."""
        self.prepares = prepares
        self.rows: list[Any] = []


class Pipeline:
    """What is sent on a connection between `enter` and `leave`. Not for use by two threads at once."""

    def __init__(self, connection: psycopg.Connection[Any], *, prepares: bool) -> None:
        """`prepares`: whether each transaction has the same server process at the other end."""
        self._connection, self._pgconn = connection, connection.pgconn
        self._prepares = prepares
        self._names: dict[str, bytes] = {}
        self._numbers = count()
        self._sent: list[Sent] = []

    @property
    def status(self) -> TransactionStatus:
        """How the server said the transaction stands, when it last answered."""
        return TransactionStatus(self._pgconn.transaction_status)

    def enter(self) -> None:
        """Begin; nothing goes over the network yet."""
        self._pgconn.enter_pipeline_mode()

    def leave(self) -> None:
        """Send and await what is left, and let the driver's own statements follow. Raises the first error."""
        if self._sent:
            self.sync()
        self._pgconn.exit_pipeline_mode()

    def send(self, statement: str, *values: Value) -> Sent:
        """Hand a statement to the driver, to leave with the next `sync` at the latest."""
        formats = [isinstance(value, bytes) for value in values]
        given = [value if isinstance(value, bytes) else _dumped(value) for value in values]
        if self._prepares:
            name = self._names.get(statement) or self._prepare(statement)
            self._pgconn.send_query_prepared(name, given, formats, Format.BINARY)
        else:
            self._pgconn.send_query_params(_numbered(statement), given, None, formats, Format.BINARY)
        sent = Sent()
        self._sent.append(sent)
        return sent

    def _prepare(self, statement: str) -> bytes:
        name = b"handrail_%d" % next(self._numbers)
        self._pgconn.send_prepare(name, _numbered(statement))
        self._sent.append(Sent(statement))
        self._names[statement] = name
        return name

    def rows(self, statement: str, *values: Value) -> list[Any]:
        """The rows of a statement, which goes out with everything before it. Raises the first error of them all."""
        sent = self.send(statement, *values)
        self.sync()
        return sent.rows

    def sync(self) -> None:
        """Send what was handed over and await every answer. Raises the first error."""
        self._pgconn.pipeline_sync()
        sent, self._sent = self._sent, []
        results = self._connection.wait(_answers(self._pgconn))
        failed = None
        for one, result in zip(sent, results, strict=True):
            if result.status in FAILED:
                failed = failed or result
                self._names.pop(one.prepares or "", None)
            else:
                one.rows = _rows(result)
        if failed is not None:
            raise error_from_result(failed)

    def rolled_back(self) -> bool:
        """Roll back and leave; whether the server said that nothing of the transaction is left."""
        try:
            if self._sent:
                self._settle()
            if self.status != TransactionStatus.IDLE:
                self.send("ROLLBACK")
            self.leave()
        except psycopg.Error:
            return False
        return not self._connection.closed

    def _settle(self) -> None:
        """Await what is on its way, whatever becomes of it."""
        try:
            self.sync()
        except psycopg.Error:
            if self._connection.closed:
                raise


def _answers(pgconn: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """Sends what is left, and gathers one result for each statement up to the next `sync`."""
    found: list[PGresult] = []
    unsent = pgconn.flush()
    while True:
        ready = yield Wait.RW if unsent else Wait.R
        if ready & Ready.R:
            pgconn.consume_input()
            between = False
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None and between:
                    break
                between = result is None
                if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                    return found
                if result is not None:
                    found.append(result)
        if unsent:
            unsent = pgconn.flush()


@cache
def _numbered(statement: str) -> bytes:
    """The statement with `$1`, `$2` and so on for its values."""
    first, *rest = statement.split("%s")
    return "".join([first, *(f"${number}{text}" for number, text in enumerate(rest, 1))]).encode()


def _dumped(value: str | int | None) -> bytes | None:
    """A value as text, whose type the server knows from the statement. Raises `DataError` for one with NUL."""
    if value is None:
        return None
    if isinstance(value, int):
        return b"%d" % value
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL keeps no text with the character NUL")
    return value.encode()


def _whole(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


_LOADED: Final[dict[int, Callable[[bytes], Any]]] = {17: bytes, 20: _whole, 21: _whole, 23: _whole}
"""How values are read by the numbers of their types: bytes and integers; all others here are texts."""


def _rows(result: PGresult) -> list[tuple[Any, ...]]:
    columns = [_LOADED.get(result.ftype(column), bytes.decode) for column in range(result.nfields)]
    value = result.get_value
    return [
        tuple([None if (found := value(row, column)) is None else read(found) for column, read in enumerate(columns)])
        for row in range(result.ntuples)
    ]
