"""A server as the site of the terminal: the person is the one who signed in, with `handrail login`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

from msgspec import convert

from ..backend import Answer, Event
from ..client.http import Http
from ..client.transport import Transport
from ..clock import SystemClock
from ..codec.policy_file import PolicyFile
from ..directory.model import Directory
from ..engine.escalation import Escalation
from ..engine.roster import Change
from ..errors import Unauthenticated
from ..wire import records
from ..wire.directory import directory_in
from . import sessions


class NotSignedIn(Unauthenticated):
    """Nobody is signed in at the server, or the session has ended."""

    code = "not_signed_in"


class Line(Transport):
    """Requests with a person's session. Once it ended, they raise `NotSignedIn` with the command that helps."""

    def request(self, *given: Any, **more: Any) -> Any:
        """Like `Transport.request`."""
        try:
            return super().request(*given, **more)
        except Unauthenticated:
            raise NotSignedIn(f"your session at {self.url} has ended: run `handrail login {self.url}`") from None


class RemoteSite:
    """One server, and the person who signed in there."""

    def __init__(self, url: str) -> None:
        self.url: Final = sessions.normal(url)
        self.where: Final = self.url
        self._line: Final = Line(self.url, _token(self.url))
        self.backend: Final = Http(self._line)
        self.office: Final = RemoteOffice(self._line)
        self._directory: Directory | None = None

    @property
    def directory(self) -> Directory:
        """Everybody present; asked once."""
        if self._directory is None:
            self._directory = directory_in(self._line.request("GET", "/v1/directory"))
        return self._directory

    def now(self) -> int:
        """The present (µs), by this machine's clock."""
        return SystemClock().now()

    def explanation(self, action: str) -> Iterable[tuple[str, Event]]:
        """The entries that tell why an action ran or not."""
        found = self._line.request("GET", f"/v1/actions/{action}/explanation")["items"]
        return [(one["subject"], records.event_in(one["event"])) for one in found]

    def escalation(self, review: str) -> Escalation:
        """Who is asked about a review now, who next, and what happens at the end."""
        return convert(self._line.request("GET", f"/v1/reviews/{review}/who"), Escalation)

    def apply_people(self, text: str, *, prune: bool, dry_run: bool) -> list[Change]:
        """Bring the directory to what a people file says."""
        body = {"file": text, "prune": prune, "dry_run": dry_run}
        found = self._line.request("PUT", "/v1/people", body)["changes"]
        self._directory = None
        return [Change(one["kind"], one["id"], one["handle"], one["what"], None) for one in found]

    def put_policy(self, text: str, found: PolicyFile) -> None:
        """Make a policy the active one; the server reads it itself."""
        self._line.request("PUT", "/v1/policy", {"file": text})

    def close(self) -> None:
        """Close the connections."""
        self.backend.close()


def _token(url: str) -> str:
    found = sessions.read(url)
    if found is None:
        key = " (HANDRAIL_KEY is an agent's, and an agent decides nothing)" if "HANDRAIL_KEY" in os.environ else ""
        raise NotSignedIn(f"you are not signed in at {url}{key}: run `handrail login {url}`")
    return found.token


class RemoteOffice:
    """Agents, keys and accounts; the server says who may."""

    def __init__(self, line: Transport) -> None:
        self._line: Final = line

    def list_keys(self) -> list[Answer]:
        """Every key."""
        return list(self._line.request("GET", "/v1/keys")["items"])

    def create_key(
        self, agent: str, owner: str | None, scopes: list[str] | None, expires: str | None, label: str | None
    ) -> Answer:
        """Give an agent a key."""
        body = {"agent": agent, "owner": owner, "scopes": scopes, "expires": expires, "label": label}
        return self._sent("POST", "/v1/keys", body)

    def rotate_key(self, key: str, overlap: str | None) -> Answer:
        """A new key for the same agent."""
        return self._sent("POST", f"/v1/keys/{key}/rotate", {"overlap": overlap})

    def remove_key(self, key: str) -> Answer:
        """End a key now."""
        return self._sent("DELETE", f"/v1/keys/{key}")

    def put_agent(self, agent: str, owner: str | None) -> Answer:
        """Make an agent known, or change who answers for it."""
        return self._sent("PUT", "/v1/agents", {"agent": agent, "owner": owner})

    def remove_agent(self, agent: str) -> Answer:
        """Take an agent out."""
        return self._sent("DELETE", f"/v1/agents/{agent}")

    def invite(self, person: str) -> Answer:
        """A secret with which somebody sets their password."""
        return self._sent("POST", f"/v1/people/{person}/invite")

    def sign_out(self, person: str) -> Answer:
        """End every session of somebody."""
        return self._sent("DELETE", f"/v1/people/{person}/sessions")

    def _sent(self, method: str, path: str, body: Any = None) -> Answer:
        found: Answer = self._line.request(method, path, body)
        return found
