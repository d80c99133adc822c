"""A database as the site of the terminal: the person is the one whom the OS user is linked to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..backend import Event
from ..codec import policies
from ..codec.people_file import PersonSpec, read_groups, read_people
from ..codec.policy_file import PolicyFile
from ..directory.model import Directory
from ..embedded import Database, Embedded, os_user_name, solo_person
from ..engine import roster
from ..engine.escalation import Escalation, escalation
from ..engine.explanation import explanation
from ..errors import NotAllowed, NotFound, UsageError
from ..policy.register import ID
from ..principal import Principal, person
from ..store.address import shown
from ..store.open import exists
from .site import Office, require_administrator


class NoDatabase(NotFound):
    """There is no database at the place that was named, and reading creates none."""

    code = "no_database"


class LocalSite:
    """One database, and the person at the keyboard."""

    url: Final = None

    def __init__(self, path: str) -> None:
        self.path: Final = path
        self.where: Final = shown(path)
        self.database: Final = Database(path)
        self.backend: Final = Embedded(self.database, lambda _: self._identified())

    @property
    def directory(self) -> Directory:
        """Everybody present."""
        return self.backend.archive.directory()

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

    @property
    def office(self) -> Office:
        """Agents, keys and accounts. Raises `NotAllowed` where others administer."""
        try:
            from ..server.auth.accounts import Accounts
            from ..server.auth.administration import Administration
        except ImportError as error:
            raise UsageError(f"this needs more packages ({error.name}): pip install 'handrail[server]'") from None
        require_administrator(self, "changes agents, keys and accounts")
        return Administration(Accounts(self.database), self.backend)

    def now(self) -> int:
        """The present (µs)."""
        return self.database.clock.now()

    def explanation(self, action: str) -> Iterable[tuple[str, Event]]:
        """The entries that tell why an action ran or not."""
        return explanation(self.backend.archive, action)

    def escalation(self, review: str) -> Escalation:
        """Who is asked about a review now, who next, and what happens at the end."""
        return escalation(self.backend.archive, review, self.now())

    def create(self) -> bool:
        """Make the database, or bring a file to the present schema; whether it was made."""
        fresh = not exists(self.path)
        self.backend.archive.size()
        return fresh

    def apply_people(self, text: str, *, prune: bool, dry_run: bool) -> list[roster.Change]:
        """Bring the directory to what a people file says, in one transaction."""
        people, groups = read_people(text), read_groups(text)
        if dry_run and not exists(self.path):
            raise UsageError(f"there is no database at {self.where!a} yet: run `handrail init` first")
        self.create()
        self._require_link(people, prune)
        require_administrator(self, "changes who is here")
        plan = roster.plan(self.directory, people, prune=prune, groups=groups)
        if plan and not dry_run:
            self.backend.together(roster.commands(self.directory, plan))
        return plan

    def _require_link(self, people: tuple[PersonSpec, ...], prune: bool) -> None:
        """Raise `UsageError` where the person at the keyboard would lock themselves out."""
        user = os_user_name()
        if roster.unlinked(self.directory, people, user, prune=prune):
            raise UsageError(
                f"nobody would be linked to your OS user {user}, so you could change nothing here any more: add "
                f"`os_user: {user}` to a person (line {people[0].line} has the first)"
            )

    def put_policy(self, text: str, found: PolicyFile) -> None:
        """Make a policy the active one."""
        self.backend.call(ID, policies.put_policy(text, found.policy))

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def require_database(path: str) -> None:
    """Raise `NoDatabase` unless there is one."""
    if not exists(path):
        raise NoDatabase(
            f"there is no database at {shown(path)!a}: name it with --db or HANDRAIL_DB, or create it with "
            "`handrail init`"
        )
