"""`handrail work` in processes of its own: many at once, told to stop, and killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import handrail
from handrail.clock import SECOND, SystemClock
from handrail.codec.policies import put_policy
from handrail.codec.policy_file import read_policy_file
from handrail.embedded import Database, Embedded, solo_person
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.policy.register import ID as POLICY
from handrail.principal import SYSTEM
from handrail.testing import FrozenClock
from tests.e2e.served import COMMAND, House, Process
from tests.night import by_night

AGENTS: Final = 16
LONGER_THAN_A_LEASE: Final = 75
WORKERS: Final = 4
RUNS: Final = 'rules: [{name: runs, action: "yard.*", verdict: run, replaces: code}]\n'
MODULE: Final = """
import os, threading, time, handrail
rail = handrail.connect(os.environ["PLACE"], quiet=True)

def note(text):
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{text}\\n".encode())
    os.close(file)

@rail.approval(name="yard.mark", reviewers="user:local")
def mark(number: int) -> int:
    note(number)
    return number * 2

@rail.exceptions(name="yard.falter", on=ConnectionError, retries=2, backoff="100ms", reviewers="user:local")
def falter(number: int) -> int:
    note(number)
    with open(os.environ["EFFECTS"]) as effects:
        if effects.read().split().count(str(number)) < 3:
            raise ConnectionError("no line")
    return number

ended = threading.Event()

@rail.approval(name="yard.stay", reviewers="user:local")
def stay() -> int:
    ended.wait()
    return 1

@rail.approval(name="yard.hog", reviewers="user:local")
def hog(seconds: int) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert 3**8_000_000
    ended.set()
    return 1

def happened(gate: str) -> tuple[bool, str]:
    return True, "as the probe says"

@rail.approval(name="yard.linger", reviewers="user:local", reconcile=happened)
def linger(gate: str) -> str:
    note("begun")
    with open(gate) as opened:
        return opened.read()
"""


class Yard:
    """A database in one of three places, agents that propose, and workers with the functions."""

    def __init__(self, folder: Path, place: str, house: House | None = None) -> None:
        self.folder, self.place, self.house = folder, place, house
        self.effects_file = folder / "effects"
        self._opened: list[Any] = []
        (folder / "yard.py").write_text(MODULE)

    @property
    def reviewer(self) -> str:
        """Somebody who is there."""
        return "user:ben" if self.house else "user:local"

    def apply(self, address: str) -> None:
        database = Database(address)
        Embedded(database, solo_person).call(POLICY, put_policy(RUNS, read_policy_file(RUNS).policy))
        database.close()

    def rail(self, agent: str) -> Any:
        given: dict[str, Any] = {"key": self.key(agent)} if self.house else {"agent": agent}
        found = handrail.connect(self.place, quiet=True, **given)
        self._opened.append(found)
        return found

    def key(self, agent: str) -> str:
        assert self.house is not None
        body = {"agent": agent, "owner": "user:ann", "scopes": ["propose", "execute"]}
        return str(self.house.send("ann", "POST", "/keys", body)["secret"])

    def worker(self, *options: str) -> Process:
        environment = {**os.environ, "PLACE": self.place, "EFFECTS": str(self.effects_file)}
        if self.house:
            environment["HANDRAIL_KEY"] = self.key("worker")
        process = Process(*COMMAND, "work", "yard:rail", *options, cwd=self.folder, env=environment)
        self._opened.append(process)
        process.line("Working on")
        return process

    def effects(self) -> list[str]:
        return self.effects_file.read_text().split() if self.effects_file.exists() else []

    def lingers(self) -> tuple[Any, Path]:
        """A proposed action that ends when somebody writes to its gate, and the gate."""
        gate = self.folder / mint("gate")
        os.mkfifo(gate)

        def linger(gate: str) -> str:
            raise AssertionError(gate)

        rail = self.rail("agent")
        gated = rail.approval(name="yard.linger", reviewers="user:local", reconcile=lambda gate: None)(linger)
        return gated.propose(str(gate)), gate

    def close(self) -> None:
        for one in self._opened:
            if isinstance(one, Process):
                if one.running.poll() is None:
                    one.end(signal.SIGKILL)
                print(*one.said, sep="")
            else:
                one.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Yard]:
    found = Yard(tmp_path, f"sqlite:///{tmp_path}/yard.db")
    found.apply(str(tmp_path / "yard.db"))
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgres", "http"])
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    house = None
    match request.param:
        case "sqlite":
            address, place = str(tmp_path / "yard.db"), f"sqlite:///{tmp_path}/yard.db"
        case "postgres":
            address = place = request.getfixturevalue("postgres")
        case _:
            house = House(tmp_path)
            address, place = str(house.path), house.url
    found = Yard(tmp_path, place, house)
    found.apply(address)
    if house:
        house.fill()
        house.serve()
    yield found
    found.close()
    if house:
        house.close()


def test_many_workers_execute_what_many_agents_proposed_each_once(yard: Yard):
    agents, workers, each = (4, 2, by_night(200, 8)) if yard.house else (AGENTS, WORKERS, by_night(200, 4))

    def mark(number: int) -> int:
        raise AssertionError("this process only asks")

    tickets = []
    for agent in range(agents):
        rail = yard.rail(f"agent-{agent}")
        gated = rail.approval(name="yard.mark", reviewers="user:local")(mark)
        tickets += [gated.propose(agent * each + one) for one in range(each)]
    processes = [yard.worker() for _ in range(workers)]
    waiter = yard.rail("waiter")
    results = [waiter.ticket(ticket.id).wait(120) for ticket in tickets]
    assert results == [number * 2 for number in range(agents * each)]
    assert sorted(map(int, yard.effects())) == list(range(agents * each))
    assert [one.end(signal.SIGTERM)[0] for one in processes] == [0] * workers
    print([sum("succeeded" in line for line in one.said) for one in processes], "actions by each worker")


def test_workers_repeat_what_failed_after_its_pause_whoever_of_them_is_free(yard: Yard):
    def falter(number: int) -> int:
        raise AssertionError("this process only asks")

    rail = yard.rail("agent")
    gated = rail.exceptions(
        name="yard.falter", on=ConnectionError, retries=2, backoff="100ms", reviewers=yard.reviewer
    )(falter)  # fmt: skip
    tickets = [gated.propose(number) for number in range(4)]
    for _ in range(2):
        yard.worker()
    waiter = yard.rail("waiter")
    assert [waiter.ticket(ticket.id).wait(60) for ticket in tickets] == [0, 1, 2, 3]
    assert sorted(yard.effects()) == sorted("0123" * 3)
    for ticket in tickets:
        found = [(one.type, one.at, one.data) for one in rail.core.backend.history(ticket.id)]
        starts = [at for name, at, _ in found if name == "action.started"]
        due = [(data["not_before"], data["not_before"] - at) for name, at, data in found if name.endswith("t_failed")]
        assert [pause for _, pause in due] == [100_000, 200_000]
        assert all(start >= not_before for start, (not_before, _) in zip(starts[1:], due, strict=True))


def test_told_to_stop_it_takes_nothing_more_and_finishes_what_runs(file: Yard):
    ticket, gate = file.lingers()
    worker = file.worker("--slots", "2")
    with open(gate, "w") as opened:
        worker.running.send_signal(signal.SIGTERM)
        worker.line("told to stop: 1 still to finish")
        later, _ = file.lingers()
        opened.write("done")
    assert worker.end()[0] == 0
    assert (ticket.status, later.status) == ("succeeded", "cleared")
    assert worker.line(ticket.id).split()[2:4] == ["yard.linger", "succeeded"]


def test_a_second_signal_ends_it_at_once(file: Yard):
    ticket, gate = file.lingers()
    worker = file.worker()
    with open(gate, "w"):
        worker.running.send_signal(signal.SIGINT)
        worker.line("told to stop")
        assert worker.end(signal.SIGTERM)[0] == 128 + signal.SIGTERM
    assert ticket.status == "started"


def test_what_does_not_end_in_time_ends_it_with_1_and_is_asked_about(file: Yard):
    ticket, gate = file.lingers()
    worker = file.worker("--drain", "10ms")
    with open(gate, "w"):
        code, _ = worker.end(signal.SIGTERM)
    assert (code, ticket.status) == (1, "unknown")
    assert worker.line(ticket.id, 0).strip().endswith("did not end in time: nobody knows whether it took effect")


def test_after_a_kill_another_worker_asks_the_probe_and_who_waits_gets_the_truth(file: Yard):
    ticket, gate = file.lingers()
    first = file.worker()
    with open(gate, "w"):
        first.end(signal.SIGKILL)
    late = Database(str(file.folder / "yard.db"), FrozenClock(SystemClock().now() + 61 * SECOND))
    late.process.engine.call(Request(mint("cmd"), ticket.id, Tick(), SYSTEM))
    late.close()
    assert ticket.status == "unknown"
    file.worker()
    waiter = file.rail("waiter")
    assert waiter.ticket(ticket.id).wait(60) == "as the probe says"
    assert file.effects() == ["begun"]


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_hundred_leases_hold_although_one_function_lets_no_other_thread_run_for_seconds(file: Yard):
    rail = file.rail("agent")

    def stay() -> int:
        raise AssertionError("this process only asks")

    def hog(seconds: int) -> int:
        raise AssertionError(seconds)

    declared: dict[str, Any] = {"reviewers": "user:local"}
    tickets = [rail.approval(name="yard.stay", **declared)(stay).propose() for _ in range(99)]
    tickets.append(rail.approval(name="yard.hog", **declared)(hog).propose(LONGER_THAN_A_LEASE))
    worker = file.worker("--slots", "100")
    waiter = file.rail("waiter")
    assert [waiter.ticket(one.id).wait(400) for one in tickets] == [1] * 100
    assert not [one.id for one in tickets if rail.core.backend.action(one.id).state.fence != 1]
    assert worker.end(signal.SIGTERM)[0] == 0


@pytest.mark.nightly
def test_a_worker_outlasts_its_server_and_one_without_the_scope_says_what_it_lacks(tmp_path: Path):
    house = House(tmp_path)
    yard = Yard(tmp_path, house.url, house)
    yard.apply(str(house.path))
    house.fill()
    server = house.serve()
    ticket, gate = yard.lingers()
    worker = yard.worker()
    with open(gate, "w") as opened:
        server.end(signal.SIGKILL)
        worker.line("no work can be taken now")
        house.serve()
        worker.line("work can be taken again")
        opened.write("done")
    assert ticket.wait(60) == "done"
    environment = {**os.environ, "PLACE": house.url, "EFFECTS": "x", "HANDRAIL_KEY": house.key("asker")}
    other = Process(*COMMAND, "work", "yard:rail", cwd=tmp_path, env=environment)
    assert other.end()[0] == 1
    assert "lacks the scope execute" in other.line("handrail:")
    assert worker.end(signal.SIGTERM)[0] == 0
    yard.close()
    house.close()


def test_a_module_that_cannot_be_worked_on_ends_the_command_with_what_to_do(tmp_path: Path):
    (tmp_path / "agent.py").write_text("import handrail\nrail = handrail.connect('sqlite:///a.db')\nrail.ask('Who?')\n")
    process = Process(sys.executable, "-m", "handrail.cli.main", "work", "agent:rail", cwd=tmp_path)
    assert process.end()[0] == 2
    assert '__name__ == "__main__"' in process.line("handrail:")
    assert not (tmp_path / "a.db").exists()
