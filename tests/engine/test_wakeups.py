"""A waiter wakes when another process commits: by the bell, and without it."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from handrail.errors import Unavailable
from handrail.store import bell
from tests.engine.kit import Desk
from tests.engine.processes import PROCESSES, wait_for


@contextmanager
def waiter(path: str, action: str, rev: int) -> Iterator[list[str]]:
    """Another process that waits for the action inside the block; what it woke to is there behind it."""
    heard, told = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=wait_for, args=(path, action, rev, told))
    process.start()
    assert heard.recv() == "waiting"
    woke: list[str] = []
    yield woke
    woke.append(heard.recv())
    process.join()


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_waiter_in_another_process_wakes(tmp_path: Path, store: str, request: pytest.FixtureRequest):
    desk = Desk(request.getfixturevalue("postgres") if store == "postgres" else str(tmp_path / "a.db"))
    action = desk.propose()
    with waiter(desk.database.path, action["id"], action["rev"]) as woke:
        desk.decide(action["review"])
    assert woke == ["cleared"]
    desk.close()


def test_a_waiter_wakes_although_all_bells_are_gone(tmp_path: Path):
    desk = Desk(str(tmp_path / "a.db"))
    action = desk.propose()
    place = bell.folder(desk.database.path)
    assert place is not None
    with waiter(desk.database.path, action["id"], action["rev"]) as woke:
        shutil.rmtree(place)
        desk.decide(action["review"])
    assert woke == ["cleared"]
    desk.close()


def test_where_no_bell_can_hang_polling_has_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    nowhere = tmp_path / "no folder"
    nowhere.touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(nowhere))
    desk = Desk(str(tmp_path / "a.db"))
    assert desk.database.process.bell is None
    action = desk.propose()
    with waiter(desk.database.path, action["id"], action["rev"]) as woke:
        desk.decide(action["review"])
    assert woke == ["cleared"]
    desk.close()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of bells; its path is short, as the name of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="hr") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        place = bell.folder(f"{short}/a.db")
        assert place is not None
        yield place


def test_the_folder_of_bells_is_the_users_own(place: Path):
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_a_bell_of_the_dead_is_taken_down_and_a_full_one_is_not(place: Path):
    mine = bell.Bell(place)
    dead = bell.Bell(place)
    dead.abandon()
    deaf = bell.Bell(place)
    for _ in range(1000):
        mine.ring()
    assert len(os.listdir(place)) == 2
    assert deaf.drain()
    for one in (mine, deaf):
        one.close()
    assert os.listdir(place) == []


def test_a_bell_that_is_closed_takes_no_other_down(place: Path):
    mine, other = bell.Bell(place), bell.Bell(place)
    mine.ring()
    mine.close()
    mine.ring()
    assert len(os.listdir(place)) == 1
    other.close()


def test_a_process_with_very_many_open_files_waits_all_the_same(tmp_path: Path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    files = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(1100)]
    desk = Desk(str(tmp_path / "a.db"))
    try:
        action = desk.propose()
        other = Desk(desk.database.path)
        assert desk.agent.wait(action["id"], action["rev"], 0.05) is None
        other.decide(action["review"])
        assert desk.agent.wait(action["id"], action["rev"], 10) is not None
        other.close()
    finally:
        desk.close()
        for file in files:
            file.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_one_watcher_that_fails_keeps_no_other_asleep(tmp_path: Path):
    desk, other = Desk(str(tmp_path / "a.db")), Desk(str(tmp_path / "a.db"))
    action = desk.propose()

    def fail(_: object) -> None:
        raise ZeroDivisionError

    stop = desk.database.process.keeper.watch("default", action["id"], fail)
    heard, told = PROCESSES.Pipe(duplex=False)
    desk.database.process.keeper.watch("default", action["id"], lambda state: told.send(state and state.status))
    other.decide(action["review"])
    assert "cleared" in iter(heard.recv, "gone")
    stop()
    for one in (desk, other):
        one.close()


def test_who_waits_is_let_go_when_the_database_is_closed_here(tmp_path: Path):
    desk = Desk(str(tmp_path / "a.db"))
    action = desk.propose()
    keeper = desk.database.process.keeper
    waiting = ThreadPoolExecutor(1)
    woken = waiting.submit(desk.agent.wait, action["id"], action["rev"], None)
    while not keeper._watchers:
        os.sched_yield()
    desk.close()
    with pytest.raises(Unavailable, match="the database was closed"):
        woken.result()
    waiting.shutdown()
    desk.close()
