"""Looks at a database file without changing it: version, mode, schema, damage; and reads it in one snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import apsw

from ..errors import CorruptLog
from .migrate import APPLICATION_ID, BUSY_MS, migrations
from .protocol import Reader
from .sqlite import OLDEST, Rows
from .sqlite_errors import translated

MOST_DAMAGE: Final = 5


@dataclass(frozen=True, slots=True)
class Health:
    """What SQLite says about a file. `damage` is what its own check of pages and indexes found."""

    sqlite: str
    sound_sqlite: bool
    journal: str
    schema: int
    newest_schema: int
    damage: tuple[str, ...]


@contextmanager
def examined(path: str) -> Iterator[tuple[Health, Reader]]:
    """A file's health, and a reader of one snapshot of it. Nothing is created, migrated or repaired.

    Raises `CorruptLog` for a file that is no database of this product, `Unavailable` where it cannot be read.
    """
    with translated():
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(BUSY_MS)
            health = _health(connection)
            connection.execute("BEGIN")
            yield health, Rows(connection)
        finally:
            connection.close()


def _health(connection: apsw.Connection) -> Health:
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise CorruptLog("this file is no database of handrail: choose another path")
    version = apsw.sqlite_lib_version()
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MOST_DAMAGE})").fetchall()]
    return Health(
        version, tuple(int(part) for part in version.split(".")) >= OLDEST, str(_pragma(connection, "journal_mode")),
        int(_pragma(connection, "user_version")), len(migrations()), () if found == ["ok"] else tuple(found),
    )  # fmt: skip


def _pragma(connection: apsw.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchall()[0][0]
