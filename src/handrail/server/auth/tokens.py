"""Random secrets as text: a prefix that scanners recognise, 256 random bits, and a checksum that catches typing errors.

`hrk_` and 49 characters of base 62: 43 for the bits, 6 for the CRC-32 of everything before them.
"""

import hashlib
import secrets
import zlib
from typing import Final, Literal

Kind = Literal["key", "session", "invitation", "link"]
PREFIXES: Final[dict[Kind, str]] = {"key": "hrk", "session": "hrs", "invitation": "hri", "link": "hrl"}
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY: Final = 43
_CHECK: Final = 6


def mint(kind: Kind) -> str:
    """A new secret. It is shown once; only its digest is kept."""
    body = f"{PREFIXES[kind]}_{_base62(secrets.randbits(256), _BODY)}"
    return body + _checksum(body)


def digest(kind: Kind, text: str) -> bytes | None:
    """What a secret of that kind is found by: its SHA-256. `None` for text that cannot be one.

    With 256 random bits there is nothing to guess, so that a slow hash would protect nothing.
    """
    body, check = text[:-_CHECK], text[-_CHECK:]
    shaped = text.isascii() and len(text) == len(PREFIXES[kind]) + 1 + _BODY + _CHECK
    if not shaped or not text.startswith(PREFIXES[kind] + "_") or _checksum(body) != check:
        return None
    return hashlib.sha256(text.encode()).digest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
