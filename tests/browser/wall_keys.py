"""What the keys of the wall do, for the test of all keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from playwright.async_api import Page, expect

from tests.server.house import House
from tests.server.running import Agent

from .desk import DEAD


async def _opened(page: Page, house: House) -> str:
    run = Agent(house).open("Restore the sync", supervisors=["user:ann"])
    await page.goto(f"/oversight/{run}")
    await expect(page.locator("aside header h2")).to_be_visible()
    await page.clock.run_for(DEAD)
    await page.clock.resume()
    return run


def _status(house: House, run: str) -> tuple[str, str | None]:
    state = house("GET", f"/runs/{run}", house.session("ann")).json()["state"]
    return state["status"], state["control"] and state["control"]["kind"]


async def moves(page: Page, house: House, key: str) -> None:
    """The next or the previous run gets the focus."""
    runs = [Agent(house).open(title, supervisors=["user:ann"]) for title in ("one", "two")]
    on = key in ("j", "ArrowDown")
    await page.goto(f"/oversight/{runs[0 if on else 1]}")
    await expect(page.locator(f"[data-id={runs[1 if on else 0]}]")).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.locator(f"[data-id={runs[1 if on else 0]}]")).to_be_focused()


async def chooses(page: Page, house: House, key: str) -> None:
    """The run that is open is chosen, and left again."""
    await _opened(page, house)
    await page.keyboard.press(key)
    await expect(page.get_by_role("group", name="What is chosen")).to_contain_text("1 run chosen")
    await page.keyboard.press(key)
    await expect(page.get_by_role("group", name="What is chosen")).to_have_count(0)


async def pauses(page: Page, house: House, key: str) -> None:
    """The run is paused, and goes on."""
    run = await _opened(page, house)
    await page.keyboard.press(key)
    await expect(page.get_by_role("button", name="Resume").last).to_be_visible()
    assert _status(house, run) == ("paused", "pause")
    await page.keyboard.press(key)
    await expect(page.get_by_role("button", name="Pause").last).to_be_visible()
    assert _status(house, run) == ("running", "resume")


async def interrupts(page: Page, house: House, key: str) -> None:
    """Its step is interrupted."""
    run = await _opened(page, house)
    await page.keyboard.press(key)
    await expect(page.locator("aside")).to_contain_text("Interrupt asked by ann")
    assert _status(house, run) == ("paused", "interrupt")


async def guides(page: Page, house: House, key: str) -> None:
    """What its agent is told can be written."""
    await _opened(page, house)
    await page.keyboard.press(key)
    await expect(page.get_by_label("Guide this agent")).to_be_focused()


async def stops(page: Page, house: House, key: str) -> None:
    """The first of two steps: nothing is stopped yet."""
    run = await _opened(page, house)
    await page.keyboard.press(key)
    await expect(page.get_by_role("dialog", name="Stop this run for good")).to_be_visible()
    assert _status(house, run) == ("running", None)


CASES: Final[dict[str, Callable[[Page, House, str], Awaitable[None]]]] = {
    "next-run": moves, "previous-run": moves, "choose": chooses, "pause": pauses, "interrupt": interrupts,
    "guide": guides, "stop": stops,
}  # fmt: skip
