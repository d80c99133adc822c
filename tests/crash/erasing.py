"""Erases by hand what may be erased, as long as no command does: texts and arguments go, the log stays."""

from __future__ import annotations

import apsw
import orjson
import psycopg

from handrail.engine.archive import Archive
from tests.crash.ledger import Ledger

ACTIONS = 10


def erase(archive: Archive, url: str, run: str, ledger: Ledger) -> None:
    """Erase the texts and arguments of a run's actions that ended. What the arguments were is noted outside before."""
    with archive.read() as reader:
        rows = reader.of_run(archive.tenant, run, ACTIONS)
        over = [one.id for one in rows if one.status in ("succeeded", "refused", "failed")]
        kept = [reader.revision(archive.tenant, one, number) for one in over for number in (1, 2)]
        entries = [entry.i for one in over for entry in reader.entries(archive.tenant, sub=one)]
    for revision in kept:
        if revision is not None:
            ledger.note("erased", revision.bind, orjson.loads(revision.args))
    if over:
        _delete(url, entries, over)


def _delete(url: str, entries: list[int], actions: list[str]) -> None:
    texts = [(i,) for i in entries]
    revisions = [(one,) for one in actions]
    if url.startswith("sqlite:"):
        file = apsw.Connection(url.removeprefix("sqlite:///"))
        file.set_busy_timeout(10_000)
        with file:
            file.executemany("DELETE FROM disclosures WHERE i = ? AND name <> 'data'", texts)
            file.executemany("DELETE FROM revisions WHERE action = ?", revisions)
        file.close()
        return
    try:
        with psycopg.connect(url, connect_timeout=2) as connection, connection.cursor() as cursor:
            cursor.executemany(b"DELETE FROM disclosures WHERE i = %s AND name <> 'data'", texts)
            cursor.executemany(b"DELETE FROM revisions WHERE action = %s", revisions)
    except psycopg.OperationalError:
        return
