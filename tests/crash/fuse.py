"""Tells of every point that a process passes, and lets it die at one of them."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from handrail.audit.entry import parse_entry
from handrail.store.postgres import PostgresStore
from handrail.store.postgres_link import Connection
from handrail.store.postgres_pipeline import Pipeline
from handrail.store.protocol import Batch, Transaction
from handrail.store.sqlite import SQLiteStore
from tests.crash import points


class Point(NamedTuple):
    """The n-th time (from 1) that something is about to happen, or has just happened."""

    name: str
    nth: int


@dataclass
class Fuse:
    """Counts the points of its process. Without one to go off at, it only writes down what it saw."""

    at: Point | None = None
    passed: list[Point] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def burn(self, name: str) -> None:
        """Pass a point, or die at it."""
        self._counts[name] += 1
        point = Point(name, self._counts[name])
        if point == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(point)

    def watch(self, store: str, folder: Path) -> None:
        """Begin, for everything that this process does from now on with a store of that kind."""
        named = points.catalogue(store)

        def name(text: str) -> str:
            return named.get(text.strip()) or points.gist(text)

        if store == "sqlite":
            apsw.connection_hooks.append(lambda connection: self._sqlite(connection, name))
            sys.addaudithook(lambda event, args: self._file(event, args, str(folder)))
            _transactions(self, SQLiteStore)
        else:
            _postgres(self, name)
            _transactions(self, PostgresStore)

    def _sqlite(self, connection: apsw.Connection, name: Callable[[str], str]) -> None:
        def before(_: apsw.Cursor, text: str, __: Any) -> bool:
            self.burn(f"before {name(text)}")
            return True

        connection.exec_trace = before
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, lambda told: self.burn(f"after {name(told['sql'])}"))

    def _file(self, event: str, args: tuple[Any, ...], folder: str) -> None:
        if event in points.AUDITED.values() and (event == "fcntl.flock" or _ours(args[0], folder)):
            self.burn(f"before {event}")


def _postgres(fuse: Fuse, name: Callable[[str], str]) -> None:
    """Pass a point on both sides of handing a statement to the driver."""

    def watched(hand_over: Callable[..., Any]) -> Callable[..., Any]:
        def handed_over(self: Any, query: Any, *args: Any, **given: Any) -> Any:
            called = name(query.decode() if isinstance(query, bytes) else str(query))
            fuse.burn(f"before {called}")
            found = hand_over(self, query, *args, **given)
            fuse.burn(f"after {called}")
            return found

        return handed_over

    Connection.execute = watched(Connection.execute)  # type: ignore[method-assign]
    Pipeline.send = watched(Pipeline.send)  # type: ignore[method-assign]


def _ours(path: object, folder: str) -> bool:
    return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(f"{folder}/crash")


def _transactions(fuse: Fuse, store: type[Any]) -> None:
    """Pass a point on both sides of the commit of each transition."""
    write = store.write

    @contextmanager
    def watched(self: Any) -> Iterator[Any]:
        written: list[str] = []
        opened: AbstractContextManager[Transaction] = write(self)
        with opened as tx:
            yield _Watched(tx, written)
            for one in written:
                fuse.burn(f"before the commit of {one}")
        for one in written:
            fuse.burn(f"after the commit of {one}")

    store.write = watched


class _Watched:
    """A transaction that writes down which transitions are in it."""

    def __init__(self, tx: Transaction, written: list[str]) -> None:
        self._tx, self._written = tx, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def append(self, tenant: str, batch: Batch) -> None:
        """Write, and remember what."""
        self._tx.append(tenant, batch)
        for entry in map(parse_entry, (row.entry for row in batch.entries)):
            self._written.append(points.transition(entry.type, entry.from_, entry.to))
