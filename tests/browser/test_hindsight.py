"""Saying on the review page, in a real browser, how an action turned out after its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.server.house import House

from .chromium import LOOKS, inspect
from .desk import decide, row, staffed
from .reading import at, refund, sheet


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("hindsight") / "a.db", demo=True) as found:
        yield found


def refused(house: House, **given: str) -> str:
    """A refund that Ben has rejected; returns the id of its review."""
    review = refund(house, **given)
    decide(house, review, "reject")
    return review


async def tell(page: Page, button: str, how: str, note: str = "") -> None:
    """Say in the dialog how it turned out."""
    await page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog", name="How it turned out")
    await dialog.get_by_role("radio", name=how).check()
    await dialog.get_by_label("What happened").fill(note)
    await dialog.get_by_role("button", name="Say so").click()
    await expect(dialog).to_have_count(0)


async def test_who_says_that_it_turned_out_wrong_is_shown_and_corrected_by_another(chromium: Browser, house: House):
    review = refused(house)
    async with at(chromium, house, review) as page:
        record = page.get_by_role("region", name="Record")
        await tell(page, "Say how it turned out", "Wrong", "it was due after all\u202e")
        await expect(record).to_contain_text("It turned out wrong, say you")
        await expect(record).to_contain_text("it was due after all")
        await expect(record).to_contain_text("U+202E")
        async with at(chromium, house, review, "ben") as other:
            theirs = other.get_by_role("region", name="Record")
            await expect(theirs).to_contain_text("It turned out wrong, says ann")
            await tell(other, "Correct this", "Right")
        await expect(record).to_contain_text("It turned out right, says ben")
        await expect(record).to_contain_text("Wrong, said you")
    assert [(one["wrong"], one["by"]["name"]) for one in sheet(house, review)["reports"]] == [
        (True, "user:ann"), (False, "user:ben")
    ]  # fmt: skip


async def test_what_turned_out_wrong_is_marked_in_the_list(chromium: Browser, house: House):
    review = refused(house)
    async with at(chromium, house, review) as page:
        await page.get_by_role("tab", name="Done").click()
        await expect(row(page, review)).not_to_contain_text("Turned out wrong")
        await tell(page, "Say how it turned out", "Wrong")
        await expect(row(page, review)).to_contain_text("Turned out wrong")


async def test_who_may_only_read_sees_it_and_says_nothing(chromium: Browser, house: House):
    review = refused(house)
    action = sheet(house, review)["row"]["action"]
    key = house.company.key()
    body = {"wrong": True, "note": "its agent knows better"}
    assert house("POST", f"/actions/{action}/outcome", key, json=body).status_code == 200
    async with at(chromium, house, review, "vera") as page:
        record = page.get_by_role("region", name="Record")
        await expect(record).to_contain_text("It turned out wrong, says the agent")
        await expect(record.get_by_role("button")).to_have_count(0)


async def test_what_is_not_over_cannot_have_turned_out(chromium: Browser, house: House):
    async with at(chromium, house, refund(house)) as page:
        await expect(page.get_by_role("button", name="Say how it turned out")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_the_dialog_can_be_used_by_everybody(chromium: Browser, house: House, width: int, scheme: str):
    async with at(chromium, house, refused(house), width=width, scheme=scheme) as page:
        await page.get_by_role("button", name="Say how it turned out").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await inspect(page, "how it turned out")
        await page.get_by_role("dialog").get_by_label("Wrong").check()
        await page.get_by_role("dialog").get_by_role("button", name="Say so").click()
        await expect(page.get_by_role("button", name="Correct this")).to_be_visible()
        await inspect(page, "what turned out wrong")
