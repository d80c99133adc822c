"""Somebody at the page of a review: how tests open it, press keys in it, and look at what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import Browser, Page, expect

from tests.server.house import House

from .chromium import watched
from .desk import ask, decide

ARGS: Final = {"order": "O-1001", "amount": "48.00"}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"order": {"type": "string"}, "amount": {"type": "string"}},
    "required": ["order", "amount"],
    "additionalProperties": False,
}
FOLDED: Final = {"to": "nora", "lines": list(range(150)), "body": "word " * 800}


def refund(house: House, **given: Any) -> str:
    """An agent asks for a refund, with a schema; returns the id of the review."""
    return ask(house, **{"args": ARGS, "schema": SCHEMA, **given})


GONE: Final = {"error": "no such charge"}


def broken(house: House, outcome: str = "failed", value: Any = None, **given: Any) -> str:
    """An agreed action goes wrong, and people are asked what to do; returns the id of that review."""
    key = house.company.key()
    asked = refund(house, **given)
    decide(house, asked)
    action = sheet(house, asked)["row"]["action"]
    body = {"executor": "one", "bind": sheet(house, asked)["view"]["bind"]}
    found = house("POST", f"/actions/{action}/start", key, json=body).json()
    settle = {"executor": "one", "fence": found["fence"], "outcome": outcome, "value": value or GONE}
    answer = house("POST", f"/actions/{action}/settle", key, json={**settle, "escalate": outcome == "failed"})
    assert answer.status_code == 200, answer.text
    review: str = answer.json()["review"]
    return review


def state(house: House, review: str) -> dict[str, Any]:
    """A review as it is kept."""
    found: dict[str, Any] = house("GET", f"/reviews/{review}", house.session("ann")).json()["state"]
    return found


def outcome(house: House, review: str) -> str | None:
    """What was decided, or nothing."""
    made = state(house, review)["decision"]
    return made["outcome"] if made else None


def sheet(house: House, review: str) -> dict[str, Any]:
    """What the page of a review is made of."""
    found: dict[str, Any] = house("GET", f"/reviews/{review}/page", house.session("ann")).json()
    return found


@asynccontextmanager
async def at(chromium: Browser, house: House, review: str, who: str = "ann", **options: Any) -> AsyncIterator[Page]:
    """Somebody's page of a review, read and ready to be decided."""
    async with watched(chromium, house.url, session=house.session(who), **options) as context:
        page = await context.new_page()
        await read(page, review)
        yield page


async def read(page: Page, review: str) -> None:
    """Open a review, and read it: for a moment nothing can be decided."""
    await page.goto(f"/inbox/{review}")
    await settled(page)


async def settled(page: Page) -> None:
    """Wait until what is shown can be decided."""
    await expect(page.locator("#review-title")).to_be_visible()
    await expect(page.locator("[data-settled=true]")).to_be_visible()


async def press(page: Page, keys: str) -> None:
    """Press keys one after another."""
    for key in keys.split():
        await page.keyboard.press(key)


async def told(page: Page, words: str) -> None:
    """Wait for what is said after a decision."""
    await expect(page.locator(".toasts")).to_contain_text(words)
