"""The page of a review in each of its states: accessible, within the window, nothing to decide where nothing may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.server.house import House

from .chromium import inspect, inspect_everywhere, watched
from .desk import claim, decide, question, staffed
from .reading import ARGS, FOLDED, at, broken, press, refund, settled

EVIL = "<img src=x onerror=alert(1)>\u202e\u200b⟨U+0000⟩ {{constructor}} <b>verified</b> ![a](http://x.test/a.png)"
HOSTILE: dict[str, Any] = {
    "to": EVIL, "token": "sk_live_4eC39HqLyjWDarjtT1zdp7dc", EVIL: [EVIL, {"deep": {"er": [1, None, True, {}]}}],
    "body": (EVIL + "\n") * 200,
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("states") / "a.db", demo=True) as found:
        yield found


async def test_hostile_text_stays_text_everywhere(chromium: Browser, house: House):
    review = refund(house, args=HOSTILE, schema={}, story={"description": EVIL * 80, EVIL: EVIL}, context={EVIL: EVIL})
    async with at(chromium, house, review) as page:
        assert await page.locator(".rev img, .rev b:text('verified')").count() == 0
        await expect(page.get_by_text("⟨U+202E⟩").first).to_be_visible()
        await expect(page.get_by_text("Agent says, not verified")).to_be_visible()
        assert "4eC39HqLyjWDarjtT1zdp7dc" not in await page.locator(".rev").inner_text()
        await press(page, "o o")
        await inspect_everywhere(page, "hostile")


@pytest.mark.nightly
async def test_the_page_is_accessible_while_deciding(chromium: Browser, house: House):
    review = refund(
        house, risk="high", args=ARGS, story={"description": "please"}, declared={"then": [["user:ben", None]]}
    )
    async with at(chromium, house, review) as page:
        await inspect_everywhere(page, "at rest")
        for keys in ("a", "r", "b", "q", "u"):
            await press(page, keys)
            await expect(page.locator(".strip")).to_be_visible()
            await inspect_everywhere(page, f"after {keys}")
            await press(page, "Escape")
            await expect(page.locator(".strip")).to_have_count(0)
        await press(page, "d")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await inspect(page, "delegate")
        await press(page, "Escape")
        await press(page, "e")
        await page.get_by_label("amount").first.fill("1")
        await inspect_everywhere(page, "editing")
        await press(page, "Control+Enter")
        await inspect_everywhere(page, "edited")


@pytest.mark.nightly
async def test_letting_the_like_run_is_accessible_too(chromium: Browser, house: House):
    async with at(chromium, house, refund(house, reversible=True)) as page:
        await page.get_by_role("button", name="And the like").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await inspect(page, "and the like")
        await press(page, "Escape")
        await inspect_everywhere(page, "with the like")


@pytest.mark.nightly
async def test_other_kinds_are_accessible_too(chromium: Browser, house: House):
    for review in (question(house, options=["a", "b"]), question(house), broken(house), broken(house, "unknown")):
        async with at(chromium, house, review) as page:
            await inspect_everywhere(page, "another kind")


async def test_what_is_over_is_a_record_without_buttons(chromium: Browser, house: House):
    decided, withdrawn = refund(house), refund(house)
    decide(house, decided, "reject")
    async with at(chromium, house, decided) as page:
        await expect(page.get_by_role("region", name="Record")).to_contain_text("ben rejected this")
        await expect(page.get_by_role("region", name="Record")).to_contain_text("“so”")
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
        await inspect_everywhere(page, "decided")
    async with at(chromium, house, withdrawn) as page:
        action = house("GET", f"/reviews/{withdrawn}", house.session("ann")).json()["state"]["action"]
        await press(page, "r")
        assert house("POST", f"/actions/{action}/withdraw", house.company.key(), json={}).status_code == 200
        await expect(page.get_by_role("region", name="Record")).to_contain_text("Withdrawn.")
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)


async def test_who_may_not_decide_reads_why(chromium: Browser, house: House):
    review = refund(house)
    async with at(chromium, house, review, who="vera") as page:
        await expect(page.get_by_role("note")).to_contain_text("permission to decide")
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
        await press(page, "a r c")
        await inspect_everywhere(page, "refused")


async def test_a_review_that_is_not_there_and_a_server_that_fails(chromium: Browser, house: House):
    review = refund(house)
    async with watched(chromium, house.url, session=house.session("ann"), expected=(404, 500)) as context:
        page = await context.new_page()
        await page.goto(f"/inbox/rev_{'0' * 26}")
        await expect(page.get_by_text("There is no such review")).to_be_visible()
        await inspect(page, "not found")
        failing = {"code": "broken", "detail": "the server failed", "status": 500}
        await page.route(
            "**/page", lambda route: route.fulfill(status=500, json=failing, headers={"x-request-id": "req_1"})
        )
        await page.goto(f"/inbox/{review}")
        await expect(page.get_by_text("Request req_1")).to_be_visible()
        await page.unroute("**/page")
        await page.get_by_role("button", name="Try again").click()
        await settled(page)


async def test_what_others_do_shows_without_moving_what_is_read(chromium: Browser, house: House):
    review = refund(house, args=FOLDED, schema={})
    async with at(chromium, house, review) as page:
        await press(page, "o")
        await page.locator(".scroll").evaluate("(one) => one.scrollTo(0, 300)")
        before = await page.locator("#at\\:args\\.lines").bounding_box()
        claim(house, review)
        await expect(page.get_by_text("ben is at it").first).to_be_visible()
        comment = {"text": "I am asking the customer."}
        house("POST", f"/reviews/{review}/comments", house.session("ben"), json=comment)
        await expect(page.get_by_text("I am asking the customer.")).to_be_visible()
        assert await page.locator("#at\\:args\\.lines").bounding_box() == before


async def test_on_a_phone_it_is_decided_with_one_hand(chromium: Browser, house: House):
    review = refund(house)
    async with at(chromium, house, review, width=390, has_touch=True) as page:
        bar = page.get_by_role("group", name="Decide")
        for name in ("Reject", "Approve"):
            box = await bar.get_by_role("button", name=name).bounding_box()
            assert box
            assert box["height"] >= 44
        last = page.get_by_role("region", name="Written by the agent, not verified")
        await last.scroll_into_view_if_needed()
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        end, top = await last.bounding_box(), await bar.bounding_box()
        assert end
        assert top
        assert end["y"] + end["height"] <= top["y"]
        await bar.get_by_role("button", name="More").tap()
        await inspect(page, "more")
        await bar.get_by_role("button", name="Send back").tap()
        await page.get_by_label("Note", exact=True).fill("Take the other order.")
        await bar.get_by_role("button", name="Send back").first.tap()
        await expect(page.locator(".toasts")).to_contain_text("was sent back")
