"""The inbox as rows: what is in them, in which order they come, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock
from handrail.server.examples import BODIES
from handrail.server.settings import Caps

from .house import House, opened

MANY = Caps(10**6, 10**6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock(), caps=MANY) as found:
        found.company.person("ann", "treasury")
        found.company.person("ben", "treasury")
        yield found


def propose(house: House, key: str, **given: Any) -> dict[str, Any]:
    answer = house("POST", "/actions", key, json={**BODIES["propose_action"], **given})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def inbox(house: House, key: str, query: str = "") -> dict[str, Any]:
    answer = house("GET", f"/inbox{query}", key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_row_says_what_a_list_needs_and_nothing_of_what_an_agent_tells(house: House):
    key, ann = house.company.key(), house.session("ann")
    asked = propose(house, key, story={"description": "trust me"}, context={"ticket": "T-99"})
    found = inbox(house, ann)
    (row,) = found["items"]
    assert (row["id"], row["action"], row["v"]) == (asked["review"], asked["id"], found["v"])
    assert (row["name"], row["gist"]) == ("payments.refund", 'order "O-1001", amount "48.00"')
    assert (row["status"], row["action_status"], row["missing"], row["decision"]) == ("open", "held", 1, None)
    assert row["agent"]["name"] == "bot"
    assert not [word for word in ("trust", "T-99") if word in str(row)]
    assert row["asked"] == house("GET", "/me", ann).json()["groups"]


def test_secrets_and_hidden_letters_are_covered_in_rows(house: House):
    args = {"order": "O\u202e1", "amount": "1", "password": "hunter2-hunter2"}
    propose(house, house.company.key(), args=args, schema={})
    (row,) = inbox(house, house.session("ann"))["items"]
    assert "hunter2" not in row["gist"]
    assert "⟨U+202E⟩" in row["gist"]


def test_open_rows_come_by_risk_and_age_page_after_page_and_ended_ones_newest_first(house: House):
    key, ann = house.company.key(), house.session("ann")
    asked = [propose(house, key, risk=risk)["review"] for risk in ("low", "critical", "medium", "critical", "low")]
    wanted = [asked[place] for place in (1, 3, 2, 0, 4)]
    first = inbox(house, ann, "?limit=2")
    second = inbox(house, ann, f"?limit=3&after={first['next']}")
    assert [row["id"] for row in first["items"] + second["items"]] == wanted
    assert first["counts"] == second["counts"] == {"open": 5}
    assert inbox(house, ann, f"?after={second['next']}")["items"] == []
    for review in (asked[3], asked[0]):
        view = house("GET", f"/reviews/{review}", ann).json()["state"]["view"]
        house("POST", f"/reviews/{review}/decisions", ann, json={"outcome": "reject", "view": view})
    done = inbox(house, ann, "?view=done&limit=1")
    rest = inbox(house, ann, f"?view=done&after={done['next']}")
    assert [row["id"] for row in done["items"] + rest["items"]] == [asked[3], asked[0]]
    assert done["items"][0]["decision"]["outcome"] == "reject"
    assert done["items"][0]["decision"]["by"]["name"] == "user:ann"
    assert inbox(house, ann)["counts"] == {"open": 3}


@pytest.mark.parametrize("query", ["view=mine", "limit=0", "limit=501", "after=x", "limit=ten"])
def test_a_wrong_question_is_told_so(house: House, query: str):
    assert house("GET", f"/inbox?{query}", house.session("ann")).json()["code"] == "invalid_value"
