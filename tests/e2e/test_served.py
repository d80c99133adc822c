"""Users' scripts on a file of their own and, unchanged, at `handrail serve` in another process."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest

from handrail.codec.canonical import canonical
from handrail.embedded import Database, Embedded
from handrail.principal import person
from handrail.review import commands as c
from tests import postgres
from tests.docs.pages import ROOT
from tests.e2e.served import Agent, House, Process, environment

HEAD = """
import asyncio, os, sys, handrail
rail = handrail.connect(os.environ["HANDRAIL_URL"], run=os.environ.get("HANDRAIL_RUN"))
"""
WIRE = """
@rail.approval(name="payments.wire", reviewers="group:treasury", within="15m", risk="high")
def wire(account: str, cents: int) -> str:
    with open(os.environ["EFFECTS"], "a") as file:
        file.write(f"{cents}\\n")
    return f"sent {cents / 100:.2f} to {account}"
"""
CALL = (
    HEAD
    + WIRE
    + """
print(wire("DE89", 80_000))
print(handrail.last_decision().note)
"""
)
TWICE = (
    HEAD
    + WIRE
    + """
with rail.run(os.environ["RUN"]):
    print("got", [wire("DE89", 700) for _ in range(2)])
"""
)
ASYNC = (
    HEAD
    + """
@rail.approval(name="crm.merge", reviewers="group:treasury")
async def merge(keep: str, drop: str) -> dict[str, str]:
    return {"kept": keep, "dropped": drop}
async def main():
    try:
        print(await merge("C-1", "C-2"))
    except handrail.Denied as denied:
        print(type(denied).__name__, denied.reason, denied.note)
asyncio.run(main())
"""
)
ASK = (
    HEAD
    + """
print(rail.ask("Which supplier?", options=["Nordholm", "Vega"], to="group:treasury", within="1d"))
"""
)
DECISIONS: dict[str, tuple[str, list[tuple[str, dict[str, Any]]]]] = {
    "call": (CALL, [("approve", {"note": "as agreed"})]),
    "edited": (CALL, [("edit", {"args": {"account": "DE89", "cents": 40_000}, "note": "half of it today"})]),
    "twice": (TWICE, [("approve", {}), ("approve", {})]),
    "approved async": (ASYNC, [("approve", {})]),
    "rejected async": (ASYNC, [("reject", {"note": "two customers"})]),
    "ask": (ASK, [("answer", {"value": "Vega"})]),
}
SHOWN = {
    "call": "sent 800.00 to DE89\nas agreed\n",
    "edited": "sent 400.00 to DE89\nhalf of it today\n",
    "twice": "got ['sent 7.00 to DE89', 'sent 7.00 to DE89']\n",
    "approved async": "{'kept': 'C-1', 'dropped': 'C-2'}\n",
    "rejected async": "Denied rejected two customers\n",
    "ask": "Vega\n",
}


PACKAGES = os.pathsep.join([str(ROOT / "src"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
NOBODY: dict[str, Any] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": [], "cwd": "/"}


class Place:
    """Where a script works, and how Ben decides there."""

    python = sys.executable
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house = House(folder, self.address())
        self.ids = self.house.fill()
        self.begin("first")

    def address(self) -> str:
        """Where the database is, if not in the folder."""
        return ""

    def begin(self, name: str) -> None:
        """From here on scripts have another run, and leave their effects in another file."""
        self.name, self.effects_file = name, self.folder / f"{name}.effects"

    def start(self, script: str) -> Agent:
        """Run a script; its text is the same everywhere."""
        env = environment(
            EFFECTS=str(self.effects_file), RUN=self.name, PYTHONPATH=PACKAGES, **self.reached(),
        )  # fmt: skip
        agent: Agent = self.house.run(Agent, self.python, "-c", script, env=env, **self.options)
        return agent

    def reached(self) -> dict[str, str]:
        """What the environment says about where to connect."""
        url = self.house.address
        return {"HANDRAIL_URL": url if "://" in url else f"sqlite:///{url}"}

    def decide(self, review: str, outcome: str, **rest: Any) -> None:
        database = Database(self.house.address)
        ben = Embedded(database, lambda _: person(self.ids["ben"], "local"))
        args = rest.pop("args", None)
        text = None if args is None else canonical(args)
        ben.call(review, c.Decide(outcome, ben.review(review).state.view, args=text, **rest))  # type: ignore[arg-type]
        database.close()

    def effects(self) -> list[str]:
        return self.effects_file.read_text().split() if self.effects_file.exists() else []


class Served(Place):
    """The same through a server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.house.serve()
        self.key = self.house.key("payer")

    def reached(self) -> dict[str, str]:
        return {"HANDRAIL_URL": self.house.url, "HANDRAIL_KEY": self.key}

    def decide(self, review: str, outcome: str, **rest: Any) -> None:
        self.house.decide(review, outcome, **rest)


class OnPostgres(Place):
    """A database on a server, with people and scripts in processes of their own."""

    def address(self) -> str:
        self.opened: contextlib.ExitStack = contextlib.ExitStack()
        return self.opened.enter_context(postgres.database(postgres.shared()))


class ServedByTwo(Served, OnPostgres):
    """Two servers on one database: scripts are at one of them, and people decide at the other."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = postgres.free_port()
        self.house.serve_at(port)
        self.second = f"http://127.0.0.1:{port}"

    def reached(self) -> dict[str, str]:
        return {"HANDRAIL_URL": self.second, "HANDRAIL_KEY": self.key}


class Apart(Served):
    """The same, with the script under another user of this machine, who has no way to the database."""

    options = NOBODY

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.python = other_python()

    def begin(self, name: str) -> None:
        super().begin(name)
        self.effects_file.touch()
        self.effects_file.chmod(0o666)


@contextlib.contextmanager
def opened(kind: type[Place]) -> Iterator[Any]:
    """A place in a folder that others may enter, in which the files say who reads them."""
    if kind is Apart:
        other_python()
    folder = Path(tempfile.mkdtemp(prefix="handrail-"))
    folder.chmod(0o755)
    try:
        place = kind(folder)
        try:
            yield place
        finally:
            place.house.close()
            if isinstance(place, OnPostgres):
                place.opened.close()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def served() -> Iterator[Served]:
    with opened(Served) as found:
        yield found


@pytest.fixture(
    scope="module", params=[Place, Served, Apart, OnPostgres, ServedByTwo],
    ids=["embedded", "served", "apart", "postgres", "two-servers"],
)  # fmt: skip
def shared(request: pytest.FixtureRequest) -> Iterator[Place]:
    with opened(request.param) as found:
        yield found


@pytest.fixture
def place(shared: Place, request: pytest.FixtureRequest) -> Place:
    shared.begin(re.sub(r"\W+", "-", request.node.name))
    return shared


@cache
def other_python() -> str:
    """An interpreter that another user may run; without one the test is skipped."""
    if os.geteuid() != 0:
        pytest.skip("only root can run the script as another user")
    same = shutil.which("python{}.{}".format(*sys.version_info), path="/usr/local/bin:/usr/bin")
    for one in (sys.executable, same):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            command = [str(one), "-c", "import handrail.client.http"]
            subprocess.run(command, env=environment(PYTHONPATH=PACKAGES), check=True, capture_output=True, **NOBODY)
            return str(one)
    pytest.skip("the other user can run no interpreter of this version with these packages")


@pytest.mark.parametrize("name", DECISIONS)
def test_a_script_says_the_same_on_a_file_and_at_a_server(place: Place, name: str):
    script, decisions = DECISIONS[name]
    agent = place.start(script)
    for number, (outcome, rest) in enumerate(decisions):
        place.decide(agent.held(number), outcome, **rest)
    assert agent.end() == (0, SHOWN[name]), agent.said


def test_killed_while_waiting_in_a_run_it_finds_its_question_again(place: Place):
    agent = place.start(TWICE)
    first = agent.held()
    agent.end(signal.SIGKILL)
    agent = place.start(TWICE)
    assert agent.held() == first
    place.decide(first, "approve")
    second = agent.held(1)
    agent.end(signal.SIGKILL)
    assert place.effects() == ["700"]
    agent = place.start(TWICE)
    assert agent.held() == second
    place.decide(second, "approve")
    assert agent.end() == (0, SHOWN["twice"])
    assert place.effects() == ["700", "700"]


PRYING = """
import os, sqlite3, sys, handrail
path = sys.argv[1]
for name in os.listdir(os.path.dirname(path)):
    if name.startswith("handrail.db"):
        for mode in ("rb", "ab"):
            try:
                open(os.path.join(os.path.dirname(path), name), mode)
                print("could open", name, mode)
            except PermissionError:
                pass
try:
    handrail.connect("sqlite:///" + path).ask("May I?")
except handrail.HandrailError as error:
    print(type(error).__name__)
"""


def test_an_agent_of_another_user_cannot_open_the_database_or_what_is_beside_it():
    with opened(Apart) as apart:
        _pries(apart)


def _pries(apart: Apart) -> None:
    path = apart.house.path
    env = environment(PYTHONPATH=PACKAGES, HANDRAIL_KEY=apart.key)
    found = apart.house.run(Process, apart.python, "-c", PRYING, str(path), env=env, **NOBODY)
    assert found.end() == (0, "UsageError\n"), found.said
    files = [one for one in apart.folder.iterdir() if one.name.startswith(path.name)]
    assert len(files) >= 4
    assert [one.name for one in files if stat.S_IMODE(one.stat().st_mode) & 0o077] == []


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to stop"])
@pytest.mark.parametrize("script", [CALL, ASYNC], ids=["sync", "async"])
def test_a_call_that_waits_outlasts_a_restart_of_the_server(served: Served, script: str, sig: signal.Signals):
    agent = served.start(script)
    review = agent.held()
    assert served.house.server
    served.house.server.end(sig)
    served.house.serve()
    served.decide(review, "approve", note="as agreed")
    assert agent.end() == (0, SHOWN["call" if script is CALL else "approved async"]), agent.said
    assert served.effects() == (["80000"] if script is CALL else [])


IN_THE_MIDST = (
    HEAD
    + """
@rail.approval(name="slow.step", reviewers="group:treasury")
def step() -> str:
    print("running", file=sys.stderr, flush=True)
    sys.stdin = open(os.environ["EFFECTS"])
    return sys.stdin.readline().strip()
print(step())
"""
)


def test_what_runs_while_the_server_is_away_is_settled_when_it_is_back(served: Served):
    os.mkfifo(served.effects_file)
    agent = served.start(IN_THE_MIDST)
    served.decide(agent.held(), "approve")
    agent.line("running")
    assert served.house.server
    served.house.server.end(signal.SIGKILL)
    served.effects_file.write_text("done meanwhile\n")
    served.house.serve()
    assert agent.end() == (0, "done meanwhile\n"), agent.said
    listed = served.house.send("ann", "GET", "/actions")["items"]
    assert [one["status"] for one in listed] == ["succeeded"]


def test_a_server_that_is_told_to_stop_lets_go_of_who_waits_and_ends_with_0(served: Served):
    agent = served.start(CALL)
    agent.held()
    assert served.house.server
    assert served.house.server.end(signal.SIGTERM)[0] == 0
    assert "Traceback" not in "".join(served.house.server.said)
    assert agent.running.poll() is None


def test_one_file_has_one_server(served: Served):
    other = served.house.run(
        Process, sys.executable, "-m", "handrail.cli.main", "serve", "--listen", "127.0.0.1:1",
        "--db", str(served.house.path),
    )  # fmt: skip
    code, _ = other.end()
    assert code == 2
    assert "another server has" in "".join(other.said)


CONDITIONS = """
default_path: money
paths: {money: {levels: [{ask: group:treasury, for: 1h}]}}
rules:
  - {name: tests, action: payments.wire, when: env != "prod", verdict: run, replaces: code}
  - {name: small, action: payments.wire, when: args.cents < 1000 && agent == "payer", verdict: run, replaces: code}
"""
SMALL = (
    HEAD
    + WIRE
    + """
print(wire("DE89", 999))
print(wire.propose("DE89", 1_000).status)
"""
)


def test_conditions_see_the_environment_that_the_server_was_started_in(tmp_path: Path):
    house = House(tmp_path, "")
    try:
        house.fill()
        house.server = house.serve_at(house.port, "--env", "prod")
        house.send("ann", "PUT", "/policy", {"file": CONDITIONS})
        there = {"HANDRAIL_URL": house.url, "HANDRAIL_KEY": house.key("payer"), "HANDRAIL_ENV": "dev"}
        agent = house.run(Agent, sys.executable, "-c", SMALL, env=environment(EFFECTS=os.devnull, **there))
        assert agent.end() == (0, "sent 9.99 to DE89\nheld\n")
    finally:
        house.close()
