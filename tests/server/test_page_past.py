"""What the page of a review tells of the past, drawn: attempts, the steps of the run, notes, also once erased."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apsw
import pytest

from .house import House
from .test_inbox import propose
from .test_page import decide, house, page, past

__all__ = ["house"]
EVIL = "a\u202eb password=hunter2x9 <script>"
DRAWN = re.compile("a⟨U\\+202E⟩b password=⟨?••••")
GONE = re.compile(r"⟨erased, [\w:-]{12}⟩")


def clean(text: str | None) -> bool:
    """Whether what hides is drawn and what is secret covered."""
    return text is not None and DRAWN.search(text) is not None and "hunter2" not in text and "\u202e" not in text


def attempt(house: House, key: str, action: str, bind: str, error: str, **given: Any) -> dict[str, Any]:
    """One attempt that fails."""
    house.company.clock.advance(1)
    lease = {"executor": "one"}
    fence = house("GET", f"/actions/{action}", key).json()["state"]["fence"]
    started = house("POST", f"/actions/{action}/start", key, json={**lease, "bind": bind, "fence": fence or None})
    assert started.status_code == 200, started.text
    ended = {**lease, "fence": started.json()["fence"], "outcome": "failed", "value": {"error": error}, **given}
    settled = house("POST", f"/actions/{action}/settle", key, json=ended)
    assert settled.status_code == 200, settled.text
    found: dict[str, Any] = settled.json()
    return found


def test_failed_attempts_are_told_in_order_with_what_the_agent_says_of_them_drawn(house: House):
    bot, ann = house.company.key(), house.session("ann")
    asked = propose(house, bot)
    assert decide(house, ann, asked["review"], "approve").status_code == 200
    attempt(house, bot, asked["id"], asked["bind"], "503 try again", retry_in=0)
    review = attempt(house, bot, asked["id"], asked["bind"], EVIL, escalate=True)["review"]
    found = page(house, ann, review)
    first, second = found["attempts"]
    assert [(one["attempt"], one["text"]) for one in (first, second)] == [(1, "503 try again"), (2, second["text"])]
    assert clean(second["text"])
    assert first["at"] < second["at"]
    assert found["row"]["kind"] == "exception"
    assert page(house, ann, propose(house, bot)["review"])["attempts"] == []


def test_what_is_known_of_a_lost_attempt_and_what_was_reported_of_it_too_late_is_told(house: House):
    bot, ann = house.company.key(), house.session("ann")
    asked = propose(house, bot)
    assert decide(house, ann, asked["review"], "approve").status_code == 200
    review = attempt(house, bot, asked["id"], asked["bind"], "no answer", outcome="unknown")["review"]
    late = {"executor": "one", "fence": 1, "outcome": "failed", "value": {"error": EVIL}}
    assert house("POST", f"/actions/{asked['id']}/settle", bot, json=late).status_code == 409
    lost, report = page(house, ann, review)["attempts"]
    assert [lost["attempt"], report["attempt"]] == [1, 1]
    key = f"hr_{asked['id']}_{asked['bind'].rpartition(':')[2][:16]}"
    assert lost["text"].startswith("nobody knows how it ended: it started 0 s before, at ")
    assert lost["text"].endswith(f"with the key {key}: no answer")
    assert report["text"].startswith("reported too late to count: failed: ")
    assert clean(report["text"])


def test_that_the_target_is_compared_again_is_told(house: House):
    bot, ann = house.company.key(), house.session("ann")
    plain, checked = propose(house, bot), propose(house, bot, target={"value": {"etag": "v1"}})
    facts = [
        {one["name"]: one["words"] for one in page(house, ann, one["review"])["facts"]} for one in (plain, checked)
    ]
    assert "Checked" not in facts[0]
    assert "compared again right before it runs" in facts[1]["Checked"]


def test_the_last_steps_of_the_run_are_told_oldest_first_drawn_and_by_whom_they_were_decided(house: House):
    bot, ann = house.company.key(), house.session("ann")
    run = house("GET", "/runs/by-name?name=nightly", bot).json()["id"]
    assert house("POST", f"/runs/{run}/open", bot, json={"title": "nightly"}).status_code == 200
    asked = []
    for number in range(10):
        house.company.clock.advance(1)
        asked.append(propose(house, bot, run=run, args={"order": f"{number} {EVIL}", "amount": "1"}))
    propose(house, bot)
    assert decide(house, ann, asked[4]["review"], "reject", note="no").status_code == 200
    found = page(house, ann, asked[8]["review"])["run"]
    assert (found["id"], found["name"]) == (run, "nightly")
    steps = found["steps"]
    assert [one["id"] for one in steps] == [one["id"] for one in asked[2:]]
    assert [one["at"] for one in steps] == sorted(one["at"] for one in steps)
    assert [one["by"] for one in steps] == [None, None, "user:ann", *[None] * 5]
    assert [one["this"] for one in steps] == [False] * 6 + [True, False]
    assert (steps[2]["status"], steps[3]["status"]) == ("refused", "held")
    assert all(clean(one["gist"]) and one["gist"].startswith(f'order "{at + 2} ') for at, one in enumerate(steps))


def test_a_review_without_a_run_has_no_steps(house: House):
    assert page(house, house.session("ann"), propose(house, house.company.key())["review"])["run"] is None


def test_notes_are_drawn_and_their_secrets_covered_wherever_they_are_told(house: House):
    bot, ann = house.company.key(), house.session("ann")
    over = past(house, bot, ann, "reject", "O-7", note=EVIL)
    found = page(house, ann, over)
    assert clean(found["decision"]["note"])
    assert [clean(one["note"]) for one in found["talk"]] == [True]
    (near,) = page(house, ann, propose(house, bot)["review"])["similar"]["nearest"]
    assert (near["id"], clean(near["note"])) == (over, True)


def test_a_note_that_was_erased_is_told_to_be_and_not_to_be_missing(house: House, tmp_path: Path):
    bot, ann = house.company.key(), house.session("ann")
    over, without = past(house, bot, ann, "reject", "O-7", note=EVIL), past(house, bot, ann, "approve", "O-8")
    with apsw.Connection(str(tmp_path / "a.db")) as connection:
        connection.execute("DELETE FROM disclosures WHERE name = 'note'")
        connection.execute("DELETE FROM revisions WHERE action = ?", (page(house, ann, over)["row"]["action"],))
    found = page(house, ann, over)
    assert GONE.fullmatch(found["decision"]["note"])
    assert GONE.fullmatch(found["talk"][0]["note"])
    assert (found["raw"], found["args"]["kind"]) == (None, "erased")
    assert page(house, ann, without)["decision"]["note"] is None
    nearest = {one["id"]: one for one in page(house, ann, propose(house, bot)["review"])["similar"]["nearest"]}
    assert GONE.fullmatch(nearest[over]["note"])
    assert "erased" in nearest[over]["gist"]
    assert nearest[without]["note"] is None


def test_what_was_said_of_how_it_turned_out_is_told_in_order_drawn_and_to_whom_it_is_open(house: House):
    bot, ann = house.company.key(), house.session("ann")
    over = past(house, bot, ann, "reject", "O-7")
    action = page(house, ann, over)["row"]["action"]
    house.company.person("sue", roles=("supervisor",))
    open_to = {who: page(house, house.session(who), over)["may_report"] for who in ("ann", "sue", "vic")}
    assert open_to == {"ann": True, "sue": True, "vic": False}
    assert page(house, ann, propose(house, bot)["review"])["may_report"] is False
    told = {"wrong": True, "note": EVIL}
    assert house("POST", f"/actions/{action}/outcome", bot, json=told).status_code == 200
    assert house("POST", f"/actions/{action}/outcome", ann, json={"wrong": False}).status_code == 200
    found = page(house, ann, over)
    first, last = found["reports"]
    assert (first["wrong"], first["agent"], clean(first["note"])) == (True, True, True)
    assert (last["wrong"], last["agent"], last["note"], last["by"]["name"]) == (False, False, None, "user:ann")
    assert found["row"]["turned_out"] == "right"


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns"])
def test_times_in_words_are_those_of_the_readers_zone(house: House, zone: str):
    declared = {"pattern": "approval", "reviewers": ["group:treasury"], "then": [["user:ben", None]]}
    ann, asked = house.session("ann"), propose(house, house.company.key(), declared=declared)["review"]

    def told(query: str, name: str) -> bool:
        found = page(house, ann, asked, query)
        at = datetime.fromtimestamp(found["ladder"][1]["from"] / 1_000_000, ZoneInfo(name))
        return f"{at:%H:%M}" in str(found["facts"])

    assert told(f"?zone={zone}", zone)
    assert told("", "UTC")
    assert not told("", zone)
    assert told("?zone=Mars/Base", "UTC")
