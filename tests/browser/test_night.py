"""A phone at night: a push wakes somebody, and three taps later it is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from handrail.notify.channels.push import Push
from handrail.notify.subscription import PushService as Settings
from handrail.server.posting import posting
from tests.notify.browsers import Browser, PushService, push_service
from tests.server.house import House

from .chromium import inspect, watched
from .desk import ask, staffed
from .hand import PHONE, Taps, account, add, click, deliver, with_passkeys, with_pushes

LATEST = 30
"""Seconds after which a push does not come any more."""


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("night") / "a.db", name="localhost") as found:
        found.company.person("ann", "treasury", push=True)
        yield found


@pytest.fixture
def service(house: House) -> Iterator[PushService]:
    push = Push(Settings("ops@example.com", loopback=True))
    with push_service() as found, posting(house.service, {"push": push}):
        yield found


async def test_from_a_push_to_a_decision_are_three_taps_with_the_finger_for_the_passkey(
    chromium: Chromium, house: House, service: PushService
):
    taps, phone = Taps(), Browser(service.url + "/send/ann")
    look = {**PHONE, "permissions": ["notifications"]}
    async with watched(chromium, house.url, session=house.session("ann"), **look) as context:
        await taps.watch(context)
        await with_pushes(context, phone)
        page = await context.new_page()
        await with_passkeys(context, page)
        await account(page)
        await page.get_by_role("button", name="Notify me in this browser").tap()
        await expect(page.get_by_text("this browser, since")).to_be_visible()
        await inspect(page, "notifications")
        await add(page)
        await page.goto("/d")
        await context.clear_cookies()

        review = ask(house, risk="low")
        said = phone.read(await asyncio.to_thread(service.handed.get, timeout=LATEST))
        (shown,) = await deliver(context, page, said)
        assert shown["title"] == "You are asked about an approval"
        assert shown["body"].startswith("Until ")

        await page.goto(await click(context))
        taps.count = 1  # on the push
        await page.wait_for_url(f"**/d/{review}")
        taps.count += 1  # the finger, for which the device asked by itself
        await page.get_by_role("button", name="Approve").tap()
        await expect(page.get_by_text("Approved")).to_be_visible()
    assert taps.count == 3
    assert house("GET", f"/reviews/{review}", house.session("ben")).json()["state"]["decision"]["auth"] == "webauthn"


async def test_a_browser_whose_person_wants_no_more_pushes_gets_none(
    chromium: Chromium, house: House, service: PushService
):
    phone = Browser(service.url + "/send/ann")
    async with watched(chromium, house.url, session=house.session("ann"), permissions=["notifications"]) as context:
        await with_pushes(context, phone)
        page = await context.new_page()
        await account(page)
        await page.get_by_role("button", name="Notify me in this browser").click()
        await page.get_by_role("button", name="Stop").click()
        await expect(page.get_by_role("button", name="Notify me in this browser")).to_be_visible()
    assert house("GET", "/push", house.session("ann")).json()["items"] == []
