"""Behind PgBouncer everything works that works without it: it is found, and looks carry the wake-ups."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

import handrail
from handrail.embedded import Database, Embedded, solo_person
from handrail.errors import Unavailable
from handrail.review.commands import Decide
from handrail.store.postgres import PostgresStore
from handrail.store.postgres_bell import QUICK, SLOW, PostgresBell
from handrail.store.postgres_link import Link
from handrail.testing.store_contract import StoreContract
from tests import postgres as servers

PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")
TRANSACTIONS = {"pool_mode": "transaction", "default_pool_size": "4"}
WAYS = {
    "transactions": TRANSACTIONS,
    "transactions, settings ignored": {**TRANSACTIONS, "ignore_startup_parameters": "options"},
    "sessions": {"pool_mode": "session", "ignore_startup_parameters": "options"},
}


@contextmanager
def pooler(url: str, settings: dict[str, str]) -> Iterator[int]:
    """PgBouncer before the server of a URL; gives the port that leads through it."""
    to, port, folder = urlsplit(url), servers.free_port(), servers.folder("handrail-pgbouncer-")
    common = {
        "listen_addr": "127.0.0.1", "listen_port": str(port), "unix_socket_dir": "", "auth_type": "trust",
        "auth_file": str(folder / "users"),
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in (common | settings).items()]
    (folder / "users").write_text(f'"{to.username}" "{to.password or ""}"\n')
    (folder / "ini").write_text(
        "\n".join(["[databases]", f"* = host={to.hostname} port={to.port}", "[pgbouncer]", *lines, ""])
    )
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([str(PROGRAM), str(folder / "ini")], stdout=log, stderr=log, **servers._as_user())
    try:
        _await(by_way_of(url, port), running, folder)
        yield port
    finally:
        running.terminate()
        running.wait()
        shutil.rmtree(folder)


def _await(url: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        try:
            return psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert running.poll() is None, (folder / "log").read_text()
            threading.Event().wait(0.02)
    raise AssertionError((folder / "log").read_text())


def by_way_of(url: str, port: int) -> str:
    """The same database through a pooler."""
    to = urlsplit(url)
    return to._replace(netloc=f"{to.username}@127.0.0.1:{port}").geturl()


@pytest.fixture(scope="module")
def transactions() -> Iterator[int]:
    with pooler(servers.shared(), TRANSACTIONS) as port:
        yield port


@pytest.fixture(params=list(WAYS))
def through(request: pytest.FixtureRequest, postgres: str) -> Iterator[str]:
    with pooler(postgres, WAYS[request.param]) as port:
        yield by_way_of(postgres, port)


class TestBehindPgBouncer(StoreContract):
    @pytest.fixture
    def store(self, postgres: str, transactions: int) -> Iterator[PostgresStore]:
        store = PostgresStore(by_way_of(postgres, transactions))
        yield store
        store.close()


def test_what_people_decide_elsewhere_reaches_who_waits(through: str):
    rail = handrail.connect(through, agent="payer", quiet=True)
    people = Database(through)
    me = Embedded(people, solo_person)

    @rail.approval(name="payments.wire")
    def wire(amount: int) -> int:
        return amount

    for amount in range(4):
        ticket = wire.propose(amount)
        review = str(ticket.review)
        decision = Decide("approve", me.review(review).state.view)
        deciding = threading.Timer(0.1, me.call, (review, decision))
        deciding.start()
        assert ticket.wait(timeout=60) == amount
        deciding.join()
    people.close()
    rail.close()


def test_a_pooler_is_found_and_needs_no_word_in_the_url(through: str, postgres: str):
    for url, pooled in ((through, True), (postgres, False), (f"{postgres}?pgbouncer=true", True)):
        link = Link(url)
        link.connection()
        assert link.pooled is pooled
        link.close()
        bell = PostgresBell(url, lambda: None)
        assert (bell.fileno() is None, bell.net) == (pooled, QUICK if pooled else SLOW)
        bell.close()


def test_the_bounds_of_time_count_behind_a_pooler(postgres: str, transactions: int):
    link = Link(by_way_of(postgres, transactions))
    with pytest.raises(psycopg.errors.QueryCanceled), link.transaction("BEGIN") as pipeline:
        pipeline.rows("SELECT pg_sleep(60)")
    link.close()


def test_a_pooler_that_is_gone_is_an_outage_and_no_more(postgres: str):
    with pooler(postgres, TRANSACTIONS) as port:
        store = PostgresStore(by_way_of(postgres, port))
        assert store.version() >= 0
    with pytest.raises(Unavailable):
        store.version()
    store.close()
