"""One connection for all tabs of a browser: who holds it must not matter to what any of them shows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, expect

from tests.server.house import House

from .chromium import inspect_everywhere, watched
from .desk import ask, claim, decide, row, staffed

TABS = 10
PLAIN = "delete Navigator.prototype.locks; delete Crypto.prototype.randomUUID"
"""What pages over plain HTTP do not have."""


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("live") / "a.db", heartbeat=1.0) as found:
        yield found


class Streams:
    """The tabs that hold a connection, in the order in which they opened one."""

    def __init__(self, context: BrowserContext) -> None:
        self.holders: list[Page] = []
        context.on("request", self._seen)

    def _seen(self, request: Request) -> None:
        if "/v1/stream" in request.url:
            self.holders.append(request.frame.page)


async def opened(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto("/inbox")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return page


async def test_ten_tabs_share_one_connection_and_show_the_same(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        streams = Streams(context)
        pages = [await opened(context) for _ in range(TABS)]
        review = ask(house)
        for page in pages:
            await expect(row(page, review)).to_be_visible()
        claim(house, review)
        for page in pages:
            await expect(row(page, review)).to_contain_text("claimed by user:ben")
        assert len(streams.holders) == 1


def cut(house: House) -> None:
    """End every connection that is there; the next word of the server notices."""
    for reader in list(house.service.hubs.of("default")._watchers):
        reader.end()


async def close(page: Page) -> None:
    await page.close()


async def freeze(page: Page) -> None:
    await page.evaluate("document.dispatchEvent(new Event('freeze', { bubbles: true }))")


async def crash(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        never = asyncio.ensure_future(session.send("Page.crash"))
    never.cancel()


async def hang(page: Page) -> None:
    """The page keeps its locks and its connection, and does nothing any more."""
    session = await page.context.new_cdp_session(page)
    await session.send("Debugger.enable")
    paused = asyncio.Event()
    session.on("Debugger.paused", lambda _: paused.set())
    await session.send("Debugger.pause")
    await asyncio.wait_for(paused.wait(), 30)


@pytest.mark.parametrize("end", [close, freeze, crash, pytest.param(hang, marks=pytest.mark.nightly)])
async def test_another_tab_takes_over_and_misses_nothing(
    chromium: Browser, house: House, end: Callable[[Page], Awaitable[None]]
):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        streams = Streams(context)
        first, second, third = [await opened(context) for _ in range(3)]
        assert streams.holders == [first]
        before = ask(house, args={"a": 1})
        await expect(row(third, before)).to_be_visible()
        await end(first)
        after = ask(house, args={"a": 2})
        decide(house, before)
        for page in (second, third):
            await expect(row(page, after)).to_be_visible(timeout=30_000)
            await expect(row(page, before)).to_have_count(0)
        assert streams.holders[0] is first
        assert set(streams.holders[1:]) <= {second, third}
        assert len(streams.holders) > 1


async def test_a_tab_that_was_frozen_catches_up(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        first, second = [await opened(context) for _ in range(2)]
        await freeze(second)
        asked = [ask(house, args={"a": number}) for number in range(3)]
        decide(house, asked[0])
        await expect(row(first, asked[2])).to_be_visible()
        await expect(row(second, asked[2])).to_have_count(0)
        await second.evaluate("document.dispatchEvent(new Event('resume', { bubbles: true }))")
        await expect(row(second, asked[2])).to_be_visible()
        await expect(row(second, asked[1])).to_be_visible()
        await expect(row(second, asked[0])).to_have_count(0)


async def test_a_lost_connection_is_told_and_what_happened_meanwhile_is_caught_up(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann"), expected=(503,)) as context:
        page = await opened(context)
        asked = [ask(house, args={"a": number}) for number in range(3)]
        await expect(row(page, asked[2])).to_be_visible()
        await context.route("**/v1/stream*", lambda route: route.fulfill(status=503))
        cut(house)
        lost = re.compile(r"Not live, last update \d\d:\d\d:\d\d\. Trying again\.")
        await expect(page.get_by_text(lost)).to_be_visible()
        await inspect_everywhere(page, "not live")
        decide(house, asked[0])
        after = ask(house, args={"a": "meanwhile"})
        await context.unroute("**/v1/stream*")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        await expect(row(page, after)).to_be_visible()
        await expect(row(page, asked[0])).to_have_count(0)
        await expect(page.get_by_text("Not live")).to_have_count(0)


async def test_signing_out_in_one_tab_reaches_all(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann"), expected=(401,)) as context:
        pages = [await opened(context) for _ in range(3)]
        await pages[1].get_by_role("button", name="account of").click()
        await pages[1].get_by_role("button", name="Sign out").click()
        for page in pages:
            await expect(page).to_have_url(f"{house.url}/login?next=%2Finbox")


async def test_a_session_that_ends_elsewhere_leads_to_the_door_and_back(chromium: Browser, house: House):
    review = ask(house)
    token = house.session("ann")
    async with watched(chromium, house.url, session=token, expected=(401,)) as context:
        pages = [await opened(context) for _ in range(2)]
        await pages[0].goto(f"/inbox/{review}?tab=team")
        assert house("DELETE", "/sessions/current", token).status_code == 204
        cut(house)
        await expect(pages[1]).to_have_url(f"{house.url}/login?next=%2Finbox")
        await expect(pages[0]).to_have_url(f"{house.url}/login?next=%2Finbox%2F{review}%3Ftab%3Dteam")


async def test_without_locks_every_tab_has_its_own_connection_and_says_so_once(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        await context.add_init_script(PLAIN)
        streams = Streams(context)
        pages = [await opened(context) for _ in range(2)]
        review = ask(house)
        for page in pages:
            await expect(row(page, review)).to_be_visible()
        assert set(streams.holders) == set(pages)
        await expect(pages[0].get_by_text("Over plain HTTP")).to_be_visible()
        await inspect_everywhere(pages[0], "a connection for each tab")
        await pages[0].get_by_role("button", name="Understood").click()
        await expect(pages[0].get_by_text("Over plain HTTP")).to_have_count(0)
        await pages[1].set_viewport_size({"width": 1440, "height": 900})
        await row(pages[1], review).click()
        await pages[1].get_by_role("button", name="Claim").click()
        for page in pages:
            await expect(row(page, review)).to_contain_text("claimed by you")
        again = await opened(context)
        await expect(again.get_by_text("Over plain HTTP")).to_have_count(0)
