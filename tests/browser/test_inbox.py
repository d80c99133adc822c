"""The list in a real browser: what it shows, where it moves and where it must not, and its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.server.house import House

from .chromium import inspect, inspect_everywhere, watched
from .desk import ask, claim, decide, focused, order, question, row, staffed

EVIL = "<img src=x onerror=alert(1)>\u202e\u200b⟨U+0000⟩ {{constructor}}"

SMALL = """[...document.querySelectorAll("a, button, input")].filter((one) => one.checkVisibility())
    .map((one) => one.closest("label") ?? one).filter((one) => one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML)"""


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("inbox") / "a.db", demo=True) as found:
        yield found


async def open_inbox(page: Page, path: str = "/inbox") -> None:
    await page.goto(path)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_rows_come_change_and_go_as_it_happens(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        review = ask(house, risk="high")
        await expect(row(page, review)).to_contain_text("payments.refund")
        await expect(row(page, review)).to_contain_text("1240.00")
        await expect(row(page, review)).to_contain_text("High risk")
        await expect(page).to_have_title("(1) Inbox · Handrail")
        await expect(page.get_by_role("tab", name="For me 1")).to_be_visible()
        claim(house, review)
        await expect(row(page, review)).to_contain_text("claimed by user:ben")
        decide(house, review, "reject")
        await expect(row(page, review)).to_have_count(0)
        await expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
        await expect(page).to_have_title("Inbox · Handrail")
        await page.get_by_role("tab", name="Done").click()
        await expect(row(page, review)).to_contain_text(re.compile("Rejected by\\sben"))


async def test_the_number_on_the_rail_in_the_title_and_on_the_tab_is_one(chromium: Browser, house: House):
    mine = [ask(house, args={"amount": str(number)}) for number in range(3)]
    ask(house, declared={"reviewers": ["user:ben"]})
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        for left in (3, 2, 1):
            await expect(page).to_have_title(f"({left}) Inbox · Handrail")
            await expect(page.get_by_role("tab", name=f"For me {left}")).to_be_visible()
            await expect(page.get_by_role("link", name=f"Inbox {left} waiting for you")).to_be_visible()
            await expect(page.get_by_role("tab", name=f"Team {left + 1}")).to_be_visible()
            decide(house, mine[left - 1])
        await expect(page.get_by_role("tab", name="For me 0")).to_be_visible()


async def test_nothing_moves_under_the_pointer(chromium: Browser, house: House):
    first, second = ask(house, risk="high", args={"a": 1}), ask(house, risk="low", args={"a": 2})
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await row(page, second).hover()
        urgent = ask(house, risk="critical", args={"a": 3})
        decide(house, first)
        await expect(page.get_by_role("button", name="1 new")).to_be_visible()
        await expect(row(page, first)).to_contain_text(re.compile("Approved by\\sben"))
        assert await order(page) == [first, second]
        await inspect(page, "rows that wait and one that ended")
        await page.get_by_role("button", name="1 new").click()
        assert await order(page) == [urgent, second]
        another = ask(house, risk="critical", args={"a": 4}, declared={"within": "2h"})
        await expect(page.get_by_role("button", name="1 new")).to_be_visible()
        await page.mouse.move(900, 500)
        await expect(row(page, another)).to_be_visible()
        assert await order(page) == [another, urgent, second]


async def test_the_focus_stays_where_it_is_while_rows_change(chromium: Browser, house: House):
    asked = [ask(house, args={"a": number}) for number in range(5)]
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await row(page, asked[3]).focus()
        before = await order(page)
        for review in (asked[3], asked[1]):
            claim(house, review)
        decide(house, asked[0])
        urgent = ask(house, risk="critical")
        await expect(page.get_by_role("button", name="1 new")).to_be_visible()
        await expect(row(page, asked[3])).to_contain_text("claimed by user:ben")
        await expect(row(page, asked[0])).to_contain_text("Approved by")
        assert await focused(page) == asked[3]
        assert await order(page) == before
        await page.keyboard.press("j")
        assert (await order(page))[0] == urgent
        assert await focused(page) == asked[4]


async def test_keys_go_through_the_list_into_a_review_and_back(chromium: Browser, house: House):
    asked = [ask(house, args={"a": number}, risk=risk) for number, risk in enumerate(("critical", "high", "low"))]
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        for key, at in (("j", 0), ("ArrowDown", 1), ("j", 2), ("j", 2), ("k", 1), ("ArrowUp", 0)):
            await page.keyboard.press(key)
            await expect(page).to_have_url(f"{house.url}/inbox/{asked[at]}")
            await expect(row(page, asked[at])).to_have_attribute("aria-current", "true")
            await expect(page.locator("[aria-current=true]")).to_have_count(1)
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-pane=review] h1")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(house.url + "/inbox")
        await expect(row(page, asked[0])).to_be_focused()
        for tab in ("Team", "Done", "For me"):
            await page.keyboard.press("]")
            await expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("[")
        await expect(page.get_by_role("tab", name="Done")).to_have_attribute("aria-selected", "true")


async def test_the_sheet_shows_the_keys_that_do_something_now_and_others_are_dead_below_it(
    chromium: Browser, house: House
):
    ask(house)
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keys")
        await expect(sheet.get_by_text("Next review")).to_be_visible()
        await expect(sheet.get_by_text("Approve", exact=True)).to_have_count(0)
        await inspect_everywhere(page, "the sheet of keys")
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.keyboard.press("j")
        await expect(page).to_have_url(house.url + "/inbox")
        await page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()
        await page.keyboard.press("j")
        await page.locator("[data-pane=review] h1").wait_for()
        await page.keyboard.press("?")
        await expect(sheet.get_by_text("Back to the list, or close what is open")).to_be_visible()


async def test_a_search_is_kept_in_the_address_and_a_mistake_hides_nothing(chromium: Browser, house: House):
    refund = ask(house, risk="high")
    other = ask(house, "db.execute", args={"sql": "DROP TABLE orders"})
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await page.keyboard.press("/")
        await expect(page.get_by_label("Search")).to_be_focused()
        await page.keyboard.type("risk:>=high")
        await expect(row(page, other)).to_have_count(0)
        await expect(row(page, refund)).to_be_visible()
        await expect(page.get_by_text("1 of 2")).to_be_visible()
        await inspect_everywhere(page, "a search")
        await page.reload()
        await expect(page.get_by_label("Search")).to_have_value("risk:>=high")
        await expect(row(page, other)).to_have_count(0)
        await page.get_by_label("Search").fill("colour:red")
        await expect(page.get_by_text("There is no field “colour”.")).to_be_visible()
        await expect(row(page, other)).to_be_visible()
        await expect(row(page, refund)).to_be_visible()
        await inspect(page, "a mistake in a search")
        await page.get_by_label("Search").fill("nothing-like-it")
        await expect(page.get_by_text("Nothing fits this search.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("Search")).to_have_value("")
        await expect(row(page, other)).to_be_visible()
        await expect(page.get_by_label("Search")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("Search")).not_to_be_focused()


async def test_a_thousand_rows_are_known_and_two_hundred_drawn(chromium: Browser, house: House):
    many = 230
    for number in range(many):
        ask(house, args={"a": number})
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await expect(page.get_by_role("tab", name=f"For me {many}")).to_be_visible()
        await expect(page.locator("[data-id]")).to_have_count(200)
        await page.get_by_role("button", name="Show 30 more of 30").click()
        await expect(page.locator("[data-id]")).to_have_count(many)


async def test_alike_rows_fold_into_one_and_each_is_a_review_of_its_own(chromium: Browser, house: House):
    asked = {ask(house, args={"amount": "5.00"}) for _ in range(3)}
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        fold = page.get_by_role("button", name="3 that are alike")
        await expect(fold).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("[data-id]")).to_have_count(1)
        await inspect_everywhere(page, "a batch")
        await fold.click()
        await expect(page.locator("[data-id]")).to_have_count(3)
        assert set(await order(page)) == asked
        await inspect_everywhere(page, "an open batch")
        first = (await order(page))[0]
        await page.mouse.move(900, 500)
        await page.get_by_role("tab", name="For me").focus()
        decide(house, first)
        await expect(page.get_by_role("button", name="2 that are alike")).to_have_attribute("aria-expanded", "true")
        await expect(page.locator("[data-id]")).to_have_count(2)


async def test_every_kind_of_row_is_accessible_and_hostile_text_stays_text(chromium: Browser, house: House):
    for risk in ("critical", "high", "medium", "low", "unrated"):
        ask(house, risk=risk, args={EVIL: EVIL, "risk": risk}, declared={"within": "10m"})
    two = ask(house, args={"two": 2}, declared={"quorum": [["any", 2]]})
    decide(house, two)
    claim(house, ask(house, args={"claimed": True}))
    question(house, EVIL)
    ended = ask(house, args={"ended": True})
    decide(house, ended, "reject")
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await expect(row(page, two)).to_contain_text("1 of 2 approvals")
        await expect(page.locator(".list img")).to_have_count(0)
        await expect(page.get_by_text("⟨U+202E⟩").first).to_be_visible()
        await inspect_everywhere(page, "every kind of row")
        await page.emulate_media(forced_colors="active")
        await inspect(page, "in forced colours")
        await open_inbox(page, "/inbox?tab=done")
        await expect(row(page, ended)).to_be_visible()
        await inspect_everywhere(page, "done")


async def test_somebody_new_starts_the_demo_agent_from_the_empty_list(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await open_inbox(page)
        await expect(page.get_by_text("Nobody has asked yet.")).to_be_visible()
        await expect(page.get_by_text("@rail.approval")).to_be_visible()
        await inspect_everywhere(page, "nobody has asked")
        await page.get_by_role("button", name="Start the demo agent").click()
        await expect(page.locator("[data-id]").first).to_be_visible(timeout=30_000)


async def test_who_may_not_decide_begins_with_the_team_and_is_told(chromium: Browser, house: House):
    review = ask(house)
    async with watched(chromium, house.url, session=house.session("vera")) as context:
        page = await context.new_page()
        await open_inbox(page)
        assert await page.get_by_role("tab").first.text_content() != "For me"
        await expect(page.get_by_role("tab", name="Team 1")).to_have_attribute("aria-selected", "true")
        await expect(row(page, review)).to_be_visible()
        await page.get_by_role("button", name="account of").click()
        await expect(page.get_by_text("decide nothing")).to_be_visible()
        await inspect_everywhere(page, "the account")


async def test_a_server_that_fails_is_told_with_the_request_and_tried_again(chromium: Browser, house: House):
    review = ask(house)
    async with watched(chromium, house.url, session=house.session("ann"), expected=(503,)) as context:
        page = await context.new_page()
        answer = {"code": "unavailable", "detail": "The database does not answer.", "status": 503}
        await page.route("**/v1/inbox?*", lambda route: route.fulfill(
            status=503, json=answer, headers={"X-Request-Id": "req_made_up"}))  # fmt: skip
        await page.goto("/inbox")
        await expect(page.get_by_text("The database does not answer.")).to_be_visible()
        await expect(page.get_by_text("req_made_up")).to_be_visible()
        await inspect_everywhere(page, "a server that fails")
        await page.unroute("**/v1/inbox?*")
        await page.get_by_role("button", name="Try again").click()
        await expect(row(page, review)).to_be_visible()


async def test_on_a_phone_the_review_replaces_the_list_and_back_finds_it_again(chromium: Browser, house: House):
    asked = [ask(house, args={"a": number}) for number in range(30)]
    async with watched(chromium, house.url, session=house.session("ann"), width=390, has_touch=True) as context:
        page = await context.new_page()
        await open_inbox(page)
        low = await page.evaluate(SMALL)
        assert low == []
        last = (await order(page))[-1]
        await row(page, last).scroll_into_view_if_needed()
        await row(page, last).tap()
        await expect(page.locator("[data-pane=review] h1")).to_be_visible()
        await expect(page.locator(".list")).to_be_hidden()
        await page.go_back()
        await expect(row(page, last)).to_be_in_viewport()
        assert set(await order(page)) == set(asked)
