"""Failures in a real browser: those that are alike in one line, seen together, each with its trace, decided alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.server.house import House

from .chromium import LOOKS, inspect, size_of
from .desk import order, row, staffed
from .reading import at, broken, outcome

EVIL = "<img src=x onerror=alert(1)>\u202e token=sk_live_4eC39HqLyjWDarjtT1zdp7dc"
RECEIPT = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}


@pytest.fixture
def house(tmp_path: Any) -> Iterator[House]:
    with staffed(tmp_path / "failures.db", demo=True) as found:
        yield found


def declined(house: House, number: int, **given: Any) -> str:
    places = ["settle in bank.py:41: charge(card)", f"charge in cards.py:7: raise PaymentError({EVIL})"]
    because = [{"error": "ConnectionError: no line", "at": ["connect in line.py:3"]}]
    error = f"PaymentError: card {number} declined"
    return broken(house, value={"error": error, "type": "PaymentError", "at": places, "because": because}, **given)


async def test_failures_that_are_alike_are_one_line_and_are_found_from_the_page_of_each(
    chromium: Browser, house: House
):
    alike = [declined(house, number) for number in range(1, 4)]
    other = broken(house)
    async with at(chromium, house, alike[1]) as page:
        trace = page.get_by_text("charge in cards.py:7")
        await expect(trace).to_be_hidden()
        await page.get_by_text("Where it was raised").click()
        await expect(trace).to_be_visible()
        await expect(page.get_by_text("because of ConnectionError: no line")).to_be_visible()
        assert "4eC39H" not in await page.content()
        for width, scheme in LOOKS:
            await page.set_viewport_size(size_of(width))
            await page.emulate_media(color_scheme=scheme)
            await inspect(page, f"failure {width} {scheme}")
        await page.set_viewport_size(size_of(1440))
        await expect(row(page, other)).to_be_visible()
        await expect(row(page, alike[0])).to_contain_text("PaymentError: card 1 declined")
        await page.get_by_role("link", name="2 others failed like this").click()
        await expect(row(page, other)).to_have_count(0)
        assert set(await order(page)) <= set(alike)
        await expect(page.get_by_text("3 that are alike")).to_have_count(1)
        await page.get_by_label("Search").fill("error:payment")
        await expect(row(page, alike[0])).to_be_visible()
        await page.get_by_label("Search").fill("-error:PaymentError")
        await expect(row(page, alike[0])).to_have_count(0)
        await expect(row(page, other)).to_be_visible()


async def test_a_result_is_typed_into_a_form_of_its_type(chromium: Browser, house: House):
    review = declined(house, 1, returns=RECEIPT)
    async with at(chromium, house, review) as page:
        await page.get_by_role("button", name="Supply the result").first.click()
        result = page.get_by_role("region", name="The result")
        await expect(result.get_by_label("number")).to_be_visible()
        await inspect(page, "supply")
    assert outcome(house, review) is None
