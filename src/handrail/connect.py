"""`connect`: from a URL to a `Rail`, on a database here or a server elsewhere."""

from __future__ import annotations

import os
import sys

from .clock import Clock
from .embedded import Database, Embedded, local_agent, solo_person
from .errors import UsageError
from .gate.asking import ask_here
from .gate.notice import Notice
from .patterns.declare import Reviewers
from .policy.asked import environment
from .rail import Rail
from .store.address import is_remote, shown


def connect(
    url: str, *, agent: str | None = None, owner: str | None = None, reviewers: Reviewers | None = None,
    run: str | None = None, quiet: bool = False, clock: Clock | None = None, key: str | None = None,
    env: str | None = None,
) -> Rail:  # fmt: skip
    """A rail on a database, such as `sqlite:///handrail.db`, or on a server. Nothing is opened before the first use.

    `agent` names the program (default: its file's name), `owner` who answers for it (`user:ann`; default: the OS user),
    `reviewers` are asked where a function names nobody, `run` is the run of calls outside a `rail.run` block (default:
    the environment's HANDRAIL_RUN). A server's URL is `https://…`, on this machine also `http://127.0.0.1:…`; then
    `key` (default: the environment's HANDRAIL_KEY) says which agent this is, and whose. `env` is what a policy's
    conditions see as `env`, such as "prod" (default: the environment's HANDRAIL_ENV); a server says so itself. Raises
    `UsageError` for a URL that cannot be used.
    """
    run = run or os.environ.get("HANDRAIL_RUN")
    if url.startswith(("https://", "http://")):
        if agent or owner or clock or env:
            raise UsageError(
                "over HTTP the key says which agent this is, and the server has the clock and the env: leave them out"
            )
        return _connect_http(url, key, reviewers, run, quiet)
    if key:
        raise UsageError("key= is for a server's URL; a database file needs none")
    database = Database(database_path(url), clock, env=environment(env or os.environ.get("HANDRAIL_ENV")))
    backend = Embedded(database, local_agent(agent or _program(), owner))
    people = Embedded(database, solo_person)
    hint = f" --db {shown(url)}"
    notice = Notice(lambda: backend, hint, ask=lambda review: ask_here(people, review), quiet=quiet)
    return Rail(backend, notice, reviewers=reviewers, run=run, close=database.close)


def _connect_http(url: str, key: str | None, reviewers: Reviewers | None, run: str | None, quiet: bool) -> Rail:
    from .client.http import Http
    from .client.transport import Transport

    secret = key or os.environ.get("HANDRAIL_KEY")
    if not secret:
        raise UsageError("a server needs a key: give key=, or set HANDRAIL_KEY; an administrator creates it")
    backend = Http(Transport(url, secret))
    notice = Notice(lambda: backend, f" --db {url}", quiet=quiet)
    return Rail(backend, notice, reviewers=reviewers, run=run, close=backend.close)


def database_path(url: str) -> str:
    """The file that a URL names, or the URL of a database on a server. Raises `UsageError` for one of neither."""
    if is_remote(url):
        return url
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite" and separator:
        if rest in ("", "/", "/:memory:"):
            return ":memory:"
        return rest.removeprefix("/")
    raise UsageError(
        f"{url!r} cannot be used: give sqlite:///file.db, sqlite:////absolute/path/file.db or postgresql://host/database"
    )


def _program() -> str:
    name = os.path.basename(sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c") else "python")
    return name.removesuffix(".py") or "python"
