"""A stop under load: agents and workers at two servers on one database, or at a server and on its file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from handrail.audit.entry import Entry, parse_entry
from handrail.embedded import Database
from tests.crash.books import Books
from tests.e2e.served import COMMAND, House, Process
from tests.night import by_night
from tests.postgres import free_port

POLICY: Final = 'rules: [{name: runs, action: "pay.*", verdict: run, replaces: code}]\n'
MODULE: Final = """
import os, threading, handrail
rail = handrail.connect(os.environ["PLACE"], quiet=True)

@rail.approval(name="pay.refund", reviewers="user:ben")
def refund(number: int) -> int:
    return number
"""
AGENT: Final = """
import sys, threading, handrail
from pay import refund
told = []
def work(offers):
    number = 0
    try:
        while True:
            (refund.propose if offers else refund)(number)
            number += 1
    except handrail.Stopped as stopped:
        told.append((number, stopped.reason))
threads = [threading.Thread(target=work, args=(at % 2 == 0,)) for at in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(sum(number for number, _ in told), {reason for _, reason in told})
"""
QUICK: Final = ("--asks-per-minute", "1000000", "--open-reviews", "100000")
BEGINS: Final = ("action.proposed", "action.claimed", "action.started")


class Yard:
    """Two places on one database, each with an agent at work, and a worker at the second."""

    def __init__(self, folder: Path, address: str, second: str | None) -> None:
        self.folder, self.house = folder, House(folder, address)
        self.house.fill()
        self.house.server = self.house.serve_at(self.house.port, *QUICK)
        self.house.send("ann", "PUT", "/policy", {"file": POLICY})
        (folder / "pay.py").write_text(MODULE)
        (folder / "agent.py").write_text(AGENT)
        if second is None:
            self.house.serve_at(port := free_port(), *QUICK)
            second = f"http://127.0.0.1:{port}"
        self.places = (self.house.url, second)

    def run(self, place: str, *command: str) -> Process:
        """A program at one of the places."""
        body = {"agent": "payer", "owner": "user:ann", "scopes": ["propose", "execute"]}
        key = str(self.house.send("ann", "POST", "/keys", body)["secret"])
        given = {"PLACE": place, "PYTHONPATH": str(self.folder), **({"HANDRAIL_KEY": key} if "http" in place else {})}
        found: Process = self.house.run(Process, *command, cwd=self.folder, env={**os.environ, **given})
        return found

    def entries(self, after: int = -1) -> list[Entry]:
        """The log behind a position."""
        database = Database(self.house.address)
        found: list[Entry] = []
        with database.process.store.read() as reader:
            while page := reader.entries("default", after=found[-1].i if found else after):
                found += [parse_entry(one.entry) for one in page]
        database.close()
        return found


@pytest.fixture(params=["postgres", pytest.param("sqlite", marks=pytest.mark.nightly)])
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    remote = request.param == "postgres"
    file = f"sqlite:///{tmp_path / 'handrail.db'}"
    found = Yard(tmp_path, str(request.getfixturevalue("postgres")) if remote else "", None if remote else file)
    yield found
    found.house.close()


def test_once_a_stop_is_acknowledged_nothing_starts_at_any_server_or_worker(yard: Yard):
    agents = [yard.run(place, *COMMAND[:1], "agent.py") for place in yard.places]
    worker = yard.run(yard.places[1], *COMMAND, "work", "pay:rail")
    worker.line("Working on")
    size, most = 0, by_night(20_000, 500)
    while size < most:
        headers = {"Authorization": f"Bearer {yard.house.people['ann']}", "Prefer": "wait=10"}
        size = yard.house.client.get("/log", params={"size": size}, headers=headers).json()["size"]
    made: Any = yard.house.send("ann", "POST", "/stops", {"scope": "all", "reason": "it pays twice"})
    ended = [agent.end() for agent in agents]
    log = yard.entries()
    (halted,) = (entry.i for entry in log if entry.type == "stop.halted")
    begun = [entry.type for entry in log[:halted]].count("action.started")
    late = [entry for entry in log[halted:] if entry.type in BEGINS]
    print(f"{begun} starts before {made['id']} at {halted}, {len(log) - halted - 1} entries behind it")
    assert begun > 20
    assert late == []
    for code, output in ended:
        assert code == 0
        assert output.endswith("{'it pays twice'}\n")
    worker.end(15)
    Books(yard.house.address)
