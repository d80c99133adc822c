"""Every state of every page in every look: accessible, within the window, with a focus that is seen and targets that a
finger hits. A picture of each is kept in `HANDRAIL_SCREENSHOTS` for somebody to look at."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.night import NIGHT, longer_by_night
from tests.server.house import House
from tests.server.running import Agent

from .chromium import ROOT, Scheme, inspect, size_of, watched
from .desk import ask, claim, decide, question, staffed
from .reading import ARGS, FOLDED, broken, press, read, refund, sheet, told

SCREENS: Final = Path(os.environ.get("HANDRAIL_SCREENSHOTS") or ROOT / ".build" / "screens")
EVIL: Final = '"><img src=x onerror=alert(1)>\u202e\u200b</textarea> ⟨U+0000⟩ {{constructor}}'
STORY: Final = {"description": "URGENT: pre-approved. " + EVIL, "impact": "None. " * 200}


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    scheme: Scheme = "light"
    forced: bool = False
    still: bool = False


LOOKS: Final = (Look(), Look("dark"), Look(forced=True), Look("dark", still=True))
WIDTHS: Final = (1440, 720, 390, 320)
"""Of a desk, of a desk at 200 % zoom, of a hand, and the narrowest."""

SMALL: Final = """(least) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => !(one.localName === "a" && one.matches(".skip, p a, dd a, li a:not(.entry), blockquote a")))
    .filter((one) => {
        const boxes = [one, ...(one.labels ?? [])].map((each) => each.getBoundingClientRect());
        return boxes[0].width > 1 && !boxes.some(({ width, height }) => width >= least && height >= least);
    })
    .map((one) => `${one.outerHTML.slice(0, 120)} ${one.offsetWidth}x${one.offsetHeight}`)"""
"""What is smaller than a pointer or a finger needs, with its label; links within a text are as high as its line."""
LOST: Final = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const name = one.outerHTML.slice(0, 160), box = one.getBoundingClientRect();
    const shown = one.closest("label") ?? one, style = getComputedStyle(one), around = getComputedStyle(shown);
    const ring = [style, around, getComputedStyle(one, "::after")].some((has) =>
        (has.outlineStyle !== "none" && parseFloat(has.outlineWidth) > 0) || has.boxShadow !== "none");
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 60) / 2, 1), innerHeight - 1);
    const over = document.elementFromPoint(x, y);
    const hidden = !over || !(one.contains(over) || over.contains(one) || shown.contains(over));
    return (ring ? "" : `no ring: ${name} `) + (hidden ? `hidden: ${name} behind ${over?.outerHTML.slice(0, 90)}` : "");
}"""

State = Callable[[Page, House], Awaitable[None]]
STATES: Final[dict[str, State]] = {}
SHORT: Final = ("list", "review", "lite")


def state(case: State) -> State:
    """A state to look at, by the name of the function."""
    STATES[case.__name__] = case
    return case


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with staffed(tmp_path / "a.db", demo=True) as found:
        yield found


def hard(house: House, **given: Any) -> str:
    """A review with everything in it that a page can show."""
    args = {"to": "nora", EVIL: [EVIL, {"deep": [1, 2, {"er": EVIL}]}], "api_key": "sk_live_abcdefghijk", **FOLDED}
    return ask(house, args=args, context={"ticket": 7, "said": EVIL}, story=STORY, risk="high", **given)


async def enter(page: Page, house: House, who: str) -> None:
    """Be somebody else from here on."""
    cookie = {"name": "handrail", "value": house.session(who), "url": house.url, "sameSite": "Strict"}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]


@state
async def empty(page: Page, house: House) -> None:
    await page.goto("/inbox")
    await expect(page.get_by_text("Nobody has asked yet.")).to_be_visible()


@state
async def nothing_waits(page: Page, house: House) -> None:
    decide(house, refund(house))
    await page.goto("/inbox")
    await expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


@state
async def list(page: Page, house: House) -> None:  # noqa: A001
    for risk in ("critical", "high", "medium", "low"):
        ask(house, f"shop.{risk}", risk=risk)
    claim(house, hard(house))
    question(house, "Which of the two? " + EVIL)
    await page.goto("/inbox")
    await expect(page.locator("[data-id]")).to_have_count(6)


@state
async def done(page: Page, house: House) -> None:
    for made in ("approve", "reject"):
        decide(house, refund(house), made)
    await page.goto("/inbox?tab=done")
    await expect(page.locator("[data-id]")).to_have_count(2)


@state
async def failing(page: Page, house: House) -> None:
    await page.route("**/v1/inbox*", lambda route: route.fulfill(status=503, json={}))
    await page.goto("/inbox")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()


@state
async def offline(page: Page, house: House) -> None:
    refund(house)
    await page.route("**/v1/stream*", lambda route: route.fulfill(status=503, json={}))
    await page.goto("/inbox")
    await expect(page.get_by_text("Not live")).to_be_visible(timeout=30_000)


@state
async def review(page: Page, house: House) -> None:
    await read(page, hard(house, declared={"quorum": [["any", 2]], "then": [["user:ben", None]]}))


@state
async def unfolded(page: Page, house: House) -> None:
    await read(page, hard(house))
    await press(page, "o o")


@state
async def half_agreed(page: Page, house: House) -> None:
    asked = refund(house, declared={"quorum": [["any", 2]]})
    decide(house, asked)
    await read(page, asked)


@state
async def confirming(page: Page, house: House) -> None:
    await read(page, refund(house, risk="critical"))
    await press(page, "a")


@state
async def rejecting(page: Page, house: House) -> None:
    await read(page, refund(house))
    await press(page, "r")


@state
async def editing(page: Page, house: House) -> None:
    await read(page, refund(house))
    await press(page, "e")
    await page.get_by_label("amount").fill("")
    await page.get_by_label("order").fill("O-2")


@state
async def refused_edit(page: Page, house: House) -> None:
    await read(
        page, ask(house, args={"pieces": 1}, schema={"type": "object", "properties": {"pieces": {"type": "integer"}}})
    )
    await press(page, "e")
    await page.get_by_role("textbox", name="pieces").fill("1.5")
    await page.get_by_role("textbox", name="pieces").blur()


@state
async def delegating(page: Page, house: House) -> None:
    house.company.person("cleo")
    await read(page, refund(house))
    await press(page, "d")
    await expect(page.get_by_role("dialog")).to_contain_text("cleo")


@state
async def keys(page: Page, house: House) -> None:
    await read(page, refund(house))
    await press(page, "?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


@state
async def undo(page: Page, house: House) -> None:
    await read(page, refund(house, declared={"undo": "10m"}))
    await press(page, "a")
    await told(page, "was approved")


@state
async def loading(page: Page, house: House) -> None:
    asked = refund(house)
    await page.route(f"**/{asked}/page", lambda _: None)
    await page.goto(f"/inbox/{asked}")
    await expect(page.locator("[data-pane=review] .rev > *")).to_be_visible()


@state
async def reader(page: Page, house: House) -> None:
    await enter(page, house, "vera")
    await page.goto(f"/inbox/{hard(house)}")
    await expect(page.locator("#review-title")).to_be_visible()
    await expect(page.get_by_role("group", name="Decide")).to_have_count(0)


@state
async def changed(page: Page, house: House) -> None:
    asked = refund(house, declared={"quorum": [["any", 2]]})
    await read(page, asked)
    await press(page, "e")
    await page.get_by_label("amount").fill("5.00")
    body = {"outcome": "edit", "view": sheet(house, asked)["view"]["digest"], "args": {**ARGS, "amount": "7.00"}}
    answer = house("POST", f"/reviews/{asked}/decisions", house.session("ben"), json=body)
    assert answer.status_code == 200, answer.text
    await expect(page.get_by_role("button", name="Look at the change")).to_be_visible()


@state
async def decided(page: Page, house: House) -> None:
    asked = hard(house)
    decide(house, asked, "reject")
    await page.goto(f"/inbox/{asked}")
    await expect(page.get_by_role("region", name="Record")).to_be_visible()


@state
async def asks(page: Page, house: House) -> None:
    await read(page, question(house, "Which? " + EVIL, options=["one", EVIL], default="one"))


@state
async def exception(page: Page, house: House) -> None:
    await read(page, broken(house))


@state
async def gone(page: Page, house: House) -> None:
    await page.goto("/inbox/rev_00000000000000000000000000")
    await expect(page.locator("[data-pane=review]")).to_contain_text("no ")


def at_work(house: House) -> str:
    """Runs of all kinds on the wall; returns the one that loops."""
    house.company.person("ann", "treasury", roles=("reviewer", "supervisor"))
    bot = Agent(house)
    busy, asking, failed = (bot.open(f"{title} {EVIL}") for title in ("busy", "asking", "failed"))
    looping = bot.open("looping", ("repeated", 3), ("spend", 900_000))
    bot.report(busy, {"kind": "step", "step": EVIL})
    bot.propose(asking)
    bot.report(looping, *({"kind": "call", "like": "same", "text": EVIL, "spend": 250_000} for _ in range(3)))
    bot("fail", failed, error=EVIL)
    return looping


@state
async def wall(page: Page, house: House) -> None:
    at_work(house)
    await page.goto("/oversight")
    await expect(page.locator("article")).to_have_count(4)


@state
async def wall_table(page: Page, house: House) -> None:
    at_work(house)
    await page.goto("/oversight?view=table")
    await expect(page.locator("tbody tr")).to_have_count(4)


@state
async def wall_run(page: Page, house: House) -> None:
    await page.goto(f"/oversight/{at_work(house)}")
    await expect(page.locator("aside h3")).to_be_visible()


@state
async def wall_stopping(page: Page, house: House) -> None:
    await page.goto(f"/oversight/{at_work(house)}")
    await expect(page.locator("aside h3")).to_be_visible()
    await page.locator("aside header button.bad:visible").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@state
async def wall_empty(page: Page, house: House) -> None:
    await page.goto("/oversight")
    await expect(page.get_by_text("No run is being watched.")).to_be_visible()


@state
async def lite(page: Page, house: House) -> None:
    await page.goto(f"/d/{hard(house)}")


@state
async def lite_list(page: Page, house: House) -> None:
    hard(house)
    await page.goto("/d")


@state
async def lite_edit(page: Page, house: House) -> None:
    await page.goto(f"/d/{hard(house)}/edit")


@state
async def lite_question(page: Page, house: House) -> None:
    await page.goto(f"/d/{question(house, options=['a', EVIL])}")


@state
async def record(page: Page, house: House) -> None:
    asked = hard(house)
    decide(house, asked, "reject")
    await page.goto(f"/d/{asked}/record")


async def look_at(page: Page, name: str, look: Look, width: int) -> None:
    """Hold a state to what it has to be, and keep a picture."""
    where = f"{name} {look.scheme}{' forced' * look.forced}{' still' * look.still} {width}"
    await page.set_viewport_size(size_of(width))
    await page.emulate_media(
        color_scheme=look.scheme, forced_colors="active" if look.forced else "none",
        reduced_motion="reduce" if look.still else "no-preference",
    )  # fmt: skip
    await inspect(page, where)
    assert not (small := await page.evaluate(SMALL, 24)), "\n".join([where, *small])
    SCREENS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENS / f"{where.replace(' ', '-')}.png")


async def go_round(page: Page, where: str, most: int = 60) -> None:
    """Everything that Tab reaches has a ring and is not behind something."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        found = await page.evaluate(LOST)
        if found is None:
            return
        assert found == "", f"{where}: {found}"


@longer_by_night
@pytest.mark.parametrize("name", STATES if NIGHT else SHORT)
async def test_a_state_in_every_look(chromium: Browser, house: House, name: str):
    expected = (401, 403, 404, 409, 422, 503)
    async with watched(chromium, house.url, session=house.session("ann"), expected=expected) as context:
        page = await context.new_page()
        await STATES[name](page, house)
        for look in LOOKS if NIGHT else LOOKS[2:3]:
            for width in WIDTHS if NIGHT else WIDTHS[2:3]:
                await look_at(page, name, look, width)
        for width in WIDTHS[::2]:
            await page.set_viewport_size(size_of(width))
            await go_round(page, f"{name} {width}")


@longer_by_night
@pytest.mark.parametrize("name", STATES if NIGHT else SHORT)
async def test_a_finger_hits_what_is_there(chromium: Browser, house: House, name: str):
    expected = (401, 403, 404, 409, 422, 503)
    async with watched(
        chromium, house.url, session=house.session("ann"), width=390, expected=expected, has_touch=True, is_mobile=True
    ) as context:
        page = await context.new_page()
        await STATES[name](page, house)
        assert not (small := await page.evaluate(SMALL, 44)), "\n".join([name, *small])
