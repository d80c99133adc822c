"""A disk that is full or fails at any byte, under load: nothing is acknowledged that is not kept, people can go on
reading, and once there is room everything works again without a restart."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from handrail.action.commands import Settle, Start, Withdraw
from handrail.backend import Answer
from handrail.errors import Unavailable
from handrail.ids import mint
from handrail.review.commands import Decide
from handrail.view.model import folds
from tests import postgres
from tests.crash import ledger
from tests.crash.books import Books
from tests.crash.disk import Disk
from tests.crash.places import Place, place
from tests.crash.test_points import PROCESSES, check
from tests.engine.kit import Desk, proposal
from tests.night import by_night, longer_by_night

EXECUTOR: Final = "exe_1"
SIZE: Final = "320m"
MOUNTS: Final = sys.platform == "linux" and os.geteuid() == 0
BACK: Final = 60
"""Seconds in which a server of PostgreSQL that crashed over a full disk has recovered."""
BEFORE_IT_FAILS: Final = 1000
"""Steps after which the disk must have failed."""


class Load:
    """One process that goes on with whatever waits, chosen at random."""

    def __init__(self, at: Place, seed: int) -> None:
        self.random = random.Random(seed)
        self.ledger = ledger.Ledger(at.folder)
        self.desk = Desk(at.address)
        self.open: list[str] = []
        self.send(mint("act"), proposal())

    def send(self, subject: str, command: object, name: str = "") -> Answer:
        """One command, and what it was told."""
        name = name or mint("cmd")
        who = self.desk.person if isinstance(command, Decide) else self.desk.agent
        answer = who.call(subject, command, command_id=name)
        self.ledger.note("told", name, answer)
        if answer["id"].startswith("act_") and answer["status"] in ("held", "cleared", "started"):
            self.open.append(answer["id"])
        elif "action" in answer and answer["action_status"] == "cleared":
            self.open.append(answer["action"])
        return answer

    def next(self) -> tuple[str, object]:
        """What may happen next, to an action that is taken off the list."""
        if not self.open or self.random.random() < 0.4:
            return mint("act"), proposal('{"n":"' + "x" * self.random.choice((1, 3000, 60_000)) + '"}')
        action = self.open.pop(self.random.randrange(len(self.open)))
        state = self.desk.action(action)
        match state.status:
            case "held":
                assert state.review is not None
                outcome = self.random.choice(("approve", "approve", "reject"))
                shown = self.desk.person.review(state.review)
                return state.review, Decide(outcome, shown.state.view, seen=folds(shown.view) or ())  # type: ignore[arg-type]
            case "cleared" if self.random.random() < 0.2:
                return action, Withdraw()
            case "cleared":
                return action, Start(EXECUTOR, state.bind)
            case _:
                return action, Settle(EXECUTOR, state.fence, "succeeded", {"value": 1})

    def refused(self) -> tuple[str, object, str]:
        """Go on until a command is not accepted."""
        for _ in range(BEFORE_IT_FAILS):
            name = mint("cmd")
            try:
                subject, command = self.next()
            except Unavailable:
                subject, command = mint("act"), proposal()
            try:
                self.send(subject, command, name)
            except Unavailable:
                return subject, command, name
        raise AssertionError("it never failed")


class Failing(Load):
    """The same over SQLite, on a disk that fails."""

    def __init__(self, at: Place, seed: int) -> None:
        self.disk = Disk()
        self.files = self.disk.insert()
        super().__init__(at, seed)

    def break_(self) -> None:
        """Let the disk fail soon: no room, or a sync that fails."""
        if self.random.random() < 0.7:
            self.disk.room = self.random.randrange(200_000)
        else:
            self.disk.syncs = self.random.randrange(8)

    def point(self) -> None:
        """The disk fails at some command; the same command is accepted once it is mended."""
        self.break_()
        subject, command, name = self.refused()
        assert self.disk.refused, "refused, and the disk was well"
        self.look()
        self.disk.mend()
        self.disk.refused = 0
        self.send(subject, command, name)

    def look(self) -> None:
        """What was acknowledged can be read meanwhile, and what needs room is refused."""
        assert self.desk.agent.newest("action", limit=5)
        self.desk.agent.waiting(limit=1)
        if self.disk.room is not None:
            with contextlib.suppress(Unavailable):
                self.desk.agent.call(mint("act"), proposal('{"n":"' + "y" * 300_000 + '"}'))
                raise AssertionError("what there was no room for was accepted")


def live(at: Place, seed: int, points: int) -> None:
    """A process that meets so many failures."""
    load = Failing(at, seed)
    for _ in range(points):
        load.point()
    load.desk.close()
    load.ledger.note("points", points)
    load.files.unregister()


@longer_by_night
def test_a_disk_that_fails_at_any_byte_loses_nothing_and_passes(tmp_path: Path, seed: int):
    points = by_night(400, 12)
    print(f"seed {seed}, {points} failures")
    with place("sqlite", tmp_path) as at:
        process = PROCESSES.Process(target=live, args=(at, seed, points))
        process.start()
        process.join()
        assert process.exitcode == 0
        books = check(at)
    assert ledger.read(tmp_path, "points") == [[points]]
    nothing_else(books, tmp_path)


def nothing_else(books: Books, folder: Path) -> None:
    """Nobody's action is there that was never acknowledged, and the other way round."""
    kept = {one for one in books.states if one.startswith("act_")}
    told = [answer["id"] for _, answer in ledger.read(folder, "told")]
    assert kept == {one for one in told if one.startswith("act_")}


def unsynced(at: Place) -> None:
    """A commit whose sync fails for good, and then a crash."""
    disk = Disk()
    files = disk.insert()
    desk = Desk(at.address)
    desk.propose()
    disk.syncs = 0
    try:
        desk.agent.call("act_1", proposal(), command_id="cmd_1")
    except Unavailable as error:
        ledger.Ledger(at.folder).note("refused", str(error), disk.refused)
    assert files is not None
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_commit_whose_sync_failed_is_called_unknown_and_is_found_or_made_by_who_repeats_it(tmp_path: Path):
    with place("sqlite", tmp_path) as at:
        process = PROCESSES.Process(target=unsynced, args=(at,))
        process.start()
        process.join()
        ((why, tries),) = ledger.read(tmp_path, "refused")
        assert "not known" in why
        assert tries == 2
        desk = Desk(at.address)
        assert desk.agent.call("act_1", proposal(), command_id="cmd_1")["status"] == "held"
        assert desk.types("act_1") == ["action.proposed", "action.held"]
        desk.close()


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of its own, of a few hundred megabytes."""
    folder = postgres.folder("handrail-disk-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


class Full:
    """A PostgreSQL whose disk another file fills up."""

    def __init__(self, disk: Path) -> None:
        self.disk, self.filler = disk, disk / "filler"
        self.server = postgres.Server(disk / "server").start()
        self.restarts = 0
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_wal_size = '64MB'")
            connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        """End the server."""
        self.server.kill()

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        free = shutil.disk_usage(self.disk).free
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free - left)

    def empty(self) -> None:
        """Make room again; a server that gave up is started by whoever runs it."""
        self.filler.unlink()
        try:
            psycopg.connect(self.server.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            self.restarts += 1
            self.server.kill()
            self.server.revive()


@pytest.mark.nightly
@pytest.mark.skipif(not MOUNTS, reason="only root can mount a small disk")
def test_a_full_disk_beneath_postgres_loses_nothing_and_passes(tmp_path: Path, seed: int):
    points = by_night(100)
    print(f"seed {seed}, {points} times full")
    with small_disk() as disk, contextlib.closing(Full(disk)) as full:
        with postgres.database(full.server.url("postgres")) as url:
            at = Place("postgres", tmp_path, url)
            load = Load(at, seed)
            for _ in range(points):
                full.fill(load.random.randrange(400_000))
                subject, command, name = load.refused()
                full.empty()
                again(load, subject, command, name)
            load.desk.close()
            books = check(at)
        print(f"{len(books.entries)} entries, {full.restarts} restarts of PostgreSQL")
    nothing_else(books, tmp_path)


def again(load: Load, subject: str, command: object, name: str) -> None:
    """Repeat a command until the database takes it, without a restart of this process."""
    end = time.monotonic() + BACK
    while True:
        try:
            load.send(subject, command, name)
            return
        except Unavailable:
            assert time.monotonic() < end, "there is room again, and nothing is accepted"
            threading.Event().wait(0.2)
