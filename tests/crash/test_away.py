"""A server over a PostgreSQL that is away or silent: it says so soon, who waits goes on waiting, and once the database
is back everything works without a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

import httpx2
import pytest

import handrail
from handrail.embedded import Database
from tests.crash.proxy import Proxy
from tests.crash.test_outages import through
from tests.night import by_night, longer_by_night
from tests.server.company import Company
from tests.server.house import House, serving

SOON: Final = 5.0
"""Seconds within which a request is answered while the database is away, and twice as many once it is back."""
SLACK: Final = 10.0
"""More of them on a machine that has other things to do: what is waited for never comes later than by this."""
AT_ONCE: Final = 8


@pytest.fixture
def proxy(postgres: str) -> Iterator[Proxy]:
    found = Proxy(urlsplit(postgres).port or 0)
    yield found
    found.close()


@pytest.fixture
def house(postgres: str, proxy: Proxy) -> Iterator[House]:
    company = Company("", database=Database(through(postgres, proxy)))
    company.person("ann", "treasury")
    with serving(company) as found:
        yield found
    company.close()


class Outage:
    """An agent that waits, a person who decides, and a database that goes away in between."""

    def __init__(self, house: House, proxy: Proxy) -> None:
        self.house, self.proxy = house, proxy
        self.session = house.session("ann")
        self.rail = handrail.connect(house.url, key=house.company.key("bot"), reviewers="group:treasury", quiet=True)
        self.double = self.rail.approval(name="double")(_double)

    def pass_through(self, go: Callable[[], None], number: int) -> None:
        """One outage: refused soon while it lasts, works soon after it, and nobody who waited has noticed."""
        ticket = self.double.propose(number)
        review = str(ticket.review)
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            waiting = crowd.submit(ticket.wait, 120)
            go()
            took = list(crowd.map(lambda _: self.refused(review), range(AT_ONCE - 1)))
            assert self.house.client.get("/livez").status_code == 200
            assert self.house.client.get("/readyz").status_code == 503
            self.proxy.back()
            back = self.decided(review)
            assert waiting.result(60) == 2 * number
        print(f"refused after {max(took):.2f} s at most, decided {back:.2f} s after it was back")

    def refused(self, review: str) -> float:
        """How long it took until the server said that it cannot decide now."""
        began = time.monotonic()
        answer = self.decide(review, "")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) >= 1
        return time.monotonic() - began

    def decided(self, review: str) -> float:
        """How long it took until the person could decide."""
        began = time.monotonic()
        while (now := time.monotonic() - began) < 2 * SOON + SLACK:
            shown = self.house("GET", f"/reviews/{review}", self.session)
            if shown.is_success and self.decide(review, shown.json()["state"]["view"]).is_success:
                return now
            threading.Event().wait(0.1)
        raise AssertionError("the database is back, and the server did not notice")

    def decide(self, review: str, view: str) -> httpx2.Response:
        """One request, on a connection of its own."""
        body = {"outcome": "approve", "view": view}
        headers = {"Authorization": f"Bearer {self.session}"}
        path = f"{self.house.url}/v1/reviews/{review}/decisions"
        return httpx2.post(path, json=body, headers=headers, timeout=SOON + SLACK)


def _double(number: int) -> int:
    return 2 * number


@longer_by_night
@pytest.mark.parametrize("way", ["leave", "stall"])
def test_while_the_database_is_away_the_server_says_so_and_then_goes_on(house: House, proxy: Proxy, way: str):
    outage = Outage(house, proxy)
    outage.pass_through(getattr(proxy, way), 0)
    count, connections = threading.active_count(), proxy.connections
    for number in range(1, by_night(10)):
        outage.pass_through(getattr(proxy, way), number)
    assert threading.active_count() <= count
    assert proxy.connections <= connections
    outage.rail.close()
