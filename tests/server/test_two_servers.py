"""Two servers on one PostgreSQL database: what happens at one is seen at the other as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from handrail.embedded import Database

from .company import Company
from .house import House, serving
from .test_inbox import MANY, propose
from .test_stream import watching

PATIENT = {"Prefer": "wait=30"}
Houses = tuple[House, House]


@pytest.fixture
def houses(postgres: str) -> Iterator[Houses]:
    companies = [Company("", database=Database(postgres)) for _ in range(2)]
    companies[0].person("ann", "treasury")
    with serving(companies[0], caps=MANY) as one, serving(companies[1], caps=MANY) as two:
        yield one, two
    for company in companies:
        company.close()


def test_what_is_asked_and_decided_at_one_server_is_seen_at_the_other(houses: Houses):
    one, two = houses
    key, ann = one.company.key(), one.session("ann")
    after = two("GET", "/inbox", ann).json()["v"]
    with watching(two, ann, after) as screen, ThreadPoolExecutor() as waiters:
        assert screen.next()[0] == "hello"
        asked = propose(one, key)
        (row,) = screen.rows(asked["review"], "open")
        waiting = waiters.submit(two, "GET", f"/actions/{asked['id']}/wait?rev={asked['rev']}", key, headers=PATIENT)
        view = one("GET", f"/reviews/{asked['review']}", ann).json()["state"]["view"]
        body = {"outcome": "approve", "view": view}
        assert one("POST", f"/reviews/{asked['review']}/decisions", ann, json=body).status_code == 200
        assert screen.rows(asked["review"], "decided")[-1]["v"] > row["v"]
        assert waiting.result().json()["status"] == "cleared"


def test_who_signs_out_at_one_server_is_out_at_the_other(houses: Houses):
    one, two = houses
    ann = one.session("ann")
    assert two("GET", "/me", ann).status_code == 200
    assert one("DELETE", "/sessions/current", ann).status_code < 300
    assert two("GET", "/me", ann).status_code == 401
