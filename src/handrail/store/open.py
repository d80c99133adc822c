"""Which store an address means: a file's path, `:memory:`, or the URL of a PostgreSQL database."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..clock import ToldClock
from .protocol import Store

SCHEMES = ("postgresql://", "postgres://")


def is_remote(address: str) -> bool:
    """Whether the address is that of a database on a server, which has a time of its own."""
    return address.startswith(SCHEMES)


def open_store(address: str, clock: ToldClock | None = None) -> Store:
    """Open the store; a database on a server tells `clock` its time. Raises what the store raises."""
    if is_remote(address):
        from .postgres import PostgresStore

        return PostgresStore(address, clock)
    from .sqlite import SQLiteStore

    return SQLiteStore(address)


def shown(address: str) -> str:
    """The address as it may be shown: without a password."""
    if not is_remote(address):
        return address
    parts = urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}@{host}" if name else host, query="").geturl()
