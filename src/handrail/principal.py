"""Who acts. A principal is stamped by the backend from a key, a session or the operating system's user, never read
from what a caller sends."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["human", "agent", "system", "policy"]
Auth = Literal["webauthn", "session", "apikey", "chat", "none", "local", "solo", "link"]

SOLO_ID: Final = "user:local"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, an agent or the system, with the way it proved itself.

    `owner` is set for agents: the person (`usr_…`) or OS user (`osu_…`) who answers for it. `executes` says that an
    agent may execute the actions of others; its own it may always.
    """

    kind: Kind
    id: str
    auth: Auth
    owner: str | None = None
    executes: bool = False


SYSTEM: Final = Principal("system", "handrail", "none")


def agent(agent_id: str, owner: str, auth: Auth = "local", *, executes: bool = False) -> Principal:
    """The program that proposes and executes actions."""
    return Principal("agent", agent_id, auth, owner, executes)


def person(person_id: str, auth: Auth) -> Principal:
    """A human being. Only `server/`, `cli/`, `testing/` and, for `user:local`, `embedded` may call this."""
    return Principal("human", person_id, auth)
