"""Where a case of the crash suite lives: a folder, and a database in it or on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import postgres

STORES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Place:
    """The folder with the ledgers of everybody who ever lived here, and the address of the database."""

    store: str
    folder: Path
    address: str

    @property
    def url(self) -> str:
        """The database's address, as a user gives it to `connect`."""
        return self.address if self.store == "postgres" else f"sqlite:///{self.address}"


@contextmanager
def place(store: str, folder: Path) -> Iterator[Place]:
    """A new place. SQLite's file is in a folder that the first life makes; PostgreSQL's database goes with the case."""
    folder.mkdir(parents=True, exist_ok=True)
    if store == "sqlite":
        yield Place(store, folder, str(folder / "crash" / "crash.db"))
        return
    with postgres.database(postgres.shared()) as url:
        yield Place(store, folder, url)
