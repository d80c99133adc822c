"""A company at work for browser tests: what its agents ask, and what people do elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Locator, Page, expect

from handrail.clock import SystemClock
from handrail.server.settings import Caps
from tests.server.house import House, opened

DEAD: Final = 400
"""Milliseconds for which nothing is decided after what is shown has changed."""
BUSY: Final = Caps(open_reviews=2_000, asks_per_minute=1_000_000, burst=2_000)
DECLARED: Final[dict[str, Any]] = {"pattern": "approval", "reviewers": ["group:treasury"], "within": "4h"}
REFUND: Final[dict[str, Any]] = {"charge": "ch_3QxT7vK2eZvKYlo81", "amount": "1240.00", "currency": "USD"}


@contextmanager
def staffed(path: Path, **settings: Any) -> Iterator[House]:
    """A server on the machine's clock, with two who decide and one who only reads."""
    with opened(path, clock=SystemClock(), caps=BUSY, **settings) as house:
        for handle in ("ann", "ben"):
            house.company.person(handle, "treasury")
        house.company.person("vera", roles=("viewer",))
        yield house


def ask(house: House, name: str = "payments.refund", **given: Any) -> str:
    """An agent asks; returns the id of the review."""
    declared = {**DECLARED, **given.pop("declared", {})}
    body = {"name": name, "args": REFUND, "risk": "medium", "declared": declared, **given}
    found: str = house("POST", "/actions", house.company.key(), json=body).json()["review"]
    return found


def question(house: House, words: str = "Which supplier?", **given: Any) -> str:
    """An agent asks a question; returns the id of the review."""
    body = {"question": words, "to": ["group:treasury"], "within": "4h", **given}
    found: str = house("POST", "/ask", house.company.key(), json=body).json()["review"]
    return found


def decide(house: House, review: str, outcome: str = "approve", by: str = "ben") -> None:
    """Somebody decides, away from the browser."""
    key = house.session(by)
    view = house("GET", f"/reviews/{review}", key).json()["state"]["view"]
    answer = house("POST", f"/reviews/{review}/decisions", key, json={"outcome": outcome, "view": view, "note": "so"})
    assert answer.status_code == 200, answer.text


def claim(house: House, review: str, by: str = "ben") -> None:
    """Somebody claims, away from the browser."""
    assert house("POST", f"/reviews/{review}/claim", house.session(by), json={}).status_code == 200


def row(page: Page, review: str) -> Locator:
    """The line of a review in the list."""
    return page.locator(f"[data-id={review}]")


async def order(page: Page) -> list[str]:
    """The reviews of the list, as it shows them."""
    found: list[str] = await page.locator("[data-id]").evaluate_all("(all) => all.map((one) => one.dataset.id)")
    return found


async def focused(page: Page) -> str | None:
    """The review whose line has the focus."""
    found: str | None = await page.evaluate("document.activeElement.dataset.id ?? null")
    return found


async def frozen(page: Page) -> None:
    """Time stands in the page but where a test lets it pass."""
    await page.clock.install()
    await page.clock.pause_at(await page.evaluate("Date.now() + 60_000"))


async def reading(page: Page, review: str) -> None:
    """Open a review, and read it for as long as nothing can be decided; time stands, see `frozen`."""
    await page.goto(f"/inbox/{review}")
    await expect(page.locator("#review-title")).to_be_visible()
    await page.clock.run_for(DEAD)
