"""A link that a message gave a person: no credential, theirs alone, and it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.clock import SECOND
from handrail.errors import NotFound
from handrail.server.personal_links import LASTS, PREFIX, followed, personal_link
from handrail.testing import FrozenClock

from .house import House, opened
from .test_decide_page import ask, people
from .visitor import Visitor

SECRET = b"secret of the tenant"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=FrozenClock()) as found:
        people(found)
        yield found


def made(house: House, review: str, handle: str) -> str:
    service, who = house.service, house.company.accounts.directory("default").resolve(f"user:{handle}")
    assert who
    return "/d/" + personal_link(service.archive("default").secret, review, who, house.company.clock.now())


def test_it_leads_the_person_it_was_made_for_to_the_review_once_they_have_signed_in(house: House):
    review = ask(house)["review"]
    link, visitor = made(house, review, "ann"), Visitor(house)
    stranger = visitor.get(link)
    assert stranger.status_code == 303
    assert stranger.headers["location"] == f"/login?next={link}"
    visitor.come_in("ann")
    assert visitor.get(link).headers["location"] == f"/d/{review}"
    assert visitor.get(f"/d/{review}").status_code == 200


def test_it_leads_nobody_else_anywhere_and_says_nothing_of_the_review(house: House):
    review = ask(house)["review"]
    other = Visitor(house).come_in("ben").get(made(house, review, "ann"))
    assert other.status_code == 404
    assert "made for somebody else" in other.text
    assert review not in other.text
    assert "payments" not in other.text


def test_it_ends(house: House):
    review = ask(house)["review"]
    link = made(house, review, "ann")
    house.company.clock.advance(LASTS / SECOND + 3600)
    late = Visitor(house).come_in("ann").get(link)
    assert late.status_code == 404
    assert "too old" in late.text


def test_it_names_neither_the_person_nor_lets_anything_in_it_be_changed():
    link = personal_link(SECRET, "rev_1", "usr_ann", 0)
    assert followed(SECRET, link, "usr_ann", 0) == "rev_1"
    for at in range(len(PREFIX), len(link)):
        changed = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
        with pytest.raises(NotFound):
            assert followed(SECRET, changed, "usr_ann", 0) != "rev_1"
            raise NotFound
    for other in ("", PREFIX, PREFIX + "é", PREFIX + "A" * 500, PREFIX + "!"):
        with pytest.raises(NotFound):
            followed(SECRET, other, "usr_ann", 0)
    with pytest.raises(NotFound):
        followed(b"another secret", link, "usr_ann", 0)
    with pytest.raises(NotFound):
        followed(SECRET, link, "usr_ben", 0)
