"""Where a command of the terminal works: the database, the person at the keyboard, and what shortened ids stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from ..backend import ReviewRecord
from ..connect import database_path
from ..directory.model import Directory
from ..embedded import Database, Embedded, os_user_name, solo_person
from ..errors import NotAllowed, NotFound, UsageError
from ..principal import Principal, person
from ..review.access import People, require
from ..review.model import Review
from .refusal import refused

DEFAULT: Final = "sqlite:///handrail.db"
CANDIDATES: Final = 8
Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", envvar="HANDRAIL_DB", help=f"Database: a URL or a path [default: {DEFAULT}]"),
]
_WORDS: Final = {"rev": ("review", "reviews list"), "act": ("action", "actions list"), "run": ("run", "runs list")}


class NoDatabase(NotFound):
    """There is no database at the place that was named, and reading creates none."""

    code = "no_database"


class AmbiguousId(UsageError):
    """A shortened id stands for several."""

    code = "ambiguous_id"


class Desk:
    """One command's database and person."""

    def __init__(self, path: str) -> None:
        self.path: Final = path
        self.database: Final = Database(path)
        self.backend: Final = Embedded(self.database, lambda _: self._identified())

    @property
    def directory(self) -> Directory:
        """Everybody present."""
        return self.backend.archive.directory()

    def who(self) -> Principal:
        """The person at the keyboard. Raises `NotAllowed` where nobody is linked to the OS user."""
        return self.backend.actor

    def _identified(self) -> Principal:
        if self.directory.solo:
            return solo_person(self.database)
        user = os_user_name()
        found = self.directory.linked(user)
        if found is None:
            raise NotAllowed(
                f"nobody in the directory is linked to your OS user {user}: add `os_user: {user}` to a person in "
                "people.yaml, and let somebody who is linked run `handrail people apply people.yaml`"
            )
        return person(found.id, "local")

    def refusal(self, review: Review) -> str | None:
        """Why the person here may not decide the review, or `None` where they may."""
        try:
            require(review, self.who(), People(self.directory, frozenset()))
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
        plain = start[4:].isascii() and start[4:].isalnum()
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
    """The desk at a database, closed at the end; a refusal inside becomes one line and the exit code.

    Without `create` a missing database is an error.
    """
    with refused():
        found = Desk(place(db))
        if not create:
            require_database(found.path)
        try:
            yield found
        finally:
            found.database.close()


def place(db: str | None) -> str:
    """The file that `--db` names. Raises `UsageError`."""
    url = db or DEFAULT
    path = database_path(url) if "://" in url else url
    if path == ":memory:":
        raise UsageError("a database in memory is seen by its own process alone: name a file")
    return path


def require_database(path: str) -> None:
    """Raise `NoDatabase` unless there is a file with something in it."""
    try:
        empty = os.path.getsize(path) == 0
    except OSError:
        empty = True
    if empty:
        raise NoDatabase(
            f"there is no database at {path!a}: name it with --db or HANDRAIL_DB, or create it with `handrail init`"
        )
