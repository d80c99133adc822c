"""Web addresses that run code, or whose host is not what it seems at first sight."""

from __future__ import annotations

import re

from .letters import odd_word

_URL = re.compile(
    r"\b([a-zA-Z][a-zA-Z0-9+.-]{1,20}):[/\\]{2}"
    r"([^\s/?#\"'<>`\\()\[\]]*(?:\[[^\]\s]*\][^\s/?#\"'<>`\\()]*)?)"
).finditer
"""Scheme and authority (RFC 3986) of every address in a text; backslashes count as browsers take them."""

_INERT = re.compile(
    r"(?:^|[\s\"'(=<])(?:(?:javascript|vbscript):(?=\S)|data:(?:[a-z]+/[\w.+-]+)?[;,]\S)", re.IGNORECASE
).search
_NUMERIC = re.compile(
    r"\[[0-9a-fA-F:.]+(?:%\w+)?\]|(?:0[xX][0-9a-fA-F]+|\d+)(?:\.(?:0[xX][0-9a-fA-F]+|\d+)){0,3}\.?"
).fullmatch
"""A host as a number: dotted, or the short decimal, octal and hexadecimal forms that resolvers accept."""

_WEB = ("http", "https")
_WEB_PORTS = frozenset({"", "80", "443", "8080", "8443"})


def url(text: str, field: str) -> str:
    """Return the words of a flag about the first address that is not what it seems, or an empty string."""
    lower = text.lower()
    if ("cript:" in lower or "data:" in lower) and _INERT(text):
        return "An address that carries code or data instead of naming a place."
    if ":/" not in text and ":\\" not in text:
        return ""
    return next(filter(None, (_authority(match[1].lower(), match[2]) for match in _URL(text))), "")


def _authority(scheme: str, authority: str) -> str:
    _, at, place = authority.rpartition("@")
    host, colon, port = place.rpartition(":")
    if not colon or not (port.isdecimal() or not port):
        host, port = place, ""
    if at and scheme in _WEB:
        return "The address has a user part before @; the host is what stands after it."
    if _NUMERIC(host):
        return "The address names its host by a number instead of a name."
    if any(label.startswith("xn--") for label in host.lower().split(".")):
        return "The host is written in punycode (xn--): its name may look different elsewhere."
    if not host.isascii() and _imitates(host):
        return "The host mixes alphabets or imitates Latin letters."
    if scheme in _WEB and port not in _WEB_PORTS:
        return f"The address uses the unusual port {port[:8]}."
    return ""


def _imitates(host: str) -> bool:
    return any(dot in host for dot in "\u3002\uff0e\uff61") or any(map(odd_word, re.findall(r"[^\W_]+", host)))
