"""Brings a PostgreSQL database to the present schema: numbered SQL files, each applied once, in one transaction.

Whoever opens an empty database makes the first schema. From then on a migration is a step of its own, since other
processes of the version before are at work: it says in its first line which version may go on beside it.
"""

import re
from typing import Final

from ..errors import CorruptLog, TooNew, UsageError
from . import postgres_statements as sql
from .migrate import scripts
from .postgres_link import Connection, translated

ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(5207632)"
TABLES: Final = "SELECT to_regclass('meta') IS NOT NULL, to_regclass('streams') IS NOT NULL"
_BESIDE: Final = re.compile(r"-- Goes on beside schema (\d+)\.")
"""In the first line of a migration: the oldest schema whose programs work on after it. Without it, none does."""


def schema(connection: Connection) -> int:
    """The number of the database's schema; 0 for an empty database. Raises `CorruptLog` for another program's."""
    meta, streams = connection.execute(TABLES).fetchall()[0]
    if not meta and not streams:
        return 0
    if not (meta and streams):
        raise CorruptLog("these are the tables of another program: give a database, or a schema, of its own")
    return _number(connection, "schema")


def _number(connection: Connection, name: str) -> int:
    rows = connection.execute(sql.META, (name,)).fetchall()
    return int(rows[0][0]) if rows else 0


def prepare(connection: Connection) -> None:
    """Make the first schema in an empty database, and refuse one that this version cannot use.

    Raises `TooNew` for a schema that leaves this version behind, `UsageError` for one that is to be migrated first.
    """
    steps, found = scripts("postgres"), schema(connection)
    if found == 0:
        migrate(connection)
    elif found < len(steps):
        raise UsageError(f"the database has schema {found}, this version needs {len(steps)}: run `handrail migrate`")
    elif found > len(steps) and _number(connection, "beside") > len(steps):
        raise TooNew(f"the database has schema {found}, this version knows {len(steps)}: update handrail")


def migrate(connection: Connection) -> int:
    """Apply what is missing, one process at a time; how many steps that were. Raises `TooNew`."""
    steps = scripts("postgres")
    with translated(), connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        found = schema(connection)
        if found > len(steps):
            raise TooNew(f"the database has schema {found}, this version knows {len(steps)}: update handrail")
        for number, script in enumerate(steps[found:], found + 1):
            connection.execute(script.encode())
            said = _BESIDE.match(script)
            beside = int(said[1]) if said else number
            connection.execute(sql.SET_META, ("schema", str(number).encode()))
            connection.execute(sql.SET_META, ("beside", str(beside).encode()))
    return len(steps) - found
