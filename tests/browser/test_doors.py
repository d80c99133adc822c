"""Sign-in, invitations and errors in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from handrail.clock import SystemClock
from handrail.server import links
from handrail.server.pages.built import Built
from tests.server.company import PASSWORD
from tests.server.house import House, opened

from .chromium import inspect_everywhere, watched


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("doors") / "a.db"
    with opened(path, clock=SystemClock(), demo=True, built=Built()) as found:
        found.company.person("ann", "treasury", password=PASSWORD)
        found.company.person("gast", roles=())
        yield found


def link(house: House) -> str:
    who = house.company.accounts.directory("default").resolve("user:ann")
    assert who
    return links.address(house.service, who, "default")


def invitation(house: House) -> str:
    return "/join/" + house.company.accounts.invite("default", house.company.person("eve"))


async def fill_in(page: Page, handle: str, password: str) -> None:
    await page.get_by_label("Handle").fill(handle)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_every_door_is_accessible_at_every_width_light_and_dark(chromium: Browser, house: House):
    async with watched(chromium, house.url, expected=(401, 404, 422)) as context:
        page = await context.new_page()
        for path in (
            "/login",
            "/login?next=/d/rev_x",
            "/join",
            invitation(house),
            "/join/hri_x",
            link(house),
            "/nowhere",
        ):
            await page.goto(path)
            await inspect_everywhere(page, path)
        await page.goto("/login")
        await fill_in(page, "ann", "not the password")
        await expect(page.get_by_role("alert")).to_contain_text("wrong")
        await inspect_everywhere(page, "a wrong password")
        await page.goto(invitation(house))
        await page.get_by_label("New password").fill("aaaaaaaaaaaa")
        await page.get_by_label("The same again").fill("aaaaaaaaaaaa")
        await page.get_by_role("button").click()
        await expect(page.get_by_role("alert")).to_contain_text("guessed")
        await inspect_everywhere(page, "a weak password")


async def test_the_page_of_what_is_not_allowed_and_of_what_is_not_built(chromium: Browser, house: House):
    async with watched(chromium, house.url, session=house.session("gast"), expected=(403,)) as context:
        page = await context.new_page()
        await page.goto("/inbox")
        await expect(page.get_by_text("permission to read")).to_be_visible()
        await inspect_everywhere(page, "not allowed")
    async with watched(chromium, house.url, session=house.session("ann"), expected=(503,)) as context:
        page = await context.new_page()
        await page.goto("/inbox")
        await expect(page.get_by_text("make web")).to_be_visible()
        await inspect_everywhere(page, "not built")


@pytest.mark.parametrize("script", [True, False])
async def test_somebody_is_invited_signs_in_and_out_with_and_without_script(
    chromium: Browser, house: House, script: bool
):
    async with watched(chromium, house.url, script=script, expected=(503,)) as context:
        page = await context.new_page()
        await page.goto(invitation(house))
        await page.get_by_label("New password").fill(PASSWORD)
        await page.get_by_label("The same again").fill(PASSWORD)
        await page.get_by_role("button", name="Set password and sign in").click()
        await page.get_by_role("link", name="Open reviews").click()
        await expect(page.get_by_text("user:eve")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page).to_have_url(house.url + "/login")
        await page.goto("/d")
        await fill_in(page, "eve", PASSWORD)
        await expect(page).to_have_url(house.url + "/d")


async def test_a_link_on_another_site_finds_who_is_signed_in(chromium: Browser, house: House):
    """The session's cookie does not come along from there: the page looks once more, from here."""
    elsewhere = house.url.replace("127.0.0.1", "localhost")
    session = house.session("ann")
    async with watched(chromium, house.url, session=session, others=[elsewhere]) as context:
        page = await context.new_page()
        await page.route(f"{elsewhere}/**", lambda route: route.fulfill(
            body=f'<a href="{house.url}/d">a review waits</a>', content_type="text/html"))  # fmt: skip
        await page.goto(f"{elsewhere}/mail")
        await page.get_by_role("link").click()
        await expect(page.get_by_text("user:ann")).to_be_visible()
        await expect(page).to_have_url(house.url + "/d")
    async with watched(chromium, house.url, others=[elsewhere]) as context:
        page = await context.new_page()
        await page.route(f"{elsewhere}/**", lambda route: route.fulfill(
            body=f'<a href="{house.url}/d">a review waits</a>', content_type="text/html"))  # fmt: skip
        await page.goto(f"{elsewhere}/mail")
        await page.get_by_role("link").click()
        await expect(page).to_have_url(house.url + "/login?next=/d")


async def test_a_form_on_another_site_signs_nobody_in_or_out(chromium: Browser, house: House):
    elsewhere = house.url.replace("127.0.0.1", "localhost")
    form = f'<form method="post" action="{house.url}/logout"><button>win</button></form>'
    async with watched(
        chromium, house.url, session=house.session("ann"), others=[elsewhere], expected=(403,)
    ) as context:
        page = await context.new_page()
        await page.route(f"{elsewhere}/**", lambda route: route.fulfill(body=form, content_type="text/html"))
        await page.goto(f"{elsewhere}/win")
        await page.get_by_role("button").click()
        await expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()
        await page.goto("/d")
        await expect(page.get_by_text("user:ann")).to_be_visible()
