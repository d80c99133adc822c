"""What can go wrong between a process and its database: the real store, with faults at its edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import apsw

from handrail.errors import CommitUnknown, Unavailable
from handrail.store.sqlite import Rows, SQLiteStore

FAULTS: Final = (
    "away before the transaction", "full at a statement", "disk failed at the commit", "commit lost and not told",
    "commit kept and not told", "killed at a statement", "killed before the commit", "killed after the commit",
    "away while reading",
)  # fmt: skip
STATEMENTS: Final = 30
"""A transaction's statements among which one is picked to fail; most have fewer, and then nothing fails."""


class Crash(BaseException):
    """The process is killed here: nothing that it would have done next is done."""


class Faults:
    """Draws faults from the world's chance. `rate` is how often a transaction meets one."""

    def __init__(self, chance: Random, seen: Counter[str]) -> None:
        self.rate = 0.0
        self._chance, self._seen = chance, seen

    def draw(self) -> str | None:
        """The fault of the next transaction, if it meets one."""
        if self._chance.random() >= self.rate:
            return None
        return self._chance.choice(FAULTS[:-1])

    def reading(self) -> bool:
        """Whether the next read fails."""
        return self._chance.random() < self.rate / 4

    def statement(self) -> int:
        """At which statement it happens."""
        return self._chance.randrange(STATEMENTS)

    def happened(self, fault: str) -> None:
        """Count a fault that took place."""
        self._seen[fault] += 1


class FaultyStore:
    """A store that fails as its faults say, and in all else is the one it holds."""

    def __init__(self, store: SQLiteStore, faults: Faults) -> None:
        self._store: Final = store
        self._faults: Final = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def read(self) -> Iterator[Rows]:
        """A snapshot, unless the database is away."""
        if self._faults.reading():
            self._faults.happened("away while reading")
            raise Unavailable("the database is away")
        with self._store.read() as rows:
            yield rows

    @contextmanager
    def write(self) -> Iterator[Rows]:
        """A transaction that may fail before it, inside it, at its commit, or after it."""
        fault = self._faults.draw()
        if fault == "away before the transaction":
            self._faults.happened(fault)
            raise Unavailable("the database is away")
        with self._store.write() as rows:
            self._arm(rows.connection, fault)
            try:
                yield rows
            finally:
                if fault not in AT_COMMIT:
                    rows.connection.exec_trace = None
        self._after(fault)

    def _after(self, fault: str | None) -> None:
        if fault == "commit kept and not told":
            self._faults.happened(fault)
            raise CommitUnknown("the answer to the commit was lost")
        if fault == "killed after the commit":
            self._faults.happened(fault)
            raise Crash

    def _arm(self, connection: apsw.Connection, fault: str | None) -> None:
        """Let the connection meet the fault at one of its statements."""
        if fault in AT_COMMIT:
            self._at(connection, fault, lambda text, _: text == "COMMIT")
        elif fault in AT_STATEMENT:
            nth = self._faults.statement()
            self._at(connection, fault, lambda text, count: count > nth and text != "COMMIT" and text != "ROLLBACK")

    def _at(self, connection: apsw.Connection, fault: str, fits: Any) -> None:
        count = 0

        def trace(_: apsw.Cursor, text: str, __: Any) -> bool:
            nonlocal count
            count += 1
            if fits(text, count):
                connection.exec_trace = None
                self._faults.happened(fault)
                raise RAISED[fault]
            if text == "ROLLBACK":
                connection.exec_trace = None
            return True

        connection.exec_trace = trace


AT_COMMIT: Final = ("disk failed at the commit", "commit lost and not told", "killed before the commit")
AT_STATEMENT: Final = ("full at a statement", "killed at a statement")
RAISED: Final[dict[str, BaseException]] = {
    "disk failed at the commit": apsw.IOError("the disk failed"),
    "commit lost and not told": CommitUnknown("the answer to the commit was lost"),
    "killed before the commit": Crash(),
    "full at a statement": apsw.FullError("the disk is full"),
    "killed at a statement": Crash(),
}
