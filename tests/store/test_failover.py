"""A standby takes over: with synchronous replication nothing that was acknowledged is lost, and everything goes on
without a restart, by the one URL that names both."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import psycopg
import pytest
from typer.testing import CliRunner

import handrail
from handrail.cli.main import app
from handrail.embedded import Database, Embedded, solo_person
from handrail.errors import Unavailable
from handrail.review.commands import Decide
from handrail.store.postgres import PostgresStore
from tests import postgres as servers

PATIENCE = 20
T = TypeVar("T")


class Pair:
    """A primary, and a standby that has each commit before it is acknowledged."""

    def __init__(self) -> None:
        self.folders = [servers.folder("handrail-pair-") for _ in range(2)]
        self.primary, self.standby = (servers.Server(one / "server") for one in self.folders)

    def start(self) -> None:
        self.primary.start()
        self.standby.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.standby.folder, servers.USER)
        copy = [str(servers.BIN / "pg_basebackup"), "-D", str(self.standby.folder / "data"), "-R", "-c", "fast", "-N"]
        subprocess.run(
            [*copy, "-d", self.primary.url("postgres")], check=True, capture_output=True, **servers._as_user()
        )
        self.standby.start()
        with psycopg.connect(self.primary.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")

    @property
    def url(self) -> str:
        """Both servers, the standby first."""
        hosts = f"127.0.0.1:{self.standby.port},127.0.0.1:{self.primary.port}"
        return f"postgresql://postgres@{hosts}/postgres"

    def fail_over(self) -> None:
        """The primary is gone at once, and the standby becomes one."""
        self.primary.kill()
        with psycopg.connect(self.standby.url("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def close(self) -> None:
        self.primary.kill()
        self.standby.kill()
        for one in self.folders:
            shutil.rmtree(one, ignore_errors=True)


@pytest.fixture
def pair() -> Iterator[Pair]:
    found = Pair()
    try:
        found.start()
        yield found
    finally:
        found.close()


def test_when_a_standby_takes_over_nothing_acknowledged_is_lost_and_everything_goes_on(pair: Pair):
    rail = handrail.connect(pair.url, agent="payer", quiet=True)
    people = Database(pair.url)
    person = Embedded(people, solo_person)
    double = rail.approval(name="double")(_double)
    ticket = double.propose(21)
    waiting = threading.Thread(target=lambda: results.append(ticket.wait(PATIENCE)))
    results: list[int] = []
    waiting.start()
    acknowledged = [double.propose(number).id for number in range(20)]
    _is_only_looked_at(pair.standby.url("postgres"))
    pair.fail_over()
    view = _until_it_answers(lambda: person.review(str(ticket.review))).state.view
    _until_it_answers(lambda: person.call(str(ticket.review), Decide("approve", view)))
    waiting.join(PATIENCE)
    assert results == [42]
    assert [person.action(one).state.status for one in acknowledged] == ["held"] * 20
    rail.close()
    people.close()
    said = CliRunner().invoke(app, ["doctor", "--db", pair.url], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output


def _double(number: int) -> int:
    return 2 * number


def _is_only_looked_at(standby: str) -> None:
    """A standby is no place to decide or to read what is decided, but its copy can be checked."""
    with pytest.raises(Unavailable, match="takes no changes"):
        PostgresStore(standby)
    said = CliRunner().invoke(app, ["doctor", "--db", standby], env={"COLUMNS": "200"})
    assert "a standby: decisions need the primary" in said.output
    assert "in order; the tree's root is" in said.output


def _until_it_answers(ask: Callable[[], T]) -> T:
    """What is asked again while the database says that it is away, as users' code may."""
    for _ in range(20 * PATIENCE):
        try:
            return ask()
        except Unavailable:
            threading.Event().wait(0.05)
    raise AssertionError("the standby has taken over, and nobody noticed")
