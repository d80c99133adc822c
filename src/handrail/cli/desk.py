"""Opens what `--db` names for a command: a database file or a server, with the person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from ..backend import ReviewRecord
from ..connect import database_path
from ..directory.model import Directory
from ..engine.attendance import present
from ..errors import NotAllowed, NotFound, UsageError
from ..principal import Principal
from ..review.access import require
from ..review.model import Review
from .local import LocalSite, require_database
from .refusal import refused
from .site import Site, require_administrator

DEFAULT: Final = "sqlite:///handrail.db"
CANDIDATES: Final = 8
LONGEST: Final = 30
"""The letters of a whole id."""
Db = Annotated[
    str | None,
    typer.Option(
        "--db", metavar="URL", envvar="HANDRAIL_DB", help=f"A database file, or a server's URL [default: {DEFAULT}]"
    ),
]
_WORDS: Final = {"rev": ("review", "reviews list"), "act": ("action", "actions list"), "run": ("run", "runs list"),
          "std": ("permission", "permissions list"), "stp": ("stop", "stops list")}  # fmt: skip


class AmbiguousId(UsageError):
    """A shortened id stands for several."""

    code = "ambiguous_id"


class Desk:
    """What every command does with its site: who is at the keyboard, and what shortened ids stand for."""

    def __init__(self, site: Site) -> None:
        self.site: Final = site
        self.backend: Final = site.backend

    @property
    def directory(self) -> Directory:
        """Everybody present."""
        return self.site.directory

    def now(self) -> int:
        """The present (µs)."""
        return self.site.now()

    def who(self) -> Principal:
        """The person at the keyboard. Raises `NotAllowed` where nobody is linked to the OS user."""
        return self.backend.actor

    def require_administrator(self, what: str) -> None:
        """Raise `NotAllowed` where there are administrators, and the person at the keyboard is none."""
        require_administrator(self.site, what)

    def refusal(self, review: Review) -> str | None:
        """Why the person here may not decide the review, or `None` where they may."""
        try:
            require(review, self.who(), present(self.directory, frozenset(), self.now()))
        except NotAllowed as error:
            return str(error)
        return None

    def review(self, given: str | None) -> ReviewRecord:
        """The review that an id or its beginning names; without one, the first that this person may decide.

        Raises `NotFound` or `AmbiguousId`.
        """
        if given is not None:
            return self.backend.review(self.find("rev", given))
        waiting = self.backend.waiting(limit=200)
        mine = next((record for record in waiting if self.refusal(record.state) is None), None)
        if mine is None:
            raise NotFound("nothing waits for you")
        return mine

    def action(self, given: str) -> str:
        """The id of the action that an id names, or that the named review is about."""
        if given.lower().startswith("rev_"):
            return self.backend.review(self.find("rev", given)).state.action
        return self.find("act", given)

    def find(self, prefix: str, given: str) -> str:
        """The whole id of that kind. Raises `NotFound`, and `AmbiguousId` with the candidates."""
        word, listing = _WORDS[prefix]
        start = given.strip().lower()
        start = start if start.startswith(f"{prefix}_") else f"{prefix}_{start}"
        plain = start[4:].isascii() and start[4:].isalnum() and len(start) <= LONGEST
        found = self.backend.beginning(start, CANDIDATES + 1) if plain else []
        if not found:
            raise NotFound(f"no {word} begins with {given[:40]!a}: list them with `handrail {listing}`")
        if len(found) > 1 and start not in found:
            listed = ", ".join(_short(one, len(start)) for one in found[:CANDIDATES])
            more = ", …" if len(found) > CANDIDATES else ""
            raise AmbiguousId(f"{given[:40]!a} is the beginning of several {word}s: {listed}{more}; write more of it")
        return start if start in found else found[0]


def _short(id_: str, typed: int) -> str:
    return id_[: max(typed + 4, 10)]


@contextmanager
def desk(db: str | None, *, create: bool = False) -> Iterator[Desk]:
    """The desk at a database file or server, closed at the end; a refusal inside becomes one line and the exit code.

    Without `create` a missing file is an error.
    """
    with refused():
        site = site_at(db, create=create)
        try:
            yield Desk(site)
        finally:
            site.close()


def site_at(db: str | None, *, create: bool = False) -> Site:
    """What `--db` names. Raises `NoDatabase` for a missing file, `NotSignedIn` at a server, `UsageError`."""
    if is_server(db):
        from .remote import RemoteSite

        return RemoteSite(db or "")
    path = place(db)
    if not create:
        require_database(path)
    return LocalSite(path)


def is_server(db: str | None) -> bool:
    """Whether `--db` names a server."""
    return (db or "").lower().startswith(("https://", "http://"))


def place(db: str | None) -> str:
    """The file, or the URL of the database, that `--db` names. Raises `UsageError`."""
    url = db or DEFAULT
    if is_server(url):
        raise UsageError(f"this is for a database, and {url!a} is a server: give --db FILE, or postgresql://…")
    path = database_path(url) if "://" in url else url
    if path == ":memory:":
        raise UsageError("a database in memory is seen by its own process alone: name a file")
    return path
