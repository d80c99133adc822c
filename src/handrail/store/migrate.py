"""Brings a database to the present schema: numbered SQL files, each applied once, all in one transaction."""

import os
from importlib.resources import files
from typing import Any, Final

import apsw

from ..errors import CorruptLog, TooNew

APPLICATION_ID: Final = 0x48524C31
BUSY_MS: Final = 10_000


def check(path: str) -> None:
    """Look at a file before anything is written to it. Raises `CorruptLog` if it belongs to another program.

    One snapshot answers, since another process may be making the file at this moment.
    """
    if not os.path.exists(path) or not os.path.getsize(path):
        return
    try:
        _look(path, apsw.SQLITE_OPEN_READONLY)
    except apsw.ReadOnlyError:  # a crash left a journal, which only a connection that writes can roll back
        _look(path, apsw.SQLITE_OPEN_READWRITE)


def _look(path: str, mode: int) -> None:
    connection = apsw.Connection(path, flags=mode)
    try:
        connection.set_busy_timeout(BUSY_MS)
        connection.execute("BEGIN")
        _version(connection)
    finally:
        connection.close()


def migrate(connection: apsw.Connection) -> None:
    """Apply what is missing. Raises `TooNew` for a database of a newer version, `CorruptLog` for another program's."""
    version, steps = _version(connection), migrations()
    if version > len(steps):
        raise TooNew(f"the database has schema {version}, this version knows {len(steps)}: update handrail")
    if version == len(steps):
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        for number, script in enumerate(steps, 1):
            if number > version:
                connection.execute(
                    f"{script}; PRAGMA user_version = {number}; PRAGMA application_id = {APPLICATION_ID}"
                )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection) -> int:
    """The schema's number; 0 for a database that is empty."""
    version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    if application != APPLICATION_ID and (application or version or _tables(connection)):
        raise CorruptLog("this file is the database of another program: choose another path")
    return version


def migrations() -> list[str]:
    """The scripts in their order."""
    return scripts("sqlite")


def scripts(dialect: str) -> list[str]:
    """The scripts of a dialect of SQL in their order."""
    folder = files(__package__) / "migrations" / dialect
    return [path.read_text() for path in sorted(folder.iterdir(), key=lambda path: path.name)]


def _pragma(connection: apsw.Connection, name: str) -> int:
    value: Any = connection.execute(f"PRAGMA {name}").fetchall()[0][0]
    return int(value)


def _tables(connection: apsw.Connection) -> int:
    found: Any = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchall()[0][0]
    return int(found)
