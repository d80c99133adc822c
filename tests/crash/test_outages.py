"""PostgreSQL is cut off, stalls or dies under load: the same zeros as where processes are killed."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handrail.backend import Answer
from handrail.embedded import Database
from handrail.errors import CommitUnknown, Unavailable
from tests import postgres
from tests.crash import ledger
from tests.crash.places import Place, place
from tests.crash.proxy import Proxy
from tests.crash.rage import Parent, check, check_results
from tests.engine.kit import Desk, proposal
from tests.night import by_night, longer_by_night

MOST = 12
"""Connections that three processes have at once: each one that writes, one that reads, one that listens, and one more
that is being opened."""
SOON = 1.0
"""Seconds within which a cut happens under load; if nothing went over the wire, the next one comes all the same."""


def through(url: str, proxy: Proxy) -> str:
    """The URL of the same database behind the proxy."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}@127.0.0.1:{proxy.port}").geturl()


class Cuts:
    """Cuts the wire in one way after another: at once, after some bytes of either side, at the answer to a commit."""

    def __init__(self, proxy: Proxy, parent: Parent) -> None:
        self.proxy, self.random = proxy, parent.random

    def __call__(self) -> None:
        before = self.proxy.cuts
        match self.random.choice(("now", "up", "down", "commit", "stall")):
            case "now":
                self.proxy.cut()
            case "commit":
                self.proxy.cut_at_commit()
            case "stall":
                self.proxy.stall()
                self.proxy.wait_for_cut(before, self.random.uniform(0, SOON))
                self.proxy.cut()
            case side:
                self.proxy.cut_after(self.random.randrange(1, 20_000), side)
        self.proxy.wait_for_cut(before, SOON)
        self.proxy.back()
        assert self.proxy.connections <= MOST, "connections are left open"


def zeros(at: Place, parent: Parent) -> None:
    """Let everybody end, and count what went wrong."""
    parent.drain()
    books = check(at)
    check_results(at.folder, books)
    print(f"{len(books.entries)} entries, {len(ledger.read(at.folder, 'effect'))} effects")


@longer_by_night
def test_cuts_lose_nothing_and_repeat_nothing(tmp_path: Path, seed: int):
    cuts = by_night(200, 10)
    print(f"seed {seed}, {cuts} cuts")
    with place("postgres", tmp_path) as at:
        proxy = Proxy(urlsplit(at.url).port or 0)
        parent = Parent(tmp_path, through(at.url, proxy), seed)
        parent.disturb(cuts, Cuts(proxy, parent))
        check(at)
        zeros(at, parent)
        proxy.close()


def test_who_begins_to_wait_while_it_is_away_is_told_once_it_is_back(postgres: str):
    proxy = Proxy(urlsplit(postgres).port or 0)
    desk, elsewhere = Desk(through(postgres, proxy)), Desk(postgres)
    asked = desk.propose()
    proxy.leave()
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(desk.agent.wait, asked["id"], asked["rev"], 60)
        assert elsewhere.decide(asked["review"])["action_status"] == "cleared"
        with pytest.raises(TimeoutError):
            waits.result(0.3)
        proxy.back()
        heard = waits.result(30)
    assert heard is not None
    assert heard["status"] == "cleared"
    desk.close()
    elsewhere.close()
    proxy.close()


def repeated(desk: Desk) -> Answer:
    """The answer to the same command, once the database is back."""
    for _ in range(100):
        try:
            return desk.agent.call("act_1", proposal(), command_id="cmd_1")
        except Unavailable:
            threading.Event().wait(0.1)
    raise AssertionError("the database is back, and nothing is accepted")


def test_a_commit_whose_answer_was_lost_is_called_unknown_and_found_by_who_repeats_it(postgres: str):
    proxy = Proxy(urlsplit(postgres).port or 0)
    desk = Desk(through(postgres, proxy))
    asked = desk.propose()
    proxy.cut_at_commit(leave=True)
    with pytest.raises(CommitUnknown):
        desk.agent.call("act_1", proposal(), command_id="cmd_1")
    proxy.back()
    assert repeated(desk)["status"] == "held"
    assert desk.types("act_1") == ["action.proposed", "action.held"]
    assert desk.look(asked["id"])["status"] == "held"
    desk.close()
    proxy.close()


@longer_by_night
def test_a_server_that_dies_loses_nothing_and_repeats_nothing(tmp_path: Path, seed: int):
    deaths = by_night(40, 2)
    print(f"seed {seed}, {deaths} deaths")
    folder = postgres.folder("handrail-crash-")
    server = postgres.Server(folder).start()
    try:
        with postgres.database(server.url("postgres")) as url:
            at = Place("postgres", tmp_path, url)
            _made(url)
            parent = Parent(tmp_path, url, seed)

            def die() -> None:
                server.kill()
                server.revive()

            parent.disturb(deaths, die)
            check(at)
            zeros(at, parent)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _made(url: str) -> None:
    """Make the schema first: a server may die before anybody has."""
    database = Database(url)
    assert database.process.store.version() >= 0
    database.close()
