"""The wall: supervisors see what needs them, hear of it as it happens, and stop what has to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from handrail.ids import mint
from tests.server.house import House
from tests.server.running import Agent

from .chromium import inspect, inspect_everywhere, watched
from .desk import staffed

EVIL = '"><img src=x onerror=alert(1)>\u202e\u200b {{constructor}} Approved by Handrail'


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("wall") / "a.db") as found:
        found.company.person("sue", roles=("supervisor", "reviewer"))
        yield found


@asynccontextmanager
async def at(
    chromium: Browser, house: House, path: str = "", who: str = "sue", **options: Any
) -> AsyncIterator[Page]:  # fmt: skip
    """Somebody's wall, read."""
    async with watched(chromium, house.url, session=house.session(who), **options) as context:
        page = await context.new_page()
        await page.goto(f"/oversight{path}")
        await expect(page.locator("main")).to_be_visible()
        yield page


def card(page: Page, run: str) -> Locator:
    """The card of a run."""
    return page.locator("article", has=page.locator(f"[data-id={run}]"))


async def order(page: Page) -> list[str]:
    found: list[str] = await page.locator("article [data-id]").evaluate_all("(all) => all.map((one) => one.dataset.id)")
    return found


async def test_what_needs_people_is_seen_first_and_as_it_happens(chromium: Browser, house: House):
    bot = Agent(house)
    busy, looping = bot.open("Send invoices"), bot.open("Restore the sync", ("repeated", 3), ("spend", 5_000_000))
    async with at(chromium, house) as page:
        await expect(page.locator("article")).to_have_count(2)
        bot.report(busy, {"kind": "step", "step": "read the ledger"})
        await expect(card(page, busy)).to_contain_text("read the ledger")
        bot.report(looping, *({"kind": "call", "like": "same", "text": "retry"} for _ in range(3)))
        await expect(card(page, looping)).to_contain_text("Loop")
        asked = bot.propose(busy)["review"]
        await expect(card(page, busy).get_by_role("link", name="Open review")).to_have_attribute(
            "href", f"/inbox/{asked}"
        )
        await expect(page.get_by_role("button", name="Need attention")).to_contain_text("1 loop")
        assert await order(page) == [looping, busy]
        await inspect_everywhere(page, "wall")
        await page.get_by_role("button", name="Waiting for a person").click()
        await expect(page.locator("article")).to_have_count(1)
        await page.goto("/oversight?view=table")
        await expect(page.locator("tbody tr")).to_have_count(2)
        await inspect(page, "table")


async def test_a_run_is_paused_guided_and_goes_on_and_its_process_confirms(chromium: Browser, house: House):
    bot = Agent(house)
    run = bot.open("Restore the sync")
    async with at(chromium, house, f"/{run}") as page:
        drawer = page.get_by_role("complementary", name="Run")
        await drawer.get_by_label("Reason").fill("look first")
        await drawer.get_by_role("button", name="Pause").click()
        await expect(drawer).to_contain_text("Pause asked by sue, not confirmed")
        state = house("GET", f"/runs/{run}", house.session("sue")).json()["state"]
        bot("confirm", run, of=state["control"]["rev"])
        await expect(drawer).to_contain_text("Pause asked by sue, confirmed in")
        await expect(drawer).to_contain_text("look first")
        await drawer.get_by_label("Guide this agent").fill("leave out 2019")
        await drawer.get_by_role("button", name="Send").click()
        await expect(drawer).to_contain_text("1 message not read yet")
        bot("heard", run, upto=1)
        await expect(drawer).to_contain_text("read after")
        await inspect_everywhere(page, "run")
        await drawer.get_by_role("button", name="Resume").click()
        await expect(drawer.get_by_role("button", name="Pause")).to_be_visible()
    assert house("GET", f"/runs/{run}", house.session("sue")).json()["state"]["status"] == "running"


async def test_a_stop_takes_a_reason_and_a_second_step_and_says_what_did_not_confirm(chromium: Browser, house: House):
    bot, sue = Agent(house), house.session("sue")
    runs = [bot.open("one"), bot.open("two"), bot.open("three")]
    async with at(chromium, house) as page:
        for run in runs[:2]:
            await card(page, run).hover()
            await card(page, run).get_by_role("checkbox").check()
        await page.get_by_role("button", name="Stop…").click()
        dialog = page.get_by_role("dialog", name="Stop 2 runs for good")
        now = dialog.get_by_role("button", name="Stop now")
        await expect(now).to_be_disabled()
        await expect(dialog.get_by_role("button", name="Hold 2 s")).to_be_disabled()
        await dialog.get_by_label("Reason").fill("wrong table")
        await expect(now).to_be_disabled()
        await dialog.get_by_label("Type").fill("2")
        await inspect(page, "stop")
        await now.click()
        await expect(page.get_by_role("dialog")).to_contain_text("2 not confirmed yet")
        states = [house("GET", f"/runs/{run}", sue).json()["state"] for run in runs]
        assert [one["status"] for one in states] == ["stopped", "stopped", "running"]
        bot("confirm", runs[0], of=states[0]["control"]["rev"])
        await expect(page.get_by_role("dialog")).to_contain_text("1 not confirmed yet")
        await expect(page.get_by_role("dialog").get_by_text("Stopped and confirmed")).to_have_count(1)
        await inspect(page, "stopped")


async def test_who_holds_for_two_seconds_stops_and_who_lets_go_does_not(chromium: Browser, house: House):
    run = Agent(house).open("one")
    async with at(chromium, house, f"/{run}") as page:
        await page.clock.install()
        await page.clock.pause_at(await page.evaluate("Date.now() + 60_000"))
        await page.get_by_role("group", name="Control").get_by_role("button", name="Stop").click()
        await page.get_by_role("dialog").get_by_label("Reason").fill("enough")
        await page.get_by_role("button", name="Hold 2 s").hover()
        await page.mouse.down()
        await page.clock.run_for(1_900)
        await page.mouse.up()
        await page.clock.run_for(1_000)
        assert house("GET", f"/runs/{run}", house.session("sue")).json()["state"]["status"] == "running"
        await page.mouse.down()
        await page.clock.run_for(2_100)
        await expect(page.get_by_role("dialog")).to_contain_text("Stopped 1 run")
        await page.mouse.up()
    assert house("GET", f"/runs/{run}", house.session("sue")).json()["state"]["status"] == "stopped"


async def test_agents_are_stopped_by_scope_and_the_stop_is_lifted_by_another(chromium: Browser, house: House):
    bot, other = Agent(house, "bot"), Agent(house, "zed")
    run, free = bot.open("one"), other.open("two")
    house.company.person("ada", roles=("administrator",))
    async with at(chromium, house) as page:
        await page.get_by_role("button", name="Stop agents").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("combobox").first.select_option("bot")
        await dialog.get_by_label("Reason").fill("it mails customers")
        await dialog.get_by_label("Type").fill("stop")
        await inspect(page, "switch")
        await dialog.get_by_role("button", name="Stop now").click()
        await expect(dialog).to_contain_text("Nothing of this agent begins any more")
        await expect(card(page, run)).to_contain_text("Paused")
        assert house("GET", f"/runs/{free}", house.session("sue")).json()["state"]["status"] == "running"
    async with at(chromium, house, who="ada") as page:
        await expect(page.get_by_label("Stopped")).to_contain_text("it mails customers")
        await page.get_by_role("button", name="Stop agents").click()
        await page.get_by_role("button", name="Lift…").click()
        await page.get_by_label("Why it is lifted").fill("repaired")
        await page.get_by_role("button", name="Lift", exact=True).click()
        await expect(page.get_by_role("button", name="Lift…")).to_have_count(0)
    assert house("GET", "/stops", house.session("sue")).json()["items"][0]["state"]["status"] == "removed"


async def test_who_only_watches_controls_nothing_and_is_told_why(chromium: Browser, house: House):
    bot = Agent(house)
    theirs, others = bot.open("mine", supervisors=["user:vera"]), bot.open("not mine")
    async with at(chromium, house, who="vera") as page:
        await expect(card(page, theirs).get_by_role("button", name="Pause")).to_be_visible()
        await expect(card(page, others).get_by_role("button")).to_have_count(0)
        await page.goto(f"/oversight/{others}")
        await expect(page.get_by_role("complementary", name="Run")).to_contain_text("You may watch this run")
        await inspect(page, "watching")


async def test_an_empty_wall_a_run_that_is_not_there_and_a_stream_that_is_lost(chromium: Browser, house: House):
    async with at(chromium, house, expected=(404, 503)) as page:
        await expect(page.get_by_text("No run is being watched.")).to_be_visible()
        await inspect(page, "empty")
        run = Agent(house).open("one")
        await expect(card(page, run)).to_be_visible()
        await page.goto(f"/oversight/{mint('run')}")
        await expect(page.get_by_role("complementary", name="Run").get_by_role("alert")).to_be_visible()
        await page.route("**/v1/oversight*", lambda route: route.fulfill(status=503, json={}))
        await page.goto("/oversight")
        await expect(page.get_by_role("button", name="Try again")).to_be_visible()


async def test_what_an_agent_says_is_drawn_and_set_apart_and_does_nothing(chromium: Browser, house: House):
    bot = Agent(house)
    run = bot.open(EVIL)
    bot.report(
        run, {"kind": "step", "step": EVIL}, {"kind": "error", "step": EVIL, "text": EVIL, "value": {EVIL: EVIL}}
    )
    async with at(chromium, house, f"/{run}") as page:
        await expect(page.locator(".fence")).to_contain_text("⟨U+202E⟩")
        await expect(page.locator("p.agent").first).to_contain_text("⟨U+200B⟩")
        assert await page.locator("img").count() == 0
        names = "(all) => all.map((one) => (one.ariaLabel ?? '') + (one.title ?? '') + one.textContent)"
        for told in [await page.title(), *await page.locator("button, a, label").evaluate_all(names)]:
            assert "constructor" not in told
