"""Arrays as PostgreSQL receives them in binary: a statement has the same types whatever is in them."""

from collections.abc import Iterable
from struct import Struct
from typing import Final

TEXT, BIGINT, BYTEA = 25, 20, 17
"""The numbers of the types."""
_HEADER: Final = Struct(">5i")
_LENGTH: Final = Struct(">i").pack
_NUMBER: Final = Struct(">q").pack
_NULL: Final = _LENGTH(-1)
UNKEPT: Final = "\0"
"""A character that no text in PostgreSQL has: what is looked for by a text with it, is not there."""


def texts(values: Iterable[str | None]) -> bytes:
    """An array of texts."""
    return _array(TEXT, [None if one is None else one.encode() for one in values])


def kept(ids: Iterable[str]) -> bytes:
    """An array of those ids that could be in a database."""
    return texts(one for one in ids if UNKEPT not in one)


def numbers(values: Iterable[int | None]) -> bytes:
    """An array of integers."""
    return _array(BIGINT, [None if one is None else _NUMBER(one) for one in values])


def blobs(values: Iterable[bytes]) -> bytes:
    """An array of byte strings."""
    return _array(BYTEA, list(values))


def _array(kind: int, values: list[bytes | None]) -> bytes:
    parts = [_HEADER.pack(1, None in values, kind, len(values), 1)]
    for one in values:
        parts += (_NULL,) if one is None else (_LENGTH(len(one)), one)
    return b"".join(parts)
