"""Where commands of the terminal work: what they need beyond a backend, on a database file and at a server alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from ..backend import Answer, Backend, Event
from ..codec.policy_file import PolicyFile
from ..directory.model import Directory
from ..engine.escalation import Escalation
from ..engine.roster import Change
from ..errors import NotAllowed


class Office(Protocol):
    """What administrators do to agents, keys and accounts. Each raises `NotAllowed` for anybody else."""

    def list_keys(self) -> list[Answer]:
        """Every key, also those that ended; never their secrets."""

    def create_key(
        self, agent: str, owner: str | None, scopes: list[str] | None, expires: str | None, label: str | None
    ) -> Answer:
        """Give an agent a key; one of a new name becomes known."""

    def rotate_key(self, key: str, overlap: str | None) -> Answer:
        """A new key for the same agent; the old one ends a while later."""

    def remove_key(self, key: str) -> Answer:
        """End a key now."""

    def put_agent(self, agent: str, owner: str | None) -> Answer:
        """Make an agent known, or change who answers for it."""

    def remove_agent(self, agent: str) -> Answer:
        """Take an agent out, and end its keys with it."""

    def invite(self, person: str) -> Answer:
        """A secret with which somebody sets their password."""

    def sign_out(self, person: str) -> Answer:
        """End every session of somebody."""


class Site(Protocol):
    """A database file with the person whom the OS user is linked to, or a server with the person who signed in."""

    @property
    def where(self) -> str:
        """What `--db` takes to come here again."""

    @property
    def url(self) -> str | None:
        """The server's address; `None` for a file."""

    @property
    def backend(self) -> Backend:
        """Commands and reads as the person."""

    @property
    def directory(self) -> Directory:
        """Everybody present."""

    @property
    def office(self) -> Office:
        """Agents, keys and accounts."""

    def now(self) -> int:
        """The present (µs)."""

    def explanation(self, action: str) -> Iterable[tuple[str, Event]]:
        """The entries that tell why an action ran or not, each with its stream, in the log's order."""

    def escalation(self, review: str) -> Escalation:
        """Who is asked about a review now, who next, and what happens at the end."""

    def apply_people(self, text: str, *, prune: bool, dry_run: bool) -> list[Change]:
        """Bring the directory to what a people file says; what was changed, or would be."""

    def put_policy(self, text: str, found: PolicyFile) -> Any:
        """Make a policy the active one."""

    def close(self) -> None:
        """Let go of what is open."""


def require_administrator(site: Site, what: str) -> None:
    """Raise `NotAllowed` where there are administrators, and the person at the keyboard is none."""
    administrators = site.directory.administrators
    if administrators and site.backend.actor.id not in administrators:
        names = ", ".join(sorted(site.backend.name(one) for one in administrators))
        raise NotAllowed(f"only an administrator {what}: ask {names}")
