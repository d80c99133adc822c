"""Addresses for one person: they lead to a review once that person has signed in, and let nobody in."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from ..clock import DAY, HOUR
from ..errors import NotFound

PREFIX: Final = "lnk_"
LASTS: Final = 7 * DAY
"""How long (µs) an address leads anywhere."""
_TIME: Final = 4
_MAC: Final = 16


def personal_link(secret: bytes, review: str, person: str, now: int) -> str:
    """The address of a review for a person. It names nobody: whose it is, only the server's secret can tell."""
    until = ((now + LASTS) // HOUR).to_bytes(_TIME)
    said = until + review.encode()
    return PREFIX + base64.urlsafe_b64encode(_mac(secret, said, person) + said).decode().rstrip("=")


def followed(secret: bytes, text: str, person: str, now: int) -> str:
    """The review that an address leads a person to. Raises `NotFound` for one that is another's, over, or not whole."""
    raw = _decoded(text.removeprefix(PREFIX))
    mac, said = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(secret, said, person)):
        raise NotFound("this link was made for somebody else, or was not copied whole: /d shows what waits for you")
    if int.from_bytes(said[:_TIME]) < now // HOUR:
        raise NotFound("this link is too old to lead anywhere: /d shows what waits for you")
    return said[_TIME:].decode()


def _mac(secret: bytes, said: bytes, person: str) -> bytes:
    return hmac.digest(secret, b"link|" + person.encode() + b"|" + said, "sha256")[:_MAC]


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        return b""
