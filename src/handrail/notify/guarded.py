"""Sends one HTTPS request to an address on somebody's word, and to nothing that only this machine could reach.

The host is resolved once; every address found has to be public; the connection goes to one of those, with the name only
in TLS and the head. No redirect is followed, no answer is handed on but its status, and all ends after some seconds.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import SplitResult, urlsplit

from .addresses import Address, is_public
from .channel import Undeliverable, Unreachable

SECONDS: Final = 10.0
"""For the whole exchange, once the host is resolved."""
ANSWER: Final = 16 * 1024
"""Octets of an answer that are read."""
LONGEST: Final = 2048
"""Characters of a URL."""
_URL: Final = re.compile(r"https?://[\x21-\x7e]+")
_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*")
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r?\n")
_FIELD: Final = re.compile(r"[A-Za-z0-9-]+")
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the host as it is named, the port, the path with its query, and whether over TLS."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def named(self) -> str:
        """The host as the head of a request names it."""
        bare = f"[{self.host}]" if ":" in self.host else self.host
        return bare if self.port == (443 if self.tls else 80) else f"{bare}:{self.port}"


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def target(url: str, *, loopback: bool = False) -> Target:
    """Where a URL leads. Raises `Undeliverable` unless it is an HTTPS one; with `loopback` it may be of plain HTTP."""
    parts = _parts(url)
    tls = parts.scheme == "https"
    if not tls and not loopback:
        raise Undeliverable("the URL is not https")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Undeliverable("the URL holds a user or password")
    host = _host(parts.hostname or "")
    try:
        port = parts.port if parts.port is not None else 443 if tls else 80
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        raise Undeliverable("the URL has no port that there is")
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), tls)


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST or not _URL.fullmatch(url) or "\\" in url:
        raise Undeliverable("the URL is none that begins with https:// and holds plain characters alone")
    try:
        return urlsplit(url)
    except ValueError:
        raise Undeliverable("the URL cannot be read") from None


def _host(given: str) -> str:
    """A name, or a number in its only spelling: other ones are read differently by different programs."""
    if ":" in given and "%" not in given:
        try:
            return str(ipaddress.IPv6Address(given))
        except ValueError:
            raise Undeliverable("the URL's host is no address") from None
    if _NUMBER.fullmatch(given.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(given))
        except ValueError:
            raise Undeliverable("the URL's host is a number in an unusual spelling") from None
    if len(given) > 253 or not _NAME.fullmatch(given):
        raise Undeliverable("the URL's host is no name")
    return given


class Guarded:
    """Posts to URLs that people gave. `loopback` also lets through what is on this machine, which only an operator who
    has a receiver there may want."""

    def __init__(
        self, *, loopback: bool = False, resolve: Resolve = resolved, context: ssl.SSLContext | None = None
    ) -> None:
        self._loopback: Final = loopback
        self._resolve: Final = resolve
        self._given: Final = context

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer to a POST. Raises `Undeliverable` where it may not go, and `Unreachable`."""
        to = target(url, loopback=self._loopback)
        found = self._addresses(to)
        until = time.monotonic() + SECONDS
        try:
            with self._connected(to, str(found[0]), until) as link:
                link.sendall(_request(to, headers, body))
                status = _status(link, until)
        except ssl.SSLError as error:
            raise Unreachable(f"TLS with the host fails ({error.reason or type(error).__name__})") from None
        except OSError as error:
            raise Unreachable(f"the host does not answer ({type(error).__name__})") from None
        if 300 <= status < 400:
            raise Undeliverable(f"the host answers with a redirect ({status}), and none is followed")
        return status

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given or ssl.create_default_context()

    def _addresses(self, to: Target) -> list[Address]:
        """The addresses of the host, each of them allowed."""
        try:
            found = [ipaddress.ip_address(one) for one in self._resolve(to.host, to.port)]
        except (OSError, ValueError) as error:
            raise Unreachable(f"the host has no address ({type(error).__name__})") from None
        if not found:
            raise Unreachable("the host has no address")
        for one in found:
            if not (one.is_loopback and self._loopback) and (not to.tls or not is_public(one)):
                raise Undeliverable("the host is not on the public network")
        return found

    def _connected(self, to: Target, address: str, until: float) -> socket.socket:
        link = socket.create_connection((address, to.port), timeout=_left(until))
        try:
            link.settimeout(_left(until))
            return self._context.wrap_socket(link, server_hostname=to.host) if to.tls else link
        except BaseException:
            link.close()
            raise


def _request(to: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request. Raises `Undeliverable` for a field that would break out of its line."""
    fields = {"Host": to.named, **headers, "Content-Length": str(len(body)), "Connection": "close"}
    for name, value in fields.items():
        if not _FIELD.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise Undeliverable("a field of the request cannot be sent")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {to.path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _status(link: socket.socket, until: float) -> int:
    """The status of the answer, behind those that only say that it will come. Reads no more of it."""
    read = b""
    while len(read) < ANSWER:
        link.settimeout(_left(until))
        more = link.recv(4096)
        if not more:
            break
        read += more
        while (found := _STATUS.match(read)) and found[1].startswith(b"1") and b"\r\n\r\n" in read:
            read = read.partition(b"\r\n\r\n")[2]
        if found and not found[1].startswith(b"1"):
            return int(found[1])
    raise Unreachable("the host does not answer in HTTP")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
