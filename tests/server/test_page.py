"""The page of one review: everything that is needed to decide it, true to its history, and for whom it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.server.settings import Caps
from handrail.testing import FrozenClock
from handrail.view.model import VIEW_VERSION

from .house import House, opened
from .test_inbox import propose
from .visitor import Visitor

MANY = Caps(10**6, 10**6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=FrozenClock(), caps=MANY) as found:
        found.company.person("ann", "treasury")
        found.company.person("ben", "treasury")
        found.company.person("vic", "treasury", roles=("viewer",))
        yield found


def page(house: House, key: str, review: str, query: str = "") -> dict[str, Any]:
    answer = house("GET", f"/reviews/{review}/page{query}", key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def decide(house: House, key: str, review: str, outcome: str, **given: Any) -> Any:
    view = house("GET", f"/reviews/{review}", key).json()["state"]["view"]
    return house("POST", f"/reviews/{review}/decisions", key, json={"outcome": outcome, "view": view, **given})


def past(house: House, agent: str, reviewer: str, outcome: str, order: str, **given: Any) -> str:
    """A review that is over."""
    house.company.clock.advance(1)
    review: str = propose(house, agent, args={"order": order, "amount": "1"})["review"]
    assert decide(house, reviewer, review, outcome, **given).status_code == 200
    return review


def test_the_page_holds_the_bytes_the_view_and_the_row(house: House):
    ann = house.session("ann")
    asked = propose(house, house.company.key(), story={"description": "please"})
    found = page(house, ann, asked["review"])
    assert found["row"] == house("GET", "/inbox", ann).json()["items"][0]
    assert found["raw"] == {"order": "O-1001", "amount": "48.00"}
    assert list(found["raw"]) == ["order", "amount"], "the order of the parameters"
    assert found["view"] == {
        "digest": asked["view"], "version": VIEW_VERSION, "bind": asked["bind"], "erased": False
    }  # fmt: skip
    assert found["title"] == 'payments.refund  order "O-1001", amount "48.00"'
    assert [one["text"] for one in found["args"]["members"]] == ["O-1001", "48.00"]
    assert (found["refusal"], found["decision"], found["outcome"], found["first"]) == (None, None, None, None)
    assert found["choices"] == ["approve", "edit", "reject", "send_back"]
    assert found["schema"]["required"] == ["order", "amount"]


def test_similar_decisions_are_counted_and_the_nearest_told(house: House):
    bot, other, ann = house.company.key(), house.company.key("other"), house.session("ann")
    past(house, other, ann, "approve", "O-7")
    past(house, bot, ann, "send_back", "O-8")
    edited = past(house, bot, ann, "edit", "O-9", args={"order": "O-7", "amount": "1"}, note="as usual")
    rejected = past(house, bot, ann, "reject", "O-7", note="no more")
    propose(house, bot)
    asked = propose(house, bot, args={"order": "O-7", "amount": "2"})["review"]
    found = page(house, ann, asked)["similar"]
    told = {name: found[name] for name in ("approved", "edited", "rejected", "sent_back", "other", "days")}
    assert told == {"approved": 1, "edited": 1, "rejected": 1, "sent_back": 1, "other": 0, "days": 90}
    assert [(one["id"], one["same"], one["note"]) for one in found["nearest"][:2]] == [
        (rejected, ["agent", "args.order"], "no more"), (edited, ["agent", "args.order"], "as usual")
    ]  # fmt: skip
    assert found["nearest"][0]["gist"] == 'order "O-7", amount "1"'
    assert found["nearest"][0]["by"]["name"] == "user:ann"
    house.company.clock.advance(91 * 24 * 3600)
    again = propose(house, house.company.key(), args={"order": "O-7", "amount": "2"})["review"]
    assert page(house, house.session("ann"), again)["similar"]["nearest"] == []


def test_arguments_too_long_to_be_compared_are_told_and_not_called_erased(house: House):
    bot, ann = house.company.key(), house.session("ann")
    house.company.clock.advance(1)
    long = propose(house, bot, args={"order": "O-1", "amount": "1", "memo": "x" * 20_000})["review"]
    assert decide(house, ann, long, "reject", note="no").status_code == 200
    (near,) = page(house, ann, propose(house, bot)["review"])["similar"]["nearest"]
    assert near["id"] == long
    assert near["gist"].startswith('order "O-1", amount "1", memo "xxx')


def test_an_action_that_is_to_be_decided_first_is_named_on_the_page_and_by_the_action(house: House):
    bot, ann = house.company.key(), house.session("ann")
    run = house("GET", "/runs/by-name?name=careful", bot).json()["id"]
    assert house("POST", f"/runs/{run}/open", bot, json={"title": "careful", "hold": "run"}).status_code == 200
    first, second = (propose(house, bot, run=run, args={"order": order, "amount": "1"}) for order in ("O-1", "O-2"))
    waits = {"name": "Waits", "words": f"does not start before {first['id']} is decided"}
    assert waits in page(house, ann, second["review"])["facts"]
    assert f"does not start before {first['id']}" in Visitor(house).come_in("ann").get(f"/d/{second['review']}").text
    assert house("GET", f"/actions/{second['id']}", bot).json()["waits_for"] == first["id"]
    assert decide(house, ann, first["review"], "reject").status_code == 200
    assert "Waits" not in {fact["name"] for fact in page(house, ann, second["review"])["facts"]}
    assert house("GET", f"/actions/{second['id']}", bot).json()["waits_for"] is None


def test_a_secret_in_the_title_of_a_run_is_covered_like_one_in_the_arguments(house: House):
    bot, ann = house.company.key(), house.session("ann")
    run = house("GET", "/runs/by-name?name=nightly", bot).json()["id"]
    assert house("POST", f"/runs/{run}/open", bot, json={"title": "clean up, password=hunter2x9"}).status_code == 200
    asked = propose(house, bot, run=run)["review"]
    found = house("GET", f"/reviews/{asked}/page", ann)
    assert found.json()["row"]["run"]["name"].startswith("clean up, password=•••")
    assert found.json()["run"]["name"] == found.json()["row"]["run"]["name"]
    assert "hunter2x9" not in found.text
    assert "hunter2x9" not in house("GET", "/inbox", ann).text


def test_words_of_the_agent_in_a_refusal_are_drawn(house: House):
    bot, ann = house.company.key(), house.session("ann")
    asked = propose(house, bot, schema={"type": "object", "required": ["a\u202eb"]})["review"]
    answer = decide(house, ann, asked, "edit", args={"order": "x"}).json()
    assert (answer["code"], answer["detail"]) == ("invalid_value", "/a⟨U+202E⟩b: is missing")
    assert answer["errors"] == [{"path": "/a\u202eb", "text": "Is missing. Give it a value."}], "a pointer stays exact"
    question = {"question": "Which?", "options": ["x\u202ey", "z"]}
    asked = propose(house, bot, kind="question", args=question)["review"]
    answer = decide(house, ann, asked, "answer", value="w").json()
    assert answer["detail"] == "choose one of: x⟨U+202E⟩y, z"
