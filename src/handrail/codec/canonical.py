"""Canonical JSON (RFC 8785) out, strict JSON in; both know the same closed set of values."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final, cast

import orjson
import rfc8785

from handrail.codec.plain import BIG_INTEGER, LIMITS, MAX_SAFE_INTEGER, Flaw, Limits, guard, is_fast, shorten
from handrail.errors import MalformedJSON
from handrail.stream import JSON

__all__ = ["JSON", "LIMITS", "MAX_SAFE_INTEGER", "Limits", "MalformedJSON", "canonical", "parse"]

_SORTED: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical(value: JSON) -> str:
    """The RFC 8785 text of a value: sorted keys, no spaces, ECMAScript numbers.

    JSON has one kind of number, so `1.0` is written `1` and `-0.0` is written `0`, as the RFC asks. Whatever
    `parse` would refuse is refused here: tuples and other types, NaN, integers and whole floats beyond
    2^53 - 1, lone surrogates, more than 64 levels, 10,000 members or 1 MiB. Raises MalformedJSON.
    """
    text = _fast(value, LIMITS)
    if text is None:
        guard(value)
        text = rfc8785.dumps(value)
    if len(text) > LIMITS.bytes:
        raise _too_long(LIMITS)
    return text.decode()


def parse(
    text: str | bytes,
    *,
    max_bytes: int = LIMITS.bytes,
    max_depth: int = LIMITS.depth,
    max_members: int = LIMITS.members,
) -> JSON:
    """Read JSON strictly: `canonical` of the answer always works.

    Refused, with the place: anything but RFC 8259 in UTF-8, duplicate keys, numbers that do not fit, lone
    surrogates, too much depth (never above 1,024, whatever `max_depth` says), size or members. Canonical
    text is read once; other text twice, the second time for what a usual reader swallows. Raises
    MalformedJSON.
    """
    limits = Limits(bytes=max_bytes, depth=max_depth, members=max_members)
    data = _utf8(text, limits)
    value = _read(data)
    if _fast(value, limits) == data:
        return cast(JSON, value)
    guard(value, limits)
    strict = _STRICT.decode(data.decode())
    guard(strict, limits)
    return cast(JSON, strict)


def _fast(value: object, limits: Limits) -> bytes | None:
    """The canonical bytes by orjson, or None where only the slow path can tell."""
    if not is_fast(value, limits):
        return None
    try:
        return orjson.dumps(value, option=_SORTED)
    except TypeError:
        return None


def _utf8(text: str | bytes, limits: Limits) -> bytes:
    if len(text) > limits.bytes:
        raise _too_long(limits)
    try:
        data = text.encode() if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError as error:
        hint = "It is no character: repair the text where it was decoded."
        raise MalformedJSON("a lone surrogate", f"character {error.start}", hint) from None
    if len(data) > limits.bytes:
        raise _too_long(limits)
    return data


def _too_long(limits: Limits) -> MalformedJSON:
    hint = "Send a reference to the data instead."
    return MalformedJSON(f"more than {limits.bytes:,} bytes", "the top level", hint)


def _read(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJSON(error.msg, where, "Send JSON as RFC 8259 defines it, in UTF-8.") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | Flaw:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(key for key, _ in pairs)
    twice = next(key for key, count in counts.items() if count > 1)
    return Flaw(f"the key '{shorten(twice)}' twice in the object", "Readers differ on which one counts: send one.")


def _integer(digits: str) -> int | Flaw:
    return int(digits) if len(digits) <= len(str(-MAX_SAFE_INTEGER)) else BIG_INTEGER


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)
