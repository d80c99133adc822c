"""Payloads in an encoding: what they decode to where that is text, and what no check can look into.

The words say how a payload is written and what kind of thing it holds. They never quote it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import addresses, injections, shells, syntax
from .words import count

LONG_BASE64, LONG_HEX, LONG_PERCENT = 100, 129, 30
"""Characters (percent escapes) beyond any usual identifier or digest; SHA-512 has 128 hexadecimal digits."""

OPAQUE: dict[str, str] = {
    "binary": "Encoded data that is no text",
    "compressed": "Compressed data",
    "encrypted": "Encrypted data",
    "broken": "An encoding that cannot be read",
}
"""Every code of what cannot be inspected, with its heading for people."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What was found: words for people, and a code of `OPAQUE` if no check can look into it."""

    words: str
    opaque: str = ""


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}(?:\r?\n[A-Za-z0-9+/_-]{16,}={0,2})*").finditer
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+").fullmatch
_BASE32 = re.compile(r"[A-Z2-7]{16,}={0,6}").fullmatch
_PAIRS = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{2}[ ,:]){7,}[0-9a-fA-F]{2}(?!\w)").finditer
_BITS = re.compile(r"(?<!\d)(?:[01]{8}[ ,]?){7,}").finditer
_NUMBERS = re.compile(r"(?<![\w.])(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])(?:, ?| )){9,}(?:\d{2,3})(?![\w.])").finditer
_PERCENT = re.compile(rf"(?:%[0-9a-fA-F]{{2}}){{{LONG_PERCENT},}}").search
_PERCENT_SIGNS = re.compile(
    r"(?:%(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])){2}|%(?:25)+(?:3[cC]|2[efEF27]|5[cC]|0[0aAdD])|%3[cC](?!=)|(?:%u[0-9a-fA-F]{4}){2}|%(?:0[0aAdD]|1[bB])"
).search
_UNSEEN = r"(?i:200[b-f]|202[a-e]|206[0-9a-f]|feff|e00[0-7][0-9a-f])"
"""Code points that hide or turn text, as escapes write them."""
_ESCAPES = re.compile(
    r"(?:\\x[0-9a-fA-F]{2}){4}|(?:\\u\{?[0-9a-fA-F]{2,6}\}?){4}|(?:\\[0-7]{3}){4}"
    r"|\\x[2-7][0-9a-fA-F][^\\]{0,40}\\x[2-7][0-9a-fA-F]"
    rf"|\\u\{{?{_UNSEEN}"
).search
_ENTITIES = re.compile(
    rf"(?:&#(?:x[0-9a-fA-F]{{1,6}}|\d{{1,7}});?){{3}}|&#(?:[xX]0*{_UNSEEN}\b|0*(?:820[3-7]|823[4-8]|829[4-7]|65279)\b)"
).search
_CALLS = re.compile(r"fromCharCode\s?\(|(?i:\bchr\(\d+\)\W{1,4}){2}").search
_EQUALS = re.compile(r"(?:=[0-9A-F]{2}){4}").search
_PADDING = re.compile("==?(?![A-Za-z0-9=])").finditer
_SHORT = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{7,20}$").search
_MAIL = re.compile(r"=\?[\w-]{2,20}\?[bBqQ]\?").search
_CIPHER = re.compile(
    r"-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE|PKCS7|CMS)-----|^Salted__|\$ANSIBLE_VAULT;|^U2FsdGVkX1"
).search
_NAMED = re.compile(r"(?:^|[_-])(?:b64|base64)$|Base64$|B64$").search
_ALPHABET = re.compile(r"[A-Za-z0-9+/_\s-]*={0,2}\s*").fullmatch
_DATA = re.compile(r"data:[\w/.+;=-]{0,100};base64,").match


_CODED = "Part of the text is written in character codes."


def encoded(text: str, field: str) -> str:
    """Return the words of a flag about a payload written in an encoding, or an empty string."""
    found = next(payloads(text, field), None)
    return found.words if found else ""


def opaque(text: str, field: str) -> Payload | None:
    """Return the first payload of a text that no check can look into."""
    return next((one for one in payloads(text, field) if one.opaque), None)


def payloads(text: str, field: str) -> Iterator[Payload]:
    """Yield what is encoded in a text."""
    if field and _NAMED(field) and text and not (_ALPHABET(text) and _raw(text)):
        yield from () if _DATA(text) else (Payload("Named as base64, and cannot be decoded as that.", "broken"),)
    if ("-----B" in text or text[:1] in "SU$") and _CIPHER(text):
        yield Payload("Encrypted: only who holds the key can read it.", "encrypted")
    for match in _BASE64(text):
        yield from _packed(match.group())
    if "=" in text:
        yield from filter(None, (_short(text, match) for match in _PADDING(text)))
        if _EQUALS(text):
            yield Payload(_CODED)
        if "=?" in text and _MAIL(text):
            yield Payload("Part of the text is written in the encoding of mail headers.")
    yield from _spelled(text)
    if "%" in text and (_PERCENT_SIGNS(text) or _PERCENT(text)):
        yield Payload("Part of the text is percent-encoded and cannot be read here.")
    if ("\\" in text and _ESCAPES(text)) or ("&#" in text and _ENTITIES(text)) or ("(" in text and _CALLS(text)):
        yield Payload(_CODED)


def _packed(run: str) -> Iterator[Payload]:
    """Yield what a long run of letters and digits is, if it is anything."""
    body = "".join(run.split())
    if _HEX(body):
        raw = _unhex(body)
        if (
            raw
            and len(raw) >= 10
            and not body.isdecimal()
            and (payload := _decoded(raw, f"{len(body):,} hexadecimal characters"))
        ):
            yield payload
        elif len(body) >= LONG_HEX and len(set(body)) > 2:
            yield Payload(f"{len(body):,} hexadecimal characters, more than a digest has.", "binary")
        return
    words = f"{count(len(body), 'character')} of base64"
    if payload := _decoded(_raw(body), words):
        yield payload
    elif len(body) >= LONG_BASE64 and len(set(body)) > 20 and not (body.islower() or body.isupper()):
        yield Payload(f"{words} or a similar encoding.", "binary")
    elif _BASE32(body) and (payload := _decoded(_unbase32(body), f"{len(body):,} characters of base32")):
        yield payload


def _short(text: str, padding: re.Match[str]) -> Payload | None:
    """Return what stands before the padding of base64 that is too short to be found by its length."""
    body = _SHORT(text[max(0, padding.start() - 21) : padding.start()])
    run = body.group() + padding.group() if body else ""
    raw = _raw(run) if len(run) % 4 == 0 and len(run) < 20 else b""
    return _decoded(raw, f"{len(run)} characters of base64") if 5 < len(raw) < 11 and _prose(raw) else None


def _spelled(text: str) -> Iterator[Payload]:
    """Yield texts that are spelled out byte by byte: in pairs of hexadecimal digits, in bits, in decimal numbers."""
    forms: tuple[tuple[Callable[[str], Iterator[re.Match[str]]], int, str], ...] = (
        (_PAIRS, 16, "hexadecimal pairs"), (_BITS, 2, "bits"), (_NUMBERS, 10, "decimal character codes"),
    )  # fmt: skip
    if len(text) < 20 or 8 * sum(map(text.count, "0123456789")) < len(text):
        return
    for form, base, what in forms:
        for match in form(text):
            digits = match.group() if base != 2 else " ".join(re.findall("[01]{8}", match.group()))
            raw = bytes(int(one, base) & 255 for one in re.split(r"[ ,:]+", digits.strip(" ,:")))
            if _prose(raw):
                yield from filter(None, (_decoded(raw, f"{len(match.group()):,} characters of {what}"),))


def _raw(run: str) -> bytes:
    """Decode base64 of either alphabet, with padding or without; nothing if it is none."""
    body = "".join(run.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _unhex(body: str) -> bytes:
    body = body.removeprefix("0x")
    return bytes.fromhex(body) if len(body) % 2 == 0 else b""


def _unbase32(body: str) -> bytes:
    body = body.rstrip("=")
    try:
        return base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        return b""


_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b\x08", "compressed", "gzip"), (b"PK\x03\x04", "compressed", "a ZIP archive"),
    (b"BZh9", "compressed", "bzip2"), (b"\xfd7zXZ", "compressed", "xz"),
    (b"7z\xbc\xaf\x27", "compressed", "a 7z archive"),
    (b"Rar!\x1a", "compressed", "a RAR archive"), (b"\x28\xb5\x2f\xfd", "compressed", "Zstandard"),
    (b"x\x9c", "compressed", "zlib"), (b"x\xda", "compressed", "zlib"), (b"\x89PNG", "binary", "a PNG image"),
    (b"\xff\xd8\xff", "binary", "a JPEG image"), (b"GIF8", "binary", "a GIF image"), (b"RIFF", "binary", "RIFF media"),
    (b"%PDF-", "binary", "a PDF document"), (b"\x7fELF", "binary", "a program for Linux"),
    (b"MZ\x90", "binary", "a program for Windows"), (b"\xca\xfe\xba\xbe", "binary", "a program"),
    (b"Salted__", "encrypted", "ciphertext of OpenSSL"), (b"SQLite format 3", "binary", "a database"),
)  # fmt: skip
"""First bytes of formats with their names."""


def _decoded(raw: bytes, how: str) -> Payload | None:
    """Return what decoded bytes are by their looks; nothing where they may as well be no payload at all."""
    for start, code, name in _KINDS:
        if raw.startswith(start) and len(raw) >= 12:
            return Payload(f"{how} that decode to {count(len(raw), 'byte')} of {name}, by the first bytes.", code)
    text = _text(raw)
    if text is None:
        return None
    kinds = [name for name, check in _LOOKS if check(text, "")]
    return Payload(f"{how} that decode to readable text{f', with {kinds[0]}' if kinds else ''}.")


_LOOKS: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("shell syntax", shells.shell), ("a file path", syntax.path), ("a web address", addresses.url),
    ("page code", injections.markup), ("a database command", injections.sql),
)  # fmt: skip


def _text(raw: bytes) -> str | None:
    """Decode bytes as UTF-8 or UTF-16 if that gives printable text; 11 random bytes do once in 50,000 times."""
    if len(raw) >= 16 and len(raw) % 2 == 0 and not any(raw[1::2]):
        raw = raw[::2]
    if len(raw) < 6 or not _calm(raw):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isascii() or (len(raw) >= 15 and text.isprintable()) else None


_PRINTABLE = bytes((*b"\t\n\r", *range(32, 127), *range(128, 256)))
_LETTERS = b" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _calm(raw: bytes) -> bool:
    return not raw.translate(None, _PRINTABLE)


def _prose(raw: bytes) -> bool:
    """Say whether bytes are letters and spaces for the most part, or a command."""
    return _calm(raw) and 2 * len(raw.translate(None, _LETTERS)) < len(raw)
