"""What a hostile agent asks, in both pages of a review: all of it is seen, and none of it does anything."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, expect

from handrail.view.flags import CODES
from tests.night import NIGHT, longer_by_night
from tests.server.house import House
from tests.view.corpus import HARMLESS, HOSTILE, Case, nested

from .chromium import watched
from .desk import DECLARED, decide, frozen, reading, staffed

MARK: Final = "spoken-by-the-agent-7f3a"
TAGS: Final = (
    "html|head|meta|link|title|script|noscript|style|body|header|nav|main|section|article|aside|footer|div|span|p|h[1-4]"
    "|a|abbr|b|blockquote|br|code|dd|del|dl|dt|em|g|i|ins|kbd|li|ol|small|strong|time|ul|svg|symbol|use|path|line"
    "|circle|rect|polyline|polygon|button|details|summary|dialog|fieldset|form|input|label|legend|option|select|textarea"
)
MADE: Final = """(tags) => [...document.querySelectorAll("*")].filter((one) =>
    !one.localName.match(`^(${tags})$`) || [...one.attributes].some((a) => a.name.startsWith("on"))
    || (one.localName === "script" && (!one.src || new URL(one.src).origin !== location.origin))
    || (one.hasAttribute("href") && !/^data:image/.test(one.getAttribute("href"))
        && new URL(one.getAttribute("href"), location.href).origin !== location.origin)
  ).map((one) => one.outerHTML.slice(0, 200))"""
OUTSIDE: Final = """() => {
    const all = document.documentElement.cloneNode(true);
    all.querySelectorAll(".fence").forEach((one) => one.remove());
    return document.title + all.outerHTML;
}"""
TITLE: Final = re.compile(r"Approval · payments\.refund · Handrail|(\(\d+\) )?Inbox · Handrail")
FOLDS: Final = "[data-pane=review] button:visible"


def sample() -> tuple[Case, ...]:
    """One case for each flag and a few without; at night all but half a character, which no server takes."""
    if NIGHT:
        return tuple(one for one in HOSTILE if one.name != "lone surrogate")
    told: set[str] = set()
    found = []
    for one in HOSTILE:
        if not one.codes <= told or one.name in ("forged name", "markup", "story of another shape"):
            told |= one.codes
            found.append(one)
    return tuple(found)


def asked(house: House, key: str, case: Case) -> str:
    """An agent asks; where the case tells no story, it tells one that has to stay within the fence."""
    parts = {"args": {"order": "O-1"}, "story": {"description": MARK}, case.part: case.value}
    body = {"name": "payments.refund", **parts, "risk": "medium", "declared": DECLARED}
    answer = house("POST", "/actions", key, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 202, (case.name, answer.text)
    found: str = answer.json()["review"]
    return found


def args(value: Any) -> Case:
    """Arguments that are no case of the corpus."""
    return Case("", value, frozenset())


def plain(text: str) -> str:
    """What is read, however it is broken into lines and quoted."""
    return "".join(text.split()).translate({ord(sign): None for sign in '"“”'}).casefold()


def words(node: Any) -> Iterator[str]:
    """Every drawn text of a value, names included."""
    if node is None:
        return
    if node["name"]:
        yield node["name"]
    if not node.get("members") and "text" in node:
        yield node["text"]
    for member in node.get("members", ()):
        yield from words(member)


def facts(sheet: dict[str, Any], case: Case) -> set[str]:
    """All that has to be read on the page before somebody decides."""
    parts = [*words(sheet["args"]), *words(sheet["context"]), *words(sheet["story"])]
    flags = [word for flag in sheet["flags"] for word in (flag["heading"], flag["text"])]
    seen = [one for one in case.seen if not one.startswith(("⟨folded: ", "1 hidden", "2 hidden"))]
    return {plain(one) for one in (*parts, *flags, *seen)}


async def unfold(page: Page) -> None:
    """Open every fold of what is shown."""
    folds = page.locator(FOLDS).filter(has_text="between").or_(page.locator(FOLDS).filter(has_text="more character"))
    while await folds.count():
        await folds.first.click()


async def wrong(page: Page, sheet: dict[str, Any], case: Case) -> AsyncIterator[str]:
    """What does not hold on a page with hostile text: it is read in full, as text, in its place, and nothing more."""
    text, html = plain(await page.locator("body").inner_text()), await page.content()
    for fact in facts(sheet, case):
        if fact not in text:
            yield f"not to be read: {fact[:300]!r}"
    for made in await page.evaluate(MADE, TAGS):
        yield f"made of text: {made}"
    if MARK in await page.evaluate(OUTSIDE):
        yield "out of the fence"
    for secret in case.unseen:
        if secret in html:
            yield f"a secret: {secret}"
    if not TITLE.fullmatch(await page.title()):
        yield f"title {await page.title()!r}"
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "scrolls sideways"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("hostile") / "a.db") as found:
        yield found


@longer_by_night
async def test_hostile_text_is_read_in_full_and_does_nothing_on_either_page(chromium: Browser, house: House):
    key, ann = house.company.key(), house.session("ann")
    found = []
    async with watched(chromium, house.url, session=ann) as context:
        page = await context.new_page()
        for case in sample():
            review = asked(house, key, case)
            sheet = house("GET", f"/reviews/{review}/page", ann).json()
            if {flag["code"] for flag in sheet["flags"]} != case.codes:
                found.append((case.name, "", f"flags {sheet['flags']}"))
            for path, title in (("/d", "h1"), ("/inbox", "#review-title")):
                await page.goto(f"{path}/{review}")
                await expect(page.locator(title)).to_be_visible()
                await unfold(page)
                found += [(case.name, path, one) async for one in wrong(page, sheet, case)]
            decide(house, review, "reject")  # or its line would stand beside the next one
    assert not found, "\n".join(map(str, found))


async def test_harmless_values_raise_no_alarm_on_either_page(chromium: Browser, house: House):
    ann = house.session("ann")
    review = asked(house, house.company.key(), args({f"n{at}": one for at, one in enumerate(HARMLESS.values())}))
    sheet = house("GET", f"/reviews/{review}/page", ann).json()
    async with watched(chromium, house.url, session=ann) as context:
        page = await context.new_page()
        for path, title in (("/d", "h1"), ("/inbox", "#review-title")):
            await page.goto(f"{path}/{review}")
            await expect(page.locator(title)).to_be_visible()
            for heading in CODES.values():
                assert not await page.get_by_text(re.compile("^" + heading)).filter(visible=True).count(), heading
    assert sheet["flags"] == []
    assert sheet["uninspected"] == []


@pytest.mark.parametrize(
    "value",
    [
        {"text": "one megabyte " * 77_000, "to": "DE99"},
        nested(60, "the bottom"),
        {f"key-{at}": at for at in range(9_000)},
        {'\u202e\u200ba"]}[.\n': "word " * 900, "\u200bb": [*range(300)], "c": {"\u200d.x": [["y " * 2_000]]}},
    ],
    ids=["long", "deep", "wide", "hidden in names"],
)
async def test_what_is_huge_or_oddly_named_can_be_opened_and_decided(chromium: Browser, house: House, value: Any):
    ann = house.session("ann")
    review = asked(house, house.company.key(), args(value))
    async with watched(chromium, house.url, session=ann) as context:
        page = await context.new_page()
        await page.goto(f"/d/{review}")
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        await frozen(page)
        await reading(page, review)
        while await page.get_by_role("button", name=re.compile("Open .* first")).count():
            await page.keyboard.press("o")
        await page.get_by_role("button", name="Approve", exact=True).click()
        await expect(page.locator(".toasts")).to_contain_text("was approved")
    assert house("GET", f"/reviews/{review}", ann).json()["state"]["decision"]["outcome"] == "approve"
