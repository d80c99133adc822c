"""Disclosures: erasable values that an entry commits to by a salted digest, in the form of RFC 9901."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from typing import Final, NamedTuple

import orjson

from ..ids import Keyed

SALT_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_ARRAY: Final = re.compile(rb'\["([A-Za-z0-9_-]{43})","([a-z][a-z0-9_.-]{0,63})",(.+)\]', re.DOTALL)


class MalformedDisclosure(ValueError):
    """Text that is no disclosure as Handrail writes them."""


class Disclosure(NamedTuple):
    """An opened disclosure; `value` is JSON text in UTF-8 as it was committed."""

    salt: bytes
    name: str
    value: bytes


class Salts:
    """The salts of one command: HMAC-SHA256(seed, sub|rev|name). The seed is drawn per command and never stored."""

    __slots__ = ("_keyed",)

    def __init__(self, seed: bytes) -> None:
        self._keyed: Final = Keyed(seed)

    def __call__(self, sub: str, rev: int, name: str) -> bytes:
        return self._keyed(f"{sub}|{rev}|{name}".encode())


def disclosure(name: str, value: bytes, salt: bytes) -> tuple[str, str]:
    """The disclosure text of a value and its digest, both base64url without padding.

    `value` is canonical JSON. The text is the base64url of `["salt","name",value]`, written without spaces.
    Raises MalformedDisclosure for a name or salt that cannot be read back.
    """
    if len(salt) != SALT_BYTES or not _NAME.fullmatch(name):
        raise MalformedDisclosure(f"{name[:80]!a}: a name is lower case ASCII, a salt has {SALT_BYTES} bytes")
    text = _encode(b'["%b","%b",%b]' % (_encode(salt), name.encode(), value))
    return text.decode(), _digest(text)


def disclosure_digest(text: str) -> str:
    """The digest that an entry's `sd` holds for a disclosure text: base64url(SHA-256(ASCII(text)))."""
    try:
        return _digest(text.encode("ascii"))
    except UnicodeEncodeError:
        raise MalformedDisclosure("a disclosure is base64url text, which is ASCII") from None


def open_disclosure(text: str) -> Disclosure:
    """Read a disclosure back; `disclosure` of the parts gives the same text.

    The value is well-formed JSON; reading it strictly is `codec.canonical.parse`'s work. Raises
    MalformedDisclosure.
    """
    array = _ARRAY.fullmatch(_decode(text))
    if array is None:
        raise MalformedDisclosure('a disclosure holds ["salt","name",value] without spaces')
    salt_text, name, value = array.groups()
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise MalformedDisclosure(f"the value of {name.decode()!r} is not JSON: {error}") from None
    return Disclosure(_decode(salt_text.decode()), name.decode(), value)


def _digest(text: bytes) -> str:
    return _encode(hashlib.sha256(text).digest()).decode()


def _encode(data: bytes) -> bytes:
    """Two replacements: in text both characters are rare, and looking for them costs less than translating all."""
    return b2a_base64(data, newline=False).rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")


def _decode(text: str) -> bytes:
    """Strict base64url: one spelling per value, no padding, no foreign characters."""
    try:
        encoded = text.encode("ascii")
        data = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        raise MalformedDisclosure("a disclosure is base64url text without padding") from None
    if _encode(data) != encoded:
        raise MalformedDisclosure("not the one base64url spelling of its bytes: the text was changed")
    return data
