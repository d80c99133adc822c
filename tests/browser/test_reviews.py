"""Reviews without script in a real browser: every state of their pages, and a day's work with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from handrail.server.pages.built import Built
from handrail.testing import FrozenClock
from tests.server.house import House, opened

from .chromium import inspect, inspect_everywhere, watched

DECLARED: dict[str, Any] = {"pattern": "approval", "reviewers": ["group:treasury"], "within": "15m"}
EVIL = '"><script>document.title="owned"</script><img src=x onerror=alert(1)>\u202e\u200b</textarea></form>'
REFUND: dict[str, Any] = {
    "charge": "ch_3QxT7vK2eZvKYlo81", "amount": "1240.00", "currency": "USD", "api_key": "sk_live_abcdefghijk",
    "lines": [{"sku": "A-1", "qty": 2}, {"sku": "B-7", "qty": 1}], "notify": True, "memo": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("reviews") / "a.db", clock=FrozenClock(), built=Built()) as found:
        for handle in ("ann", "ben"):
            found.company.person(handle, "treasury")
        found.company.person("out")
        yield found


def ask(house: House, **given: Any) -> dict[str, Any]:
    declared = {**DECLARED, **given.pop("declared", {})}
    body = {"name": "payments.refund", "args": REFUND, "declared": declared, **given}
    found: dict[str, Any] = house("POST", "/actions", house.company.key("bot"), json=body).json()
    return found


def question(house: House, **given: Any) -> str:
    body = {"question": "Which one?", "to": ["group:treasury"], "within": "15m", **given}
    found: str = house("POST", "/ask", house.company.key("bot"), json=body).json()["review"]
    return found


def failed(house: House) -> str:
    """An action that ran and failed, of which people are asked."""
    key, ann = house.company.key("bot"), house.session("ann")
    body = {"name": "a.b", "args": {"n": 1}, "declared": DECLARED}
    asked = house("POST", "/actions", key, json=body).json()
    decision = {"outcome": "approve", "view": asked["view"]}
    assert house("POST", f"/reviews/{asked['review']}/decisions", ann, json=decision).status_code == 200
    path, lease = f"/actions/{asked['id']}", {"executor": "one"}
    started = house("POST", f"{path}/start", key, json={**lease, "bind": asked["bind"]}).json()
    lease["fence"] = started["fence"]
    ended = {**lease, "outcome": "failed", "value": {"error": "503 " + EVIL}, "escalate": True}
    settled = house("POST", f"{path}/settle", key, json=ended)
    found: str = settled.json()["review"]
    return found


def status(house: House, asked: dict[str, Any]) -> str:
    return str(house.service.archive("default").action(asked["id"]).state.status)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


def plain(house: House) -> str:
    found = ask(house, risk="high", context={"ticket": 1}, story={"description": "Charged twice.\nPlease hurry."})
    return str(found["review"])


@pytest.fixture(scope="module")
def critical(house: House) -> str:
    args = {"sql": "x" * 3_000, "ids": [*range(60)], EVIL: [EVIL, {EVIL: EVIL}]}
    found = ask(house, risk="critical", args=args, context={EVIL: EVIL}, story={"description": EVIL, EVIL: [EVIL]})
    return str(found["review"])


async def look(chromium: Browser, house: House, *paths: str) -> None:
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        for path in paths:
            await page.goto(path)
            await expect(page).not_to_have_title("owned")
            await inspect_everywhere(page, path)


async def test_a_review_is_accessible_wide_and_narrow_light_and_dark(chromium: Browser, house: House):
    review = plain(house)
    await look(chromium, house, f"/d/{review}", "/d", "/d?view=open", "/d?view=done")
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto(f"/d/{review}")
        await page.emulate_media(forced_colors="active")
        await inspect(page, "in forced colours")


@pytest.mark.parametrize("path", ["", "/edit", "/record"])
async def test_hostile_text_everywhere_is_only_text(chromium: Browser, house: House, critical: str, path: str):
    await look(chromium, house, f"/d/{critical}{path}")


@pytest.mark.nightly
async def test_a_question_is_accessible_whatever_it_wants_to_know(chromium: Browser, house: House):
    schemas: list[Any] = [{"type": "integer"}, {"type": "boolean"}, {"enum": ["a", EVIL, None, True]}, None]
    asked = [question(house, options=["one", EVIL], default="one"), *(question(house, schema=one) for one in schemas)]
    await look(chromium, house, *(f"/d/{review}" for review in asked))


@pytest.mark.nightly
async def test_what_was_decided_refused_or_missed_is_accessible_too(chromium: Browser, house: House):
    asked, two = ask(house), ask(house, declared={"quorum": [["any", 2]], "undo": "10m"})
    async with watched(chromium, house.url, session=house.session("ann"), expected=(409, 422)) as context:
        page, other = await context.new_page(), await context.new_page()
        await other.goto(f"/d/{asked['review']}")
        await page.goto(f"/d/{asked['review']}")
        await page.locator("textarea[name=note]").nth(1).evaluate("(field) => field.required = false")
        await press(page, "Reject")
        await expect(page.get_by_role("alert")).to_contain_text("Say why")
        await inspect_everywhere(page, "a reason is missing")
        await page.get_by_label("Reason").first.fill("no " + EVIL)
        await press(page, "Reject")
        await expect(page.get_by_role("status").first).to_contain_text("You rejected this")
        await inspect_everywhere(page, "rejected")
        await press(other, "Approve")
        await expect(other.get_by_role("alert")).to_contain_text("too late")
        await inspect_everywhere(other, "too late")
        await page.goto(f"/d/{two['review']}/edit")
        await page.get_by_label("Arguments, as JSON").fill("{")
        await press(page, "Approve the edited arguments")
        await expect(page.get_by_role("alert")).to_be_visible()
        await inspect_everywhere(page, "an edit that is no JSON")
        await page.get_by_label("Arguments, as JSON").fill('{"amount": "620.00"}')
        await press(page, "Approve the edited arguments")
        await expect(page.get_by_role("status").first).to_contain_text("1 more person has to agree")
        await inspect_everywhere(page, "edited and voted")
    async with watched(chromium, house.url, session=house.session("out"), expected=(403,)) as context:
        page = await context.new_page()
        for path in (f"/d/{two['review']}", "/d"):
            await page.goto(path)
            await inspect_everywhere(page, f"not asked {path}")


async def test_a_failed_action_shows_its_attempts_and_what_can_be_done(chromium: Browser, house: House):
    review = failed(house)
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto(f"/d/{review}")
        await expect(page.get_by_text("503")).to_be_visible()
        await inspect_everywhere(page, "failed")
        await page.locator("form", has_text="Give the result").get_by_label("Result").fill('{"done": 1}')
        await press(page, "Give the result")
        await expect(page.get_by_role("status").first).to_contain_text("You gave the result")


async def test_a_mornings_work_without_script(chromium: Browser, house: House):
    high, low, asks = ask(house, risk="high"), ask(house, args={"amount": "3.00"}), question(house, options=["a", "b"])
    async with watched(chromium, house.url, session=house.session("ann"), script=False, width=390) as context:
        page = await context.new_page()
        await page.goto("/d")
        await page.locator(f"a[href='/d/{high['review']}']").click()
        await press(page, "Approve")
        assert status(house, high) == "held", "the box is not ticked"
        await page.get_by_label("I have read the arguments.").check()
        await press(page, "Approve")
        await expect(page.get_by_text("You approved this")).to_be_visible()
        assert status(house, high) == "cleared"
        await page.goto(f"/d/{low['review']}")
        await press(page, "Say that you are at it")
        await expect(page.get_by_text("You are at it")).to_be_visible()
        await page.get_by_role("link", name="Change the arguments").click()
        await page.get_by_label("Arguments, as JSON").fill('{"amount": "2.00"}')
        await press(page, "Approve the edited arguments")
        await expect(page.get_by_text("You approved this with other arguments")).to_be_visible()
        await page.goto(f"/d/{asks}")
        await page.get_by_label("b", exact=True).check()
        await press(page, "Answer")
        await expect(page.get_by_text("You answered")).to_be_visible()
        await page.get_by_role("link", name="Record to print").click()
        await expect(page.get_by_role("heading", name="Entries of the log")).to_be_visible()


async def test_enter_decides_nothing_by_itself(chromium: Browser, house: House):
    asked = ask(house, risk="critical")
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto(f"/d/{asked['review']}")
        await page.get_by_label("I have read the arguments.").check()
        await page.get_by_label("Type payments.refund to go on").fill("payments.refund")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        assert status(house, asked) == "held"
        await press(page, "Approve")
        await expect(page.get_by_text("You approved this")).to_be_visible()


async def test_the_record_prints_without_what_is_only_for_the_screen(chromium: Browser, house: House):
    asked = ask(house)
    async with watched(chromium, house.url, session=house.session("ann"), scheme="dark") as context:
        page = await context.new_page()
        await page.goto(f"/d/{asked['review']}/record")
        await page.emulate_media(media="print")
        await expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        await expect(page.get_by_role("heading", name="Exact arguments")).to_be_visible()
        background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)"
        assert (await page.pdf()).startswith(b"%PDF")
