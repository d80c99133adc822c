"""In a hurry, on a bad line, in two windows, with the wrong clock: nothing is decided twice or by accident, and nothing
that was written is lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from handrail.clock import SystemClock
from tests.server.company import Company
from tests.server.house import House, serving

from .chromium import LOST, fits, watched
from .desk import ask, decide, frozen, question, reading, row, staffed
from .reading import at, outcome, press, read, refund, settled, sheet, told

LONG = "a-name-that-does-not-end-" * 8
HOURS = 3_600_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("flows") / "a.db", demo=True) as found:
        yield found


async def votes(house: House, review: str) -> list[str]:
    """What was done with a review, in order."""
    return [one["type"] for one in sheet(house, review)["talk"]]


async def test_a_double_click_decides_once_and_only_this(chromium: Browser, house: House):
    first, second = refund(house, risk="low"), refund(house, risk="low")
    sent: list[str] = []
    async with at(chromium, house, first) as page:
        page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/decisions") else None)
        await page.get_by_role("button", name="Approve", exact=True).dblclick()
        await told(page, "was approved")
        await settled(page)
    assert [outcome(house, one) for one in (first, second)] == ["approve", None]
    assert len(sent) == 1
    decide(house, second)


async def test_yes_and_no_at_the_same_moment_are_one_decision_and_the_other_hears_of_it(
    chromium: Browser, house: House
):
    review = refund(house, risk="low")
    async with (
        at(chromium, house, review, expected=(409,)) as yes,
        at(chromium, house, review, "ben", expected=(409,)) as no,
    ):
        await press(no, "r")
        together = asyncio.Barrier(2)

        async def wait(route: Route) -> None:
            await together.wait()
            await route.continue_()

        for page in (yes, no):
            await page.route("**/decisions", wait)
        await asyncio.gather(press(yes, "a"), press(no, "1"))
        for page in (yes, no):
            await expect(page.get_by_role("region", name="Record")).to_be_visible()
        made = outcome(house, review)
        assert made in ("approve", "reject")
        word = "approved" if made == "approve" else "rejected"
        for page in (yes, no):
            await expect(page.get_by_role("region", name="Record")).to_contain_text(f"{word} this")


async def test_a_reload_while_the_answer_is_on_its_way_shows_what_became_of_it(chromium: Browser, house: House):
    review = refund(house, risk="low")
    async with at(chromium, house, review) as page:
        arrived = asyncio.Event()

        async def late(route: Route) -> None:
            await route.fetch()
            arrived.set()

        await page.route("**/decisions", late)
        await press(page, "a")
        await arrived.wait()
        await page.reload()
        await expect(page.get_by_role("region", name="Record")).to_contain_text("approved this")
    assert outcome(house, review) == "approve"


async def test_a_slow_line_shows_an_empty_page_on_which_nothing_can_be_decided(chromium: Browser, house: House):
    review = refund(house, risk="low")
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        go = asyncio.Event()

        async def slow(route: Route) -> None:
            await go.wait()
            await route.continue_()

        await page.route("**/page", slow)
        await page.goto(f"/inbox/{review}")
        await expect(row(page, review)).to_be_visible()
        await press(page, "a r 1 a Enter")
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
        go.set()
        await settled(page)
        await expect(page.get_by_role("group", name="Decide")).to_be_visible()
    assert outcome(house, review) is None


async def test_a_server_that_starts_anew_finds_what_was_begun_and_the_line_comes_back(
    chromium: Browser, tmp_path: Path
):
    company = Company(tmp_path / "a.db", SystemClock())
    try:
        with serving(company) as house:
            company.person("ann", "treasury")
            review, session, port = refund(house, risk="low"), house.session("ann"), int(house.url.rsplit(":", 1)[1])
        async with watched(chromium, house.url, session=session, expected=(LOST, 503)) as context:
            with serving(company, port=port):
                page = await context.new_page()
                await read(page, review)
                await press(page, "n")
                await page.keyboard.type("as agreed")
                await press(page, "Control+Enter")
            await expect(page.get_by_text("Not live")).to_be_visible()
            await press(page, "a")
            await expect(page.get_by_text("Not sent.")).to_be_visible()
            await expect(page.get_by_label("Note to the agent")).to_have_value("as agreed")
            with serving(company, port=port) as house:
                await page.get_by_role("button", name="Try again").click()
                await told(page, "was approved")
                await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
                assert sheet(house, review)["decision"]["note"] == "as agreed"
    finally:
        company.close()


async def test_a_session_that_ends_while_somebody_writes_costs_a_sign_in_and_nothing_else(
    chromium: Browser, house: House
):
    review, token = refund(house, risk="low"), house.session("ann")
    async with watched(chromium, house.url, session=token, expected=(401,)) as context:
        page = await context.new_page()
        await read(page, review)
        await press(page, "n")
        await page.keyboard.type("as agreed by mail")
        assert house("DELETE", "/sessions/current", token).status_code == 204
        await press(page, "Control+Enter a")
        await expect(page).to_have_url(f"{house.url}/login?next=%2Finbox%2F{review}")
        again = {"name": "handrail", "value": house.session("ann"), "url": house.url, "sameSite": "Strict"}
        await context.add_cookies([again])  # type: ignore[list-item]
        await read(page, review)
        await expect(page.get_by_label("Note to the agent")).to_have_value("as agreed by mail")
        assert outcome(house, review) is None
        await press(page, "a")
        await told(page, "was approved")
    assert sheet(house, review)["decision"]["note"] == "as agreed by mail"


@pytest.mark.parametrize("off", [-2 * HOURS, 2 * HOURS], ids=["behind", "ahead"])
async def test_a_wrong_clock_and_another_time_zone_change_no_deadline(chromium: Browser, house: House, off: int):
    review = refund(house, declared={"within": "50m", "undo": "10m"})
    session = house.session("ann")
    async with watched(chromium, house.url, session=session, timezone_id="Asia/Kolkata", locale="de-DE") as context:
        page = await context.new_page()
        await page.goto("/login")
        await page.clock.install(time=await page.evaluate("Date.now()") / 1000 + off / 1000)
        await read(page, review)
        left = re.compile(r"(49:\d\d|50:00|49 min)")
        await expect(page.get_by_role("timer")).to_contain_text(left)
        await expect(row(page, review)).to_contain_text(left)
        await press(page, "a")
        await told(page, "was approved")
        await press(page, "z")
        await told(page, "Taken back")
    assert outcome(house, review) is None
    decide(house, review)


@pytest.mark.parametrize("who", ["vera", "otto"])
async def test_who_may_not_decide_opens_a_link_reads_and_has_no_key_that_decides(
    chromium: Browser, house: House, who: str
):
    review = refund(house, risk="low")
    house.company.person("otto")
    async with watched(chromium, house.url, session=house.session(who)) as context:
        page = await context.new_page()
        await frozen(page)
        await reading(page, review)
        await press(page, "a Enter r 1 b c e z d u")
        await expect(page.get_by_role("group", name="Decide")).to_have_count(0)
        await expect(page.locator(".rev")).to_contain_text("48.00")
        await expect(page.locator(".strip")).to_have_count(0)
        await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await votes(house, review) == []
    decide(house, review)


async def test_back_and_forward_go_through_what_was_read(chromium: Browser, house: House):
    one, two = refund(house, args={"amount": "1.00"}, risk="high"), ask(house, "mail.send", args={"to": "nora"})
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto("/inbox")
        await row(page, one).click()
        await settled(page)
        await press(page, "r")
        await expect(page.locator(".strip")).to_be_visible()
        await row(page, two).click()
        await expect(page.locator("#review-title")).to_contain_text("mail.send")
        await expect(page.locator(".strip")).to_have_count(0)
        await page.go_back()
        await expect(page).to_have_url(house.url + "/inbox")
        await expect(page.locator("#review-title")).to_have_count(0)
        await press(page, "a")
        await page.go_forward()
        await expect(page).to_have_url(f"{house.url}/inbox/{two}")
        await settled(page)
        await press(page, "a")
        await told(page, "mail.send was approved")
    assert [outcome(house, review) for review in (one, two)] == [None, "approve"]
    decide(house, one)


async def test_names_without_end_break_no_page(chromium: Browser, house: House):
    key = house.company.key(LONG)
    body = {"name": "n" * 200, "args": {"k" * 300: "v" * 300}, "risk": "high", "declared": {"pattern": "approval",
            "reviewers": ["group:treasury"], "within": "4h"}}  # fmt: skip
    review = house("POST", "/actions", key, json=body).json()["review"]
    asked = question(house, "w" * 300, options=["o" * 300, "p" * 300])
    async with watched(chromium, house.url, session=house.session("ann"), width=320) as context:
        page = await context.new_page()
        for path in (f"/inbox/{review}", f"/inbox/{asked}", "/inbox", f"/d/{review}", f"/d/{asked}", "/d"):
            await page.goto(path)
            await expect(page.locator("main")).to_contain_text(re.compile("n{9}|w{9}"))
            await fits(page, path)
