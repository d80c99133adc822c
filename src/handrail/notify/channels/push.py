"""Web Push: encrypted for the browser (RFC 8291), signed by the server (RFC 8292), handed to the browser's service."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from ...clock import DAY, HOUR, MINUTE, SECOND
from ...errors import HandrailError
from ...store.protocol import Store
from ...store.vault import Subscription
from ..channel import Address, Undeliverable, Unreachable
from ..message import Message, title
from ..subscription import CURVE, private_key

SIGNED: Final = HOUR
LEAST: Final = MINUTE
LONGEST: Final = DAY
"""How long (µs) a push service keeps what a browser that is off has not fetched."""
GONE: Final = frozenset({404, 410})


class Poster(Protocol):
    """Sends a request to an address that people gave, never to a place inside the network."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer. Raises `Unreachable` and `Undeliverable`."""


class Push:
    """Sends a message to every subscribed browser of a person, once it knows the store. Push services may write to
    `contact`, a mail address of the operator's."""

    def __init__(self, contact: str, poster: Poster) -> None:
        self._contact, self._poster = contact, poster
        self._store: Store
        self._now: Callable[[], int]

    def begin(self, store: Store, now: Callable[[], int]) -> None:
        """Take the subscriptions from a store; `now` gives the time that counts there (µs)."""
        self._store, self._now = store, now

    def send(self, message: Message, to: Address) -> None:
        """Hand the message over for each browser. One that is subscribed no more is forgotten; it is enough that one
        takes it. Raises `Unreachable` and `Undeliverable`."""
        with self._store.vault() as vault:
            known = vault.subscriptions(to.tenant, to.person)
        failed: HandrailError = Undeliverable("the person has no browser that shows pushes")
        taken = 0
        for one in known:
            try:
                taken += self._handed_over(one, message)
            except (Unreachable, Undeliverable) as error:
                failed = error if isinstance(error, Unreachable) or not isinstance(failed, Unreachable) else failed
        if not taken:
            raise failed

    def _handed_over(self, one: Subscription, message: Message) -> bool:
        """Whether the browser's service took it; one that is gone is forgotten."""
        status = self._poster.post(one.endpoint, self._headers(one.endpoint, message), self._sealed(one, message))
        if status in GONE:
            with self._store.vault(write=True) as vault:
                vault.drop_subscription(one.tenant, one.person, one.id)
            return False
        if 200 <= status < 300:
            return True
        if status == 429 or status >= 500:
            raise Unreachable(f"the push service does not take it now ({status})")
        raise Undeliverable(f"the push service does not take it ({status})")

    def _sealed(self, one: Subscription, message: Message) -> bytes:
        said = {"id": message.id, "title": title(message), "link": message.link, "until": message.until}
        sealed: bytes = http_ece.encrypt(
            json.dumps(said).encode(), private_key=ec.generate_private_key(CURVE), dh=one.key, auth_secret=one.secret,
            version="aes128gcm",
        )  # fmt: skip
        return sealed

    def _headers(self, endpoint: str, message: Message) -> dict[str, str]:
        place = urlsplit(endpoint)
        claims = {
            "aud": f"{place.scheme}://{place.netloc}", "sub": f"mailto:{self._contact}",
            "exp": (self._now() + SIGNED) // SECOND,
        }  # fmt: skip
        rest = LONGEST if message.until is None else message.until - self._now()
        signed: dict[str, str] = Vapid02(private_key(self._store.secret)).sign(claims)
        return {
            **signed, "Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "Urgency": "high",
            "TTL": str(min(max(rest, LEAST), LONGEST) // SECOND),
        }  # fmt: skip
