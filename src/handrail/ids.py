"""Ids of everything that has a life: a three-letter prefix and 26 base-32 digits (128 bits).

An id is minted (random) for what arrives from outside and derived for what follows from something known, so that
the same cause always leads to the same id. No id carries personal data.
"""

import hashlib
import os
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)

_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class Keyed:
    """HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes, for many messages.

    The one-shot HMAC of the standard library lets other threads run at every call: the commit loop would have to wait
    for its turn again some twenty times a command. Hashing short messages does not.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        assert len(key) <= 64, "a longer key is hashed first, and none is"
        block = key.ljust(64, b"\0")
        self._inner: Final = hashlib.sha256(block.translate(_INNER))
        self._outer: Final = hashlib.sha256(block.translate(_OUTER))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def _text(prefix: str, raw: bytes) -> str:
    number = int.from_bytes(raw[:16], "big") << 2
    return prefix + "_" + "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


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
    return _text(prefix, Keyed(secret)(message))
