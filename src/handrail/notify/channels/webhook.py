"""Signed webhooks, as Standard Webhooks 1.0 has them, to an address of the operator's choice."""

from __future__ import annotations

import base64
import binascii
import hmac
import ssl
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ...clock import SECOND, Clock, to_datetime
from ..channel import Address, Undeliverable, Unreachable
from ..guarded import Guarded
from ..message import Message, title

PREFIX: Final = "whsec_"
GONE: Final = 410
"""The receiver wants no more of it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A receiver. With `loopback` it may be on this machine."""

    url: str
    key: bytes
    loopback: bool = False

    def __repr__(self) -> str:
        return "Hook(…)"


def key_of(secret: str) -> bytes:
    """The key in a secret such as `whsec_…`. Raises `ValueError`."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("the secret is not whsec_ and the base64 of 24 to 64 bytes")
    return key


class Webhook:
    """Posts what is said as JSON."""

    def __init__(self, hook: Hook, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        self._hook, self._clock = hook, clock
        self._guarded: Final = Guarded(loopback=hook.loopback, context=context)

    def send(self, message: Message, to: Address) -> None:
        """Post it. Raises `Unreachable` and `Undeliverable`."""
        body = orjson.dumps(told(message, to))
        status = self._guarded.post(self._hook.url, self._signed(message.id, body), body)
        if status == GONE:
            raise Undeliverable("the receiver says that it is gone (410)")
        if not 200 <= status < 300:
            raise Unreachable(f"the receiver answers {status}")

    def _signed(self, id_: str, body: bytes) -> dict[str, str]:
        at = str(self._clock.now() // SECOND)
        digest = hmac.digest(self._hook.key, f"{id_}.{at}.".encode() + body, "sha256")
        return {
            "Content-Type": "application/json", "User-Agent": "Handrail", "webhook-id": id_, "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }  # fmt: skip


def told(message: Message, to: Address) -> dict[str, Any]:
    """A message as receivers read it. Times are ISO 8601 in UTC."""
    until = to_datetime(message.until).isoformat() if message.until is not None else None
    said = {
        "title": title(message), "kind": message.kind, "name": message.name, "who": message.who, "why": message.why,
        "count": message.count, "others": message.others,
    }  # fmt: skip
    data = {"person": to.person, "until": until, "link": message.link, **said}
    about = "run" if message.kind == "run" else "review"
    return {"type": f"{about}.{message.what}", "timestamp": to_datetime(message.at).isoformat(), "data": data}
