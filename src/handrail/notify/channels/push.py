"""Web Push: encrypted for the browser (RFC 8291), signed by the server (RFC 8292), handed to the browser's service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from ...clock import DAY, HOUR, MINUTE, SECOND
from ...errors import HandrailError, UsageError
from ...store.protocol import Store
from ...store.vault import Subscription
from ..channel import Address, Undeliverable, Unreachable
from ..guarded import Guarded
from ..message import Message, title
from ..subscription import CURVE, PushService, private_key

SIGNED: Final = HOUR
LEAST: Final = MINUTE
LONGEST: Final = DAY
"""How long (µs) a push service keeps what a browser that is off has not fetched."""
GONE: Final = frozenset({404, 410})


class Push:
    """A way to browsers, which are known in a database alone. Raises `UsageError` where its libraries are missing."""

    def __init__(self, service: PushService, guarded: Guarded | None = None) -> None:
        self.contact: Final = service.contact
        self.guarded: Final = guarded or Guarded(loopback=service.loopback)
        self.encrypt, self.vapid = _libraries()

    def send(self, message: Message, to: Address) -> None:
        """Raise `Undeliverable`: without a database nobody's browser is known."""
        raise Undeliverable("a push goes to the browsers of a person, whom only a running server knows")

    def at(self, store: Store, now: Callable[[], int]) -> Pushes:
        """The same with the browsers of a database. `now` gives the time that counts there (µs)."""
        return Pushes(self, store, now)


class Pushes:
    """Sends a message to every subscribed browser of a person."""

    def __init__(self, push: Push, store: Store, now: Callable[[], int]) -> None:
        self._push, self._store, self._now = push, store, now

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
        status = self._push.guarded.post(one.endpoint, self._headers(one.endpoint, message), self._sealed(one, message))
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
        sealed: bytes = self._push.encrypt(
            json.dumps(said).encode(), private_key=ec.generate_private_key(CURVE), dh=one.key, auth_secret=one.secret,
            version="aes128gcm",
        )  # fmt: skip
        return sealed

    def _headers(self, endpoint: str, message: Message) -> dict[str, str]:
        place = urlsplit(endpoint)
        claims = {
            "aud": f"{place.scheme}://{place.netloc}", "sub": f"mailto:{self._push.contact}",
            "exp": (self._now() + SIGNED) // SECOND,
        }  # fmt: skip
        rest = LONGEST if message.until is None else message.until - self._now()
        signed: dict[str, str] = self._push.vapid(private_key(self._store.secret)).sign(claims)
        return {
            **signed, "Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "Urgency": "high",
            "TTL": str(min(max(rest, LEAST), LONGEST) // SECOND),
        }  # fmt: skip


def _libraries() -> tuple[Any, Any]:
    """What encrypts, and what signs."""
    try:
        from http_ece import encrypt
        from py_vapid import Vapid02
    except ImportError:
        raise UsageError("pushes need more than is installed: pip install 'handrail[notify]'") from None
    return encrypt, Vapid02
