"""The demo company is real: what people decide at its server changes the shop's own database, so and no further."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from examples.shop.taxes import WORK
from tests.e2e.demo import Browser, Demo, changed, rows, running, tables

AT_FIRST = 9
"""Reviews of the support agent that wait once it has read as much as it takes on at first."""
SUPPORT = {"payments.refund", "customers.merge", "db.execute", "orders.cancel"}
WANTED = {
    ("payments.refund", "high"), ("payments.refund", "medium"), ("customers.merge", "high"), ("db.execute", "high"),
    ("db.execute", "critical"), ("orders.cancel", "medium"), ("orders.hand_over", "medium"), ("stock.order", "low"),
    ("handrail.ask", "unrated"), ("tickets.triage", "low"), ("books.file", "medium"), ("prices.change", "medium"),
}  # fmt: skip


def kinds(waiting: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Which actions wait, at which risk."""
    return {(one["action"]["state"]["name"], one["state"]["risk"]) for one in waiting}


def all_of_support(waiting: list[dict[str, Any]]) -> bool | None:
    """Whether the support agent has asked for all that it asks for at first."""
    return sum(one["action"]["state"]["name"] in SUPPORT for one in waiting) >= AT_FIRST or None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    with running(folder) as found:
        yield found


@pytest.fixture(scope="module")
def ann(demo: Demo) -> Iterator[Browser]:
    with closing(Browser(demo.link("ann"))) as found:
        yield found


@pytest.fixture(scope="module")
def ben(demo: Demo) -> Iterator[Browser]:
    with closing(Browser(demo.link("ben"))) as found:
        yield found


def test_a_link_signs_in_whom_it_names_and_once(demo: Demo, ann: Browser, ben: Browser):
    assert [one.me["label"]["handle"] for one in (ann, ben)] == ["user:ann", "user:ben"]
    assert ann.pressed.status_code == 303
    demo.press_enter()
    assert "this link was used already or has ended" in ann.client.get(demo.link("ann")).text.lower()
    assert "signs you in as user:ben" in ann.client.get(demo.link("ben", nth=1)).text
    with closing(Browser(demo.link("ann"))) as late:
        assert late.pressed.status_code == 401
        assert "csrf" not in late.me
    with closing(Browser(demo.link("ben", nth=1))) as again:
        assert again.me["label"]["handle"] == "user:ben"


def test_the_inbox_holds_a_choice_of_everything(ann: Browser):
    found = ann.until(lambda waiting: waiting if kinds(waiting) >= WANTED else None)
    samples = [one for one in found if one["state"]["kind"] == "sample"]
    assert 9 <= len(found) - len(samples) <= 16
    assert {one["state"]["kind"] for one in found} >= {"approval", "check", "exception", "question"}
    assert not [one for one in found if ann.me["id"] in one["state"]["barred"]]
    minutes = sorted((one["state"]["deadline"] - one["state"]["opened_at"]) // 60_000_000 for one in found)
    assert minutes[0] < 10 <= 15 <= minutes[1]
    assert minutes[-1] <= 60


def test_the_shop_changes_as_people_decide_and_no_further(demo: Demo, folder: Path, ann: Browser, ben: Browser):
    before = rows(folder)
    ann.decide(ann.find("orders.cancel", "O-12996"), "approve", note="it has not left yet")
    refund = {"order": "O-12958", "amount": "240.00", "reason": "Half, the beans are fine"}
    ann.decide(ann.find("payments.refund", "O-12958"), "edit", args=refund)
    ben.decide(ben.find("payments.refund", "O-12926"), "reject", note="nobody of ours wrote this")
    glasses = ben.find("payments.refund", "O-12949", "59.40")
    ben.decide(glasses, "send_back", note="one glass only, 9.90")
    ben.decide(ben.find("payments.refund", "O-12949", "9.90", but=glasses["state"]["id"]), "approve")
    for ticket, words in (
        ("T-1047", "cancelled"),
        ("T-1042", "240.00"),
        ("T-1044", "nobody of ours"),
        ("T-1045", "9.90 EUR"),
    ):
        demo.line("support-agent", ticket, words)
    found = changed(before, rows(folder))
    orders, refunds = (
        {key[1]: row for key, row in found.items() if key[0] == table} for table in ("orders", "refunds")
    )
    assert len(found) == len(orders) + len(refunds)
    assert {key: row[3] for key, row in orders.items()} == {"O-12996": "cancelled"}
    assert sorted((row[1], row[2]) for row in refunds.values()) == [
        ("O-12949", 990),
        ("O-12958", 24000),
        ("O-12996", 17400),
    ]
    assert next(row[3] for row in refunds.values() if row[1] == "O-12958") == "Half, the beans are fine"


def test_a_merge_needs_both_people(demo: Demo, folder: Path, ann: Browser, ben: Browser):
    before = rows(folder)
    merge = ann.find("customers.merge", "C-0803")
    ann.decide(merge, "approve")
    assert ann.find("customers.merge", "C-0803")["state"]["status"] == "open"
    assert changed(before, rows(folder)) == {}
    ben.decide(merge, "approve")
    demo.line("support-agent", "T-1046", "merged C-0803 into C-0571")
    found = changed(before, rows(folder))
    assert found.pop(("customers", "C-0803"))[-1] == "C-0571"
    assert found
    assert {(key[0], row[1]) for key, row in found.items()} == {("orders", "C-0571")}


def test_an_answer_leads_to_the_order_that_was_chosen(demo: Demo, folder: Path, ann: Browser):
    ann.decide(ann.find("handrail.ask"), "answer", value="Vega & Sons: 23.52 EUR a piece, in 9 days")
    review = ann.find("stock.order", "Vega & Sons")
    assert review["state"]["risk"] == "low"
    assert review["state"]["demand"]["undo"] == 30_000_000
    demo.line("warehouse-agent", "choice 1", "from Vega & Sons")


def test_a_correction_gives_the_mail_to_another_team(demo: Demo, folder: Path, ann: Browser):
    review = ann.find("tickets.triage", "billing", "0.6")
    assert (review["state"]["kind"], review["action"]["context"]["value"]["sender"]) == (
        "check",
        "claims@refund-desk.example",
    )
    assert 0.5 < float(review["action"]["state"]["confidence"]) < 0.8
    ann.decide(review, "edit", args={"output": {"team": "accounts", "score": 1.0}}, note="a fraud, for the office")
    demo.line("triage-agent", "T-1044", "accounts")
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        teams = dict(shop.execute("SELECT ticket, team FROM teams"))
    assert (teams["T-1042"], teams["T-1044"]) == ("returns", "accounts")


def test_what_the_bookkeeper_turned_away_is_filed_once_a_person_says_so(demo: Demo, folder: Path, ben: Browser):
    review = ben.find("books.file")
    assert (review["state"]["kind"], review["state"]["cause"]) == ("exception", "attempts_failed")
    paper = folder / "books" / "journal" / "2026-11-21.csv"
    assert not paper.exists()
    ben.decide(review, "retry")
    demo.line("books-agent", "2026-11-21", "filed")
    assert paper.read_text().startswith("order,customer,captured,refunded\nO-")


def test_a_migration_is_guided_interrupted_and_stopped_and_its_table_is_gone(demo: Demo, folder: Path, ann: Browser):
    demo.line("migration-agent", "begins")
    run = ann.run("Work out the VAT of every order")
    first = ann.run_when(run, lambda now: bool(now["totals"]["steps"]))["totals"]
    assert 0 < first["spend"] < first["tokens"] * 1_000_000
    assert WORK in tables(folder)
    ann.control(run, "guide", text="please leave out Austria")
    ann.control(run, "interrupt", reason="a look at the disk")
    held = ann.run_when(run, lambda now: now["status"] == "paused" and bool(now["control"]["confirmed_at"]))
    assert held["control"]["kind"] == "interrupt"
    ann.control(run, "resume")
    demo.line("migration-agent", "told", "leaves out Austria")
    ann.control(run, "stop", reason="not today")
    over = ann.run_when(run, lambda now: [one["status"] for one in now["cleanups"]] == ["done"])
    assert (over["status"], over["heard"], bool(over["control"]["confirmed_at"])) == ("stopped", 1, True)
    demo.line("migration-agent", "stopped", "not today")
    assert WORK not in tables(folder)
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        assert shop.execute("SELECT count(*) FROM order_taxes").fetchone() == (0,)


def test_a_looping_agent_is_paused_and_goes_on_differently_once_guided(demo: Demo, ann: Browser):
    run = ann.run("Ask suppliers for their prices")
    found = ann.run_when(run, lambda now: now["status"] == "paused")
    assert (found["alarm"], found["control"]["by"], found["totals"]["alike"]) == ("repeated", "handrail", 5)
    ann.control(run, "guide", text="then leave it out")
    ann.control(run, "resume")
    demo.line("price-agent", "told", "leaves out what has no answer")
    steps = found["totals"]["steps"]
    assert ann.run_when(run, lambda now: now["totals"]["steps"] > steps + 1)["status"] == "running"


def test_whoever_is_asked_gets_mail(demo: Demo):
    mail = demo.mail("You are asked about an approval: prices.change", "To eve@copper-kettle.example")
    assert "/d/lnk_" in mail


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_price_climbs_from_one_to_the_next_until_somebody_answers(tmp_path: Path):
    with running(tmp_path) as demo, closing(Browser(demo.link("ann"))) as ann:
        for to, said in (("eve", "You are asked about"), ("finn", "Escalated to you,"), ("ann", "Escalated to you,")):
            demo.mail(f"{said} an approval: prices.change", f"To {to}@copper-kettle.example")
        ann.decide(ann.find("prices.change"), "reject", note="not before Christmas")
        for to in ("eve", "finn", "ben"):
            demo.mail("Handled by Ann Rivera, an approval: prices.change", f"To {to}@copper-kettle.example")
        demo.line("price-agent", "denied", "not before Christmas")


def test_a_killed_agent_and_a_stopped_demo_find_their_questions_again(tmp_path: Path):
    with running(tmp_path) as demo, closing(Browser(demo.link("ann"))) as ann:
        asked = ann.find("payments.refund", "O-12967")["state"]["id"]
        ann.until(all_of_support)  # a look-up under a kill would stay unknown
        os.kill(demo.process("support-agent"), signal.SIGKILL)
        demo.line("support-agent", "started again")
        demo.line("T-1049", "asks", nth=1)
        ann.decide(ann.find("payments.refund", "O-12967"), "approve")
        demo.line("T-1049", "done", "131.90 EUR")
        assert ("refunds", "R-0159") in rows(tmp_path)
        pot = ann.find("payments.refund", "O-12935")["state"]["id"]
        ann.find("books.file", "2026-11-21")
        ids = {one["state"]["id"] for one in ann.waiting()}
        assert asked not in ids
        assert demo.ctrl_c() == 0
        assert "refunded, EUR" in demo.line("refunded, EUR", "→")
    with running(tmp_path) as demo, closing(Browser(demo.link("ben"))) as ben:
        assert {one["state"]["id"] for one in ben.waiting()} >= ids
        demo.line("T-1051", "asks")
        review = ben.find("payments.refund", "O-12935")
        assert review["state"]["id"] == pot
        ben.decide(review, "approve")
        demo.line("T-1051", "refused", "nothing was changed")
        ben.decide(ben.find("tickets.triage", "billing", "0.6"), "approve")
        demo.line("triage-agent", "T-1044", "given to", "billing")
        ben.decide(ben.find("books.file", "2026-11-21"), "supply", value="B-by-hand")
        demo.line("books-agent", "2026-11-21", "filed", "B-by-hand")


def test_a_second_demo_in_the_same_folder_is_refused_and_touches_nothing(demo: Demo, folder: Path, ann: Browser):
    with running(folder, "--fresh") as second:
        second.line("stopped", "a demo runs in")
        assert second.running.wait(60) == 1
    assert ann.waiting()
