"""How long the open reviews will probably wait, over HTTP: for all at once, and as people come and go."""

from __future__ import annotations

from typing import Any

from .house import House
from .test_inbox import propose
from .test_page import decide, house
from .visitor import Visitor

__all__ = ["house"]
LEGAL: dict[str, Any] = {"pattern": "approval", "reviewers": ["group:legal"], "within": "4h"}


def waits(house: House, key: str) -> dict[str, Any]:
    """All that is expected, read anew."""
    house.company.clock.advance(3)
    found: dict[str, Any] = house("GET", "/inbox/waits", key).json()["waits"]
    return found


def test_all_at_once_is_what_each_says_alone(house: House):
    bot, ann = house.company.key(), house.session("ann")
    for _ in range(22):
        review = propose(house, bot)["review"]
        house.company.clock.advance(90)
        assert decide(house, ann, review, "approve").status_code == 200
    urgent = propose(house, bot, risk="high")["review"]
    asked = []
    for _ in range(2):
        house.company.clock.advance(1)
        asked.append(propose(house, bot)["review"])
    found = waits(house, ann)
    assert found.keys() == {urgent, *asked}
    assert [found[one]["position"] for one in (urgent, *asked)] == [1, 2, 3]
    assert {one["known"] for one in found.values()} == {"range"}
    for review in found:
        assert house("GET", f"/reviews/{review}/wait", ann).json()["estimated_wait"] == found[review]
    page = Visitor(house).come_in("ann").get(f"/d/{urgent}").text
    assert f"Probably decided in {found[urgent]['text']}." in page
    assert decide(house, ann, urgent, "reject", note="no").status_code == 200
    assert "Probably" not in Visitor(house).come_in("ann").get(f"/d/{urgent}").text
    assert [waits(house, ann)[one]["position"] for one in asked] == [1, 2]


def test_who_looks_is_there_whatever_was_known_a_moment_ago(house: House):
    house.company.person("lea", "legal")
    asked = propose(house, house.company.key(), declared=LEGAL)
    assert asked["estimated_wait"]["known"] == "nobody_online"
    found = house("GET", "/inbox/waits", house.session("lea")).json()["waits"]
    assert found[asked["review"]]["online"] == 1
    other = propose(house, house.company.key(), declared=LEGAL)["review"]
    assert "No reviewer is online." not in Visitor(house).come_in("lea").get(f"/d/{other}").text


def test_who_comes_in_counts_at_once_and_who_is_long_gone_no_more(house: House):
    house.company.person("lea", "legal")
    ann, review = house.session("ann"), propose(house, house.company.key(), declared=LEGAL)["review"]
    assert waits(house, ann)[review]["known"] == "nobody_online"
    assert "No reviewer is online." in Visitor(house).come_in("ann").get(f"/d/{review}").text
    house("GET", "/me", house.session("lea"))
    found = waits(house, ann)[review]
    assert (found["known"], found["online"]) == ("too_few", 1)
    house.company.clock.advance(31 * 60)
    assert waits(house, house.session("ann"))[review]["known"] == "nobody_online"
