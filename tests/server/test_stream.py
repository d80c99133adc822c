"""Rows as they change: in order, once for each batch, resumed without loss, and for people alone."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock
from handrail.engine.inbox import AT_ONCE
from handrail.server.hub import LATE

from .company import Company
from .house import House, opened
from .test_inbox import MANY, inbox, propose


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock(), caps=MANY, heartbeat=0.2) as found:
        found.company.person("ann", "treasury")
        found.company.person("ben", "treasury")
        yield found


class Watched:
    """The stream of rows as a browser reads it."""

    def __init__(self, house: House, token: str, after: int | None = None, topics: str = "?topics=inbox") -> None:
        headers = {"Authorization": f"Bearer {token}"} | ({} if after is None else {"Last-Event-ID": str(after)})
        self._stream = house.client.stream("GET", f"/v1/stream{topics}", headers=headers)
        self._lines = self._stream.__enter__().iter_lines()
        self.position = after

    def next(self, *, ticks: bool = False) -> tuple[str, Any]:
        """The next event: its name and data; ticks only where they are wanted."""
        found: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line and name:
                found[name] = value
            elif not line and "event" in found:
                self.position = int(found.get("id", self.position or 0))
                if found["event"] != "tick" or ticks:
                    return found["event"], json.loads(found["data"])
                found = {}
        raise EOFError

    def rows(self, review: str, until: str) -> list[dict[str, Any]]:
        """The rows of a review until it has that status."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["status"] != until:
            name, data = self.next()
            assert name == "row"
            found += [data["row"]] if data["row"]["id"] == review else []
        return found

    def close(self) -> None:
        self._stream.__exit__(None, None, None)


@contextmanager
def watching(house: House, token: str, after: int | None = None, topics: str = "?topics=inbox") -> Iterator[Watched]:
    found = Watched(house, token, after, topics)
    try:
        yield found
    finally:
        found.close()


def decide(house: House, key: str, asked: dict[str, Any], outcome: str = "approve") -> None:
    body = {"outcome": outcome, "view": asked["view"]}
    assert house("POST", f"/reviews/{asked['review']}/decisions", key, json=body).status_code == 200


def test_a_reader_is_greeted_and_told_of_each_change_of_a_review_and_of_its_action(house: House):
    ann, key = house.session("ann"), house.company.key()
    with watching(house, ann) as live:
        name, hello = live.next()
        me = house("GET", "/me", ann).json()["id"]
        assert (name, hello["v"], hello["me"]) == ("hello", inbox(house, ann)["v"], me)
        asked = propose(house, key)
        name, opened_row = live.next()
        assert (name, opened_row["row"]) == ("row", inbox(house, ann)["items"][0])
        decide(house, ann, asked)
        *_, decided = live.rows(asked["review"], "decided")
        assert (decided["action_status"], decided["decision"]["by"]["name"]) == ("cleared", "user:ann")
        assert house("POST", f"/actions/{asked['id']}/claim", key, json={"executor": "w"}).status_code == 200
        assert live.next()[1]["row"]["action_status"] == "claimed"
        assert live.position == inbox(house, ann)["v"]


def test_a_quiet_stream_tells_the_time_and_how_far_it_is(house: House):
    ann, key = house.session("ann"), house.company.key()
    with watching(house, ann) as live:
        live.next()
        position = live.position
        run = house("GET", "/runs/by-name?name=x", key).json()["id"]
        assert house("POST", f"/runs/{run}/open", key, json={"title": "t"}).status_code == 200
        while live.position == position:
            name, tick = live.next(ticks=True)
            assert name == "tick"
            assert tick.keys() == {"now"}
    with watching(house, ann, live.position) as again:
        assert again.next()[0] == "hello"
        asked = propose(house, key)
        assert again.next()[1]["row"]["id"] == asked["review"], "nothing came twice"


def test_who_comes_back_is_told_the_rows_that_changed_meanwhile_each_once(house: House):
    ann, key = house.session("ann"), house.company.key()
    first = propose(house, key)
    with watching(house, ann) as live:
        live.next()
    for text in ("one", "two", "three"):
        house("POST", f"/reviews/{first['review']}/comments", ann, json={"text": text})
    second = propose(house, key)
    with watching(house, ann, live.position) as back:
        assert back.next()[0] == "hello"
        told = [back.next()[1]["row"] for _ in range(2)]
        assert [(row["id"], row["comments"]) for row in told] == [(first["review"], 3), (second["review"], 0)]
        third = propose(house, key)
        assert back.next()[1]["row"]["id"] == third["review"]
    with watching(house, ann, back.position) as again:
        assert again.next()[0] == "hello"
        fourth = propose(house, key)
        assert again.next()[1]["row"]["id"] == fourth["review"]


@pytest.mark.parametrize("after", [-LATE - 5, 10**6])
def test_who_is_too_far_away_fetches_everything_anew(house: House, after: int):
    with watching(house, house.session("ann"), after) as live:
        assert [live.next()[0] for _ in range(2)] == ["hello", "reset"]
        asked = propose(house, house.company.key())
        while (event := live.next())[0] == "reset":
            continue
        assert event[1]["row"]["id"] == asked["review"]


def test_rows_are_fetched_anew_once_people_are_others(house: House):
    ann, key = house.session("ann"), house.company.key()
    propose(house, key)
    with watching(house, ann) as live:
        live.next()
        house.company.person("ben", "legal")
        assert live.next()[0] == "reset"
        asked = propose(house, key)
        assert live.next()[1]["row"]["id"] == asked["review"]


def test_rows_are_fetched_anew_once_something_is_stopped_and_lifted(house: House):
    ann = house.session("ann")
    house.company.person("sue", roles=("supervisor",))
    house.company.person("ada", roles=("administrator",))
    with watching(house, ann) as live:
        live.next()
        made = house("POST", "/stops", house.session("sue"), json={"scope": "all", "reason": "audit"}).json()["id"]
        assert live.next()[0] == "reset"
        (one,) = house("GET", "/stops", ann).json()["items"]
        assert (one["state"]["status"], one["by"], one["why"]) == ("present", "user:sue", "audit")
        assert house("DELETE", f"/stops/{made}", house.session("ada"), json={"note": "done"}).status_code == 200
        assert live.next()[0] == "reset"


def test_who_follows_the_log_and_who_follows_the_inbox_share_one_ear(house: House):
    ann, key = house.session("ann"), house.company.key()
    with watching(house, ann) as rows, watching(house, ann, topics="") as log, watching(house, ann) as others:
        assert [rows.next()[0], others.next()[0]] == ["hello", "hello"]
        asked = propose(house, key)
        entries = [log.next() for _ in range(3)]
        assert [(name, data["type"]) for name, data in entries] == [
            ("entry", "action.proposed"), ("entry", "action.held"), ("entry", "review.opened")
        ]  # fmt: skip
        told = [rows.next(), others.next()]
        assert told[0] == told[1]
        assert told[0][1]["row"]["id"] == asked["review"]
        assert told[0][1]["at"] == entries[-1][1]["at"]


def test_nobody_sees_the_rows_of_another_tenant_and_no_key_sees_any(house: House):
    acme = Company("", house.company.clock, "acme", house.company.database)
    acme.person("eve", "treasury")
    eve, ann, bot, spy = house.session("eve", acme), house.session("ann"), house.company.key(), acme.key()
    with watching(house, eve) as theirs, watching(house, ann) as ours:
        assert [theirs.next()[0], ours.next()[0]] == ["hello", "hello"]
        propose(house, bot)
        foreign = propose(house, spy)
        assert theirs.next()[1]["row"]["id"] == foreign["review"]
        assert ours.next()[1]["row"]["id"] != foreign["review"]
    assert [one["id"] for one in inbox(house, eve)["items"]] == [foreign["review"]]
    for path in ("/stream?topics=inbox", "/inbox", f"/reviews/{foreign['review']}/page"):
        assert house("GET", path, spy).status_code == 403
    assert house("GET", f"/reviews/{foreign['review']}/page", ann).status_code == 404


def test_unknown_topics_are_told_so(house: House):
    assert house("GET", "/stream?topics=weather", house.session("ann")).json()["code"] == "invalid_value"


def ends(house: House, handle: str, token: str) -> None:
    """Take from somebody what lets them follow, each in another way."""
    match handle:
        case "ann":
            assert house("DELETE", "/sessions/current", token).status_code == 204
        case "ben":
            ben = house.company.accounts.directory(house.company.tenant).resolve("user:ben")
            assert ben
            house.company.dismiss(ben)
        case _:
            house.company.person(handle, roles=())


@pytest.mark.parametrize("topics", ["?topics=inbox", ""])
@pytest.mark.parametrize("handle", ["ann", "ben", "cora"])
def test_a_stream_ends_before_the_next_word_for_who_may_not_read_it_any_more(house: House, handle: str, topics: str):
    house.company.person("cora")
    token = house.session(handle)
    with watching(house, token, topics=topics) as live:
        assert not topics or live.next()[0] == "hello"
        ends(house, handle, token)
        propose(house, house.company.key())
        assert live.next(ticks=True)[0] == "end"


def test_following_is_no_use_of_a_session_and_ends_with_it(tmp_path: Path):
    with opened(tmp_path / "a.db", heartbeat=0.05) as house:
        house.company.person("ann")
        ann = house.session("ann")
        with watching(house, ann) as live:
            assert live.next()[0] == "hello"
            house.company.clock.advance("20m")
            assert live.next(ticks=True)[0] == "tick"
            house.company.clock.advance("10m")
            assert "end" in (live.next(ticks=True)[0] for _ in range(20)), "a tick may have been on its way"
        assert house("GET", "/stream", ann).status_code == 401


LARGE = 300_000


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No more bytes than these are held at once, the server's and the reader's together."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        assert tracemalloc.get_traced_memory()[1] - before < size
    finally:
        tracemalloc.stop()


def test_no_more_arguments_are_held_at_once_than_of_a_few_reviews(house: House):
    ann, key = house.session("ann"), house.company.key()
    before = inbox(house, ann)["v"]
    asked = [
        propose(house, key, args={"order": f"O-{one}", "amount": "1", "memo": "x" * LARGE})["review"]
        for one in range(3 * AT_ONCE)
    ]
    bound = 3 * AT_ONCE * LARGE * 2 // 3
    with at_most(bound):
        assert {row["id"] for row in inbox(house, ann)["items"]} == {*asked}
    with at_most(bound), watching(house, ann, before) as live:
        assert live.next()[0] == "hello"
        assert [live.next()[1]["row"]["id"] for _ in asked] == asked
