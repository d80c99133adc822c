"""A ladder reaches people by real mail in its order and its times, also when the process is killed at any step."""

from __future__ import annotations

import multiprocessing
import random
import signal
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import orjson
import pytest

from handrail.clock import SECOND
from handrail.notify.sender import LEASE
from tests.crash.clock import SharedClock
from tests.crash.fuse import Fuse, Point
from tests.crash.places import STORES, Place, place
from tests.crash.rungs import climb
from tests.night import by_night, longer_by_night
from tests.notify.mailbox import Mailbox, mailbox

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.test_rungs"])
DAY: Final = {"sqlite": 3, "postgres": 0}
"""Points at which it is killed by day, beside the one that matters most."""
UNNOTED: Final = Point("before SENT", 1)
"""The first message has left, and nothing says so yet."""
ASKED, AGAIN = "You are asked about an approval", "Still waiting for you, an approval"
CLIMBED, OVER = "Escalated to you, an approval", "Nobody decided in time, an approval"
LADDER: Final = [
    *((0, f"{one}@example.com", ASKED) for one in ("ann", "ben")),
    *((120, f"{one}@example.com", AGAIN) for one in ("ann", "ben")),
    *((240, f"{one}@example.com", AGAIN) for one in ("ann", "ben")),
    (300, "cfo@example.com", CLIMBED),
    (600, "ceo@example.com", CLIMBED),
    *((900, f"{one}@example.com", OVER) for one in ("ann", "ben", "ceo", "cfo")),
]
"""When, who and what: by seconds since the question."""
Told = list[tuple[int, int, str, str, str]]
"""When it was due, when it came, the mail's id, to whom, and what."""


def live(at: Place, born: int, port: int, end: Point | None) -> None:
    """One life; it tells of the points that it passed if it comes to its end."""
    fuse = Fuse(end)
    fuse.watch(at.store, at.folder)
    climb(at, SharedClock(at.folder / "clock"), born, port)
    (at.folder / "passed").write_bytes(orjson.dumps([list(one) for one in fuse.passed]))


def run(at: Place, born: int, port: int, end: Point | None = None) -> int | None:
    process = PROCESSES.Process(target=live, args=(at, born, port, end))
    process.start()
    process.join()
    return process.exitcode


def climbed(store: str, folder: Path, end: Point | None = None) -> tuple[Told, list[Point], bool]:
    """What came by mail, the points that were passed, and whether the first life was killed."""
    with place(store, folder) as at:
        clock = SharedClock(folder / "clock")
        born = clock.now()
        box = Mailbox()
        box.noted = clock.now
        with mailbox(box=box) as (_, port):
            killed = end is not None and run(at, born, port, end) == -signal.SIGKILL
            if end is None or killed:
                assert run(at, born, port) == 0
        passed = [Point(*one) for one in orjson.loads((folder / "passed").read_bytes())]
    told = [(_since(born, mail, came), mail) for mail, came in zip(box.mails, box.times, strict=True)]
    rows = [(*times, str(mail["Message-ID"]), str(mail["To"]), str(mail["Subject"])) for times, mail in told]
    return rows, passed, killed


def _since(born: int, mail: EmailMessage, came: int) -> tuple[int, int]:
    """When it was due and when it came, in seconds."""
    due = int(mail["Date"].datetime.timestamp())
    return due - born // SECOND, (came - born) // SECOND


def check(told: Told, late: int) -> None:
    """Everything that was to be told, in its order, in time, and what came twice under one id."""
    once = list(dict.fromkeys((due, name, to, what) for due, _, name, to, what in told))
    assert sorted((due, to, what) for due, _, to, what in once) == LADDER
    assert [due for due, *_ in once] == sorted(due for due, *_ in once)
    assert len({name for _, name, _, _ in once}) == len(once)
    assert all(due <= came <= due + late for due, came, *_ in told)


@longer_by_night
@pytest.mark.parametrize("store", STORES)
def test_a_ladder_reaches_people_in_its_order_and_its_times_also_across_a_kill_at_any_step(tmp_path: Path, store: str):
    whole, points, _ = climbed(store, tmp_path / "whole")
    check(whole, 0)
    assert len(whole) == len(LADDER)
    seed = random.randrange(1 << 32)
    print(f"seed {seed}, {len(points)} points")
    for number, point in enumerate((UNNOTED, *random.Random(seed).sample(points, by_night(200, DAY[store])))):
        print(point)
        told, _, killed = climbed(store, tmp_path / str(number), point)
        assert killed
        check(told, LEASE // SECOND + 1)
        assert point != UNNOTED or len(told) == len(LADDER) + 1
