"""Two processes hear decisions under one name: one goes on, the other stands by, and takes over where it dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from handrail.clock import SystemClock
from tests.crash.places import STORES, place
from tests.engine.kit import Desk
from tests.night import by_night
from tests.server.house import opened


class Pair:
    """Processes that say in one pipe what they hear, and people who decide."""

    def __init__(self, url: str, environment: dict[str, str], decide: Callable[[int], object]) -> None:
        self.decide = decide
        self._url, self._environment = url, {**os.environ, **environment}
        out, self._into = os.pipe()
        self._said = os.fdopen(out)
        self.living: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        """One more process."""
        words = [sys.executable, "-m", "tests.crash.standby", self._url, name]
        self.living[name] = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=self._into, env=self._environment, text=True
        )
        assert self.heard() == f"{name} ready"

    def heard(self) -> str:
        """The next thing that one of them says; the test's own limit of time ends what nobody says."""
        return self._said.readline().strip()

    def done(self, name: str) -> None:
        """Let a process finish what it has in hand."""
        stdin = self.living[name].stdin
        assert stdin
        stdin.write("done\n")
        stdin.flush()

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a process a signal."""
        self.living[name].send_signal(number)

    def close(self) -> None:
        """Let nothing run on."""
        for one in self.living.values():
            one.kill()
            one.communicate()
        self._said.close()
        os.close(self._into)


@contextmanager
def beside(store: str, folder: Path) -> Iterator[Pair]:
    """The processes open the database themselves."""
    with ExitStack() as stack:
        at = stack.enter_context(place(store, folder))
        desk = Desk(at.address)
        stack.callback(desk.close)

        def decide(number: int) -> None:
            desk.decide(desk.propose(f'{{"n":{number}}}')["review"], "reject")

        found = Pair(at.url, {}, decide)
        stack.callback(found.close)
        yield found


@contextmanager
def served(folder: Path) -> Iterator[Pair]:
    """The processes reach the database through a server."""
    with opened(folder / "a.db", clock=SystemClock()) as house, ExitStack() as stack:
        house.company.person("ann")
        key, ann = house.company.key("tester"), house.session("ann")

        def decide(number: int) -> None:
            declared = {"pattern": "approval", "reviewers": ["user:ann"]}
            body = {"name": "test.effect", "args": {"n": number}, "declared": declared}
            review = house("POST", "/actions", key, json=body).json()["review"]
            view = house("GET", f"/reviews/{review}", ann).json()["state"]["view"]
            no = {"outcome": "reject", "view": view, "note": "no"}
            assert house("POST", f"/reviews/{review}/decisions", ann, json=no).status_code == 200

        found = Pair(house.url, {"HANDRAIL_KEY": key}, decide)
        stack.callback(found.close)
        yield found


def begun(two: Pair) -> None:
    """One has the first decision in hand, and the other stands by."""
    two.start("one")
    two.decide(0)
    assert two.heard() == "one 0"
    two.start("two")


@pytest.mark.parametrize("way", [*STORES, "http"])
def test_who_stands_by_hears_nothing_until_the_other_is_killed_and_then_goes_on_there(tmp_path: Path, way: str):
    with served(tmp_path) if way == "http" else beside(way, tmp_path) as two:
        begun(two)
        for number in (1, 2):
            two.decide(number)
            two.done("one")
            assert two.heard() == f"one {number}"
        two.decide(3)
        two.signal("one", signal.SIGKILL)
        assert two.heard() == "two 2", "what the dead one had in hand comes again, and nothing before"
        two.done("two")
        assert two.heard() == "two 3"


def test_who_slept_beyond_its_lease_stands_by_once_it_wakes(tmp_path: Path):
    """Through a server: a process that is stopped in the middle of a commit would hold up the others, too."""
    with served(tmp_path) as two:
        begun(two)
        two.signal("one", signal.SIGSTOP)
        assert two.heard() == "two 0"
        two.signal("one", signal.SIGCONT)
        two.done("one")
        two.decide(1)
        two.done("two")
        assert two.heard() == "two 1"
        two.signal("two", signal.SIGKILL)
        assert two.heard() == "one 1", "it stood by, and goes on from what the other had noted"


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("way", [*STORES, "http"])
def test_through_many_kills_each_decision_comes_in_order_and_from_one_at_a_time(tmp_path: Path, way: str, seed: int):
    chance, steps = random.Random(seed), by_night(150, 10)
    print(f"seed {seed}, {steps} steps")
    with served(tmp_path) if way == "http" else beside(way, tmp_path) as two:
        begun(two)
        holder, waiting, number = "one", "two", 0
        for step in range(steps):
            if chance.random() < 0.6:
                two.decide(number + 1)
                two.done(holder)
                number += 1
            else:
                two.signal(holder, signal.SIGKILL)
                holder = waiting
            assert two.heard() == f"{holder} {number}"
            if holder == waiting:
                waiting = f"more{step}"
                two.start(waiting)
