"""What is stopped is said above every page, as it happens, and no more once it is lifted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.server.house import House

from .chromium import inspect_everywhere, watched
from .desk import ask, row, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with staffed(tmp_path / "a.db", heartbeat=1.0) as found:
        found.company.person("sue", roles=("supervisor",))
        found.company.person("ada", roles=("administrator",))
        yield found


async def test_a_stop_is_told_above_the_inbox_and_takes_what_waits_away(chromium: Browser, house: House):
    waits = ask(house)
    async with watched(chromium, house.url, session=house.session("ann")) as context:
        page = await context.new_page()
        await page.goto("/inbox")
        await expect(row(page, waits)).to_be_visible()
        banner = page.get_by_role("complementary", name="Stopped")
        await expect(banner).to_have_count(0)
        body = {"scope": "tool", "target": "payments.*", "reason": "it pays twice\u202e"}
        made = house("POST", "/stops", house.session("sue"), json=body).json()["id"]
        await expect(banner).to_contain_text("Stopped: every action called payments.*")
        await expect(banner).to_contain_text("it pays twice⟨U+202E⟩")
        await expect(banner).to_contain_text("user:sue")
        await expect(row(page, waits)).to_have_count(0)
        await inspect_everywhere(page)
        assert house("DELETE", f"/stops/{made}", house.session("ada"), json={"note": "repaired"}).is_success
        await expect(banner).to_have_count(0)
