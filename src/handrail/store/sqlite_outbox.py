"""The outbox in SQLite."""

from collections.abc import Sequence
from typing import Any, Final

import apsw

from .outbox import Count, Notice, Parcel

COLUMNS: Final = "id, tenant, sub, rev, what, level, channel, person, at, due_at, status, tries, sent_at, error"
PUT_NOTICE: Final = """
    INSERT INTO outbox (tenant, sub, rev, what, level, channel, person, at, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
DUE_NOTICES: Final = f"""
    SELECT {COLUMNS} FROM outbox WHERE channel = ? AND status = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?"""
NEXT_NOTICE: Final = "SELECT min(due_at) FROM outbox WHERE channel = ? AND status = 'waiting'"
ABOUT: Final = f"SELECT {COLUMNS} FROM outbox WHERE tenant = ? AND sub = ? AND channel = ? ORDER BY id"
SENT_SINCE: Final = """
    SELECT DISTINCT sent_at FROM outbox
    WHERE tenant = ? AND channel = ? AND person = ? AND status = 'sent' AND sent_at > ? ORDER BY sent_at"""
DROP_NOTICE: Final = "DELETE FROM outbox WHERE id = ?"
MOVE_NOTICE: Final = "UPDATE outbox SET due_at = ? WHERE id = ?"
SENT: Final = "UPDATE outbox SET status = 'sent', sent_at = ?, tries = tries + 1, error = NULL WHERE id = ?"
FAILED: Final = """
    UPDATE outbox SET status = iif(?1 IS NULL, 'dead', 'waiting'), due_at = coalesce(?1, due_at), tries = tries + 1,
        error = ?2
    WHERE id = ?3"""
COUNTS: Final = (
    "SELECT channel, status, count(*), min(at) FROM outbox GROUP BY channel, status ORDER BY channel, status"
)
REDRIVE: Final = """
    UPDATE outbox SET status = 'waiting', due_at = ?1, tries = 0
    WHERE status = 'dead' AND channel = coalesce(?2, channel)"""
# The plus keeps the planner from walking all of the tenant's.
PRUNE: Final = """
    DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE +tenant = ? AND at < ? ORDER BY at LIMIT ?)"""


class SQLiteOutbox:
    """Reads and writes on a connection in which a transaction is open."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection: Final = connection

    def _all(self, statement: str, *values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def _each(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.executemany(statement, rows).fetchall()

    def due(self, channel: str, now: int, limit: int) -> list[Parcel]:
        return [Parcel(*row) for row in self._all(DUE_NOTICES, channel, now, limit)]

    def next_due(self, channel: str) -> int | None:
        found: int | None = self._all(NEXT_NOTICE, channel)[0][0]
        return found

    def about(self, tenant: str, sub: str, channel: str) -> list[Parcel]:
        return [Parcel(*row) for row in self._all(ABOUT, tenant, sub, channel)]

    def sent_since(self, tenant: str, channel: str, person: str, since: int) -> list[int]:
        return [row[0] for row in self._all(SENT_SINCE, tenant, channel, person, since)]

    def put(self, tenant: str, notices: Sequence[Notice]) -> None:
        self._each(PUT_NOTICE, [(tenant, *one) for one in notices])

    def drop(self, ids: Sequence[int]) -> None:
        self._each(DROP_NOTICE, [(one,) for one in ids])

    def move(self, ids: Sequence[int], due_at: int) -> None:
        self._each(MOVE_NOTICE, [(due_at, one) for one in ids])

    def sent(self, ids: Sequence[int], at: int) -> None:
        self._each(SENT, [(at, one) for one in ids])

    def failed(self, id_: int, due_at: int | None, error: str) -> None:
        self._all(FAILED, due_at, error, id_)

    def counts(self) -> list[Count]:
        return [Count(*row) for row in self._all(COUNTS)]

    def redrive(self, channel: str | None, now: int) -> int:
        self._all(REDRIVE, now, channel)
        return self._connection.changes()
