"""A phone in a hand: its passkeys, its taps, and how little it is told while nobody looks."""

from __future__ import annotations

from typing import Any, Final

from playwright.async_api import BrowserContext, CDPSession, Page

PHONE: Final[dict[str, Any]] = {"width": 390, "scheme": "dark", "has_touch": True, "is_mobile": True}
_COUNT: Final = "addEventListener('pointerdown', () => handrailTapped(), true)"


async def with_passkeys(context: BrowserContext, page: Page) -> CDPSession:
    """A device that keeps passkeys, and whose person always puts a finger on it when it asks."""
    device = await context.new_cdp_session(page)
    await device.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device


class Taps:
    """Counts what is tapped on the pages of a context."""

    def __init__(self) -> None:
        self.count = 0

    async def watch(self, context: BrowserContext) -> None:
        """Begin; pages that are open already are not counted until they load anew."""
        await context.expose_binding("handrailTapped", self._tapped)
        await context.add_init_script(_COUNT)

    def _tapped(self, _: Any) -> None:
        self.count += 1
