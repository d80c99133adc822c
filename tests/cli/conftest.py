"""A real database, an agent that proposes through `handrail.connect`, and the command as it is installed.

Every test of `company` runs twice: on the database file, and at a real server on it, as people who signed in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

import handrail
from handrail.cli import sessions
from handrail.cli.main import app
from handrail.clock import SystemClock
from handrail.embedded import Database, Embedded, solo_person
from tests.server.company import PASSWORD, Company
from tests.server.house import House, serving

PEOPLE = """
people:
  - {handle: ann, name: Ann Doe, os_user: ann, groups: [treasury]}
  - {handle: bob, name: Bob Roe, os_user: bob, groups: [treasury, legal]}
  - {handle: cfo, os_user: cfo}
"""
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Ended:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON it printed."""
        return orjson.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """The command on one database, run as an OS user, without a terminal."""

    path: Path
    monkeypatch: pytest.MonkeyPatch
    auth: str = "local"

    def environment(self, user: str) -> dict[str, str]:
        """Who is at the keyboard, and where."""
        home = self.path.parent / f"home of {user}"
        return {"LOGNAME": user, "HANDRAIL_DB": str(self.path), "XDG_CONFIG_HOME": str(home)}

    def __call__(self, *words: str, user: str = "ann", columns: int = 100, stdin: str | None = None) -> Ended:
        for name, value in {**self.environment(user), "COLUMNS": str(columns)}.items():
            self.monkeypatch.setenv(name, value)
        found = CliRunner().invoke(app, list(words), input=stdin, catch_exceptions=False)
        return Ended(found.exit_code, found.stdout, found.stderr)

    def waiting(self) -> str:
        """The id of the review that waits first, as soon as one does."""
        database = Database(str(self.path))
        backend = Embedded(database, solo_person)
        try:
            size = 0
            while not (found := backend.waiting()):
                assert (size := backend.changed(size, 10)), "nothing came to wait"
            return found[0].state.id
        finally:
            database.close()

    def apply(self, tmp_path: Path, people: str = PEOPLE) -> None:
        """Fill the directory."""
        (tmp_path / "people.yaml").write_text(people)
        ended = self("people", "apply", str(tmp_path / "people.yaml"))
        assert ended.code == 0, ended.err


@dataclass(frozen=True)
class Visiting(Terminal):
    """The command at a server on that database. People sign in when they first need to; who is unknown does not."""

    house: House | None = None

    def environment(self, user: str) -> dict[str, str]:
        """Who is at the keyboard, signed in, and where."""
        assert self.house
        found = super().environment(user)
        self.monkeypatch.setenv("XDG_CONFIG_HOME", found["XDG_CONFIG_HOME"])
        if sessions.read(self.house.url) is None:
            self._sign_in(user, self.house)
        return {**found, "LOGNAME": "nobody in particular", "HANDRAIL_DB": self.house.url}

    def _sign_in(self, user: str, house: House) -> None:
        accounts = house.company.accounts
        who = accounts.directory("default").resolve(f"user:{user}")
        if who is not None:
            accounts.set_password("default", who, PASSWORD)
            sessions.keep(sessions.Session(house.url, house.signed_in(user), f"user:{user}", 0))

    def apply(self, tmp_path: Path, people: str = PEOPLE) -> None:
        """Fill the directory, on the file."""
        Terminal(self.path, self.monkeypatch).apply(tmp_path, people)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where the database will be."""
    return tmp_path / "handrail.db"


@pytest.fixture
def rail(db: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[handrail.Rail]:
    """The agent's connection; the agent runs as the OS user `robot`, whom no person is linked to."""
    monkeypatch.setenv("LOGNAME", "robot")
    connected = handrail.connect(f"sqlite:///{db}", agent="paybot", reviewers="group:treasury", quiet=True)
    assert connected._gate.backend.actor.kind == "agent"
    yield connected
    connected.close()


@pytest.fixture
def wire(rail: handrail.Rail) -> Any:
    """A gated function with a context, a description and a risk."""

    @rail.approval(name="payments.wire", risk="high", describe="Pay the invoice", context={"invoice": "4711"})
    def wire(iban: str, amount: int) -> str:
        return f"paid {amount}"

    return wire


@pytest.fixture
def terminal(db: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command, as `ann`."""
    os.environ.pop("NO_COLOR", None)
    return Terminal(db, monkeypatch)


@pytest.fixture
def on_file(terminal: Terminal, tmp_path: Path) -> Terminal:
    """The command on a database with ann, bob and the cfo."""
    terminal.apply(tmp_path)
    return terminal


@pytest.fixture
def at_server(on_file: Terminal) -> Iterator[Visiting]:
    """The command at a server with ann, bob and the cfo."""
    company = Company(on_file.path, SystemClock())
    try:
        with serving(company) as house:
            yield Visiting(on_file.path, on_file.monkeypatch, "session", house)
    finally:
        company.close()


@pytest.fixture(params=["on_file", "at_server"])
def company(request: pytest.FixtureRequest) -> Terminal:
    """The command on a database with ann, bob and the cfo: on the file, then at a server."""
    found: Terminal = request.getfixturevalue(request.param)
    return found


class Call:
    """A blocking call of the agent in a thread of its own."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._found: list[Any] = []
        self._thread = Thread(target=self._run, args=(function,), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[[], Any]) -> None:
        try:
            self._found.append(function())
        except handrail.HandrailError as error:
            self._found.append(error)

    def result(self) -> Any:
        """What the call gave or raised."""
        self._thread.join(10)
        return self._found[0]


def harmless(text: str) -> bool:
    """Whether nothing in the text can move a terminal: no control character but line breaks."""
    return not CONTROL.search(text)
