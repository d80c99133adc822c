"""The demo in a real browser: what a classifier is unsure of and what could not be filed wait in the same inbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.demo import Demo, running

from .chromium import inspect_everywhere, size_of, watched

SOON = 30_000
"""Milliseconds in which the agents have asked."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as found:
        yield found


@asynccontextmanager
async def came(chromium: Browser, demo: Demo, who: str) -> AsyncIterator[Page]:
    """The window of somebody who came by the link that the demo printed."""
    link = urlsplit(demo.link(who))
    async with watched(chromium, f"{link.scheme}://{link.netloc}") as context:
        page = await context.new_page()
        await page.goto(link.geturl())
        await page.get_by_role("button", name="Sign in").click()
        await page.locator("[data-id]").first.wait_for(timeout=SOON)
        yield page


@asynccontextmanager
async def inbox(chromium: Browser, demo: Demo, who: str) -> AsyncIterator[Page]:
    """The inbox of somebody, once the agents have asked."""
    async with came(chromium, demo, who) as page:
        await expect(page.locator("[data-id]").filter(has_text="books.file")).to_have_count(1, timeout=SOON)
        checks = page.locator("[data-id]").filter(has_text="tickets.triage").filter(has_text="Check")
        await expect(checks).to_have_count(2, timeout=SOON)
        yield page


async def looked_at(page: Page, where: str) -> None:
    """Wide and narrow, light and dark, and then as before."""
    await inspect_everywhere(page, where)
    await page.set_viewport_size(size_of(1440))


async def test_a_check_is_corrected_and_what_failed_is_tried_again(chromium: Browser, demo: Demo):
    async with inbox(chromium, demo, "ann") as page:
        check = page.locator("[data-id]").filter(has_text='team "delivery"').filter(has_text="Check")
        await expect(check).to_contain_text("Check")
        await expect(page.locator("[data-id]").filter(has_text="books.file")).to_contain_text("Exception")
        await check.click()
        await expect(page.get_by_text("The agent is less sure than it has to be")).to_be_visible()
        await looked_at(page, "a check of the demo")
        await page.get_by_role("button", name="Edit").click()
        await page.get_by_label("team").select_option("accounts")
        await page.get_by_role("button", name="Done").click()
        await page.get_by_role("button", name="with 1 edit").click()
        await expect(check).to_have_count(0)
        demo.line("triage-agent", "T-1047", "accounts")
        failed = page.locator("[data-id]").filter(has_text="books.file")
        await failed.click()
        attempts = page.get_by_label("Attempts, told by the agent").get_by_role("listitem")
        await expect(attempts).to_have_count(4)
        await expect(attempts.first).to_contain_text("come again later")
        await looked_at(page, "a failure of the demo")
        await page.get_by_role("button", name="Retry").click()
        await expect(failed).to_have_count(0)
    demo.line("books-agent", "2026-11-21", "filed")


async def test_a_looping_agent_is_let_go_on_from_the_wall(chromium: Browser, demo: Demo):
    async with came(chromium, demo, "ben") as page:
        await page.goto("/oversight")
        looping = page.locator("article").filter(has_text="Loop")
        await expect(looping).to_contain_text("price-agent", timeout=SOON)
        await looped(page, looping)
        demo.line("price-agent", "told", "leaves out what has no answer")


async def looped(page: Page, looping: Locator) -> None:
    """Open what loops, tell the agent something, and let it go on."""
    await looping.locator("[data-id]").click()
    drawer = page.get_by_role("complementary", name="Run")
    await drawer.get_by_label("Guide this agent").fill("leave out what has no answer")
    await drawer.get_by_role("button", name="Send").click()
    await drawer.get_by_role("button", name="Resume").click()
    await expect(looping).to_have_count(0)
