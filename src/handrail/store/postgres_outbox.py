"""The outbox in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final

from .outbox import Count, Notice, Parcel
from .postgres_arrays import numbers, texts
from .postgres_link import translated
from .postgres_pipeline import Pipeline

COLUMNS: Final = "id, tenant, sub, rev, what, level, channel, person, at, due_at, status, tries, sent_at, error"
PUT_NOTICES: Final = """
    INSERT INTO outbox (tenant, sub, rev, what, level, channel, person, at, due_at)
    SELECT %s, * FROM unnest(
        %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])"""
DUE_NOTICES: Final = f"""
    SELECT {COLUMNS} FROM outbox
    WHERE channel = %s AND status = 'waiting' AND due_at <= %s ORDER BY due_at, id LIMIT %s"""
NEXT_NOTICE: Final = "SELECT min(due_at) FROM outbox WHERE channel = %s AND status = 'waiting'"
ABOUT: Final = f"SELECT {COLUMNS} FROM outbox WHERE tenant = %s AND sub = %s AND channel = %s ORDER BY id"
SENT_SINCE: Final = """
    SELECT DISTINCT sent_at FROM outbox
    WHERE tenant = %s AND channel = %s AND person = %s AND status = 'sent' AND sent_at > %s ORDER BY sent_at"""
DROP_NOTICES: Final = "DELETE FROM outbox WHERE id = ANY(%s::bigint[])"
MOVE_NOTICES: Final = "UPDATE outbox SET due_at = %s WHERE id = ANY(%s::bigint[])"
SENT: Final = """
    UPDATE outbox SET status = 'sent', sent_at = %s, tries = tries + 1, error = NULL WHERE id = ANY(%s::bigint[])"""
AGAIN: Final = "UPDATE outbox SET due_at = %s, tries = tries + 1, error = %s WHERE id = %s"
DEAD: Final = "UPDATE outbox SET status = 'dead', tries = tries + 1, error = %s WHERE id = %s"
COUNTS: Final = (
    "SELECT channel, status, count(*), min(at) FROM outbox GROUP BY channel, status ORDER BY channel, status"
)
REDRIVE: Final = """
    UPDATE outbox SET status = 'waiting', due_at = %s, tries = 0
    WHERE status = 'dead' AND channel = coalesce(%s, channel) RETURNING 1"""
PRUNE: Final = """
    DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE tenant = %s AND at < %s ORDER BY at LIMIT %s)"""
_TEXTS: Final = frozenset({"sub", "what", "channel", "person"})


def put_notices(pipeline: Pipeline, tenant: str, notices: Sequence[Notice]) -> None:
    """Send notices; whether they can be written is told by the commit at the latest."""
    columns = zip(Notice._fields, zip(*notices, strict=True), strict=True)
    arrays = [texts(values) if name in _TEXTS else numbers(values) for name, values in columns]
    pipeline.send(PUT_NOTICES, tenant, *arrays)


class PostgresOutbox:
    """Reads and writes within a transaction."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline: Final = pipeline

    def _all(self, statement: str, *values: Any) -> list[Any]:
        with translated():
            return self._pipeline.rows(statement, *values)

    def _do(self, statement: str, *values: Any) -> None:
        with translated():
            self._pipeline.send(statement, *values)

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
        if notices:
            with translated():
                put_notices(self._pipeline, tenant, notices)

    def drop(self, ids: Sequence[int]) -> None:
        self._do(DROP_NOTICES, numbers(ids))

    def move(self, ids: Sequence[int], due_at: int) -> None:
        self._do(MOVE_NOTICES, due_at, numbers(ids))

    def sent(self, ids: Sequence[int], at: int) -> None:
        self._do(SENT, at, numbers(ids))

    def failed(self, id_: int, due_at: int | None, error: str) -> None:
        if due_at is None:
            self._do(DEAD, error, id_)
        else:
            self._do(AGAIN, due_at, error, id_)

    def counts(self) -> list[Count]:
        return [Count(*row) for row in self._all(COUNTS)]

    def redrive(self, channel: str | None, now: int) -> int:
        return len(self._all(REDRIVE, now, channel))
