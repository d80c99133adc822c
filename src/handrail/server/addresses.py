"""Where requests come from."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.requests import Request

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_SITE: Final = 64
"""Bits of an IPv6 address that stand for one customer of a network."""


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local(request: Request) -> bool:
    """Whether a program on this machine sent it, and no proxy passed it on."""
    client = request.client
    return client is not None and is_loopback(client.host) and not any(name in request.headers for name in FORWARDED)


def network_of(request: Request) -> str:
    """Who is braked together: an IPv4 address, an IPv6 network, or whatever a proxy calls it."""
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host[:60]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, _SITE), strict=False))
