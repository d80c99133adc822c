"""Brings a PostgreSQL database to a schema: numbered SQL files, each applied once, in one transaction.

Whoever opens an empty database makes the first schema. From then on a migration is a step of its own, since other
processes of the version before are at work: it says in its first line which version may go on beside it.
"""

import os
import re
from typing import Final

from ..errors import CorruptLog, TooNew, UsageError
from . import postgres_statements as sql
from .postgres_link import Connection, translated

ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(5207632)"
# From the catalogue: `to_regclass` answers from what this connection has remembered.
TABLES: Final = """
    SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relname IN ('meta', 'streams')"""
_BESIDE: Final = re.compile(r"-- Goes on beside schema (\d+)\.")
"""In the first line of a migration: the oldest schema whose programs work on after it. Without it, none does."""


def schema(connection: Connection) -> int:
    """The number of the database's schema; 0 for an empty database. Raises `CorruptLog` for another program's."""
    found = connection.execute(TABLES).fetchall()
    if not found:
        return 0
    if len(found) == 1:
        raise CorruptLog("these are the tables of another program: give a database, or a schema, of its own")
    return _number(connection, "schema")


def _number(connection: Connection, name: str) -> int:
    rows = connection.execute(sql.META, (name,)).fetchall()
    return int(rows[0][0]) if rows else 0


def prepare(connection: Connection, steps: list[str]) -> None:
    """Make the first schema in an empty database, and refuse one that this version cannot use.

    Raises `TooNew` for a schema that leaves this version behind, `UsageError` for one that is to be migrated first.
    """
    found = schema(connection)
    if found == 0:
        migrate(connection, steps)
    elif found < len(steps):
        raise UsageError(f"the database has schema {found}, this version needs {len(steps)}: run `handrail migrate`")
    elif found > len(steps) and _number(connection, "beside") > len(steps):
        raise TooNew(f"the database has schema {found}, this version knows {len(steps)}: update handrail")


def migrate(connection: Connection, steps: list[str]) -> int:
    """Apply what is missing, one process at a time; how many steps that were. Raises `TooNew`."""
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
        connection.execute(sql.PUT_META, ("secret", os.urandom(32)))
    return len(steps) - found
