"""One agent can ask only so much, exactly so much, and what it asked before it may always find again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

import handrail
from handrail.clock import SystemClock
from handrail.gate import drivers
from handrail.server.examples import BODIES
from handrail.server.settings import Caps
from handrail.testing import FrozenClock

from .company import PASSWORD, Company
from .house import House, opened

POLICY = """
default_path: desk
paths:
  desk: {levels: [{ask: group:treasury, for: 10m}], at_end: reject}
rules:
  - {name: reads, action: db.read, verdict: run}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock(), hold=0.0, caps=Caps(10, 500, 2, 500)) as found:
        found.company.person("ann", "treasury", password=PASSWORD)
        yield found


def propose(house: House, secret: str, headers: dict[str, str] | None = None, **given: Any) -> httpx2.Response:
    return house("POST", "/actions", secret, json={**BODIES["propose_action"], **given}, headers=headers or {})


def capped(house: House, cap: str) -> float:
    lines = house.client.get("/metrics").text.splitlines()
    found = [line for line in lines if line.startswith(f'handrail_capped_total{{cap="{cap}"}}')]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


def test_asks_at_once_fill_the_inbox_to_the_cap_and_not_beyond(house: House):
    key, twin, third = house.company.key("busy"), house.company.key("twin"), house.company.key("third")
    barrier = threading.Barrier(32)

    def ask(number: int) -> int:
        if number < 32:
            barrier.wait()
        return propose(house, (key, twin)[number % 2]).status_code

    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(ask, range(64)))
    assert (found.count(202), found.count(429)) == (20, 44)
    assert capped(house, "open_reviews") == 44
    refused = propose(house, third)
    assert refused.json()["code"] == "too_many"
    assert refused.json()["retry_after"] == int(refused.headers["retry-after"]) == 30


def test_questions_count_and_what_runs_by_itself_does_not(house: House):
    key = house.company.key()
    house.company.person("root", roles=("administrator",), password=PASSWORD)
    put = house("PUT", "/policy", house.signed_in("root"), json={"file": POLICY})
    assert put.status_code == 200, put.text
    questions = [house("POST", "/ask", key, json=BODIES["ask_question"]).status_code for _ in range(11)]
    assert questions == [202] * 10 + [429]
    assert propose(house, key).status_code == 429
    free = propose(house, key, name="db.read", declared={"pattern": "auto"})
    assert (free.status_code, free.json()["status"]) == (201, "cleared")


def test_a_decision_makes_room(house: House):
    key, ann = house.company.key(), house.signed_in("ann")
    first, *_ = [propose(house, key).json() for _ in range(10)]
    assert propose(house, key).status_code == 429
    decision = {"outcome": "approve", "view": first["view"]}
    assert house("POST", f"/reviews/{first['review']}/decisions", ann, json=decision).status_code == 200
    assert propose(house, key).status_code == 202


def test_what_takes_the_place_of_a_waiting_one_needs_no_more_room(house: House):
    key = house.company.key()
    last = [propose(house, key).json() for _ in range(10)][-1]
    again = propose(house, key, supersedes=last["id"])
    assert (again.status_code, again.json()["status"]) == (202, "held")
    assert propose(house, key).status_code == 429


def test_what_is_found_again_is_never_refused(tmp_path: Path):
    clock = FrozenClock()
    with opened(tmp_path / "a.db", clock=clock, hold=0.0, caps=Caps(4, 4, 2)) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        key = house.company.key()
        run = "run_" + "0" * 26
        assert house("POST", f"/runs/{run}/open", key, json={"title": "nightly"}).status_code == 200
        known: list[dict[str, Any]] = [
            {"headers": {"Idempotency-Key": "order-17"}}, {"key": "refund-17"}, {"run": run, "occurrence": 0}, {},
        ]  # fmt: skip
        asked = [propose(house, key, **one).json()["id"] for one in known]
        for _ in range(3):
            assert [propose(house, key, **one).json().get("id") for one in known] == [*asked[:3], None]
        assert capped(house, "asks_per_minute") == 3
        clock.advance("1m")
        assert propose(house, key).json()["detail"].startswith("4 actions of this agent wait")
        assert propose(house, key, key="refund-17").json()["id"] == asked[1]


def test_asks_come_back_at_an_even_pace_and_a_refused_one_costs_the_agent_nothing(tmp_path: Path):
    clock = FrozenClock()
    with opened(tmp_path / "a.db", clock=clock, hold=0.0, caps=Caps(100, 6, 2)) as house:
        busy, twin, third = (house.company.key(name) for name in ("busy", "twin", "third"))
        assert [propose(house, key).status_code for key in (busy, twin) for _ in range(6)] == [202] * 12
        refused = propose(house, third)
        assert refused.headers["retry-after"] == "5"
        assert json.loads(refused.content)["detail"].startswith("asks come too fast: 12 a minute")
        clock.advance("5s")
        assert [propose(house, third).status_code for _ in range(2)] == [202, 429]


def test_a_gated_call_waits_for_its_turn_and_then_goes_on(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), hold=0.0, caps=Caps(100, 60, 2)) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        key = house.company.key()
        while propose(house, key).status_code == 202:
            continue
        with closing(handrail.connect(house.url, key=key, quiet=True)) as rail:
            refund = rail.approval(name="refund", reviewers="group:treasury")(lambda order: order)
            assert refund.propose("O-1").status == "held"
        assert capped(house, "asks_per_minute") >= 2


def test_a_gated_call_that_finds_no_room_says_so(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drivers, "TURN", 1.0)
    key = house.company.key()
    for _ in range(10):
        propose(house, key)
    with closing(handrail.connect(house.url, key=key, quiet=True)) as rail:
        refund = rail.approval(name="refund", reviewers="group:treasury")(lambda order: order)
        with pytest.raises(handrail.TooMany, match="10 actions of this agent wait for people already"):
            refund("O-1")


def test_where_too_many_wait_the_next_is_answered_at_once_and_another_tenant_waits_on(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), polls=2) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        other = Company("", house.company.clock, "acme", house.company.database)
        key, foreign, ann = house.company.key(), other.key("theirs"), house.signed_in("ann")
        mine, theirs = propose(house, key).json(), propose(house, foreign, declared={"pattern": "auto"}).json()
        path = f"/actions/{mine['id']}/wait?rev={mine['rev']}"
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(house, "GET", path, key, headers={"Prefer": "wait=30"}) for _ in range(2)]
            while house.service.waiting < 2:
                house.client.get("/livez")
            third = house("GET", path, key, headers={"Prefer": "wait=30"})
            assert (third.status_code, third.headers["preference-applied"]) == (204, "wait=0")
            assert int(third.headers["retry-after"]) > 0
            elsewhere = f"/actions/{theirs['id']}/wait?rev={theirs['rev']}"
            free = house("GET", elsewhere, foreign, headers={"Prefer": "wait=1"})
            assert (free.status_code, free.headers["preference-applied"]) == (204, "wait=1")
            decision = {"outcome": "approve", "view": mine["view"]}
            house("POST", f"/reviews/{mine['review']}/decisions", ann, json=decision)
            assert [one.result().json()["status"] for one in waiting] == ["cleared"] * 2
        assert capped(house, "polls") == 1
        assert house("GET", path, key, headers={"Prefer": "wait=30"}).json()["status"] == "cleared"


def test_a_flood_of_one_agent_stays_its_own(house: House):
    flood, calm, ann = house.company.key("flood"), house.company.key("calm", "osu_calm"), house.signed_in("ann")
    with ThreadPoolExecutor(16) as pool:
        flooding = [pool.submit(propose, house, flood) for _ in range(300)]
        for _ in range(8):
            asked = propose(house, calm).json()
            decision = {"outcome": "approve", "view": asked["view"]}
            decided = house("POST", f"/reviews/{asked['review']}/decisions", ann, json=decision)
            assert decided.json()["action_status"] == "cleared"
        statuses = [one.result().status_code for one in flooding]
    assert (statuses.count(202), statuses.count(429)) == (10, 290)
    waiting = house("GET", "/reviews?limit=50", ann).json()["items"]
    assert len(waiting) == 10
    assert len({one["alike"] for one in waiting}) == 1


def test_a_refusal_is_held_back_until_its_time_and_holds_up_nobody_else(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), hold=600.0, caps=Caps(100, 1, 5)) as house:
        key, calm = house.company.key(), house.company.key("calm")
        assert propose(house, key).status_code == 202
        with ThreadPoolExecutor(1) as pool:
            refused = pool.submit(propose, house, key)
            while house.service.waiting < 1:
                house.client.get("/livez")
            assert propose(house, calm).status_code == 202
            assert not refused.done()
            house.running.handle_exit(15, None)
            assert refused.result().status_code == 429
