"""How long people will probably take, in a real browser: in the list of the team and on the page of a review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from handrail.testing import FrozenClock
from tests.server.house import House, opened

from .chromium import LOOKS, inspect
from .desk import BUSY, ask, decide, row
from .reading import at, read

LEGAL = {"pattern": "approval", "reviewers": ["group:legal"], "within": "4h"}
MINUTES = 4


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Ben takes four minutes for each review; Lea, who is asked for others, was never seen."""
    with opened(tmp_path_factory.mktemp("waits") / "a.db", clock=FrozenClock(), caps=BUSY, demo=True) as found:
        for handle in ("ann", "ben"):
            found.company.person(handle, "treasury")
        found.company.person("lea", "legal")
        found.company.person("sue", roles=("supervisor",))
        for _ in range(24):
            decided(found)
        yield found


def decided(house: House) -> None:
    """One more that Ben takes his time for."""
    review = ask(house)
    house.company.clock.advance(MINUTES * 60)
    decide(house, review)


def asked(house: House, **given: Any) -> str:
    """One that waits; a moment later, when what was read of the queue before is read anew."""
    review = ask(house, **given)
    house.company.clock.advance(3)
    return review


async def test_a_supervisor_sees_how_long_it_will_take_and_where_nobody_is(chromium: Browser, house: House):
    first, second, lonely = asked(house), asked(house), asked(house, name="contracts.sign", declared=LEGAL)
    async with at(chromium, house, second, "sue") as page:
        await page.get_by_role("tab", name="Team").click()
        await expect(row(page, first)).to_contain_text(re.compile(r"about \d min"))
        await expect(row(page, lonely)).to_contain_text("Nobody online")
        deadline = page.get_by_role("timer", name="Deadline")
        await expect(deadline).to_contain_text("Probably decided in about")
        await expect(deadline).to_contain_text("1 before it")
        await read(page, lonely)
        await expect(deadline).to_contain_text("No reviewer is online.")


async def test_the_wait_follows_what_others_decide(chromium: Browser, house: House):
    first, second = asked(house), asked(house)
    async with at(chromium, house, second, "sue") as page:
        deadline = page.get_by_role("timer", name="Deadline")
        await expect(deadline).to_contain_text("1 before it")
        decide(house, first)
        house.company.clock.advance(3)
        await expect(deadline).not_to_contain_text("before it", timeout=30_000)
        await expect(deadline).to_contain_text("Probably decided in about")


async def test_for_oneself_nothing_is_foretold(chromium: Browser, house: House):
    review = asked(house)
    async with at(chromium, house, review) as page:
        await expect(page.get_by_role("timer", name="Deadline")).to_contain_text("Probably decided in about")
        await expect(row(page, review)).to_be_visible()
        await expect(row(page, review)).not_to_contain_text("about")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_it_can_be_read_by_everybody(chromium: Browser, house: House, width: int, scheme: str):
    review, lonely = asked(house), asked(house, name="contracts.sign", declared=LEGAL)
    async with at(chromium, house, lonely, "sue", width=width, scheme=scheme) as page:
        await expect(page.get_by_role("timer", name="Deadline")).to_contain_text("No reviewer is online.")
        await inspect(page, "nobody is online")
        await page.goto("/inbox?tab=team")
        await expect(row(page, review)).to_contain_text(re.compile(r"about \d min"))
        await inspect(page, "the list of the team")
