"""Who a request comes from, as far as it has proved it."""

from dataclasses import dataclass

from ...directory.commands import Scope
from ...directory.roles import Permission
from ...principal import Principal


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person's session: the token that unsafe requests from a browser repeat, when it ends and since when
    it is (µs)."""

    csrf: str
    until: int
    since: int


@dataclass(frozen=True, slots=True)
class Caller:
    """A tenant and a principal of it, with what it may do: people by their roles now, agents by their key."""

    tenant: str
    principal: Principal
    permissions: frozenset[Permission] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    session: Session | None = None
    key: str | None = None

    @property
    def is_agent(self) -> bool:
        """Whether it is a program."""
        return self.principal.kind == "agent"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its secret, to be shown to nobody but its owner's browser or terminal, and who it is."""

    token: str
    caller: Caller
