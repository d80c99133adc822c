"""A phone in a hand: its passkeys, its taps, and how little it is told while nobody looks."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any, Final

from playwright.async_api import BrowserContext, CDPSession, Page, expect

from tests.notify.browsers import Browser

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


async def account(page: Page) -> None:
    """Open the dialog of one's sign-in and notifications."""
    await page.goto("/inbox")
    await page.get_by_role("button", name="account of").click()
    await page.get_by_role("button", name="Sign-in and notifications").click()
    await expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()


async def add(page: Page) -> None:
    """Add a passkey there."""
    await account(page)
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("not used yet")).to_be_visible()


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


_SUBSCRIBED: Final = """
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
const made = { endpoint: %s, getKey: (name) => bytes(name === "p256dh" ? %s : %s), unsubscribe: async () => true };
PushManager.prototype.subscribe = async () => made;
PushManager.prototype.getSubscription = async () => made;
"""
_SHOWN: Final = """async () => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.map(({ title, body, tag }) => ({ title, body, tag }));
}"""
_CLICK: Final = """async () => {
  const opened = new Promise((resolve) => { self.clients.openWindow = async (path) => resolve(path); });
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  return opened;
}"""


async def with_pushes(context: BrowserContext, browser: Browser) -> None:
    """Its push service is the one of the test: the browser's own is far away."""
    said = (browser.endpoint, b64encode(browser.key).decode(), b64encode(browser.secret).decode())
    await context.add_init_script(_SUBSCRIBED % tuple(json.dumps(one) for one in said))


async def deliver(context: BrowserContext, page: Page, said: dict[str, Any]) -> list[dict[str, str]]:
    """Hand a push to the page's service worker, as the browser does that has decrypted it; what is shown then."""
    device = await context.new_cdp_session(page)
    registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def updated(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not registered.done():
                registered.set_result(one["registrationId"])

    device.on("ServiceWorker.workerRegistrationUpdated", updated)
    await device.send("ServiceWorker.enable")
    origin = await page.evaluate("location.origin")
    push = {"origin": origin, "registrationId": await registered, "data": json.dumps(said)}
    await device.send("ServiceWorker.deliverPushMessage", push)
    found: list[dict[str, str]] = []
    while not found:
        found = await page.evaluate(_SHOWN)
    return found


async def click(context: BrowserContext) -> str:
    """Tap the push that is shown; where it leads."""
    path: str = await context.service_workers[0].evaluate(_CLICK)
    return path
