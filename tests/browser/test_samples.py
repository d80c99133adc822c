"""A sample of what ran by itself, in a real browser; and how critical an action is, where people are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.async_api import Browser, expect

from tests.server.house import House

from .chromium import inspect_everywhere
from .desk import staffed
from .reading import at, outcome, state

POLICY: Final = """
default_path: desk
paths: {desk: {levels: [{ask: group:treasury, for: 4h}]}}
criticality:
  - {name: more than 100, when: has(args.amount) && args.amount > 100}
  - {name: done for the first time, when: history.first}
rules:
  - name: large ones are read
    action: "tickets.*"
    when: criticality == "high" || criticality == "critical"
    pattern: approval
  - {name: small ones run, action: "tickets.*", verdict: run, sample: 1}
"""
TEAM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"team": {"type": "string"}, "sure": {"type": "number"}},
    "required": ["team", "sure"],
}
SCHEMA: Final[dict[str, Any]] = {"type": "object", "properties": {"amount": {"type": "number"}}}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("samples") / "a.db", demo=True) as found:
        found.company.person("olga", roles=("administrator",))
        answer = found("PUT", "/policy", found.session("olga"), json={"file": POLICY})
        assert answer.status_code == 200, answer.text
        yield found


def refund(house: House, amount: int, name: str = "tickets.refund") -> dict[str, Any]:
    """An agent whose code says nothing asks for a refund."""
    body = {
        "name": name, "args": {"amount": amount}, "schema": SCHEMA, "risk": "low",
        "declared": {"pattern": "auto"}, "executor": "one", "start": True,
        "story": {"description": "Customer was charged twice."},
    }  # fmt: skip
    found: dict[str, Any] = house("POST", "/actions", house.company.key(), json=body).json()
    return found


def sample(house: House) -> str:
    """A refund that ran by itself, and is to be looked at."""
    started = refund(house, 20)
    assert started["status"] == "started", started
    settle = {
        "executor": "one",
        "fence": started["fence"],
        "outcome": "succeeded",
        "value": {"value": "C-77\u202e"},
    }
    house("POST", f"/actions/{started['id']}/settle", house.company.key(), json=settle)
    return opened_for(house, started["id"])


def opened_for(house: House, action: str) -> str:
    """The open review of an action."""
    listed = house("GET", "/inbox", house.session("ann")).json()["items"]
    found: str = next(one["id"] for one in listed if one["action"] == action)
    return found


async def test_a_sample_shows_what_ran_and_takes_right_or_wrong(chromium: Browser, house: House):
    good, bad = sample(house), sample(house)
    async with at(chromium, house, good) as page:
        await expect(page.get_by_text("C-77")).to_be_visible()
        await expect(page.get_by_text("U+202E").first).to_be_visible()
        await expect(page.get_by_text("drawn to be looked at")).to_be_visible()
        await inspect_everywhere(page, "a sample")
        await page.get_by_role("button", name="Right").click()
        await expect(page.get_by_text("was found right")).to_be_visible()
    async with at(chromium, house, bad) as page:
        await page.get_by_role("button", name="Wrong").click()
        await page.get_by_label("Note to the agent and the record").fill("She was charged once.")
        await page.get_by_role("form", name="Wrong").locator("button[type=submit]").click()
        await expect(page.get_by_text("was found wrong")).to_be_visible()
        await page.goto(f"/inbox/{bad}")
        await expect(page.get_by_role("region", name="Record")).to_contain_text("You found this wrong")
    assert (outcome(house, good), outcome(house, bad)) == ("right", "wrong")
    assert state(house, bad)["kind"] == "sample"


async def test_what_would_have_been_right_is_written_in_the_type_of_the_output(chromium: Browser, house: House):
    body = {
        "name": "tickets.team", "kind": "output", "args": {"output": {"team": "sales", "sure": 0.95}},
        "schema": {"type": "object", "properties": {"output": {"$ref": "#/$defs/Team"}}, "$defs": {"Team": TEAM}},
        "declared": {"pattern": "auto"}, "risk": "low",
    }  # fmt: skip
    done = house("POST", "/actions", house.company.key(), json=body).json()
    assert done["status"] == "succeeded", done
    review = opened_for(house, done["id"])
    async with at(chromium, house, review) as page:
        await page.get_by_role("button", name="Wrong").click()
        await page.get_by_label("team", exact=True).fill("legal")
        await page.get_by_label("sure").fill("1")
        await page.get_by_label("Note to the agent and the record").fill("It names a lawyer.")
        await page.get_by_role("form", name="Wrong").locator("button[type=submit]").click()
        await expect(page.get_by_text("was found wrong")).to_be_visible()
    decided = house("GET", f"/reviews/{review}", house.session("ann")).json()["decision"]
    assert decided["value"]["value"] == {"team": "legal", "sure": 1}


async def test_how_critical_it_is_and_why_stands_where_people_are_asked(chromium: Browser, house: House):
    held = refund(house, 900, "tickets.payout")
    async with at(chromium, house, held["review"]) as page:
        await expect(page.get_by_text("How critical: high: more than 100 and done for the first time")).to_be_visible()
        await inspect_everywhere(page, "a critical action")
