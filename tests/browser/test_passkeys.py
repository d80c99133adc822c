"""Passkeys in a real browser with a device that keeps them: added in the account menu, used at the door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.server.company import PASSWORD
from tests.server.house import House

from .chromium import inspect, inspect_everywhere, watched
from .desk import staffed
from .hand import account, add, with_passkeys


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("passkeys") / "a.db", name="localhost") as found:
        found.company.person("ann", "treasury", password=PASSWORD)
        yield found


async def test_a_passkey_is_added_used_and_removed(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("ann"), expected=(401,)) as context:
        page = await context.new_page()
        await with_passkeys(context, page)
        await add(page)
        await inspect_everywhere(page, "the account's dialog")
        await context.clear_cookies()
        await page.goto("/login")
        await inspect(page, "the door with passkeys")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/")
        await account(page)
        await expect(page.get_by_text("used now").or_(page.get_by_text("s ago, used"))).to_be_visible()
        await page.get_by_role("button", name="Remove").click()
        await page.get_by_role("button", name="Remove, and sign it out").click()
        await page.wait_for_url("**/login**")
        assert house("GET", "/passkeys", house.session("ann")).json()["items"] == []
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_role("alert")).to_contain_text("does not let you in")


async def test_who_sets_the_passkey_aside_signs_in_as_before(chromium: Browser, house: House):
    async with watched(chromium, house.url) as context:
        page = await context.new_page()
        device = await with_passkeys(context, page)
        await page.goto("/login?next=/d")
        await device.send("WebAuthn.disable")
        await page.evaluate("localStorage.setItem('handrail.passkey', '1')")
        await page.add_init_script(
            "navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
        )
        await page.reload()
        await page.get_by_label("Handle").fill("ann")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.wait_for_url("**/d")


async def test_without_a_script_and_without_a_name_there_is_no_button(chromium: Browser, house: House):
    async with watched(chromium, house.url, script=False) as context:
        page = await context.new_page()
        await page.goto("/login")
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
