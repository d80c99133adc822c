"""Takes the picture of a phone that is set up for the night: `python -m tools.phone`; it needs a Chromium."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright, expect

from handrail.notify.channels.push import Push
from handrail.notify.subscription import PushService
from handrail.server.posting import posting
from tests.browser.chromium import FLAGS, executable, watched
from tests.browser.desk import staffed
from tests.browser.hand import PHONE, account, add, with_passkeys, with_pushes
from tests.notify.browsers import Browser

from .palette import smaller

TARGET: Final = Path(__file__).parents[1] / "docs" / "images" / "phone-at-night.png"
LOOK: Final = {
    **PHONE, "permissions": ["notifications"], "device_scale_factor": 2,
    "user_agent": "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36",
}  # fmt: skip


async def main() -> None:
    """Add a passkey, subscribe, and keep what the dialog shows then."""
    with tempfile.TemporaryDirectory() as folder, staffed(Path(folder, "a.db"), name="localhost") as house:
        house.company.person("ann", "treasury", push=True)
        with posting(house.service, {"push": Push(PushService("ops@example.com"))}):
            async with async_playwright() as playwright:
                chromium = await playwright.chromium.launch(executable_path=executable(), args=[*FLAGS])
                async with watched(chromium, house.url, session=house.session("ann"), **LOOK) as context:
                    await with_pushes(context, Browser("https://push.example/send/ann"))
                    page = await context.new_page()
                    await with_passkeys(context, page)
                    await add(page)
                    await account(page)
                    await page.get_by_role("button", name="Notify me in this browser").tap()
                    await expect(page.get_by_text("this browser, since")).to_be_visible()
                    blank = await chromium.new_page()
                    TARGET.write_bytes(await smaller(blank, await page.screenshot()))
                await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
