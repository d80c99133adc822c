"""The inbox and the wall in a real Chromium: how soon a change is painted, and what the first load weighs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from tests.browser.chromium import FLAGS, found

from . import wall
from .http import body
from .served import Served, served
from .timing import Figure, late
from .wire import Line, dialled, expect

SCRIPT: Final = Path(__file__).with_name("browser.js").read_text("utf-8")
LINES: Final = 4
CAPS: Final = {"open_reviews": 10_000, "asks_per_minute": 1_000_000, "burst": 10_000}


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows are open, how many change a second, for how many seconds."""

    rows: int
    rate: int
    seconds: float


FULL: Final = Amount(500, 100, 20.0)
QUICK: Final = Amount(500, 100, 6.0)
TINY: Final = Amount(10, 20, 0.5)


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


def run(folder: Path, amount: Amount) -> dict[str, Figure]:
    """The figures by the keys of `browser.toml`. Raises `NoBrowser`."""
    path = found()
    if path is None:
        raise NoBrowser("no Chromium is found: install one, or name it in HANDRAIL_CHROMIUM")
    with served(folder / "browser.db", 1, caps=CAPS) as at:
        return asyncio.run(_measured(path, at, amount))


async def _measured(path: str, at: Served, amount: Amount) -> dict[str, Figure]:
    async with dialled(at.url, 1) as (line,):
        asked = [await line.send("POST", "/v1/actions", at.keys[0], body(n)) for n in range(amount.rows)]
        reviews = [str(expect(one, 202)["review"]) for one in asked]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        frame = await _frame(browser)
        context = await _signed_in(browser, at)
        opened = await _review(browser, at, reviews[0])
        page = await context.new_page()
        loaded = await _first_load(page, at)
        changed = await _changes(page, amount, lambda: _change(at, reviews, amount))
        await page.close()
        runs = await wall.opened(at, amount.rows)
        watched = await wall.measured(await _signed_in(browser, at), at, runs, amount.rate, amount.seconds)
        await browser.close()
    return {**changed, **loaded, **opened, **watched, "frame": frame}


async def _signed_in(browser: Browser, at: Served) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await context.add_cookies([{"name": "handrail", "value": at.person, "url": at.url, "sameSite": "Strict"}])
    await context.add_init_script(SCRIPT)
    return context


async def _frame(browser: Browser) -> Figure:
    page = await browser.new_page()
    await page.evaluate(SCRIPT)
    frames: list[float] = await page.evaluate("handrailBench.frames(120)")
    await page.close()
    return Figure(late(frames), f"p50 {median(frames):.1f} ms")


async def _first_load(page: Page, at: Served) -> dict[str, Figure]:
    """What an empty cache has to fetch, and until when the first rows are there."""
    await page.goto(at.url + "/inbox")
    await page.get_by_text("Live", exact=True).wait_for()
    await page.locator("[data-id]").first.click()
    await page.locator("[data-pane=review] h1").wait_for()
    told: dict[str, Any] = await page.evaluate("handrailBench.load()")
    weights = {kind: Figure(early, f"{whole:.1f} KB with a review") for kind, (early, whole) in told["weights"].items()}
    return {"rows": Figure(told["rows"]), **weights}


async def _review(browser: Browser, at: Served, review: str) -> dict[str, Figure]:
    """What an empty cache has to fetch for one review, by its own address, and then to edit it."""
    context = await _signed_in(browser, at)
    page = await context.new_page()
    await page.goto(f"{at.url}/inbox/{review}")
    await page.locator("[data-settled=true]").wait_for()
    await page.keyboard.press("e")
    await page.get_by_role("region", name="Edit").wait_for()
    shown, whole = await page.evaluate("handrailBench.review()")
    await context.close()
    return {"review_script": Figure(shown), "editing_script": Figure(whole)}


async def _changes(page: Page, amount: Amount, change: Callable[[], Awaitable[None]]) -> dict[str, Figure]:
    """Rows change while one of them has the focus."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    focus = "document.activeElement.dataset.id ?? null"
    await page.locator("[data-id]").nth(3).focus()
    await page.mouse.move(0, 0)
    before, busy = await page.evaluate(focus), await _busy(session)
    await page.evaluate("handrailBench.begin()")
    began = time.perf_counter()
    await change()
    took = time.perf_counter() - began
    busy = (await _busy(session) - busy) / took
    told: dict[str, Any] = await page.evaluate("handrailBench.end()")
    painted, due = told["painted"], told["due"]
    detail = f"{len(painted):,} of {due:,} changes, {amount.rate * amount.seconds / took:.0f}/s"
    return {
        "paint": Figure(late(painted), detail),
        "paint_p50": Figure(median(painted)),
        "missed": Figure(1 - len(painted) / due),
        "focus": Figure(float(before is not None and await page.evaluate(focus) == before)),
        "busy": Figure(busy),
    }


async def _change(at: Served, reviews: list[str], amount: Amount) -> None:
    """Comments at an even pace, one row after another."""
    total = round(amount.rate * amount.seconds)
    began = time.perf_counter()

    async def say(line: Line, turn: int) -> None:
        for number, review in islice(enumerate(islice(cycle(reviews), total)), turn, None, LINES):
            await asyncio.sleep(max(0.0, began + number / amount.rate - time.perf_counter()))
            expect(await line.send("POST", f"/v1/reviews/{review}/comments", at.person, {"text": "seen"}), 200)

    async with dialled(at.url, LINES) as lines:
        await asyncio.gather(*(say(line, turn) for turn, line in enumerate(lines)))


async def _busy(session: CDPSession) -> float:
    told = await session.send("Performance.getMetrics")
    found: float = next(one["value"] for one in told["metrics"] if one["name"] == "TaskDuration")
    return found
