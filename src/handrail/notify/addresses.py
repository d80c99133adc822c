"""Which addresses of the network may be called on somebody's word: those of other people's public machines alone."""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PUBLIC: Final = ipaddress.ip_network("2000::/3")
"""The IPv6 addresses that are given out to anybody. Mapped, translated and local forms of others lie outside."""
_REFUSED: Final = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""Private and shared networks, those of one link or machine, documentation, multicast, tunnels that carry an IPv4
address, and where clouds tell their machines secrets."""


def is_public(address: Address) -> bool:
    """Whether it is some public machine's, and neither this one, nor one of a network that only insiders reach."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC:
        return False
    return address.is_global and not any(address in one for one in _REFUSED if one.version == address.version)
