"""Which browsers show whom pushes: one's own, at a service on the public network, and of whoever used it last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.notify.channels.push import Push
from handrail.notify.subscription import PushService
from handrail.server.posting import posting
from handrail.server.push import MOST
from tests.notify.browsers import Browser

from .authenticator import text
from .house import House, opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("push") / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury", push=True)
        found.company.person("ben", "treasury")
        with posting(found.service, {"push": Push(PushService("ops@example.com"))}):
            yield found


def subscribe(house: House, session: str, number: int = 1, **given: Any) -> httpx2.Response:
    browser = Browser(f"https://push.example/send/{number}")
    said = {"name": "phone", "endpoint": browser.endpoint, "key": text(browser.key), "secret": text(browser.secret)}
    return house("POST", "/push", session, json=said | given)


def names(house: House, session: str) -> list[str]:
    return [one["name"] for one in house("GET", "/push", session).json()["items"]]


def test_a_browser_is_its_persons_own_and_belongs_to_whoever_used_it_last(house: House):
    ann, ben = house.session("ann"), house.session("ben")
    made = subscribe(house, ann, name="hers")
    assert (made.status_code, names(house, ann), names(house, ben)) == (201, ["hers"], [])
    assert "push.example" not in made.text + house("GET", "/push", ann).text
    assert house("DELETE", f"/push/{made.json()['id']}", ben).status_code == 404
    assert subscribe(house, ben, name="his").json()["id"] == made.json()["id"]
    assert (names(house, ann), names(house, ben)) == ([], ["his"])
    assert house("DELETE", f"/push/{made.json()['id']}", ben).status_code == 204
    assert names(house, ben) == []


def test_who_is_told_nothing_by_pushes_hears_that_and_where_none_are_sent_there_is_no_key(house: House, tmp_path: Path):
    told = [house("GET", "/push", house.session(one)).json() for one in ("ann", "ben")]
    assert [one["told"] for one in told] == [True, False]
    assert len(told[0]["key"]) == 87
    assert told[0]["key"] == told[1]["key"]
    with opened(tmp_path / "b.db") as plain:
        plain.company.person("ann")
        assert plain("GET", "/push", plain.session("ann")).json() == {"key": None, "told": False, "items": []}
        answer = subscribe(plain, plain.session("ann"))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
        assert "notify.yaml" in answer.json()["detail"]


BENT: tuple[dict[str, Any], ...] = (
    {"endpoint": "http://push.example/1"}, {"endpoint": "https://user@push.example/1"}, {"endpoint": ""},
    {"key": text(b"\4" * 65)}, {"key": "!"}, {"secret": text(b"short")}, {"name": " "}, {"name": "x" * 61},
)  # fmt: skip


def test_what_no_browser_says_is_refused(house: House):
    ann = house.session("ann")
    for bent in BENT:
        answer = subscribe(house, ann, **bent)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value"), bent
    assert names(house, ann) == []


def test_a_person_has_so_many(house: House):
    ann = house.session("ann")
    answers = [subscribe(house, ann, number) for number in range(MOST + 1)]
    assert [one.status_code for one in answers] == [201] * MOST + [409]
    assert subscribe(house, ann, 0).status_code == 201
