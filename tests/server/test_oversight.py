"""The wall: which runs are on it, in which order, what a card says of each, and that it changes as they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import MINUTE, SECOND
from handrail.ids import mint
from handrail.testing import FrozenClock

from .company import Company
from .house import House, serving
from .running import Agent
from .test_stream import watching


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    company = Company(tmp_path / "a.db", FrozenClock())
    company.person("ann", "treasury")
    company.person("sue", roles=("supervisor",))
    with serving(company, heartbeat=0.2) as found:
        yield found
    company.close()


def wall(house: House, query: str = "") -> dict[str, Any]:
    answer = house("GET", f"/oversight{query}", house.session("sue"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def supervise(house: House, verb: str, run: str, **body: Any) -> dict[str, Any]:
    answer = house("POST", f"/runs/{run}/{verb}", house.session("sue"), json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_needs_people_comes_first_and_what_nobody_watches_is_not_there(house: House):
    bot = Agent(house)
    busy = bot.open("busy")
    costly = bot.open("costly", ("spend", 1_000))
    paused = bot.open("paused")
    asking = bot.open("asking")
    looping = bot.open("looping", ("repeated", 2))
    over = bot.open("over")
    failed = bot.open("failed")
    bot("open", mint("run"), title="unwatched")
    bot.report(costly, {"kind": "report", "spend": 750})
    bot.report(looping, *({"kind": "call", "like": "same"} for _ in range(2)))
    supervise(house, "pause", paused, reason="wait")
    bot.propose(asking)
    bot("finish", over)
    bot("fail", failed, error="it broke")
    found = wall(house)
    assert [(one["id"], one["need"]) for one in found["items"]] == [
        (looping, "stuck"), (failed, "stuck"), (paused, "waiting"), (asking, "waiting"), (costly, "costly"),
        (busy, "running"), (over, "ended"),
    ]  # fmt: skip
    assert found["counts"] == {"stuck": 2, "waiting": 2, "costly": 1, "running": 1, "ended": 1}
    ids, after = [], ""
    while after is not None:
        page = wall(house, f"?limit=3{after and f'&after={after}'}")
        ids += [one["id"] for one in page["items"]]
        after = page["next"]
    assert ids == [one["id"] for one in found["items"]], "page after page"
    house.company.clock.advance("61m")
    assert {one["id"] for one in wall(house)["items"]}.isdisjoint({failed, over}), "an hour later they are gone"


def test_a_card_says_how_a_run_stands_and_draws_what_its_agent_says(house: House):
    bot, clock = Agent(house), house.company.clock
    run = bot.open("Restore\u202e sync with password=hunter2-hunter2", ("spend", 5_000_000), supervisors=["user:ann"])
    bot.report(run, {"kind": "step", "step": "copy <b>orders</b>"})
    clock.advance("1m")
    bot.report(run, {"kind": "error", "step": "copy"}, {"kind": "step", "step": "again", "spend": 7, "tokens": 9})
    clock.advance("1m")
    asked = bot.propose(run)
    (card,) = wall(house)["items"]
    assert "⟨U+202E⟩" in card["title"]
    assert "hunter2" not in card["title"]
    assert (card["step"], card["errors"], card["spend"], card["tokens"]) == ("again", 1, 7, 9)
    assert card["monitors"] == [{"kind": "spend", "limit": 5_000_000, "spoken": 0}]
    assert card["agent"]["name"] == "bot"
    assert [one["review"] for one in card["asks"]] == [asked["review"]]
    assert house("GET", "/me", house.session("ann")).json()["id"] in card["controllers"]
    begun = card["opened_at"]
    assert card["lanes"] == [
        {"kind": "failed", "begin": begun, "end": begun + MINUTE},
        {"kind": "step", "begin": begun + MINUTE, "end": None},
        {"kind": "person", "begin": begun + 2 * MINUTE, "end": None},
    ]


def test_a_control_is_asked_for_and_then_confirmed(house: House):
    bot = Agent(house)
    run = bot.open()
    rev = supervise(house, "interrupt", run, reason="wrong table")["control"]["rev"]
    (card,) = wall(house)["items"]
    assert (card["control"]["kind"], card["control"]["by"]["name"]) == ("interrupt", "user:sue")
    assert card["control"]["confirmed_at"] is None
    house.company.clock.advance("1s")
    bot("confirm", run, of=rev)
    (card,) = wall(house)["items"]
    assert card["control"]["confirmed_at"] == card["control"]["at"] + SECOND
    assert [one["kind"] for one in card["lanes"]] == ["paused"]


def test_a_card_comes_with_each_change_of_the_run_and_of_its_actions_to_who_follows(house: House):
    bot = Agent(house)
    run, sue = bot.open(), house.session("sue")
    with watching(house, sue, topics="?topics=inbox,oversight") as live:
        live.next()
        bot.report(run, {"kind": "step", "step": "one"})
        name, told = live.next()
        assert (name, told["card"]) == ("card", wall(house)["items"][0])
        bot.propose(run)
        assert {live.next()[0], live.next()[0]} == {"row", "card"}
        position = live.position
    bot.report(run, {"kind": "report", "step": "one"})
    with watching(house, sue, position, topics="?topics=oversight") as again:
        assert again.next()[0] == "hello"
        name, told = again.next()
        assert (name, told["card"]["steps"]) == ("card", 1)
    with watching(house, sue, position) as rows:
        assert rows.next()[0] == "hello"
        bot.propose(run)
        assert rows.next()[0] == "row", "who follows the inbox alone is told of no run"


def test_the_page_of_a_run_tells_what_happened_newest_first_and_whose_words_they_are(house: House):
    bot, clock = Agent(house), house.company.clock
    run = bot.open(supervisors=["group:treasury"])
    bot.report(run, {"kind": "step", "step": "copy \u200borders"})
    clock.advance("1s")
    bot.report(run, {"kind": "error", "text": "token=hunter2-hunter2 refused"}, {"kind": "call", "text": "retry"})
    clock.advance("1s")
    bot.report(run, {"kind": "note", "step": "copy", "text": "half of it is done"})
    clock.advance("1s")
    bot.propose(run)
    clock.advance("1s")
    rev = supervise(house, "pause", run, reason="look first")["control"]["rev"]
    clock.advance("1s")
    bot("confirm", run, of=rev)
    supervise(house, "guide", run, text="leave out 2019")
    bot("heard", run, upto=1)
    page = house("GET", f"/runs/{run}/page", house.session("ann")).json()
    found = [(one["what"], one["agent"], one["words"]) for one in page["happened"]]
    assert found == [
        ("guide", False, "leave out 2019"),
        ("pause", False, "look first"),
        ("action", False, 'order "O-1001", amount "48.00"'),
        ("note", True, "half of it is done"),
        ("call", True, "retry"),
        ("failed", True, "copy ⟨U+200B⟩orders"),
    ]
    told, paused, action, _, _, failed = page["happened"]
    assert (told["by"]["name"], told["confirmed_at"] is not None) == ("user:sue", True)
    assert (action["name"], action["status"]) == ("payments.refund", "held")
    assert paused["confirmed_at"] - paused["at"] == SECOND
    assert "hunter2" not in failed["value"]
    assert [one["name"] for one in page["supervisors"]] == ["group:treasury"]
    assert page["card"] == wall(house)["items"][0]
    assert house("GET", f"/runs/{mint('run')}/page", house.session("ann")).status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "after=x"])
def test_a_wrong_question_is_told_so(house: House, query: str):
    assert house("GET", f"/oversight?{query}", house.session("sue")).json()["code"] == "invalid_value"


def test_a_topic_that_there_is_not_is_told_so(house: House):
    assert house("GET", "/stream?topics=inbox,nothing", house.session("sue")).json()["code"] == "invalid_value"
