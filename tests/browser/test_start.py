"""The app as it is served from the package: it starts under its policy, or the page says where else to go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from handrail.clock import SystemClock
from handrail.server.pages.built import Built
from tests.server.house import House, opened

from .chromium import lacking, watched


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if Built.packaged().index is None:
        lacking("the app is not built: run `make web`")
    with opened(tmp_path_factory.mktemp("start") / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury")
        yield found


async def test_the_app_starts_under_its_policy(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto("/")
        await expect(page.locator("#app > *").first).to_be_visible()
        await expect(page.locator("#late")).to_have_count(0)


async def test_where_the_script_does_not_come_the_page_leads_to_the_pages_without_script(
    chromium: Browser, house: House
):
    async with watched(chromium, house.url, session=house.session("ann"), expected=(404,)) as context:
        page = await context.new_page()
        await page.route("**/*.js", lambda route: route.fulfill(status=404, body=""))
        await page.goto("/")
        await expect(page.locator("#late")).to_be_visible(timeout=15_000)
        await page.locator("#late a").click()
        await expect(page).to_have_url(house.url + "/d")


async def test_without_scripts_the_page_leads_there_at_once(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann"), script=False) as context:
        page = await context.new_page()
        await page.goto("/inbox")
        await page.get_by_role("link", name="without it").click()
        await expect(page).to_have_url(house.url + "/d")
