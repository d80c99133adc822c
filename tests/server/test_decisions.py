"""What was decided, over HTTP: who may read it, what is left of it once its texts are erased, and waiting for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from handrail.client.feedback import HttpFeedback
from handrail.client.transport import Transport
from handrail.view.model import Erased
from handrail.wire import records

from .house import House
from .test_inbox import propose
from .test_page import decide, house, past

__all__ = ["house"]
LEARN = ("propose", "learn")
NOTE = "refunded before, see ticket 4711"


def positions(house: House, key: str, query: str = "") -> list[int]:
    """Where the decisions stand in the log that somebody may see."""
    answer = house("GET", f"/decisions?after=-1{query}", key)
    assert answer.status_code == 200, answer.text
    return [one["position"] for one in answer.json()["items"]]


def orders(house: House, key: str) -> set[str]:
    """Of which orders somebody finds past decisions."""
    found = house("POST", "/decisions/examples", key, json={"name": "payments.refund"}).json()["items"]
    return {one["decided"]["args"]["value"]["order"] for one in found}


def test_a_key_reads_what_was_decided_for_its_agent_and_with_the_scope_learn_for_its_owners(house: House):
    ann, vic = house.session("ann"), house.session("vic")
    bot, other, foreign = (
        house.company.key(name, owner) for name, owner in (("bot", "osu_a"), ("cat", "osu_a"), ("dog", "osu_b"))
    )
    for key, order in ((bot, "O-1"), (other, "O-2"), (foreign, "O-3")):
        past(house, key, ann, "reject", order, note="no")
    first, second, third = positions(house, vic)
    learner = house.company.key("learner", "osu_a", scopes=LEARN)
    seen = {"bot": bot, "other": other, "foreign": foreign, "learner": learner}
    assert {name: positions(house, key) for name, key in seen.items()} == {
        "bot": [first], "other": [second], "foreign": [third], "learner": [first, second]
    }  # fmt: skip
    assert {name: orders(house, key) for name, key in seen.items()} == {
        "bot": {"O-1"}, "other": {"O-2"}, "foreign": {"O-3"}, "learner": {"O-1", "O-2"}
    }  # fmt: skip
    assert positions(house, house.company.key("worker", "osu_a", scopes=("execute",))) == []


def test_a_consumer_is_its_principals_own(house: House):
    bot, cat = house.company.key("bot"), house.company.key("cat")
    past(house, bot, house.session("ann"), "approve", "O-1")
    (position,) = positions(house, bot)
    lease = {"consumer": "learner", "holder": "one", "seconds": 30}
    assert house("POST", "/decisions/lease", bot, json=lease).json()["held"] is True
    assert house("POST", "/decisions/lease", cat, json={**lease, "holder": "two"}).json()["held"] is True
    done = {"consumer": "learner", "position": position, "fence": 1}
    assert house("POST", "/decisions/acknowledged", bot, json=done).json()["cursor"] == position
    cursors = [house("GET", "/decisions?consumer=learner", key).json()["cursor"] for key in (bot, cat)]
    assert cursors == [position, None]


def test_what_was_erased_is_told_to_be_and_the_rest_goes_on(house: House, tmp_path: Path):
    bot, ann = house.company.key(), house.session("ann")
    past(house, bot, ann, "reject", "O-7", note=NOTE)
    past(house, bot, ann, "approve", "O-8")
    with apsw.Connection(str(tmp_path / "a.db")) as connection:
        connection.execute("DELETE FROM disclosures WHERE name = 'note'")
        connection.execute("DELETE FROM revisions WHERE args LIKE '%O-7%'")
    answer = house("GET", "/decisions?after=-1", bot)
    gone, kept = answer.json()["items"]
    assert "O-7" not in answer.text
    assert "4711" not in answer.text
    assert [list(gone[name]) for name in ("args", "decided", "note")] == [["erased"]] * 3
    assert (kept["args"]["value"]["order"], kept["note"]) == ("O-8", {"value": None})
    with closing(Transport(house.url, bot)) as transport:
        feedback = HttpFeedback(transport)
        first, second = feedback.decisions(-1).items
        assert [one.alike for one in feedback.examples("payments.refund", None, 5)] == [0, 0]
    assert isinstance(first.args, Erased)
    assert isinstance(first.note, Erased)
    assert (first.outcome, first.edited, second.args["order"]) == ("reject", False, "O-8")


def test_a_decision_of_a_server_that_told_less_is_read(house: House):
    bot = house.company.key()
    past(house, bot, house.session("ann"), "approve", "O-1")
    (told,) = house("GET", "/decisions?after=-1", bot).json()["items"]
    del told["confidence"], told["threshold"]
    assert records.decided_in(told).confidence is None


@pytest.fixture
def waiting(house: House) -> Any:
    """Asks for decisions with patience, and gives what will be answered once the server has begun to wait."""
    with ThreadPoolExecutor(1) as pool:

        def ask(key: str, seconds: int) -> Any:
            coming = pool.submit(house, "GET", "/decisions?after=-1", key, headers={"Prefer": f"wait={seconds}"})
            while not house.service.waiting and not coming.done():
                house.client.get("/livez")
            return coming

        yield ask


def test_who_waits_for_decisions_hears_of_the_first_one(house: House, waiting: Any):
    bot, ann = house.company.key(), house.session("ann")
    asked = propose(house, bot)
    coming = waiting(bot, 20)
    assert not coming.done()
    assert decide(house, ann, asked["review"], "reject", note="no").status_code == 200
    found = coming.result().json()
    assert [one["action"] for one in found["items"]] == [asked["id"]]
    assert found["next"] >= found["items"][0]["position"]


def test_what_is_decided_for_others_ends_no_wait(house: House, waiting: Any):
    bot, ann = house.company.key(), house.session("ann")
    coming = waiting(house.company.key("cat"), 1)
    past(house, bot, ann, "approve", "O-1")
    found = coming.result().json()
    assert (found["items"], found["more"]) == ([], False)


def test_nothing_is_an_answer_once_the_time_is_over(house: House, waiting: Any):
    found = waiting(house.company.key(), 1).result()
    assert (found.status_code, found.json()["items"]) == (200, [])
    assert found.json()["next"] == found.json()["newest"]
