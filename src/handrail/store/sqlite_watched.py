"""What SQLite knows of the runs that people watch."""

from collections.abc import Collection
from typing import Any, Protocol

import orjson

from . import statements as sql
from .protocol import Stream


class Lister(Protocol):
    """What lists the rows of lives."""

    def _streams(self, statement: str, *values: Any) -> list[Stream]: ...


class Watched:
    """Runs by what they need, and what is done in them."""

    def watched(self: Lister, tenant: str, limit: int) -> list[Stream]:
        """Watched runs that go on, by rank and age."""
        return self._streams(sql.WATCHED, tenant, limit)

    def watched_ended(self: Lister, tenant: str, since: int, limit: int) -> list[Stream]:
        """Watched runs that ended since (µs), the last one first."""
        return self._streams(sql.WATCHED_ENDED, tenant, since, limit)

    def of_run(self: Lister, tenant: str, run: str, limit: int) -> list[Stream]:
        """The newest actions of a run."""
        return self._streams(sql.OF_RUN, tenant, run, limit)

    def asking(self: Lister, tenant: str, runs: Collection[str], limit: int) -> list[Stream]:
        """Actions of these runs that are held or unknown."""
        return self._streams(sql.ASKING, tenant, orjson.dumps(list(runs)).decode(), limit)
