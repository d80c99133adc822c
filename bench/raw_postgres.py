"""The controls on PostgreSQL: the same rows by the driver alone, each transaction one data-modifying statement."""

import asyncio
import re
from typing import Any, Final

import psycopg

from .recorded import Commit, Row, Template
from .timing import Rate, rate

Statement = tuple[str, list[Any]]
Connection = psycopg.AsyncConnection[Any]
_IGNORED: Final = re.compile(r"INSERT OR IGNORE (INTO blobs .*)", re.DOTALL)
_VALUES: Final = re.compile(r"VALUES \(([?, ]+)\)")


class RawPostgres:
    """A database with our tables, written without us: each connection for a tenant of its own, so that nobody waits
    for anybody's head."""

    def __init__(self, url: str, template: Template) -> None:
        self._url: Final = url
        self._template: Final = template
        self._made = 0

    def one_by_one(self, count: int) -> Rate:
        """Cycles a second, one statement after another on one connection."""
        statements = [one for cycle in self._cycles(count, "raw") for one in cycle]
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.prepare_threshold = 1

            def work() -> None:
                for statement, values in statements:
                    connection.execute(statement, values)

            return rate(count, work)

    def together(self, count: int, width: int) -> Rate:
        """Cycles a second of `width` coroutines with a connection each."""
        shares = [self._cycles(count // width, f"raw{one}") for one in range(width)]
        with asyncio.Runner() as runner:
            connections = [runner.run(_connected(self._url)) for _ in shares]
            measured = rate(sum(map(len, shares)), lambda: runner.run(_together(connections, shares)))
            for connection in connections:
                runner.run(connection.close())
        return measured

    def _cycles(self, count: int, tenant: str) -> list[list[Statement]]:
        self._made += count
        numbers = range(self._made - count, self._made)
        return [[one_statement(commit, tenant) for commit in self._template.again(number)] for number in numbers]


async def _connected(url: str) -> Connection:
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    connection.prepare_threshold = 1
    return connection


async def _together(connections: list[Connection], shares: list[list[list[Statement]]]) -> None:
    await asyncio.gather(*map(_write, connections, shares))


async def _write(connection: Connection, cycles: list[list[Statement]]) -> None:
    for cycle in cycles:
        for statement, values in cycle:
            await connection.execute(statement, values)


def one_statement(commit: Commit, tenant: str) -> Statement:
    """All rows of a transaction, as one statement with an INSERT for each table."""
    rows: dict[str, list[Row]] = {}
    for statement, row in commit:
        rows.setdefault(statement, []).append((tenant, *row[1:]))
    parts = ", ".join(f"part{order} AS ({_for_all(*one)})" for order, one in enumerate(rows.items()))
    return f"WITH {parts} SELECT 1", [value for some in rows.values() for row in some for value in row]


def _for_all(statement: str, rows: list[Row]) -> str:
    """SQLite's statement for one row as PostgreSQL's for all of them."""
    ours = _IGNORED.sub(r"INSERT \1 ON CONFLICT DO NOTHING", statement)
    one = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    return _VALUES.sub("VALUES " + ", ".join([one] * len(rows)), ours)
