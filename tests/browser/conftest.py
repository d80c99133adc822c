"""One Chromium for each worker of the test run."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from .chromium import FLAGS, executable


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; a test opens contexts of its own in it, by `watched`."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        await browser.close()
