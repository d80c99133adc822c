"""Bells over PostgreSQL: every commit notifies, and each process listens on a connection of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

import psycopg

from ..errors import HandrailError
from .postgres_link import Connection, Link

AGAIN: Final = 1.0
"""Seconds until a lost connection is tried again."""
SLOW, QUICK = 0.5, 0.05
"""Seconds between looks beneath a bell that rings, and where none does."""


class PostgresBell:
    """A listening connection; while it is lost, and behind a pooler of transactions, looks by the clock have to do."""

    def __init__(self, url: str, own: Callable[[], int | None]) -> None:
        self._link, self._own = Link(url), own
        self._connection: Connection | None = None
        self._tried = -AGAIN

    @property
    def net(self) -> float:
        """Seconds between looks beneath it."""
        return QUICK if self._connection is None else SLOW

    def fileno(self) -> int | None:
        """The connection's socket; a lost connection is opened anew, now and then."""
        if self._connection is None and not self._link.pooled and time.monotonic() - self._tried >= AGAIN:
            self._tried = time.monotonic()
            try:
                connection = self._link.connection()
                if self._link.pooled:
                    self._lost()
                    return None
                connection.execute(b"LISTEN handrail")
                self._connection = connection
            except (psycopg.Error, HandrailError):
                self._lost()
        return self._connection.pgconn.socket if self._connection is not None else None

    def drain(self) -> bool:
        """Forget what rang; whether it was another process. A connection that was lost rings."""
        if self._connection is None:
            return False
        pgconn, own, rang = self._connection.pgconn, self._own(), False
        try:
            pgconn.consume_input()
            while (notice := pgconn.notifies()) is not None:
                rang = rang or notice.be_pid != own
        except psycopg.Error:
            self._lost()
            return True
        if pgconn.status != psycopg.pq.ConnStatus.OK:
            self._lost()
            return True
        return rang

    def _lost(self) -> None:
        self._connection = None
        self._link.close()

    def ring(self) -> None:
        """Nothing: the commit itself has notified."""

    def close(self) -> None:
        """End the connection."""
        self._lost()

    def abandon(self) -> None:
        """In a forked child: close the file alone, for the parent goes on talking over the connection."""
        if self._connection is not None:
            os.close(self._connection.pgconn.socket)
