"""A company with people of every role, agents and keys, in a database of its own."""

from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from handrail.directory.commands import PutAgent, PutGroup, PutKey, PutPerson, RemoveKey, RemovePerson
from handrail.directory.roles import Role
from handrail.directory.telling import Tell, Telling, telling_text
from handrail.embedded import Database, Embedded, solo_person
from handrail.engine.request import DEFAULT_TENANT
from handrail.ids import mint
from handrail.server.auth.accounts import Accounts
from handrail.server.auth.passwords import Passwords
from handrail.testing import FrozenClock

PASSWORD: Final = "correct horse battery"
QUICK: Final = PasswordHasher(1, 8, 1)
"""Costs next to nothing, which would make guessing cheap: for tests only."""


class Company:
    """What a test sets up in one tenant."""

    def __init__(self, path: Path | str, clock: Any = None, tenant: str = DEFAULT_TENANT, database: Any = None) -> None:
        self.clock = clock or FrozenClock()
        self.database: Database = database or Database(str(path), self.clock)
        self.accounts = Accounts(self.database, Passwords(QUICK))
        self.tenant = tenant
        self.boss = Embedded(self.database, solo_person, tenant)
        self.names = self.database.process.engine.names(tenant)

    def person(
        self, handle: str, *groups: str, roles: tuple[Role, ...] = ("reviewer",), password: str | None = None,
        mail: str | None = None, push: bool = False,
    ) -> str:  # fmt: skip
        """Add somebody, or change them; returns the id."""
        found = self.accounts.directory(self.tenant).resolve(f"user:{handle}") or mint("usr")
        for group in groups:
            self.boss.call(self.names.group(group), PutGroup(self.names.look_up("group", group), f"group:{group}"))
        ids = tuple(sorted(self.names.group(group) for group in groups))
        ways = (*((Tell("mail", mail),) if mail else ()), *((Tell("push"),) if push else ()))
        telling = telling_text(Telling(ways))
        put = PutPerson(
            self.names.look_up("user", handle), None, ids, f"user:{handle}", handle, None, roles, telling=telling
        )
        self.boss.call(found, put)
        if password:
            self.accounts.set_password(self.tenant, found, password)
        return found

    def dismiss(self, who: str) -> None:
        """Take somebody out."""
        self.boss.call(who, RemovePerson())

    def key(self, name: str = "bot", owner: str = "osu_owner", until: int | None = None, **given: Any) -> str:
        """A key for an agent; returns the secret."""
        agent, key = self.names.agent(name), mint("key")
        self.boss.call(agent, PutAgent(owner, name, owner))
        text = self.accounts.keep_key(self.tenant, key)
        self.boss.call(key, PutKey(agent, given.get("scopes", ("propose", "execute")), until, name))
        return text

    def end_key(self, text: str) -> None:
        """Remove a key."""
        found = self.accounts.by_key(text).key
        assert found
        self.boss.call(found, RemoveKey())

    def close(self) -> None:
        """Close the database."""
        self.database.close()
