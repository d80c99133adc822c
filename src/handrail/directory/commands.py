"""What can be asked of the directory."""

from dataclasses import dataclass
from typing import Literal

from ..stream import JSON
from .roles import DEFAULT, Role

Scope = Literal["propose", "execute", "learn"]
"""What an agent's key may be used for: to propose actions and report on its own, to execute those of others, or to read
what people decided about those of its owner's other agents."""


@dataclass(frozen=True, slots=True)
class PutPerson:
    """Add a person or bring them up to date. Hashes come keyed; `handle_text`, `name`, `times` and `telling` are
    erasable."""

    handle: str
    os_user: str | None
    groups: tuple[str, ...]
    handle_text: str
    name: str
    os_user_text: str | None = None
    roles: tuple[Role, ...] = DEFAULT
    times: JSON = None
    telling: JSON = None


@dataclass(frozen=True, slots=True)
class RemovePerson:
    """Take a person out of the directory."""


@dataclass(frozen=True, slots=True)
class NoteAccount:
    """Record what becomes of a person's account: passwords, keys and sessions themselves are in no entry. `passkey`
    is the id of the one that is added or removed."""

    what: Literal["invited", "password_set", "signed_out", "passkey_added", "passkey_removed"]
    passkey: str | None = None


@dataclass(frozen=True, slots=True)
class PutGroup:
    """Name a group."""

    handle: str
    handle_text: str


@dataclass(frozen=True, slots=True)
class PutRota:
    """Say who of a group is on call when; both are erasable."""

    handle_text: str
    rota: JSON


@dataclass(frozen=True, slots=True)
class PutAgent:
    """Make an agent known; from a person also change who answers for it."""

    owner: str
    name: str
    owner_text: str


@dataclass(frozen=True, slots=True)
class RemoveAgent:
    """Take an agent out of the directory, once none of its keys opens anything."""


@dataclass(frozen=True, slots=True)
class PutKey:
    """Give an agent a key until then (µs), or change when one ends. Its secret is kept elsewhere, as a hash."""

    agent: str
    scopes: tuple[Scope, ...]
    until: int | None
    label: str


@dataclass(frozen=True, slots=True)
class RemoveKey:
    """End a key now."""


@dataclass(frozen=True, slots=True)
class Deny:
    """Record a refusal on the principal's own stream. Only the engine sends it."""

    code: str
    on: str
    command: str
    count: int


Command = (
    Deny | PutPerson | RemovePerson | NoteAccount | PutGroup | PutRota | PutAgent | RemoveAgent | PutKey | RemoveKey
)  # fmt: skip
