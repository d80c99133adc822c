"""Letting the like run, from the review page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.server.house import House

from .desk import decide, staffed
from .reading import ARGS, at, outcome, refund, told


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("permit") / "a.db", demo=True) as found:
        yield found


async def test_an_approval_lets_the_like_run_with_chosen_arguments(chromium: Browser, house: House):
    review = refund(house, name="coupons.send", risk="low", reversible=True)
    async with at(chromium, house, review) as page:
        await page.get_by_role("button", name="And the like").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(len(ARGS))
        await dialog.get_by_role("checkbox", name="amount").uncheck()
        await dialog.get_by_label("For").select_option("8 hours")
        await dialog.get_by_label("At most").fill("2")
        await dialog.get_by_role("button", name="Approve, and the like").click()
        await told(page, "coupons.send was approved")
    assert outcome(house, review) == "approve"
    (one,) = house("GET", "/permissions", house.session("ben")).json()["items"]
    assert one["state"]["times"] == 2
    assert one["state"]["until"] - one["state"]["given_at"] == 8 * 3_600_000_000
    assert [fixed["name"] for fixed in one["state"]["fixed"]] == sorted(ARGS.keys() - {"amount"})


async def test_what_cannot_be_undone_offers_no_like(chromium: Browser, house: House):
    review = refund(house, risk="low")
    async with at(chromium, house, review) as page:
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="And the like")).to_have_count(0)
    decide(house, review)
