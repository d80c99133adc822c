"""Draws the icons of the installed app from the mark, with the Chromium that the tests use: `python -m tools.icons`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from handrail.server.pages import installed
from tests.browser.chromium import FLAGS, executable

FOLDER: Final = Path(installed.__file__).parent / "icons"
MARK: Final = '<path d="M7 27V14M16 27V11M25 27V8M4 13.5 28 5.5"/>'
DRAWN: Final = """
<body style="margin:0;background:none"><svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"
 viewBox="0 0 32 32"><rect width="32" height="32" rx="{corner}" fill="{ground}"/><g fill="none" stroke="#fff"
 stroke-width="2.6" stroke-linecap="round" transform="translate(16 16) scale({scale}) translate(-16 -16.25)">{mark}</g>
</svg></body>"""
LOOKS: Final[dict[str, tuple[int, float, str, float]]] = {
    "icon-192.png": (192, 7.2, "#2754d8", 0.62),
    "icon-512.png": (512, 7.2, "#2754d8", 0.62),
    "icon-maskable-512.png": (512, 0, "#2754d8", 0.5),
    "icon-apple-180.png": (180, 0, "#2754d8", 0.62),
    "badge-96.png": (96, 0, "none", 0.96),
}
"""Size, corner, ground, and how much of it the mark takes: a phone cuts what is maskable to a form of its own, and of a
badge it uses the outline alone."""


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS])
        for name, (size, corner, ground, scale) in LOOKS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(DRAWN.format(size=size, corner=corner, ground=ground, scale=scale, mark=MARK))
            page.screenshot(path=FOLDER / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
