"""Deciding in a real browser: every outcome by mouse and by keys, and that nobody decides what they have not seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Route, expect

from tests.server.house import House

from .desk import decide, question, staffed
from .reading import ARGS, FOLDED, SCHEMA, at, broken, outcome, press, read, refund, settled, sheet, state, told

ONCE_MORE = """(place) => {
  const again = () =>
    place
      ? document.elementFromPoint(...place).closest("button")?.click()
      : document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true }));
  for (const name of ["pushState", "replaceState"]) {
    const own = history[name].bind(history);
    history[name] = (...given) => {
      own(...given);
      let left = 8;
      const frame = () => left-- && (again(), requestAnimationFrame(frame));
      requestAnimationFrame(frame);
    };
  }
}"""
"""Decides again and again as soon as the next review stands there: no test could be as quick by hand."""
KEYS = {"low": "a", "medium": "a", "unrated": "a", "high": "a Enter"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("review") / "a.db", demo=True) as found:
        yield found


@pytest.mark.parametrize("risk", KEYS)
async def test_a_yes_takes_at_most_two_keys(chromium: Browser, house: House, risk: str):
    review = refund(house, risk=risk)
    async with at(chromium, house, review) as page:
        await press(page, KEYS[risk])
        await told(page, "payments.refund was approved")
    assert outcome(house, review) == "approve"


async def test_what_is_critical_is_typed(chromium: Browser, house: House):
    review = refund(house, risk="critical")
    async with at(chromium, house, review) as page:
        await press(page, "a Enter")
        await page.keyboard.type("payments.refun")
        await press(page, "Enter")
        await expect(page.get_by_text("This is critical.")).to_be_visible()
        assert outcome(house, review) is None
        await page.keyboard.type("d")
        await press(page, "Enter")
        await told(page, "was approved")
    assert outcome(house, review) == "approve"


async def test_a_no_is_a_reason_or_a_note_and_never_one_key(chromium: Browser, house: House):
    first, second = refund(house), refund(house)
    async with at(chromium, house, first) as page:
        await press(page, "r")
        await expect(page.get_by_text("choose a reason")).to_be_visible()
        await press(page, "Enter r Control+Enter")
        assert outcome(house, first) is None
        await press(page, "3")
        await told(page, "was rejected")
        await read(page, second)
        await press(page, "n")
        await page.keyboard.type("not this customer")
        await press(page, "Control+Enter r Control+Enter")
        await told(page, "was rejected")
    assert [sheet(house, one)["decision"]["note"] for one in (first, second)] == [
        "Wrong amount or value", "not this customer"
    ]  # fmt: skip


async def test_the_same_by_mouse(chromium: Browser, house: House):
    yes, no, back = refund(house, risk="high"), refund(house), refund(house)
    async with at(chromium, house, yes) as page:
        bar = page.get_by_role("group", name="Decide")
        await bar.get_by_role("button", name="Approve").click()
        await bar.get_by_role("button", name="Approve").first.click()
        await told(page, "was approved")
        await read(page, no)
        await bar.get_by_role("button", name="Reject").click()
        await bar.get_by_role("button", name="Too risky").click()
        await told(page, "was rejected")
        await read(page, back)
        await bar.get_by_role("button", name="Send back").click()
        await page.get_by_label("Note", exact=True).fill("Take the other order.")
        await bar.get_by_role("button", name="Send back").first.click()
        await told(page, "was sent back")
    assert [outcome(house, one) for one in (yes, no, back)] == ["approve", "reject", "send_back"]


async def test_the_next_review_opens_by_itself_and_a_second_key_does_not_decide_it(chromium: Browser, house: House):
    first, _ = refund(house, risk="low"), refund(house, risk="low")
    async with at(chromium, house, first) as page:
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await page.evaluate(ONCE_MORE, None)
        await press(page, "a")
        await expect(page).not_to_have_url(re.compile(first))
        await expect(page.locator("#review-title")).to_be_focused()
        await settled(page)
        after = page.url.rsplit("/", 1)[1]
    assert outcome(house, first) == "approve"
    assert outcome(house, after) is None


async def test_a_second_click_in_the_same_place_does_not_decide_the_next_review(chromium: Browser, house: House):
    first, _ = refund(house, risk="low"), refund(house, risk="low")
    async with at(chromium, house, first) as page:
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        box = await page.get_by_role("button", name="Approve", exact=True).bounding_box()
        assert box
        place = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        await page.evaluate(ONCE_MORE, place)
        await page.mouse.click(*place)
        await expect(page).not_to_have_url(re.compile(first))
        await settled(page)
        after = page.url.rsplit("/", 1)[1]
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled()
    assert outcome(house, first) == "approve"
    assert outcome(house, after) is None


async def test_an_edit_is_shown_can_be_taken_back_and_is_what_runs(chromium: Browser, house: House):
    review = refund(house)
    async with at(chromium, house, review) as page:
        await press(page, "e")
        await page.get_by_label("amount").first.fill("24.00")
        await press(page, "Control+Enter")
        await expect(page.get_by_role("button", name="Approve with 1 edit")).to_be_visible()
        await expect(page.locator("#at\\:args\\.amount")).to_contain_text('"24.00"')
        await expect(page.get_by_text("As asked: sha256")).to_be_visible()
        await expect(page.get_by_text("Exactly these bytes run")).to_have_count(0)
        await expect(page.get_by_text("You are at it")).to_be_visible()
        await page.get_by_role("button", name="Undo this edit").click()
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        await press(page, "e")
        await page.get_by_label("amount").first.fill("12.00")
        await page.reload()
        await settled(page)
        await press(page, "a")
        await told(page, "was approved with edits")
        assert await page.evaluate(f"Object.keys(sessionStorage).filter((key) => key.includes('{review}')).length") == 0
    assert [outcome(house, review), sheet(house, review)["raw"]["amount"]] == ["edit", "12.00"]


async def test_what_the_server_does_not_accept_is_said_at_its_place_and_nothing_is_lost(
    chromium: Browser, house: House
):
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "amount": {"type": "string", "format": "decimal"}}}
    review = refund(house, schema=schema)
    async with at(chromium, house, review, expected=(422,)) as page:
        await page.route(
            "**/decisions",
            lambda route: route.continue_(post_data={**route.request.post_data_json, "args": {"order": 7}}),
            times=1,
        )
        await press(page, "n")
        await page.keyboard.type("half")
        await press(page, "Control+Enter e")
        await page.get_by_label("amount").first.fill("24.00")
        await press(page, "Control+Enter a")
        await expect(page.get_by_text("Not accepted.")).to_be_visible()
        await expect(page.get_by_role("list", name="Problems")).to_be_visible()
        await expect(page.get_by_label("Note to the agent")).to_have_value("half")
        await expect(page.get_by_label("amount").first).to_have_value("24.00")
        await page.get_by_label("amount").first.fill("25.00")
        await press(page, "Control+Enter a")
        await told(page, "was approved with edits")
    assert sheet(house, review)["raw"] == {"order": "O-1001", "amount": "25.00"}


async def test_nothing_runs_before_every_fold_was_opened(chromium: Browser, house: House):
    review = refund(house, args=FOLDED, schema={}, risk="low")
    async with at(chromium, house, review) as page:
        await expect(page.get_by_role("button", name="Open 2 folds first")).to_be_visible()
        await press(page, "o")
        await expect(page.get_by_role("button", name="Open 1 fold first")).to_be_visible()
        await press(page, "a")
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        assert outcome(house, review) is None
        await press(page, "a")
        await told(page, "was approved")
    assert outcome(house, review) == "approve"


async def test_a_question_is_answered_by_number_or_in_words(chromium: Browser, house: House):
    options, free = question(house, options=["north", "south"]), question(house)
    async with at(chromium, house, options) as page:
        await expect(page.get_by_role("button", name="Answer")).to_be_disabled()
        await press(page, "2 a")
        await told(page, "Answered.")
        await read(page, free)
        await page.get_by_role("region", name="Your answer").get_by_role("textbox").fill("the one in Graz")
        await page.get_by_role("button", name="Answer").click()
        await told(page, "Answered.")
    assert [sheet(house, one)["decision"]["value"] for one in (options, free)] == ["south", "the one in Graz"]


async def test_who_is_not_asked_may_say_something_all_the_same(chromium: Browser, house: House):
    review = refund(house)
    house.company.person("otto")
    async with at(chromium, house, review, "otto") as page:
        await press(page, "q")
        await page.keyboard.type("I know this customer")
        await press(page, "Control+Enter")
        await expect(page.get_by_text("I know this customer")).to_be_visible()
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
    assert [one["note"] for one in sheet(house, review)["talk"]] == ["I know this customer"]
    decide(house, review)


async def test_who_has_approved_waits_for_another_and_may_still_say_no(chromium: Browser, house: House):
    review = refund(house, declared={"quorum": [["any", 2]]})
    decide(house, review, by="ann")
    async with at(chromium, house, review) as page:
        await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        await press(page, "a Enter")
        assert outcome(house, review) is None
        await press(page, "r 3")
        await told(page, "was rejected")
    assert outcome(house, review) == "reject"


async def test_comment_delegate_escalate_and_claim(chromium: Browser, house: House):
    for handle in ("cleo", "dora"):
        house.company.person(handle)
    review = refund(house, declared={"then": [["user:dora", None]]})
    async with at(chromium, house, review) as page:
        await press(page, "c")
        await expect(page.get_by_text("You are at it")).to_be_visible()
        await press(page, "c")
        await expect(page.get_by_text("You are at it")).to_have_count(0)
        await press(page, "q")
        await page.keyboard.type("Whose order is it?")
        await press(page, "Control+Enter")
        await expect(page.get_by_role("region", name="Who did what")).to_contain_text("Whose order is it?")
        await press(page, "d")
        await page.get_by_role("dialog").get_by_role("radio", name="cleo").check()
        await page.get_by_role("button", name="Ask them").click()
        await told(page, "cleo is asked as well")
        await expect(page.get_by_role("region", name="Who did what")).to_contain_text("asked cleo")
        await settled(page)
        await press(page, "u Control+Enter")
        await expect(page.get_by_role("region", name="Who did what")).to_contain_text("moved it up")
        await settled(page)
        await press(page, "d")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await press(page, "Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.locator("#review-title")).to_be_visible()


async def test_a_decision_is_taken_back_while_it_can_be(chromium: Browser, house: House):
    review = refund(house, declared={"undo": "30s"})
    async with at(chromium, house, review) as page:
        await press(page, "a")
        await told(page, "was approved")
        assert outcome(house, review) == "approve"
        await read(page, review)
        await told(page, "can still be taken back")
        await press(page, "z")
        await told(page, "Taken back")
        await expect(page).to_have_url(re.compile(review))
        await settled(page)
        assert state(house, review)["status"] == "open"


async def test_the_second_of_two_sees_who_was_first_and_keeps_what_they_wrote(chromium: Browser, house: House):
    review = refund(house)
    async with at(chromium, house, review, expected=(409,)) as page:
        await press(page, "n")
        await page.keyboard.type("half of it")
        decide(house, review, "reject")
        await expect(page.get_by_role("region", name="Record")).to_contain_text("ben rejected this")
        await expect(page.get_by_text("Your draft was not sent.")).to_be_visible()
        await expect(page.get_by_text("half of it").first).to_be_visible()
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
        await page.get_by_role("button", name="Drop my draft").click()
        await expect(page.get_by_text("half of it")).to_have_count(0)


async def test_other_bytes_are_looked_at_before_they_are_decided(chromium: Browser, house: House):
    review = refund(house, declared={"quorum": [["any", 2]]})
    async with at(chromium, house, review) as page:
        await press(page, "e")
        await page.get_by_label("amount").first.fill("24.00")
        await press(page, "Control+Enter")
        view = state(house, review)["view"]
        body = {"outcome": "edit", "view": view, "args": {**ARGS, "amount": "40.00"}}
        assert house("POST", f"/reviews/{review}/decisions", house.session("ben"), json=body).status_code == 200
        await expect(page.get_by_text("ben changed the arguments. Look again.")).to_be_visible()
        await press(page, "a")
        assert outcome(house, review) is None
        await page.get_by_role("button", name="Look at the change").click()
        await expect(page.get_by_text("You made 1 edit to earlier arguments.")).to_be_visible()
        await settled(page)
        await expect(page.get_by_role("button", name="Approve with 1 edit")).to_be_disabled()
        await page.get_by_role("button", name="Drop them").click()
        await expect(page.locator("#at\\:args\\.amount")).to_contain_text("48.00")
        await expect(page.locator("#at\\:args\\.amount")).to_contain_text("40.00")
        await press(page, "a")
        await told(page, "was approved")
    assert sheet(house, review)["raw"]["amount"] == "40.00"


async def test_a_lost_answer_is_asked_for_again_and_it_happens_once(chromium: Browser, house: House):
    review = refund(house)
    async with at(chromium, house, review, expected=(504,)) as page:
        keys: list[str] = []

        page.on("request", lambda one: keys.append(one.headers["idempotency-key"]) if "/decisions" in one.url else None)
        await page.route("**/decisions", lambda route: route.fulfill(status=504, json={}), times=1)
        await press(page, "n")
        await page.keyboard.type("fine")
        await press(page, "Control+Enter a")
        await expect(page.get_by_text("Not sent.")).to_be_visible()
        await expect(page.get_by_label("Note to the agent")).to_have_value("fine")
        await page.get_by_role("button", name="Try again").click()
        await told(page, "was approved")
        assert len(keys) == 2
        assert keys[0] == keys[1]


async def test_a_decision_whose_answer_was_lost_is_seen_to_have_arrived(chromium: Browser, house: House):
    review = refund(house)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.fulfill(status=504, json={})

    async with at(chromium, house, review, expected=(504,)) as page:
        await page.route("**/decisions", lose, times=1)
        await press(page, "n")
        await page.keyboard.type("fine")
        await press(page, "Control+Enter a")
        await told(page, "was approved")
        await expect(page.get_by_text("Your draft was not sent.")).to_have_count(0)


async def test_a_failed_action_is_tried_again_supplied_skipped_or_ended(chromium: Browser, house: House):
    again, supplied, skipped, ended = (broken(house) for _ in range(4))
    async with at(chromium, house, again) as page:
        await expect(page.get_by_role("region", name="Attempts, told")).to_contain_text("no such charge")
        await press(page, "a")
        await told(page, "another attempt")
        await read(page, supplied)
        await press(page, "1")
        await page.get_by_role("region", name="The result").get_by_role("textbox").fill('{"refund": "re_1"}')
        await page.get_by_role("group", name="Decide").get_by_role("button", name="Supply the result").first.click()
        await told(page, "given its result by hand")
        await read(page, skipped)
        await press(page, "2 Enter")
        await told(page, "was skipped")
        await read(page, ended)
        await press(page, "r 1")
        await told(page, "was aborted")
    assert [outcome(house, one) for one in (again, supplied, skipped, ended)] == ["retry", "supply", "skip", "abort"]
    assert "re_1" in str(sheet(house, supplied)["decision"]["value"])


async def test_whether_it_happened_is_said_in_so_many_words(chromium: Browser, house: House):
    review = broken(house, "unknown")
    action = sheet(house, review)["row"]["action"]
    late = {"executor": "one", "fence": 1, "outcome": "failed", "value": {"error": "found it later"}}
    assert house("POST", f"/actions/{action}/settle", house.company.key(), json=late).status_code == 409
    async with at(chromium, house, review) as page:
        rows = page.get_by_role("region", name="Attempts, told").get_by_role("listitem")
        await expect(rows).to_contain_text(["nobody knows how it ended", "reported too late to count: failed"])
        await page.get_by_role("button", name="It did not happen").click()
        assert outcome(house, review) is None
        await press(page, "Enter")
        await told(page, "said not to have happened")
    assert outcome(house, review) == "not_happened"
