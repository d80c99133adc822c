"""`handrail doctor`: is this database sound, and does its log prove itself? Or: is this server there, and knows me?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import typer

from ..embedded import os_user_name
from ..engine.request import DEFAULT_TENANT
from ..engine.verify import Report, verify
from ..store.address import is_remote, shown
from ..store.health import Health, examined
from ..view.words import count
from .desk import Db, is_server, place
from .finding import CODES, MARKS, STYLES, Finding
from .gist import short
from .local import LocalSite, require_database
from .notify import told
from .page import Json, labelled, show, tell
from .refusal import refused
from .stops import named

if TYPE_CHECKING:
    from ..store.postgres_health import ServerHealth

SHOWN: Final = 50
"""Of more stops the newest are looked through."""


def doctor(json: Json = False, db: Db = None) -> None:
    """Check a file and its whole log, or the way to a server.

    Exit code 0: sound; 1: works, but look at it; 2: damaged, or it does not answer.
    """
    with refused():
        found = _server(db or "") if is_server(db) else _database(place(db))
    if json:
        tell({"findings": [{"about": one.about, "level": one.level, "text": one.text} for one in found]})
    else:
        for one in found:
            show(labelled(one.about, MARKS[one.level] + one.text, STYLES[one.level]))
    raise typer.Exit(max(CODES[one.level] for one in found))


def _server(url: str) -> list[Finding]:
    from .examine import examined as looked_at

    return list(looked_at(url))


def _database(path: str) -> list[Finding]:
    if is_remote(path):
        return _remote(path)
    require_database(path)
    with examined(path) as (health, reader):
        report = verify(reader, DEFAULT_TENANT)
    found = [*_file(path), *_sqlite(health), *_log(report)]
    if not any(one.level == "damage" for one in found) and health.schema == health.newest_schema:
        found += _directory(path)
    return found


def _remote(url: str) -> list[Finding]:
    from ..store.postgres_health import examined as looked_at

    with looked_at(url) as (health, reader):
        report = verify(reader, DEFAULT_TENANT)
    found = [Finding("Database", "note", shown(url)), *_postgres(health), *_schema(health), *_log(report)]
    usable = not health.standby and health.schema == health.newest_schema
    if usable and not any(one.level == "damage" for one in found):
        found += _directory(url)
    return found


def _postgres(health: ServerHealth) -> Iterator[Finding]:
    sound = health.commit != "off" and not health.standby
    standby = ", a standby: decisions need the primary" if health.standby else ""
    lost = ": a crash may lose what was acknowledged" if health.commit == "off" else ""
    words = f"{health.version}{standby}, synchronous_commit {health.commit}{lost}"
    yield Finding("PostgreSQL", "good" if sound else "warning", words)
    if health.rewrites:
        words = f"{health.role} may change entries: give servers and agents a role that `handrail migrate --grant` made"
        yield Finding("Rights", "note", words)
    else:
        yield Finding("Rights", "good", f"{health.role} adds entries, and can change or delete none")


def _file(path: str) -> Iterator[Finding]:
    size = os.path.getsize(path)
    yield Finding("Database", "note", f"{os.path.abspath(path)}, {size / 1024:,.0f} KiB")
    if os.name != "posix":
        return
    found = os.stat(path)
    mode = stat.S_IMODE(found.st_mode)
    whose = "yours" if found.st_uid == os.getuid() else f"of user number {found.st_uid}"
    if mode & 0o022:
        yield Finding("Access", "warning", f"{whose}, and others may write it (mode {mode:o}): chmod 600 it")
    elif mode & 0o044:
        yield Finding("Access", "note", f"{whose}; others may read it (mode {mode:o}), chmod 600 keeps it to you")
    else:
        yield Finding("Access", "good", f"{whose} alone (mode {mode:o})")
    if not os.access(path, os.W_OK):
        yield Finding("Access", "warning", "you may not write it, so you can decide nothing here")


def _sqlite(health: Health) -> Iterator[Finding]:
    wal = health.journal == "wal"
    sound = health.sound_sqlite and wal
    mode = "WAL" if wal else f"journal mode {health.journal} instead of WAL: the next use sets it"
    old = "" if health.sound_sqlite else " can corrupt a shared file: install apsw 3.51.3 or newer"
    yield Finding("SQLite", "good" if sound else "warning", f"{health.sqlite}{old}, {mode}")
    yield from _schema(health)
    for damage in health.damage:
        yield Finding("File", "damage", damage)


def _schema(health: Health | ServerHealth) -> Iterator[Finding]:
    up = "the next use brings it up" if isinstance(health, Health) else "run `handrail migrate`"
    if health.schema > health.newest_schema:
        yield Finding("Schema", "damage", f"{health.schema}, newer than this version knows: update handrail")
    elif health.schema < health.newest_schema:
        yield Finding("Schema", "warning", f"{health.schema} of {health.newest_schema}: {up}")
    else:
        yield Finding("Schema", "good", str(health.schema))


def _log(report: Report) -> Iterator[Finding]:
    for problem in report.problems:
        yield Finding("Log", "damage", problem)
    if report.problems:
        return
    if not report.entries:
        yield Finding("Log", "good", "empty")
        return
    erased = f", {report.erased:,} erased" if report.erased else ""
    yield Finding(
        "Log", "good", f"{count(report.entries, 'entry', 'entries')} in order; the tree's root is {report.root}"
    )
    yield Finding("States", "good", f"{report.streams:,}, each as its entries replay")
    texts = (
        f"{count(report.texts, 'text')} and {count(report.arguments, 'set')} of arguments match their digests{erased}"
    )
    yield Finding("Texts", "good", texts)


def _directory(path: str) -> Iterator[Finding]:
    at = LocalSite(path)
    try:
        directory, user = at.directory, os_user_name()
        yield from _stopped(at)
        if directory.solo:
            yield Finding("People", "note", "solo mode: you are the only person; decisions are marked solo")
            return
        linked = directory.linked(user)
        many = count(len(directory.people), "person", "people")
        if linked is None:
            yield Finding("People", "warning", f"{many}; nobody is linked to your OS user {user}, so you cannot decide")
        else:
            yield Finding("People", "good", f"{many}; you are {at.backend.name(linked.id)}")
        yield from told(at)
    finally:
        at.close()


def _stopped(at: LocalSite) -> Iterator[Finding]:
    for one in at.backend.stops.newest(limit=SHOWN):
        if one.state.status == "present":
            why = f"`handrail stops show {short(one.state.id)}` says why"
            yield Finding("Stopped", "warning", f"{named(one)}: {why}")
