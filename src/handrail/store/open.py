"""Opens the store that an address means, looks whether there is one, and migrates it."""

from __future__ import annotations

import os

from ..clock import ToldClock
from .address import is_remote
from .protocol import Store


def open_store(address: str, clock: ToldClock | None = None) -> Store:
    """Open the store; a database on a server tells `clock` its time. Raises what the store raises."""
    if is_remote(address):
        from .postgres import PostgresStore

        return PostgresStore(address, clock)
    from .sqlite import SQLiteStore

    return SQLiteStore(address)


def exists(address: str) -> bool:
    """Whether there is a database; looking makes none. Raises what the store raises."""
    if is_remote(address):
        from .postgres_health import exists as made

        return made(address)
    try:
        return os.path.getsize(address) > 0
    except OSError:
        return False


def migrate(url: str, role: str | None = None) -> int:
    """Bring a database on a server to the present schema, as the role that owns it; how many steps that were.

    `role` is given what a running program needs. Raises `TooNew` and `UsageError`.
    """
    from .migrate import scripts
    from .postgres_link import Link, translated
    from .postgres_migrate import migrate as apply
    from .postgres_rights import grant

    link = Link(url)
    try:
        with translated():
            steps = apply(link.connection(), scripts("postgres"))
            if role is not None:
                grant(link.connection(), role)
            return steps
    finally:
        link.close()
