"""What can happen to the directory."""

from dataclasses import dataclass

from .commands import Scope
from .roles import DEFAULT, Role


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A person may be asked from now on. Texts: `profile`."""

    handle: str
    os_user: str | None
    groups: tuple[str, ...]
    roles: tuple[Role, ...] = DEFAULT


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A person's link or groups are others now. Texts: `profile`."""

    handle: str
    os_user: str | None
    groups: tuple[str, ...]
    roles: tuple[Role, ...] = DEFAULT


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    """A person is asked no more; what they decided stays."""


@dataclass(frozen=True, slots=True)
class PersonInvited:
    """A person was given a secret with which to set a password; whoever made it has seen it."""


@dataclass(frozen=True, slots=True)
class PersonPasswordSet:
    """A person has another password now, and every session of theirs ended."""


@dataclass(frozen=True, slots=True)
class PersonPasskeyAdded:
    """A person may sign in with one more passkey."""

    passkey: str


@dataclass(frozen=True, slots=True)
class PersonPasskeyRemoved:
    """A passkey lets nobody in any more, and every session that it began ended."""

    passkey: str


@dataclass(frozen=True, slots=True)
class PersonSignedOut:
    """Every session of a person was ended."""


@dataclass(frozen=True, slots=True)
class GroupAdded:
    """A group was named for the first time. Texts: `profile`."""

    handle: str


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """Others of a group are on call now, or at other times. Texts: `profile`."""


@dataclass(frozen=True, slots=True)
class AgentAdded:
    """An agent used the database for the first time. Texts: `profile`."""

    owner: str


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """Somebody else answers for the agent now. Texts: `profile`."""

    owner: str


@dataclass(frozen=True, slots=True)
class AgentRemoved:
    """The agent is known no more; what it did stays."""


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """An agent got a key. Texts: `profile`."""

    agent: str
    scopes: tuple[Scope, ...]
    until: int | None


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """A key ends at another time (µs)."""

    until: int | None


@dataclass(frozen=True, slots=True)
class KeyRemoved:
    """A key opens nothing any more."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """Somebody known was refused. `count` includes the equal refusals since the last entry; `on` is what was asked."""

    code: str
    on: str
    command: str
    count: int


Event = (
    PersonAdded
    | PersonChanged
    | PersonRemoved
    | PersonInvited
    | PersonPasswordSet
    | PersonPasskeyAdded
    | PersonPasskeyRemoved
    | PersonSignedOut
    | GroupAdded
    | GroupChanged
    | AgentAdded
    | AgentChanged
    | AgentRemoved
    | KeyAdded
    | KeyChanged
    | KeyRemoved
    | AccessDenied
)
