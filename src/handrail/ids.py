"""Ids of everything that has a life: a three-letter prefix and 26 base-32 digits (128 bits).

An id is minted (random) for what arrives from outside and derived for what follows from something known, so that
the same cause always leads to the same id. No id carries personal data.
"""

import hashlib
import hmac
import os
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS: Final = 26


def _text(prefix: str, raw: bytes) -> str:
    number = int.from_bytes(raw[:16], "big") << 2
    return prefix + "_" + "".join([_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)])


def mint(prefix: str) -> str:
    """A new random id, `<prefix>_` and 26 digits of Crockford base 32."""
    return _text(prefix, os.urandom(16))


def derive(prefix: str, *parts: str | int) -> str:
    """The id that follows from `parts`: SHA-256 over their length-prefixed text, cut to 128 bits."""
    digest = hashlib.sha256()
    for part in parts:
        raw = str(part).encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return _text(prefix, digest.digest())


def keyed(prefix: str, secret: bytes, *parts: str | int) -> str:
    """Like `derive`, under a database's secret: who has only the log cannot guess `parts` back."""
    message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (str(part).encode() for part in parts))
    return _text(prefix, hmac.digest(secret, message, "sha256"))
