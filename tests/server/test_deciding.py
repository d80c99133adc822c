"""Every command of the review page, sent as a browser does: with cookie, token and key; and how each is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from handrail.ids import mint
from handrail.testing import FrozenClock

from .company import PASSWORD
from .house import House, opened
from .test_inbox import MANY, propose
from .test_page import page

MINUTE = 60
LADDER = {"pattern": "approval", "reviewers": ["group:treasury"], "within": "15m"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=FrozenClock(), caps=MANY) as found:
        for handle, group in (("ann", "treasury"), ("ben", "treasury"), ("cfo", "board"), ("joe", "sales")):
            found.company.person(handle, group, password=PASSWORD)
        yield found


class Browser:
    """A browser of its own, signed in."""

    def __init__(self, house: House, handle: str) -> None:
        self.client = httpx2.Client(base_url=house.url)
        own = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}
        body = {"name": handle, "password": PASSWORD}
        answer = self.client.post("/v1/sessions", json=body, headers=own)
        assert answer.status_code == 201, answer.text
        self.me = answer.json()
        self.own = {**own, "X-CSRF-Token": self.me["csrf"]}

    def send(self, review: str, verb: str, key: str | None = None, **body: Any) -> httpx2.Response:
        """A command on a review."""
        headers = {**self.own, "Idempotency-Key": key or mint("x")}
        return self.client.post(f"/v1/reviews/{review}/{verb}", json=body, headers=headers)

    def page(self, review: str) -> dict[str, Any]:
        """The page as this person sees it."""
        found: dict[str, Any] = self.client.get(f"/v1/reviews/{review}/page").json()
        return found

    def decide(self, review: str, outcome: str = "approve", **given: Any) -> httpx2.Response:
        """A decision on what stands now."""
        view = self.page(review)["view"]["digest"]
        return self.send(review, "decisions", **{"outcome": outcome, "view": view, **given})


Enter = Callable[[str], Browser]


@pytest.fixture
def enter(house: House) -> Iterator[Enter]:
    with contextlib.ExitStack() as open_browsers:

        def sign_in(handle: str) -> Browser:
            found = Browser(house, handle)
            open_browsers.callback(found.client.close)
            return found

        yield sign_in


@pytest.fixture
def ann(enter: Enter) -> Browser:
    return enter("ann")


@pytest.fixture
def ben(enter: Enter) -> Browser:
    return enter("ben")


def told(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_claim_is_renewed_by_its_holder_and_given_back(house: House, ann: Browser, ben: Browser):
    review = propose(house, house.company.key(), declared={**LADDER, "within": "2h"})["review"]
    assert ann.send(review, "claim").status_code == 200
    first = ann.page(review)["row"]["claim_until"]
    house.company.clock.advance(5 * MINUTE)
    assert ann.send(review, "claim").status_code == 200
    row = ben.page(review)["row"]
    assert (row["status"], row["claimed_by"]["name"]) == ("claimed", "user:ann")
    assert row["claim_until"] == first + 5 * MINUTE * 1_000_000
    assert told(ben.send(review, "release")) == (409, "not_ready")
    assert ann.send(review, "release").status_code == 200
    found = ann.page(review)
    assert found["row"]["status"] == "open"
    assert [one["type"] for one in found["talk"]] == ["claimed", "released"]


def test_delegates_come_from_the_directory_and_may_decide(house: House, ann: Browser, enter: Enter):
    joe = enter("joe")
    review = propose(house, house.company.key())["review"]
    found = joe.page(review)
    assert (found["refusal"]["code"], found["choices"], found["may_comment"]) == ("not_allowed", [], True)
    assert joe.send(review, "comments", text="Ask me.").status_code == 200
    assert told(joe.decide(review)) == (403, "not_allowed")
    directory = ann.client.get("/v1/directory").json()
    (to,) = [one["id"] for one in directory["people"] if directory["names"][one["id"]] == "user:joe"]
    assert ann.send(review, "delegate", to=to, note="You know them.").status_code == 200
    assert told(ann.send(review, "delegate", to="usr_" + "0" * 26)) == (404, "unknown_person")
    said = joe.page(review)["talk"][-1]
    assert (said["type"], said["to"]["name"], said["note"]) == ("delegated", "user:joe", "You know them.")
    assert joe.page(review)["refusal"] is None
    assert joe.decide(review).status_code == 200


def test_escalation_asks_the_next_rung_and_the_ladder_tells_when(house: House, ann: Browser, enter: Enter):
    declared = {**LADDER, "then": [["user:cfo", 3_600_000_000]]}
    review = propose(house, house.company.key(), declared=declared)["review"]
    before = ann.page(review)["ladder"]
    assert before[0]["until"] == before[1]["from"] == before[0]["from"] + 15 * MINUTE * 1_000_000
    house.company.clock.advance(MINUTE)
    assert ann.send(review, "escalate", note="Beyond me.").status_code == 200
    after = ann.page(review)
    assert after["ladder"][1]["from"] == before[0]["from"] + MINUTE * 1_000_000 == after["ladder"][0]["until"]
    assert after["ladder"][1]["until"] == after["row"]["deadline"]
    assert (after["row"]["level"], after["talk"][-1]["note"]) == (1, "Beyond me.")
    assert told(ann.send(review, "escalate")) == (409, "not_ready")
    assert enter("cfo").page(review)["refusal"] is None


def test_a_decision_can_be_taken_back_while_the_window_is_open(house: House, ann: Browser, ben: Browser):
    review = propose(house, house.company.key(), declared={**LADDER, "undo": "4s"})["review"]
    assert ann.send(review, "comments", text="Asking the customer.").status_code == 200
    assert ann.decide(review, note="As agreed.").status_code == 200
    found = ben.page(review)
    assert (found["undo"], found["row"]["decision"]["effective"]) == (4_000_000, False)
    assert found["decision"]["effective_at"] == found["decision"]["at"] + 4_000_000
    assert told(ben.send(review, "revoke")) == (403, "not_allowed")
    assert ann.send(review, "revoke", note="Wrong order.").status_code == 200
    assert ann.page(review)["row"]["status"] == "open"
    assert ann.decide(review).status_code == 200
    house.company.clock.advance(5)
    assert told(ann.send(review, "revoke")) == (409, "already_decided")
    assert [one["type"] for one in ann.page(review)["talk"]] == ["commented", "decided", "revoked", "decided"]


def test_the_second_decision_is_refused_and_the_page_says_who_was_first(house: House, ann: Browser, ben: Browser):
    review = propose(house, house.company.key())["review"]
    assert ben.decide(review, "reject", note="no").status_code == 200
    assert told(ann.decide(review)) == (409, "already_decided")
    found = ann.page(review)
    assert (found["decision"]["by"]["name"], found["decision"]["note"]) == ("user:ben", "no")
    assert (found["refusal"]["code"], found["choices"], found["may_comment"]) == ("already_decided", [], True)
    assert "`" not in found["refusal"]["text"]


def test_a_decision_is_done_once_and_on_what_was_seen(house: House, ann: Browser, ben: Browser):
    review = propose(house, house.company.key(), declared={**LADDER, "quorum": [["any", 2]]})["review"]
    view = ann.page(review)["view"]["digest"]
    first, again = (ann.send(review, "decisions", key="k1", outcome="approve", view=view) for _ in range(2))
    assert first.json() == again.json()
    found = ann.page(review)
    assert ([one["name"] for one in found["row"]["votes"]], found["row"]["missing"]) == (["user:ann"], 1)
    assert (found["refusal"], found["voted"], found["choices"]) == (None, True, ["edit", "reject", "send_back"])
    assert told(ann.send(review, "decisions", outcome="approve", view=view)) == (409, "already_decided")
    assert ben.decide(review, "edit", args={"order": "O-2", "amount": "1"}).status_code == 200
    assert told(ann.send(review, "decisions", outcome="approve", view=view)) == (409, "stale_view")
    found = ann.page(review)
    assert (found["refusal"], found["rounds"][0]["changed"]) == (None, ["args.amount", "args.order"])
    assert (found["voted"], found["choices"]) == (False, ["approve", "edit", "reject", "send_back"])
    assert [one["text"] for one in found["first"]["members"]] == ["O-1001", "48.00"]


def test_who_approved_may_still_reject(house: House, ann: Browser):
    review = propose(house, house.company.key(), declared={**LADDER, "quorum": [["any", 2]]})["review"]
    assert ann.decide(review).status_code == 200
    assert ann.decide(review, "reject", note="not after all").status_code == 200
    assert ann.page(review)["row"]["status"] == "decided"


def test_what_is_late_is_refused_and_the_page_says_so_before(house: House, ann: Browser):
    review = propose(house, house.company.key())["review"]
    view = ann.page(review)["view"]["digest"]
    house.company.clock.advance(16 * MINUTE)
    assert ann.page(review)["refusal"]["code"] == "late"
    assert told(ann.send(review, "decisions", outcome="approve", view=view)) == (409, "late")


def test_a_fold_that_was_not_opened_is_named(house: House, ann: Browser):
    review = propose(house, house.company.key(), args={"order": "x" * 5000, "amount": "1"})["review"]
    found = ann.page(review)
    assert found["unseen"] == ["args.order"]
    refused = ann.decide(review)
    assert (told(refused), refused.json()["folds"]) == ((409, "unseen"), ["args.order"])
    assert ann.decide(review, seen=found["unseen"]).status_code == 200


def test_every_member_that_does_not_fit_is_named_with_what_to_do(house: House, ann: Browser):
    review = propose(house, house.company.key())["review"]
    refused = ann.decide(review, "edit", args={"amount": 7, "extra": 1})
    assert told(refused) == (422, "invalid_value")
    assert refused.json()["errors"] == [
        {"path": "/amount", "text": "Must be text, not a whole number. Enter text."},
        {"path": "/extra", "text": "Is not known here. Remove it."},
        {"path": "/order", "text": "Is missing. Give it a value."},
    ]
    assert ann.page(review)["row"]["round"] == 1


def test_an_answer_is_one_of_the_options(house: House, ann: Browser):
    body = {"question": "Which token=hunter22hunter22?", "options": ["a", 2], "to": ["group:treasury"], "within": "1d"}
    review = house("POST", "/ask", house.company.key(), json=body).json()["review"]
    found = ann.page(review)
    assert found["question"]["options"] == [{"text": "a", "value": "a"}, {"text": "2", "value": 2}]
    assert "hunter22" not in str(found["question"]) + found["title"] + found["row"]["gist"]
    refused = ann.decide(review, "answer", value="c")
    assert (told(refused), refused.json()["errors"]) == (
        (422, "invalid_value"), [{"path": "", "text": "Choose one of: a, 2."}]
    )  # fmt: skip
    assert ann.decide(review, "answer", value=2).status_code == 200
    assert ann.page(review)["decision"]["value"] == "2"


@pytest.mark.parametrize("verb", ["claim", "release", "delegate", "escalate", "comments", "decisions", "revoke"])
def test_no_command_goes_without_the_token_of_the_session(house: House, ann: Browser, verb: str):
    review = propose(house, house.company.key())["review"]
    del ann.own["X-CSRF-Token"]
    assert told(ann.send(review, verb)) == (403, "foreign")
    assert page(house, house.session("ann"), review)["talk"] == []
