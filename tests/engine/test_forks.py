"""A process that forks while others of its threads wait: both go on, with engines of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import handrail
from handrail.embedded import Embedded, solo_person
from handrail.ids import mint
from handrail.review.commands import Decide
from tests.crash.books import Books
from tests.engine.kit import Desk, proposal
from tests.engine.processes import PROCESSES, together

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning"),
]
FORKS = multiprocessing.get_context("fork")


@pytest.fixture(params=["sqlite", "postgres"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind."""
    found: str = request.getfixturevalue("postgres") if request.param == "postgres" else str(tmp_path / "a.db")
    return found


def forked(act: Callable[[], None]) -> int:
    """Run in a forked child; its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return pid


def ended(pid: int) -> int:
    """The exit code of a child."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def cycle(desk: Desk) -> None:
    """A whole life of an action."""
    assert desk.settle(desk.started())["status"] == "succeeded"


def test_child_and_parent_go_on_while_threads_of_the_parent_wait(path: str):
    desk = Desk(path)
    waited = [desk.propose() for _ in range(4)]
    woke: list[str] = []

    def wait(number: int) -> None:
        answer = desk.agent.wait(waited[number]["id"], waited[number]["rev"], 30)
        assert answer is not None
        woke.append(answer["status"])

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()

    def in_child() -> None:
        for action in waited[:2]:
            desk.decide(action["review"])
        cycle(desk)
        desk.close()

    child = forked(in_child)
    cycle(desk)
    for action in waited[2:]:
        desk.decide(action["review"])
    assert ended(child) == 0
    for thread in threads:
        thread.join(30)
    assert woke == ["cleared"] * 4
    desk.close()
    Books(path)


def test_forks_in_the_midst_of_commits_leave_nobody_locked_out(path: str):
    desk, over = Desk(path), threading.Event()
    actor = desk.agent.actor

    def commit_for_ever(_: int) -> None:
        while not over.is_set():
            desk.agent.call(mint("act"), proposal())

    writer = threading.Thread(target=lambda: together(3, commit_for_ever))
    writer.start()
    children = [forked(lambda: cycle(desk)) for _ in range(10)]
    assert [ended(child) for child in children] == [0] * 10
    over.set()
    writer.join()
    cycle(desk)
    assert actor == desk.agent.actor
    desk.close()
    books = Books(path)
    assert sum(state.status == "succeeded" for state in books.states.values()) == 11


def test_a_forked_pool_uses_the_rail_of_its_parent(path: str):
    rail = handrail.connect(path if "://" in path else f"sqlite:///{path}", agent="tester", quiet=True)
    double = rail.approval(name="double")(_double)
    tickets = [double.propose(number) for number in range(4)]
    people = Embedded(rail.core.backend.database, solo_person)  # type: ignore[attr-defined]
    told = FORKS.SimpleQueue()

    def work(number: int) -> None:
        told.put(tickets[number].wait(timeout=30))

    children = [FORKS.Process(target=work, args=(number,)) for number in range(4)]
    for child in children:
        child.start()
    for record in people.waiting():
        people.call(record.state.id, _approval(record.state.view))
    assert sorted(told.get() for _ in children) == [0, 2, 4, 6]
    for child in children:
        child.join()
    rail.close()
    Books(path)


def _double(number: int) -> int:
    return number * 2


def _approval(view: str) -> object:
    return Decide("approve", view)


def _fork_and_die(path: str, told: object) -> None:
    """A parent that is killed by its child while it waits; the child goes on."""
    desk = Desk(path)
    action = desk.propose()

    def in_child() -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        desk.decide(action["review"])
        cycle(desk)
        desk.close()
        told.send("the child works")  # type: ignore[attr-defined]

    forked(in_child)
    desk.agent.wait(action["id"], action["rev"], 30)


def test_the_death_of_the_parent_does_not_block_the_child(path: str):
    heard, told = PROCESSES.Pipe(duplex=False)
    parent = PROCESSES.Process(target=_fork_and_die, args=(path, told))
    parent.start()
    assert heard.recv() == "the child works"
    parent.join()
    assert parent.exitcode == -signal.SIGKILL
    Books(path)


def test_the_death_of_a_child_does_not_block_the_parent(path: str):
    desk = Desk(path)
    action = desk.propose()

    def in_child() -> None:
        with desk.store.write() as tx:
            assert tx.streams("default", (action["id"],))
            os.kill(os.getpid(), signal.SIGKILL)

    assert ended(forked(in_child)) == -signal.SIGKILL
    assert desk.decide(action["review"])["action_status"] == "cleared"
    cycle(desk)
    desk.close()
    Books(path)
