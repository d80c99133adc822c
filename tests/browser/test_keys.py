"""Every key of the table does what the table says, where it says so, and nothing elsewhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.server.house import House

from . import wall_keys
from .chromium import ROOT, watched
from .desk import DEAD, ask, frozen, question, reading, row, staffed
from .reading import FOLDED, broken, outcome, told

TABLE: Final = (ROOT / "web" / "src" / "keys" / "table.ts").read_text(encoding="utf-8")
ENTRY: Final = re.compile(r'\{ id: "([a-z-]+)", keys: \[(.+?)\], label: "([^"]+)", scope: "(\w+)"(.*?) \},')
DEADLY: Final = """() => {
    const keys = { "↓": "ArrowDown", "↑": "ArrowUp", esc: "Escape", enter: "Enter", escape: "Escape" };
    const all = (select) => [...document.querySelectorAll(select)];
    const printed = all("kbd").map((one) => [one, one.innerText.replace("Ctrl ", "Control+")]);
    const named = all("[aria-keyshortcuts]").map((one) => [one, one.ariaKeyShortcuts]);
    const told = [...printed, ...named].filter(([one]) => one.checkVisibility({ visibilityProperty: true }))
        .flatMap(([, text]) => text.toLowerCase().trim().split(" "));
    const closes = (one) => Number(/^esc/.test(one));
    return [...new Set(told)].sort((one, other) => closes(one) - closes(other)).filter((one) => {
        const name = one.replace("control+", "");
        const key = keys[name] ?? name, ctrlKey = one !== name;
        const pressed = { key, ctrlKey, bubbles: true, cancelable: true };
        return document.body.dispatchEvent(new KeyboardEvent("keydown", pressed));
    }).concat(told.length ? [] : ["no hint at all"]);
}"""
"""The keys that the page shows and that nothing in it takes; all are pressed before the page draws again."""
LADDER: Final = {"then": [["user:dora", None]]}
HELD: Final = '[id="review-title"]'

Case = Callable[[Page, House, str], Awaitable[None]]
CASES: Final[dict[str, Case]] = {**wall_keys.CASES}


def table() -> dict[str, tuple[list[str], bool]]:
    """The keys as the product's source has them: by id, each with its keys and whether it decides."""
    found = {
        id_: (re.findall(r'"([^"]+)"', keys), "decides: true" in more) for id_, keys, _, _, more in ENTRY.findall(TABLE)
    }
    assert len(found) == TABLE.count("{ id: ")
    return found


def pressable(key: str) -> str:
    """A key of the table as the browser names it."""
    names = {"arrowdown": "ArrowDown", "arrowup": "ArrowUp", "enter": "Enter", "escape": "Escape", "shift": "Shift"}
    parts = ["Control" if part == "mod" else names.get(part, part) for part in key.split("+")]
    return "+".join(parts)


def of(*ids: str) -> Callable[[Case], Case]:
    """The situation that a key of the table is for, and what is seen when it is pressed there."""

    def put(case: Case) -> Case:
        CASES.update(dict.fromkeys(ids, case))
        return case

    return put


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("keys") / "a.db") as found:
        for handle in ("cleo", "dora"):
            found.company.person(handle)
        yield found


@of("next", "previous")
async def moves(page: Page, house: House, key: str) -> None:
    asked = [ask(house, f"shop.{one}.{key.lower()}") for one in ("first", "second")]
    on = key in ("j", "ArrowDown")
    await page.goto(f"/inbox/{asked[0 if on else 1]}")
    await expect(row(page, asked[1 if on else 0])).to_be_visible()
    await page.keyboard.press(key)
    await expect(page).not_to_have_url(re.compile(asked[0 if on else 1]))
    await expect(page.locator(HELD)).to_contain_text("shop.")


@of("open")
async def opens(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press(key)
    await expect(page.locator(HELD)).to_be_focused()


@of("back")
async def closes(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press("r")
    await expect(page.locator(".strip")).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.locator(".strip")).to_be_hidden()
    await page.keyboard.press(key)
    await expect(page).to_have_url(house.url + "/inbox")


@of("search")
async def searches(page: Page, house: House, key: str) -> None:
    await page.goto("/inbox")
    await expect(page.get_by_role("tablist")).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.get_by_role("textbox", name="Search")).to_be_focused()


@of("previous-tab")
async def previous_tab(page: Page, house: House, key: str) -> None:
    await page.goto("/inbox")
    await expect(page.get_by_role("tab", name="Team")).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.get_by_role("tab", name="Done")).to_have_attribute("aria-selected", "true")


@of("next-tab")
async def next_tab(page: Page, house: House, key: str) -> None:
    await page.goto("/inbox")
    await expect(page.get_by_role("tab", name="Team")).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.get_by_role("tab", name="Team")).to_have_attribute("aria-selected", "true")


@of("claim")
async def claims(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    for words in ("You are at it", "Claim"):
        await page.keyboard.press(key)
        await expect(page.locator(".rev")).to_contain_text(words)


@of("approve")
async def approves(page: Page, house: House, key: str) -> None:
    review = ask(house, risk="low")
    await reading(page, review)
    await page.keyboard.press(key)
    await told(page, "was approved")
    assert outcome(house, review) == "approve"


@of("confirm")
async def confirms(page: Page, house: House, key: str) -> None:
    review = ask(house, risk="high")
    await reading(page, review)
    await page.keyboard.press("a")
    await expect(page.locator(".strip")).to_be_visible()
    assert outcome(house, review) is None
    await page.keyboard.press(key)
    await told(page, "was approved")


@of("reject", "option")
async def rejects(page: Page, house: House, key: str) -> None:
    review = ask(house)
    await reading(page, review)
    first, second = ("r", key) if key.isdecimal() else (key, "1")
    await page.keyboard.press(first)
    await expect(page.locator(".strip")).to_contain_text("choose a reason")
    if second > str(await page.locator(".reasons button").count()):
        return
    await page.keyboard.press(second)
    await told(page, "was rejected")
    assert outcome(house, review) == "reject"


@of("send-back", "send")
async def sends_back(page: Page, house: House, key: str) -> None:
    review = ask(house)
    await reading(page, review)
    await page.keyboard.press("b")
    await page.keyboard.type("smaller abrqz?")
    await page.keyboard.press("Control+Enter")
    await told(page, "sent back")
    assert outcome(house, review) == "send_back"


@of("edit", "facts")
async def edits(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press("e")
    await expect(page.get_by_role("button", name="Done")).to_be_visible()
    if key == "f":
        await expect(page.get_by_role("button", name="JSON", exact=True)).to_be_visible()
        await page.locator("#arguments").focus()
        await page.keyboard.press(key)
        await expect(page.get_by_role("textbox", name="JSON")).to_be_visible()


@of("note")
async def notes(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press(key)
    await expect(page.locator("#note")).to_be_focused()


@of("comment")
async def comments(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press(key)
    await expect(page.locator(".strip textarea")).to_be_focused()


@of("delegate")
async def delegates(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press(key)
    await expect(page.get_by_role("dialog")).to_contain_text("cleo")


@of("escalate")
async def escalates(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house, declared=LADDER))
    await page.keyboard.press(key)
    await expect(page.locator(".strip")).to_contain_text("dora")


@of("unfold")
async def unfolds(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house, args=FOLDED))
    await expect(page.get_by_role("button", name="Open 2 folds first")).to_be_visible()
    await page.keyboard.press(key)
    await page.keyboard.press(key)
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()


@of("undo")
async def undoes(page: Page, house: House, key: str) -> None:
    review = ask(house, declared={"undo": "10m"})
    await reading(page, review)
    await page.keyboard.press("a")
    await told(page, "was approved")
    await page.keyboard.press(key)
    await told(page, "Taken back")
    assert outcome(house, review) is None


@of("theme")
async def turns(page: Page, house: House, key: str) -> None:
    await page.goto("/inbox")
    await expect(page.get_by_role("tablist")).to_be_visible()
    before = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.keyboard.press(key)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@of("help")
async def helps(page: Page, house: House, key: str) -> None:
    await reading(page, ask(house))
    await page.keyboard.press(key)
    await expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Reject")


def test_every_key_of_the_table_has_a_situation_here():
    assert set(table()) == set(CASES)


@pytest.mark.parametrize("id_", CASES)
async def test_a_key_does_what_the_table_says(chromium: Browser, house: House, id_: str):
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await frozen(page)
        for key in table()[id_][0]:
            await CASES[id_](page, house, pressable(key))


async def test_what_decides_is_dead_for_a_moment_after_the_review_came(chromium: Browser, house: House):
    review = ask(house, risk="low")
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await frozen(page)
        await page.goto(f"/inbox/{review}")
        await expect(page.locator(HELD)).to_be_visible()
        await page.clock.run_for(DEAD - 1)
        for key, decides in table().values():
            for one in key if decides else ():
                await page.keyboard.press(pressable(one))
        await page.get_by_role("button", name="Approve").click()
        assert await page.locator(".strip").count() == 0
        assert outcome(house, review) is None
        await page.clock.run_for(1)
        await page.keyboard.press("a")
        await told(page, "was approved")
    assert outcome(house, review) == "approve"


async def test_enter_and_space_decide_nothing_by_themselves(chromium: Browser, house: House):
    asked = [ask(house, risk=risk) for risk in ("low", "high")]
    asked += [question(house, options=["a", "b"]), question(house, options=["a"], default="a")]
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await frozen(page)
        for review in asked:
            await reading(page, review)
            for key in ("Enter", "Space", "Control+Enter", "Enter"):
                await page.keyboard.press(key)
            await page.keyboard.press("r" if review in asked[:2] else "n")
            for key in ("Enter", "Control+Enter"):
                await page.keyboard.press(key)
    assert [outcome(house, review) for review in asked] == [None] * 4


async def test_letters_in_a_text_are_letters(chromium: Browser, house: House):
    review = ask(house, args={"to": "nora", "count": 1}, declared={"undo": "10m"})
    every = "".join(key for keys, _ in table().values() for key in keys if len(key) == 1)
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await frozen(page)
        await reading(page, review)
        fields = [page.locator("#note"), page.get_by_role("textbox", name="Search")]
        await page.keyboard.press("e")
        fields.append(page.locator(".editor input, .editor textarea").first)
        await expect(fields[2]).to_be_visible()
        for field in fields:
            await field.fill("")
            await page.keyboard.type(every)
            await expect(field).to_have_value(every)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.locator(".strip")).to_have_count(0)
        await expect(page.get_by_role("button", name="Done")).to_be_visible()
    assert outcome(house, review) is None


async def test_every_key_that_is_shown_does_something(chromium: Browser, house: House):
    plain, high, folds = ask(house), ask(house, risk="high", declared=LADDER), ask(house, args=FOLDED)
    options, free = question(house, options=["a", "b"]), question(house)
    shown = [
        (plain, ""),
        (plain, "r"),
        (plain, "b"),
        (plain, "q"),
        (plain, "e"),
        (high, ""),
        (high, "a"),
        (high, "u"),
        (folds, ""),
    ]
    shown += [(broken(house), ""), (options, ""), (free, "")]
    dead: list[tuple[str, str, str]] = []
    async with watched(chromium, house.url, session=house.session("ann"), expected=(503,)) as context:
        page = await context.new_page()
        await frozen(page)
        await page.route(
            "**/v1/reviews/*/*",
            lambda route: route.continue_() if route.request.method == "GET" else route.fulfill(status=503, json={}),
        )
        for review, key in shown:
            await reading(page, review)
            if key:
                await page.keyboard.press(key)
                await expect(page.locator(".strip, .editor")).to_be_visible()
            dead += [(await page.locator(HELD).inner_text(), key, one) for one in await page.evaluate(DEADLY)]
    assert dead == []
