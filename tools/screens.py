"""Takes the pictures of the documentation from the demo company: `python -m tools.screens`; it needs a Chromium."""

from __future__ import annotations

import asyncio
import queue
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from examples.shop import bookkeeper
from examples.shop.company import Company
from examples.shop.demo import AGENTS, Agents
from examples.shop.place import State
from tests.browser.chromium import FLAGS, found

from .palette import smaller

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
LIMIT: Final = 350_000
"""Bytes that a picture may have."""
WAITING: Final = 15
"""Reviews that the demo's agents ask for at once."""
STEPS: Final = 4
"""Of the migration, that a picture of the wall shows."""
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1.5}
HAND: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True
}  # fmt: skip


@contextmanager
def demo() -> Iterator[Company]:
    """The demo company at work in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        state.prepare(fresh=True)
        company = Company(state, 0)
        with bookkeeper.open_for(state.books) as office:
            agents = Agents(state, company, office, queue.Queue())
            try:
                company.open()
                for name in AGENTS:
                    agents.start(name)
                yield company
            finally:
                agents.stop()
                company.close()


async def signed_in(browser: Browser, company: Company, who: str, **look: Any) -> BrowserContext:
    """A window of one of the two reviewers."""
    context = await browser.new_context(base_url=company.url, reduced_motion="reduce", **look)
    page = await context.new_page()
    await page.goto(company.link(who))
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("[data-id]").nth(WAITING - 1).wait_for()
    await page.close()
    return context


async def opened(context: BrowserContext, words: str, path: str = "/inbox") -> Page:
    """The review whose line in the list has these words."""
    page = await context.new_page()
    await page.goto("/inbox")
    row = page.locator("[data-id]").filter(has_text=words).first
    review = await row.get_attribute("data-id")
    await page.goto(f"{path}/{review}")
    await page.locator("h1").last.wait_for()
    await page.evaluate("document.fonts.ready")
    return page


async def take(page: Page, name: str, browser: Browser, whole: bool = False) -> None:
    """Keep what the page shows."""
    blank = await browser.new_page()
    picture = await smaller(blank, await page.screenshot(full_page=whole))
    await blank.close()
    assert len(picture) < LIMIT, f"{name}.png has {len(picture):,} bytes, more than {LIMIT:,}"
    (IMAGES / f"{name}.png").write_bytes(picture)


async def an_edit(browser: Browser, context: BrowserContext) -> None:
    """A refund in the list and open beside it, with a smaller amount written by the reviewer."""
    page = await opened(context, "cracked boiler")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("amount").fill("380.00")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Approve with 1 edit").wait_for()
    await take(page, "inbox-light", browser)


async def a_trap(browser: Browser, context: BrowserContext) -> None:
    """A refund whose reason hides characters and presses the reader."""
    await take(await opened(context, "URGENT"), "inbox-dark", browser)


async def a_vote(browser: Browser, desk: BrowserContext, hand: BrowserContext) -> None:
    """A merge that one of two people has approved, on a phone."""
    page = await opened(desk, "customers.merge")
    await page.locator("[data-settled=true]").wait_for()
    await page.get_by_role("button", name="Approve").click()
    await page.locator(".strip button[type=submit]").click()
    await page.locator(".toasts").filter(has_text="1 more").wait_for()
    await take(await opened(hand, "customers.merge"), "review-phone", browser)


async def without_script(browser: Browser, context: BrowserContext, words: str) -> None:
    """The page of a refund for browsers without script."""
    address = (await opened(context, words, "/d")).url
    plain = await browser.new_context(java_script_enabled=False, storage_state=await context.storage_state(), **DESK)
    page = await plain.new_page()
    await page.goto(address)
    await take(page, "decide-without-script", browser, whole=True)


async def a_wall(browser: Browser, context: BrowserContext, name: str) -> None:
    """Agents under watch: one that a monitor has paused, some that wait for people, and a migration that is open."""
    page = await context.new_page()
    await page.goto("/oversight")
    await page.locator("article").filter(has_text="Loop").wait_for()
    await page.locator("article [data-id]").filter(has_text="migration-agent").click()
    drawer = page.get_by_role("complementary", name="Run")
    await drawer.get_by_role("listitem").nth(STEPS).wait_for()
    await page.evaluate("document.fonts.ready")
    await take(page, name, browser)


async def main() -> None:
    """All pictures."""
    chromium = found()
    if chromium is None:
        raise SystemExit("no Chromium is found: install one, or name it in HANDRAIL_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        with demo() as company:
            light = await signed_in(browser, company, "ann", color_scheme="light", **DESK)
            await an_edit(browser, light)
            await without_script(browser, light, "Charged twice")
            dark = await signed_in(browser, company, "ann", color_scheme="dark", **DESK)
            await a_trap(browser, dark)
            await a_wall(browser, light, "oversight-light")
            await a_wall(browser, dark, "oversight-dark")
            ben = await signed_in(browser, company, "ben", **DESK)
            await a_vote(browser, ben, await signed_in(browser, company, "ann", **HAND))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
