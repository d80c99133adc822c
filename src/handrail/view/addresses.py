"""Web addresses that run code, or whose host is not what it seems at first sight."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from .letters import odd_word, script

_URL = re.compile(
    r"\b([a-zA-Z][a-zA-Z0-9+.-]{1,20}):[/\\]{2}"
    r"([^\s/?#\"'<>`\\()\[\]]*(?:\[[^\]\s]*\][^\s/?#\"'<>`\\()]*)?)"
).finditer
"""Scheme and authority (RFC 3986) of every address in a text; backslashes count as browsers take them."""

_INERT = re.compile(
    r"(?:^|[\s\"'(=<])(?:(?:j\s*a\s*v\s*a\s*|v\s*b\s*)s\s*c\s*r\s*i\s*p\s*t\s*:(?=\s*\S)|data:(?:[a-z]+/[\w.+-]+)?[;,]\S)",
    re.IGNORECASE,
).search
_NUMERIC = re.compile(
    r"\[[0-9a-fA-F:.]+(?:%\w+)?\]|(?:0[xX][0-9a-fA-F]+|\d+)(?:\.(?:0[xX][0-9a-fA-F]+|\d+)){0,3}\.?"
).fullmatch
"""A host as a number: dotted, or the short decimal, octal and hexadecimal forms that resolvers accept."""

_PUNYCODE = re.compile(r"(?<![\w-])xn--[a-z0-9-]{2,59}(?![\w-])", re.IGNORECASE).search
_BACKSLASHES = re.compile(r"\bhttps?:(?:\\{1,2}|/{1,2}[^\s/?#]{1,250}\\)[\w@]", re.IGNORECASE).search
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(\s*<?https?:/{1,2}([^\s/)?#>]{1,250})").finditer
_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,20}", re.IGNORECASE).findall
_SCHEMES = frozenset({
    "ldap", "ldaps", "gopher", "dict", "jar", "smb", "cifs", "intent", "view-source", "blob", "filesystem",
    "chrome", "chrome-extension", "search-ms", "php", "expect", "phar", "nfs", "rmi", "jndi", "netdoc",
    "telnet", "vnc", "rdp",
})  # fmt: skip
"""Schemes that reach machines, programs or a browser's inside; and all that begin with `ms-`."""

_LAST_WORD = re.compile(r"(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,20}$", re.IGNORECASE).search

_WEB = ("http", "https")
_WEB_PORTS = frozenset({"", "80", "443", "8080", "8443"})


def url(text: str, field: str) -> str:
    """Return the words of a flag about the first address that is not what it seems, or an empty string."""
    lower = text.lower()
    if ("cript:" in lower or "data:" in lower) and _INERT(text):
        return "An address that carries code or data instead of naming a place."
    if "xn--" in lower and _PUNYCODE(text):
        return "The host is written in punycode (xn--): its name may look different elsewhere."
    if "](" in text and _elsewhere(text):
        return "A link shows another host than the one it leads to."
    if ":" in text and any(_reaches(*pair) for pair in pairwise(text.split(":"))):
        return "The address uses a scheme that opens other things than web pages."
    if ":/" not in text and ":\\" not in text:
        return ""
    if "\\" in text and _BACKSLASHES(text):
        return "The address is written with backslashes, which programs read in different ways."
    return next(filter(None, (_authority(match[1].lower(), match[2]) for match in _URL(text))), "")


def _authority(scheme: str, authority: str) -> str:
    _, at, place = authority.rpartition("@")
    host, colon, port = place.rpartition(":")
    if not colon or not (port.isdecimal() or not port):
        host, port = place, ""
    if scheme in _WEB and ("%" in host or "\\" in host):
        return "The host is written with escapes, so that it reads other than it is."
    if at and scheme in _WEB:
        return "The address has a user part before @; the host is what stands after it."
    if _NUMERIC(host):
        return "The address names its host by a number instead of a name."
    if any(label.startswith("xn--") for label in host.lower().split(".")):
        return "The host is written in punycode (xn--): its name may look different elsewhere."
    if host.lower().rstrip(".") in _OWN:
        return "The address names this machine itself, or what serves secrets to it."
    if not host.isascii() and _imitates(host):
        return "The host mixes alphabets or imitates Latin letters."
    if scheme in _WEB and port not in _WEB_PORTS:
        return f"The address uses the unusual port {port[:8]}."
    return ""


_OWN = frozenset(
    {"localhost", "metadata.google.internal", "metadata", "host.docker.internal", "kubernetes.default.svc"}
)


def _reaches(before: str, after: str) -> bool:
    """Say whether what stands before and after a colon makes an address of an unusual scheme."""
    if not after[:1].strip() or not (word := _LAST_WORD(before[-22:])):
        return False
    scheme = word.group().lower()
    if scheme.startswith("ms-"):
        return after[:1] in "/-" or after[:1].isalpha()
    return scheme in _SCHEMES and (after.startswith("//") or after.lower().startswith(("http", "https")))


def _elsewhere(text: str) -> bool:
    """Say whether the words of a link name a host, and the link leads to another."""
    for match in _LINK(text):
        told = {host.lower().removeprefix("www.") for host in _HOST(match[1])}
        place = match[2].rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
        if told and not any(place == host or place.endswith(f".{host}") or host.endswith(f".{place}") for host in told):
            return True
    return False


def _imitates(host: str) -> bool:
    if unicodedata.normalize("NFKC", host).isascii():
        return True
    for label in host.split("."):
        scripts = {script(char) for char in label} - {"COMMON"}
        if "LATIN" in scripts and len(scripts - {"CJK"}) > 1:
            return True
    return any(dot in host for dot in "\u3002\uff0e\uff61") or any(map(odd_word, re.findall(r"[^\W_]+", host)))
