"""Looks at a database on a server without changing it: version, durability, schema, rights; and reads its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ..clock import ToldClock
from ..errors import CorruptLog
from .migrate import scripts
from .postgres import SNAPSHOT, Rows
from .postgres_link import Connection, Link, translated
from .postgres_migrate import schema
from .protocol import Reader

ABOUT: Final = "SELECT current_setting('server_version'), current_setting('synchronous_commit'), pg_is_in_recovery()"
RIGHTS: Final = "SELECT current_user, has_table_privilege('entries', 'UPDATE, DELETE, TRUNCATE')"


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """What the server says. `rewrites` tells that the role's rights would let it change or delete entries."""

    version: str
    commit: str
    standby: bool
    schema: int
    newest_schema: int
    role: str
    rewrites: bool


@contextmanager
def examined(url: str) -> Iterator[tuple[ServerHealth, Reader]]:
    """A database's health, and a reader of one moment of it. Nothing is created or migrated.

    Raises `CorruptLog` for a database of another program, `UsageError` or `Unavailable` where it cannot be read.
    """
    link = Link(url, standby=True)
    try:
        with translated():
            health = _health(link.connection())
            with link.transaction(SNAPSHOT) as pipeline:
                yield health, Rows(pipeline, ToldClock())
    finally:
        link.close()


def exists(url: str) -> bool:
    """Whether there is a database of this product."""
    link = Link(url, standby=True)
    try:
        with translated():
            return schema(link.connection()) > 0
    finally:
        link.close()


def _health(connection: Connection) -> ServerHealth:
    found = schema(connection)
    if found == 0:
        raise CorruptLog("this is no database of handrail: name another one, or make it with `handrail init`")
    version, commit, standby = _row(connection, ABOUT)
    role, rewrites = _row(connection, RIGHTS)
    return ServerHealth(version, commit, standby, found, len(scripts("postgres")), role, rewrites)


def _row(connection: Connection, statement: str) -> Any:
    return connection.execute(statement).fetchall()[0]


def steps_missing(url: str) -> int:
    """How many steps the database is behind this version's schema."""
    link = Link(url, standby=True)
    try:
        with translated():
            return max(len(scripts("postgres")) - schema(link.connection()), 0)
    finally:
        link.close()
