"""What administrators do to agents, keys and accounts: the same on a database file and at a server. It all blocks."""

from __future__ import annotations

from typing import Any, Final

from ...clock import DAY, micros
from ...directory.commands import NoteAccount, PutAgent, PutKey, RemoveAgent, RemoveKey, Scope
from ...directory.model import Directory, Key
from ...embedded import Embedded, os_user_name
from ...engine import roster
from ...errors import InvalidValue, NotFound, UnknownPerson
from ...ids import mint
from ...principal import SOLO_ID
from .accounts import Accounts

SCOPES: Final[tuple[Scope, ...]] = ("propose", "execute", "learn")
OVERLAP: Final = DAY
LONGEST: Final = 200
"""Characters of an agent's name."""
Answer = dict[str, Any]


class Administration:
    """Acts as the person of `backend`, who was allowed to before."""

    def __init__(self, accounts: Accounts, backend: Embedded) -> None:
        self._accounts: Final = accounts
        self._backend: Final = backend

    @property
    def _directory(self) -> Directory:
        return self._accounts.directory(self._backend.tenant)

    # Keys.

    def list_keys(self) -> list[Answer]:
        """Every key, also those that ended; never their secrets."""
        found, used = self._directory, self._accounts.last_use
        return [
            {
                "id": one.id, "status": one.status, "rev": one.rev, "agent": one.agent, "scopes": list(one.scopes),
                "until": one.until, "profile": one.profile, "label": _name(found, one.id),
                "agent_name": _name(found, one.agent), "last_use": used(self._backend.tenant, one.id),
            }
            for one in found.keys.values()
        ]  # fmt: skip

    def create_key(
        self, agent: str | None, owner: str | None = None, scopes: Any = None, expires: str | None = None,
        label: str | None = None,
    ) -> Answer:  # fmt: skip
        """Give an agent a key; one of a new name becomes known. Raises `InvalidValue`."""
        known, until = _scopes(scopes), self._until(expires)
        id_ = self._agent(_named(agent), owner)
        return self._new_key(PutKey(id_, known, until, label or agent or ""))

    def _agent(self, name: str, owner: str | None) -> str:
        """The agent of that name, made known if need be. Raises `InvalidValue` where another answers for it."""
        directory = self._directory
        id_ = directory.names.agent(name)
        known = directory.agents.get(id_)
        if known is None:
            self._backend.call(id_, PutAgent(*self._owner(name, owner)))
        elif owner is not None and self._owner(name, owner)[0] != known.owner:
            raise InvalidValue(f"{name[:60]!a} has another owner: change that with `handrail agents put` first")
        return id_

    def _owner(self, name: str, owner: str | None) -> tuple[str, str, str]:
        """Who answers for an agent, as the members of `PutAgent`: a handle, else the person who asks."""
        directory, me = self._directory, self._backend.actor.id
        if owner is None and me == SOLO_ID:
            return directory.names.os_user(os_user_name()), name, os_user_name()
        if owner is None:
            return me, name, str(roster.profile(directory, me).get("handle", ""))
        handle = owner if owner.startswith("user:") else f"user:{owner}"
        found = directory.resolve(handle)
        if found is None or found not in directory.people:
            raise InvalidValue(f"{owner[:60]!a} is nobody here: owner is the handle of a person, such as user:ann")
        return found, name, handle

    def _until(self, expires: str | None) -> int | None:
        if expires is None:
            return None
        try:
            return self._backend.database.clock.now() + micros(expires)
        except ValueError as error:
            raise InvalidValue(f"expires: {error}") from None

    def _new_key(self, put: PutKey) -> Answer:
        key = mint("key")
        secret = self._accounts.keep_key(self._backend.tenant, key)
        self._backend.call(key, put)
        return {"id": key, "agent": put.agent, "scopes": list(put.scopes), "until": put.until, "secret": secret}

    def rotate_key(self, key: str, overlap: str | None = None) -> Answer:
        """A new key for the same agent; the old one ends after `overlap`, a day if nothing is said."""
        old = self._key(key)
        ends = self._until(overlap) or self._backend.database.clock.now() + OVERLAP
        label = _name(self._directory, old.id) or ""
        made = self._new_key(PutKey(old.agent, old.scopes, old.until, label))
        self._backend.call(old.id, PutKey(old.agent, old.scopes, min(ends, old.until or ends), label))
        return made

    def remove_key(self, key: str) -> Answer:
        """End a key now."""
        found = self._backend.call(self._key(key).id, RemoveKey())
        self._accounts.forget_key(self._backend.tenant, key)
        return found

    def _key(self, key: str) -> Key:
        found = self._directory.keys.get(key)
        if found is None:
            raise NotFound("there is no such key; list them with `handrail keys list`")
        return found

    # Agents.

    def put_agent(self, agent: str | None, owner: str | None = None) -> Answer:
        """Make an agent known, or change who answers for it. Raises `InvalidValue`."""
        name = _named(agent)
        return self._backend.call(self._directory.names.agent(name), PutAgent(*self._owner(name, owner)))

    def remove_agent(self, agent: str) -> Answer:
        """Take an agent out, and end its keys with it. Raises `NotFound`."""
        keys = [one.id for one in self._directory.keys.values() if one.agent == agent and one.status == "present"]
        sent: list[tuple[str, object]] = [*((key, RemoveKey()) for key in keys), (agent, RemoveAgent())]
        answers = self._backend.together(sent)
        for key in keys:
            self._accounts.forget_key(self._backend.tenant, key)
        return answers[-1] | {"keys": len(keys)}

    # People.

    def invite(self, person: str) -> Answer:
        """A secret with which somebody sets their password. Raises `UnknownPerson`."""
        self._note(person, NoteAccount("invited"))
        return {"secret": self._accounts.invite(self._backend.tenant, person)}

    def sign_out(self, person: str) -> Answer:
        """End every session of somebody. Raises `UnknownPerson`."""
        self._note(person, NoteAccount("signed_out"))
        return {"id": person, "ended": self._accounts.sign_out_everywhere(self._backend.tenant, person)}

    def _note(self, person: str, what: NoteAccount) -> None:
        """First the entry, so that nothing happens to an account that is not in the log."""
        if person not in self._directory.people:
            raise UnknownPerson("there is no such person")
        self._backend.call(person, what)


def _name(directory: Directory, subject: str) -> Any:
    return roster.profile(directory, subject).get("name")


def _named(agent: str | None) -> str:
    if not agent or len(agent) > LONGEST:
        raise InvalidValue(f"an agent has the name of its program, of 1 to {LONGEST} characters")
    return agent


def _scopes(given: Any) -> tuple[Scope, ...]:
    """What a key may do; where nothing is said, no more than an agent needs for its own actions."""
    if given is None:
        return ("propose",)
    scopes = tuple(one for one in SCOPES if one in given)
    if not scopes or set(map(str, given)) - set(SCOPES):
        raise InvalidValue(f"a key's scopes are {' and '.join(SCOPES)}, or one of them")
    return scopes
