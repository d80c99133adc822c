"""`handrail doctor`: is this database sound, and does its log prove itself? Or: is this server there, and knows me?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import typer

from ..embedded import os_user_name
from ..engine.request import DEFAULT_TENANT
from ..engine.verify import Report, verify
from ..store.health import Health, examined
from ..view.words import count
from .desk import Db, is_server, place
from .finding import CODES, MARKS, STYLES, Finding
from .local import LocalSite, require_database
from .page import Json, labelled, show, tell
from .refusal import refused


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
    require_database(path)
    with examined(path) as (health, reader):
        report = verify(reader, DEFAULT_TENANT)
    found = [*_file(path), *_sqlite(health), *_log(report)]
    if not any(one.level == "damage" for one in found) and health.schema == health.newest_schema:
        found += _directory(path)
    return found


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
    if health.schema > health.newest_schema:
        yield Finding("Schema", "damage", f"{health.schema}, newer than this version knows: update handrail")
    elif health.schema < health.newest_schema:
        yield Finding("Schema", "warning", f"{health.schema} of {health.newest_schema}: the next use brings it up")
    else:
        yield Finding("Schema", "good", str(health.schema))
    for damage in health.damage:
        yield Finding("File", "damage", damage)


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
        if directory.solo:
            yield Finding("People", "note", "solo mode: you are the only person; decisions are marked solo")
            return
        linked = directory.linked(user)
        many = count(len(directory.people), "person", "people")
        if linked is None:
            yield Finding("People", "warning", f"{many}; nobody is linked to your OS user {user}, so you cannot decide")
        else:
            yield Finding("People", "good", f"{many}; you are {at.backend.name(linked.id)}")
    finally:
        at.close()
