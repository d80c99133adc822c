"""What an address says: a file's path, `:memory:`, or the URL of a PostgreSQL database, read as its driver reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from ..errors import UsageError

SCHEMES: Final = ("postgresql://", "postgres://")
POOLED: Final = "pgbouncer"
"""A member of the URL's query that only this product reads: whether a pooler of transactions is on the way."""
PLAIN: Final = frozenset({
    POOLED, "dbname", "host", "hostaddr", "port", "sslmode", "sslrootcert", "sslcert", "target_session_attrs", "user",
})  # fmt: skip
"""The members that may be shown; others may be secret, or be known to the driver alone."""
_HOST: Final = r"(?:\[[^\]/?@]*\]|[^/?@:,\[]*)(?::\d*)?"
_URL: Final = re.compile(
    rf"postgres(?:ql)?://(?:(?P<user>[^@/:]*)(?::[^@/]*)?@)?(?P<hosts>{_HOST}(?:,{_HOST})*)"
    r"(?:/(?P<name>[^/?@]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Remote:
    """A database on a server. `url` is for the driver and may hold a password; `options` are settings of the session.

    `pooled` says whether a pooler is on the way that gives each transaction another connection; `None`: not said.
    """

    url: str
    options: str
    pooled: bool | None


def is_remote(address: str) -> bool:
    """Whether the address is that of a database on a server, which has a time of its own."""
    return address.startswith(SCHEMES)


def remote(url: str) -> Remote:
    """What a URL says. Raises `UsageError` for one that cannot be read or names no database."""
    found = _URL.fullmatch(url)
    if found is None:
        raise UsageError(
            "the URL cannot be read: give postgresql://user@host/database, and write / ? @ : in a password as %2F %3F "
            "%40 %3A"
        )
    query = dict(parse_qsl(found["query"] or "", keep_blank_values=True))
    if not found["name"] and not query.get("dbname"):
        raise UsageError("the URL names no database: give postgresql://user@host/database")
    pooled, options = query.pop(POOLED, None), query.pop("options", "")
    if pooled not in (None, "true", "false"):
        raise UsageError(f"{POOLED}={pooled!a} cannot be meant: give true or false, or leave it out")
    rest = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return Remote(url.partition("?")[0] + rest, options, None if pooled is None else pooled == "true")


def shown(address: str) -> str:
    """The address as it may be shown: without a password."""
    if not is_remote(address):
        return address
    found = _URL.fullmatch(address)
    if found is None:
        return "postgresql://…"
    user = f"{found['user']}@" if found["user"] else ""
    members = [one for one in parse_qsl(found["query"] or "") if one[0] in PLAIN]
    query = f"?{urlencode(members, quote_via=quote)}" if members else ""
    return f"postgresql://{user}{found['hosts']}/{found['name'] or ''}{query}"
