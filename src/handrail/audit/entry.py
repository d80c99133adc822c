"""Log entries: the closed record of one transition, its canonical bytes and its leaf hash.

An entry holds ids, states and digests, never personal data; what people wrote hangs on it as disclosures.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import orjson

Kind: TypeAlias = Literal["human", "agent", "system", "policy"]
Auth: TypeAlias = Literal["webauthn", "session", "apikey", "chat", "none", "local", "solo", "link"]

VERSION: Final = "handrail-audit/1"
MAX_BYTES: Final = 16 * 1024
_SORTED: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_KINDS: Final = frozenset(get_args(Kind))
_AUTHS: Final = frozenset(get_args(Auth))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_SHA256: Final = re.compile(r"sha256:[0-9a-f]{64}")
_DIGEST: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_MEMBERS: Final = frozenset(("v", "log", "i", "t", "type", "sub", "rev", "from", "to", "act", "sd"))
_OPTIONAL: Final = frozenset(("bind", "pol"))


class MalformedEntry(ValueError):
    """Bytes or members that are no entry of `handrail-audit/1`."""


class Act(NamedTuple):
    """Who acted: kind of principal, its random id, and how it had signed in."""

    kind: Kind
    id: str
    auth: Auth


class Entry(NamedTuple):
    """One transition of one stream: entry `i` of `log`, at `t` (microseconds since the epoch, UTC).

    `rev` counts per subject from 1. `bind` is the action digest and `pol` the digest of the policy that
    decided, both `sha256:<hex>` or None; `sd` maps the name of each disclosure to its digest.
    """

    log: str
    i: int
    t: int
    type: str
    sub: str
    rev: int
    from_: str | None
    to: str
    act: Act
    bind: str | None = None
    pol: str | None = None
    sd: Mapping[str, str] = MappingProxyType({})


def entry_bytes(entry: Entry) -> bytes:
    """The canonical bytes (RFC 8785) of an entry: ASCII, no floats, at most 16 KiB.

    `bind` and `pol` are left out where there is none; `sd` is always there, empty or not. The caller's types
    are trusted; values are checked. Raises MalformedEntry.
    """
    act = entry.act
    record: dict[str, object] = {
        "act": {"auth": act.auth, "id": act.id, "kind": act.kind},
        "from": entry.from_,
        "i": entry.i,
        "log": entry.log,
        "rev": entry.rev,
        "sd": entry.sd,
        "sub": entry.sub,
        "t": timestamp(entry.t),
        "to": entry.to,
        "type": entry.type,
        "v": VERSION,
    }
    if entry.bind is not None:
        record["bind"] = entry.bind
    if entry.pol is not None:
        record["pol"] = entry.pol
    _check(entry)
    try:
        encoded = orjson.dumps(record, option=_SORTED)
    except TypeError as error:
        raise MalformedEntry(f"entry {entry.i} of {entry.sub!a} cannot be written: {error}") from None
    if not encoded.isascii():
        raise MalformedEntry(f"entry {entry.i} of {entry.sub!a} holds text outside ASCII: put it in a disclosure")
    if len(encoded) > MAX_BYTES:
        raise MalformedEntry(f"entry {entry.i} of {entry.sub!a} exceeds {MAX_BYTES} bytes: put it in a disclosure")
    return encoded


def _check(entry: Entry) -> None:
    if entry.i < 0 or entry.rev < 1:
        raise MalformedEntry(f"i counts from 0 and rev from 1, not {entry.i} and {entry.rev}")
    if entry.act.kind not in _KINDS or entry.act.auth not in _AUTHS:
        raise MalformedEntry(f"act {entry.act.kind!a} with auth {entry.act.auth!a} is none of the known ones")
    for digest in (entry.bind, entry.pol):
        if digest is not None and not _SHA256.fullmatch(digest):
            raise MalformedEntry(f"bind and pol are sha256:<64 hex digits>, not {digest[:80]!a}")
    if not all(map(_DIGEST.fullmatch, entry.sd.values())):
        raise MalformedEntry(f"sd holds base64url SHA-256 digests, not {str(dict(entry.sd))[:200]!a}")


def parse_entry(encoded: bytes) -> Entry:
    """Read an entry back, so that `entry_bytes` of it gives the same bytes.

    Refuses unknown, missing and repeated members, wrong types, and any spelling but the canonical one. Raises
    MalformedEntry.
    """
    if len(encoded) > MAX_BYTES:
        raise MalformedEntry(f"an entry has at most {MAX_BYTES} bytes, not {len(encoded)}")
    try:
        record = orjson.loads(encoded)
    except orjson.JSONDecodeError as error:
        raise MalformedEntry(f"not JSON: {error}") from None
    entry = _entry(_object(record, "the entry", _MEMBERS, _OPTIONAL))
    if entry_bytes(entry) != encoded:
        raise MalformedEntry("not in canonical form (RFC 8785): the bytes were changed or written by another tool")
    return entry


def _entry(record: dict[str, object]) -> Entry:
    if record["v"] != VERSION:
        raise MalformedEntry(f"not of version {VERSION}: use the release that wrote it")
    act = _object(record["act"], "act", frozenset(("kind", "id", "auth")))
    sd = _object(record["sd"], "sd")
    return Entry(
        log=_text(record, "log"),
        i=_count(record, "i"),
        t=read_timestamp(_text(record, "t")),
        type=_text(record, "type"),
        sub=_text(record, "sub"),
        rev=_count(record, "rev"),
        from_=None if record["from"] is None else _text(record, "from"),
        to=_text(record, "to"),
        act=Act(kind=_kind(_text(act, "kind")), id=_text(act, "id"), auth=_auth(_text(act, "auth"))),
        bind=_text(record, "bind") if "bind" in record else None,
        pol=_text(record, "pol") if "pol" in record else None,
        sd={name: _text(sd, name) for name in sd},
    )


def _object(
    value: object, what: str, members: frozenset[str] | None = None, optional: frozenset[str] = frozenset()
) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MalformedEntry(f"{what} is no JSON object")
    if members is not None and not members <= value.keys() <= members | optional:
        raise MalformedEntry(f"{what} has members missing or unknown: {sorted(members ^ value.keys() - optional)}")
    return value


def _text(record: Mapping[str, object], name: str) -> str:
    value = record[name]
    if not isinstance(value, str):
        raise MalformedEntry(f"{name[:80]!a} is no text")
    return value


def _count(record: Mapping[str, object], name: str) -> int:
    value = record[name]
    if type(value) is not int:
        raise MalformedEntry(f"{name} is no integer")
    return value


def _kind(text: str) -> Kind:
    for kind in get_args(Kind):
        if text == kind:
            return kind  # type: ignore[no-any-return]
    raise MalformedEntry(f"act.kind {text[:80]!a} is none of {sorted(_KINDS)}")


def _auth(text: str) -> Auth:
    for auth in get_args(Auth):
        if text == auth:
            return auth  # type: ignore[no-any-return]
    raise MalformedEntry(f"act.auth {text[:80]!a} is none of {sorted(_AUTHS)}")


def leaf(entry: bytes) -> bytes:
    """The Merkle leaf hash of an entry's bytes: SHA-256(0x00 ‖ entry), RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def timestamp(t: int) -> str:
    """Microseconds since the epoch as `YYYY-MM-DDThh:mm:ss.ffffffZ`; 1970 to 9999, else MalformedEntry."""
    seconds, micros = divmod(t, 1_000_000)
    return f"{_second(seconds)}.{micros:06d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        moment = None
    if moment is None or moment < _EPOCH:
        raise MalformedEntry(f"second {seconds} of the epoch is outside the years 1970 to 9999: check the clock")
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def read_timestamp(text: str) -> int:
    """The microseconds since the epoch of what `timestamp` wrote. Raises MalformedEntry."""
    try:
        if _TIME.fullmatch(text):
            return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
    except ValueError:
        pass
    raise MalformedEntry(f"{text[:80]!a} is no time of the form YYYY-MM-DDThh:mm:ss.ffffffZ")
