"""Clocks that jump and nodes that disagree, under load: what expired stays so, nothing is early, and everybody is
released in the end."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import pytest

from handrail.clock import DAY, HOUR, MINUTE, SECOND
from handrail.embedded import Database
from handrail.errors import HandrailError
from handrail.ids import mint
from handrail.review.commands import Decide
from handrail.testing import FrozenClock
from handrail.testing.clock import START
from tests.crash.books import Books
from tests.engine.kit import Desk, proposal
from tests.engine.processes import PROCESSES
from tests.night import by_night, longer_by_night

APART: Final = 5 * MINUTE
WITHIN: Final = (10 * SECOND, 5 * MINUTE, 3 * HOUR)
LEAPS: Final = (SECOND, 50 * MINUTE, 2 * HOUR, 3 * DAY, 400 * DAY, 4000 * DAY)


class Nodes:
    """Two engines on one database, each with a clock of its own, and actions that wait for people."""

    def __init__(self, path: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.clocks = [FrozenClock(START), FrozenClock(START + APART)]
        self.desks = [Desk(path, clock) for clock in self.clocks]
        self.true = 0
        self.asked: dict[str, tuple[int, int]] = {}
        self.over: Mapping[str, str] = {}

    def pass_(self, seconds: float) -> None:
        """Real time goes on."""
        self.true += round(seconds * SECOND)
        for clock in self.clocks:
            clock.advance(seconds)

    def act(self) -> None:
        """Somebody asks, decides, or looks after what is due, on either node."""
        desk = self.random.choice(self.desks)
        match self.random.choice(("ask", "decide", "sweep", "sweep")):
            case "ask":
                within = self.random.choice(WITHIN)
                answer = desk.agent.call(mint("act"), proposal(within=within, grant=within))
                self.asked[answer["review"]] = (self.true, within)
            case "decide" if self.asked:
                review = self.random.choice(sorted(self.asked))
                state = desk.review(review)
                outcome: Any = self.random.choice(("approve", "reject"))
                try:
                    desk.person.call(review, Decide(outcome, state.view))
                except HandrailError:
                    assert state.status != "open" or desk.review(review).status != "open"
            case _:
                self.sweep(desk)

    def sweep(self, desk: Desk) -> None:
        """What the keeper does: ask what is due by this node's clock, and do it."""
        with desk.store.read() as reader:
            due = reader.due(desk.engine.clock.now(), 100)
        for _, subject in due:
            desk.tick(subject)

    def ended(self) -> Mapping[str, str]:
        """How each review ended that has. Raises for one that ended otherwise before."""
        found = {one: self.desks[0].review(one).status for one in self.asked}
        over = {one: status for one, status in found.items() if status in ("expired", "decided")}
        assert {one: over.get(one) for one in self.over} == self.over
        self.over = over
        return over

    def finish(self) -> None:
        """Time goes on with clocks that are right by now, until everybody must have been released."""
        for _ in range(6):
            self.pass_(2 * max(WITHIN) / SECOND)
            self.desks[0].propose()
            for desk in self.desks:
                self.sweep(desk)
        left = [one for one in self.asked if self.desks[0].review(one).status == "open"]
        assert left == [], "asked, and never released"
        for desk in self.desks:
            desk.close()


@pytest.fixture
def nodes(tmp_path: Path, seed: int) -> Iterator[Nodes]:
    print(f"seed {seed}")
    yield Nodes(str(tmp_path / "a.db"), seed)
    in_order(Books(str(tmp_path / "a.db")))


def in_order(books: Books) -> None:
    """By the log's own time nobody decided after the deadline, and nothing expired before it."""
    for life in books.lives().values():
        deadline = books.data[life[0].i].get("deadline")
        for entry in life:
            if entry.type == "review.expired":
                assert entry.t >= deadline
            if entry.type in ("review.decided", "review.voted"):
                assert entry.t < deadline
            if entry.type == "action.cleared":
                until = books.data[entry.i]["grant"]["expires_at"]
                assert all(one.t >= until for one in life if one.type == "action.refused")


def elsewhere(url: str, ahead: int, told: Connection) -> None:
    """A node whose machine's clock is wrong: it asks, and does all that it holds for due."""
    right = time.time_ns  # noqa: TID251
    time.time_ns = lambda: right() + ahead * 1000  # noqa: TID251
    desk = Desk(url, Database(url).clock)
    asked = desk.agent.call(mint("act"), proposal(within=MINUTE))
    with desk.store.read() as reader:
        due = reader.due(desk.engine.clock.now(), 100)
    for _, subject in due:
        desk.tick(subject)
    desk.close()
    told.send((asked["review"], len(due)))


@pytest.mark.parametrize("ahead", [APART, -APART], ids=["ahead", "behind"])
def test_two_nodes_five_minutes_apart_agree_by_the_databases_time(postgres: str, ahead: int):
    desk = Desk(postgres, Database(postgres).clock)
    here = desk.propose(within=MINUTE)
    heard, told = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=elsewhere, args=(postgres, ahead, told))
    process.start()
    there, due = heard.recv()
    process.join()
    assert due == 0
    opened = [desk.review(one).opened_at for one in (here["review"], there)]
    assert opened == sorted(opened)
    assert opened[1] - opened[0] < APART // 2
    for review in (here["review"], there):
        assert desk.decide(review)["action_status"] == "cleared"
    desk.close()


@longer_by_night
def test_clocks_that_jump_to_and_fro_expire_nothing_twice_and_release_everybody(nodes: Nodes):
    for _ in range(by_night(1000, 200)):
        nodes.act()
        nodes.ended()
        nodes.pass_(nodes.random.choice((0, 0.3, 2, 20, 400)))
        if nodes.random.random() < 0.2:
            nodes.random.choice(nodes.clocks).jump(nodes.random.choice((1, -1)) * nodes.random.choice(LEAPS))
    nodes.finish()


@longer_by_night
def test_a_clock_that_lies_for_a_moment_fires_nothing_early(nodes: Nodes):
    for _ in range(by_night(1000, 200)):
        clock, by = nodes.random.choice(nodes.clocks), nodes.random.choice(LEAPS[2:])
        clock.jump(by)
        nodes.act()
        nodes.pass_(0.4)
        nodes.act()
        clock.jump(-by)
        for desk in nodes.desks:
            nodes.sweep(desk)
        for review, status in nodes.ended().items():
            since, within = nodes.asked[review]
            assert status != "expired" or nodes.true - since >= within - APART
        nodes.pass_(nodes.random.choice((1, 2, 20, 400)))
        nodes.act()
    nodes.finish()
