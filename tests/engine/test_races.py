"""Many at once: one wins, the others are told so, and nobody starves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from handrail.audit.entry import parse_entry
from handrail.embedded import Database, Embedded, local_agent
from handrail.ids import mint
from handrail.policy.register import ID
from handrail.policy.stops import Halt
from handrail.testing.clock import FrozenClock
from tests.crash.books import Books
from tests.engine.kit import Desk, proposal
from tests.engine.processes import (
    PROCESSES,
    decide_all,
    pay_for,
    propose_for,
    start_all,
    together,
    work_until_stopped,
)
from tests.engine.test_policy import put
from tests.night import by_night

TWO = 2
LIMITED = """
default_path: p
paths: {p: {levels: [{ask: group:team, for: 1h}]}}
rules: [{action: pay, verdict: run}]
limits: [{name: a, action: pay, sum: args.amount, within: 24h, at_most: "1000.00"}]
"""


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database on either store."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgres" else str(tmp_path / "a.db")


def compete(path: str, act: Callable[..., None], *what: Any) -> list[Any]:
    """Let two processes do the same at once; what each of them told."""
    start = PROCESSES.Barrier(TWO)
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(TWO)]
    processes = [PROCESSES.Process(target=act, args=(path, *what, start, told)) for _, told in pipes]
    for process in processes:
        process.start()
    told = [pipe.recv() for pipe, _ in pipes]
    for process in processes:
        process.join()
    return told


def race_to_decide(path: str, reviews: int, deciders: int) -> None:
    desk = Desk(path)
    asked = [desk.propose()["review"] for _ in range(reviews)]
    views = [(review, desk.review(review).view) for review in asked]
    told = compete(path, decide_all, deciders // TWO, views)
    for review in asked:
        heard = Counter(told[0][review] + told[1][review])
        (winner,) = heard.keys() - {"already decided"}
        assert heard == {winner: 1, "already decided": deciders - 1}
        found = desk.review(review).decision
        assert found is not None
        assert found.outcome == winner
        assert desk.types(review) == ["review.opened", "review.decided"]
    desk.close()
    Books(path)


def test_of_64_deciders_one_wins_each_review(where: str):
    race_to_decide(where, 15, 64)


@pytest.mark.nightly
def test_of_64_deciders_one_wins_each_of_1000_reviews(tmp_path: Path):
    race_to_decide(str(tmp_path / "a.db"), by_night(1000), 64)


def test_of_32_executors_one_starts_each_action(where: str):
    desk = Desk(where)
    actions = [(one["id"], one["bind"]) for one in (desk.cleared() for _ in range(10))]
    told = compete(where, start_all, 16, actions)
    for action, _ in actions:
        assert Counter(told[0][action] + told[1][action]) == {"started": 1, "NotReady": 31}
        assert desk.types(action).count("action.started") == 1
    desk.close()
    Books(where)


def test_however_a_payment_is_split_a_limit_is_never_passed_by_64_at_once(where: str):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    desk = Desk(where)
    rules = (
        "default_path: p\npaths: {p: {levels: [{ask: group:team, for: 1h}]}}\nrules: [{action: pay, verdict: run}]\n"
    )
    limit = "limits: [{name: a, action: pay, sum: args.amount, within: 24h, at_most: '1000.00'}]\n"
    desk.person.call(ID, put(rules + limit))
    splits = [[split(draw) for _ in range(by_night(20, 2))] for _ in range(32)]
    told = compete(where, pay_for, 32, splits)
    started = Counter(amount for amounts in told for amount in amounts)
    used = sum(map(Decimal, started.elements()))
    assert used <= 1000
    held = Counter(amount for amounts in splits * TWO for amount in amounts) - started
    assert all(used + Decimal(amount) > 1000 for amount in held), "what was held would have passed it"
    (limits,) = desk.agent.limits()
    assert [Decimal(one.used or "") for one in limits.budgets] == [used]
    desk.close()
    Books(where)


def split(draw: random.Random) -> str:
    """A part of a payment: mostly small, now and then nearly all of it."""
    return f"{draw.choice([draw.uniform(0.01, 30), draw.uniform(1, 300), 999]):.2f}"


def test_nothing_starts_in_any_process_once_a_stop_is_acknowledged(where: str):
    desk = Desk(where)
    start = PROCESSES.Barrier(TWO + 1)
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(TWO)]
    processes = [PROCESSES.Process(target=work_until_stopped, args=(where, 8, start, told)) for _, told in pipes]
    for process in processes:
        process.start()
    start.wait()
    size = 0
    while size < by_night(20_000, 1_000):
        size = desk.person.changed(size, 10)
    stop = mint("stp")
    desk.person.call(stop, Halt("all", "it pays twice"))
    acknowledged = desk.person.archive.size()
    told = [pipe.recv() for pipe, _ in pipes]
    for process in processes:
        process.join()
    (halted,) = (event.index for event in desk.person.history(stop) if event.type == "stop.halted")
    with desk.store.read() as reader:
        late = [parse_entry(one.entry) for one in reader.entries("default", after=halted)]
    print(f"{sum(told)} starts before the stop, {acknowledged - halted} entries in its commit, {len(late)} behind it")
    assert min(told) > 0
    assert [entry for entry in late if entry.type in ("action.started", "action.claimed", "action.proposed")] == []
    desk.close()
    Books(where)


def test_two_processes_that_write_as_fast_as_they_can_share_the_file(tmp_path: Path):
    path = str(tmp_path / "a.db")
    Desk(path).close()
    counts = compete(path, propose_for, 3.0)
    assert min(counts) > sum(counts) / 3
    Books(path)


def test_engines_that_write_for_the_same_tenants_never_wait_for_each_other(postgres: str):
    databases = [Database(postgres, FrozenClock()) for _ in range(TWO)]

    def ask(number: int) -> None:
        for turn in range(15):
            tenant = "ab"[(number // TWO + turn) % TWO]
            agent = Embedded(databases[number % TWO], local_agent("tester", None), tenant)
            assert agent.call(mint("act"), proposal())["status"] == "held"

    together(12, ask)
    for database in databases:
        database.close()
