"""A real Chromium for tests: where it is found, and a watched context in which nothing may go wrong unseen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

ROOT: Final = Path(__file__).resolve().parents[2]
AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NAMES: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)  # fmt: skip
FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
Scheme = Literal["light", "dark"]
LOOKS: Final[tuple[tuple[int, Scheme], ...]] = ((1440, "light"), (390, "dark"))
NARROWEST: Final = 320
LOST: Final = 0
"""The status of an answer that never came."""
_STATUS: Final = re.compile(r"the server responded with a status of (\d+)|net::ERR_(?:CONNECTION_|INCOMPLETE_)")
_LISTEN: Final = """addEventListener("securitypolicyviolation", (event) =>
  handrailViolation(`${event.violatedDirective} ${event.blockedURI}`), true);"""


def found() -> str | None:
    """The browser to use: `HANDRAIL_CHROMIUM`, else the first of those that are usual."""
    given = os.environ.get("HANDRAIL_CHROMIUM")
    return shutil.which(given) if given else next((path for path in map(shutil.which, NAMES) if path), None)


def lacking(what: str) -> None:
    """Say what is not there: a skip on a developer's machine, a failure where everything has to be tested."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def executable() -> str:
    """The browser to use; without one the test is skipped."""
    path = found()
    if path is None:
        lacking("no Chromium is found: install one, or name it in HANDRAIL_CHROMIUM, to run the browser tests")
    assert path
    return path


class Watched:
    """What went wrong in a context, as it was seen from outside the page."""

    def __init__(self, own: Collection[str], expected: Collection[int]) -> None:
        self._own, self._expected = tuple(own), {str(status) for status in expected}
        self.wrong: list[str] = []

    def console(self, message: ConsoleMessage) -> None:
        """Errors and warnings; an answer that the test expects is none."""
        if message.type in ("error", "warning"):
            status = _STATUS.search(message.text)
            if not (status and (status[1] or str(LOST)) in self._expected):
                self.wrong.append(f"console: {message.text}")

    def request(self, request: Request) -> None:
        """Whatever does not go to the server itself."""
        if not request.url.startswith((*self._own, "data:", "blob:", "about:")):
            self.wrong.append(f"request to {request.url}")

    def violation(self, _: Any, text: str) -> None:
        """What the policy of the page forbids."""
        self.wrong.append(f"policy: {text}")


@asynccontextmanager
async def watched(
    browser: Browser, url: str, *, width: int = 1440, scheme: Scheme = "light", session: str | None = None,
    script: bool = True, expected: Collection[int] = (), others: Collection[str] = (), **options: Any,
) -> AsyncIterator[BrowserContext]:  # fmt: skip
    """A new context at a server, signed in with a session's secret; at its end nothing may have gone wrong.

    `expected` are statuses of errors that the test provokes, `others` the beginnings of further addresses it opens.
    """
    watch = Watched((url, *others), expected)
    context = await browser.new_context(
        viewport=size_of(width), color_scheme=scheme, java_script_enabled=script, base_url=url, **options
    )
    try:
        context.on("console", watch.console)
        context.on("weberror", lambda error: watch.wrong.append(f"page error: {error.error}"))
        context.on("request", watch.request)
        await context.expose_binding("handrailViolation", watch.violation)
        await context.add_init_script(_LISTEN)
        if session:
            await context.add_cookies([{"name": "handrail", "value": session, "url": url, "sameSite": "Strict"}])
        yield context
    finally:
        await context.close()
    assert watch.wrong == [], watch.wrong


async def inspect(page: Page, where: str = "") -> None:
    """Hold a page to what all pages have to be: accessible by axe-core, and nowhere wider than the window."""
    if not AXE.exists():
        lacking("axe-core is not installed: run `make check` once, which installs it")
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    result = await page.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS)
    told = [
        f"{where} {one['id']}: {one['help']}: {node['target']} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]
    assert not told, "\n".join(told)
    await fits(page, where)


async def fits(page: Page, where: str = "") -> None:
    """Nothing is wider than the window."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{where} scrolls sideways"


async def inspect_everywhere(page: Page, where: str = "") -> None:
    """The same, wide and light, narrow and dark; at the narrowest it still fits."""
    for width, scheme in LOOKS:
        await page.set_viewport_size(size_of(width))
        await page.emulate_media(color_scheme=scheme)
        await inspect(page, f"{where} {width} {scheme}")
    await page.set_viewport_size(size_of(NARROWEST))
    await fits(page, f"{where} {NARROWEST}")


def size_of(width: int) -> ViewportSize:
    """A window of that width: a desk's or a hand's."""
    return {"width": width, "height": 900 if width > 600 else 844}
