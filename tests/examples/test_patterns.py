"""Each example does its work in an empty folder: on a file, on PostgreSQL, and as an agent of a server."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from examples.shop.shop import Shop
from handrail.backend import ReviewRecord
from handrail.embedded import Database, Embedded, solo_person
from handrail.review.commands import Decide
from handrail.run.commands import Guide, Resume, Stop
from tests.architecture.rules import ROOT
from tests.e2e.served import Agent, environment
from tests.e2e.terminal import terminal
from tests.server.company import Company
from tests.server.house import serving

Person = Callable[[ReviewRecord], Decide]
NAMES = ("approval", "confidence", "exceptions", "question", "oversight", "stacked")
FILE, SERVER, POSTGRES = "file", "server", "postgres"


@contextmanager
def place(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Database, str, dict[str, str]]]:
    """Where reviews are kept: as the person opens it, as the example is told, and what it finds in its environment."""
    address = request.getfixturevalue("postgres") if kind == POSTGRES else str(folder / "handrail.db")
    database = Database(address)
    try:
        if kind != SERVER:
            yield database, address if kind == POSTGRES else "", {}
            return
        company = Company("", database.clock, database=database)
        with serving(company) as house:
            yield database, house.url, {"HANDRAIL_KEY": company.key("newcomer")}
    finally:
        database.close()


def run(name: str, folder: Path, kind: str, request: pytest.FixtureRequest, person: Person) -> str:
    """Run an example to its end, with a person who decides on whatever it says that it waits for; what it printed."""
    with place(kind, folder, request) as (database, url, given):
        command = (sys.executable, "-m", f"examples.{name}", *([url] if url else []))
        agent = Agent(*command, cwd=folder, env=environment(PYTHONPATH=str(ROOT), **given))
        boss = Embedded(database, solo_person)
        last: int | None = signal.SIGKILL
        try:
            for review in held(agent):
                boss.call(review, person(boss.review(review)))
            last = None
        finally:
            code, printed = agent.end(last)
    assert code == 0, "".join(agent.said)
    return printed


def held(agent: Agent) -> Iterator[str]:
    """The reviews that it says it waits for, one after another until it ends."""
    for nth in count():
        try:
            yield agent.held(nth)
        except AssertionError:
            assert agent.said[-1] == "", "it neither asks nor ends"
            return


def says(outcome: Any, **given: Any) -> Person:
    """A person who always decides so."""
    return lambda record: Decide(outcome, record.state.view, **given)


@pytest.mark.parametrize("kind", [FILE, SERVER, POSTGRES])
def test_a_refund_is_made_as_it_was_approved(tmp_path, request, kind: str):
    printed = run("approval", tmp_path, kind, request, says("approve"))
    assert "refunded 131.90 EUR on O-12967" in printed
    assert Shop(tmp_path / "shop.db").standing("O-12967").endswith("captured 263.80 EUR, refunded 131.90 EUR")


def test_a_refund_that_is_rejected_is_not_made_and_not_asked_about_again(tmp_path, request):
    for _ in range(2):
        printed = run("approval", tmp_path, FILE, request, says("reject", note="ask the bank first"))
        assert "nothing was refunded: ask the bank first" in printed
    assert Shop(tmp_path / "shop.db").standing("O-12967").endswith("refunded 0.00 EUR")


@pytest.mark.parametrize("kind", [FILE, SERVER, POSTGRES])
def test_mail_is_sorted_and_the_unsure_corrected(tmp_path, request, kind: str):
    def person(record: ReviewRecord) -> Decide:
        assert record.state.kind == "check"
        assert float(record.action.state.confidence or 1) < 0.8
        asked.append(record)
        return Decide("edit", record.state.view, args='{"output":{"score":0.9,"team":"accounts"}}')

    asked: list[ReviewRecord] = []
    printed = run("confidence", tmp_path, kind, request, person)
    teams = dict(re.findall(r"^(T-\d+)  (\w+)", printed, re.MULTILINE))
    assert len(asked) == int(re.findall(r"about (\d+) you", printed)[0]) == 4
    assert len(teams) == 14
    assert (teams["T-1042"], teams["T-1049"], teams["T-1044"]) == ("returns", "billing", "accounts")


@pytest.mark.parametrize("kind", [FILE, SERVER, POSTGRES])
def test_what_is_turned_away_four_times_is_filed_when_a_person_says_again(tmp_path, request, kind: str):
    printed = run("exceptions", tmp_path, kind, request, says("retry"))
    knocks = [printed.count(f"{day}: knocking") for day in ("2026-11-21", "2026-11-20", "2026-11-19")]
    assert knocks == [5, 1, 3]
    assert printed.count("filed, receipt B-") == 3
    assert len(list((tmp_path / "books" / "journal").iterdir())) == 3


def test_what_a_person_skips_is_left_out(tmp_path, request):
    printed = run("exceptions", tmp_path, FILE, request, says("skip"))
    assert "2026-11-21: left out" in printed
    assert printed.count("filed, receipt B-") == 2


@pytest.mark.parametrize("kind", [FILE, SERVER, POSTGRES])
def test_the_order_goes_to_whom_the_answer_names(tmp_path, request, kind: str):
    printed = run("question", tmp_path, kind, request, says("answer", value="Vega & Sons"))
    assert "ordered 20 of Hand-blown tumbler from Vega & Sons" in printed
    bought = Shop(tmp_path / "shop.db").look(lambda db: [tuple(row) for row in db.execute("SELECT * FROM purchases")])
    assert [row[2:4] for row in bought] == [(20, "Vega & Sons")]


@pytest.mark.parametrize("kind", [FILE, SERVER, POSTGRES])
def test_patterns_stack_in_one_run(tmp_path, request, kind: str):
    def person(record: ReviewRecord) -> Decide:
        kinds.append((record.state.kind, record.action.state.name))
        if record.state.kind == "exception":
            return Decide("retry", record.state.view)
        refused = "O-12935" in (record.action.args or "")
        return Decide("reject" if refused else "approve", record.state.view, note="not this one")

    kinds: list[tuple[str, str]] = []
    printed = run("stacked", tmp_path, kind, request, person)
    assert sorted(kinds) == [
        *[("approval", "payments.refund")] * 3,
        *[("check", "tickets.triage")] * 4,
        ("exception", "payments.refund"),
    ]
    shop = Shop(tmp_path / "shop.db")
    given = [shop.standing(order).partition("refunded ")[2] for order in ("O-12958", "O-12949", "O-12935")]
    assert given == ["480.00 EUR", "59.40 EUR", "0.00 EUR"]
    filed = (tmp_path / "books" / "refunds" / "O-12958.csv").read_text()
    assert filed.startswith("refunded 480.00 EUR on O-12958; captured 509.00, refunded 480.00")
    assert "T-1051  " in printed
    assert "not this one" in printed
    assert "T-1050  goes to accounts" in printed


def prices(folder: Path) -> list[tuple[str, int]]:
    """What every product costs."""
    return Shop(folder / "shop.db").look(
        lambda db: [(row[0], row[1]) for row in db.execute("SELECT kind, price FROM products ORDER BY id")]
    )


@pytest.mark.parametrize(
    ("kind", "goes_on"),
    [(FILE, True), (SERVER, True), (FILE, False), pytest.param(POSTGRES, True, marks=pytest.mark.nightly)],
)
def test_new_prices_wait_to_be_looked_at_and_are_put_back_after_a_stop(tmp_path, request, kind: str, goes_on: bool):
    Shop.at(tmp_path / "shop.db")
    before = prices(tmp_path)
    with place(kind, tmp_path, request) as (database, url, given):
        command = (sys.executable, "-m", "examples.oversight", *([url] if url else []))
        agent = Agent(*command, cwd=tmp_path, env=environment(PYTHONPATH=str(ROOT), **given))
        run = agent.line("runs resume").split("resume ")[1].split()[0]
        boss = Embedded(database, solo_person)
        state = boss.run(run)[0]
        boss.call(run, Guide("leave the whetstone and the stand mixer as they are"))
        boss.call(run, Resume() if goes_on else Stop("not in December"))
        code, printed = agent.end()
        ended = boss.run(run)[0].status
    assert (code, state.totals.steps, state.alarm) == (0, 20, "steps"), "".join(agent.said)
    after = prices(tmp_path)
    if goes_on:
        same = {kind for (kind, old), (_, new) in zip(before, after, strict=True) if new == old}
        assert (ended, same) == ("finished", {"whetstone", "stand mixer"})
    else:
        assert (ended, after) == ("stopped", before)
        assert printed.endswith("the old prices are back\nstopped: not in December\n")


def test_a_killed_run_asks_only_about_what_nobody_has_decided(tmp_path, request):
    def first(record: ReviewRecord) -> Decide:
        seen.append(record.action.state.id)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return Decide("approve" if record.state.kind == "check" else "reject", record.state.view)

    def second(record: ReviewRecord) -> Decide:
        left.append(record.action.state.id)
        if record.state.kind != "exception":
            return Decide("approve", record.state.view)
        busy = "O-12958" in (record.action.args or "")
        return Decide("retry" if busy else "skip", record.state.view)

    seen: list[str] = []
    left: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run("stacked", tmp_path, FILE, request, first)
    assert run("stacked", tmp_path, FILE, request, second).count("T-10") == 14
    assert seen[2] in left
    assert not {*seen[:2]} & {*left}
    assert len({*seen, *left}) == 7
    assert not (tmp_path / "books" / "refunds" / "O-12935.csv").exists(), "the shop refused it"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_short_and_says_how_to_run_it(name: str):
    text = (ROOT / "examples" / f"{name}.py").read_text("utf-8")
    assert len(text.splitlines()) < 66
    assert f"`python -m examples.{name}`" in text


def test_a_newcomer_is_asked_in_the_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with terminal("-m", "examples.approval", cwd=tmp_path) as screen:
        shown = screen.until("decide>")
        assert "captured 263.80 EUR" in shown
        screen.type("a\nthe bank agrees\n")
        assert "refunded 131.90 EUR" in screen.until("looked through")
