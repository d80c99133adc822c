"""One tenant of a server with callers of every kind, and something of each collection that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from handrail.directory.roles import Role
from handrail.ids import mint

from .company import Company
from .house import House

ROLES: Final[dict[str, tuple[Role, ...]]] = {
    "viewer": ("viewer",), "reviewer": ("reviewer",), "supervisor": ("supervisor",), "auditor": ("auditor",),
    "administrator": ("administrator",), "three": ("viewer", "supervisor", "auditor"),
    "two": ("reviewer", "administrator"),
}  # fmt: skip
SCOPES: Final[dict[str, Any]] = {"propose": ("propose",), "execute": ("execute",), "both": ("propose", "execute")}


class Town:
    """One tenant: callers of every kind, and something of each collection."""

    def __init__(self, house: House, tenant: str) -> None:
        self.house, self.tenant = house, tenant
        self.company = Company("", house.company.clock, tenant, house.company.database)
        for name, roles in ROLES.items():
            self.company.person(name, "treasury", roles=roles)
        self.company.person("owner")
        self.keys = {name: self.company.key(name, scopes=scopes) for name, scopes in SCOPES.items()}
        self.dead = dict(self._dead())
        self.people = {name: house.session(name, self.company) for name in ROLES}
        self.key_ids = [self._key()]
        self.agent_ids = [self._agent()]
        self.mine = {name: self._things(key) for name, key in self.keys.items() if name != "execute"}
        self.permission = self._permission(self.keys["both"])
        self.stop = self._stop()

    def _dead(self) -> Iterator[tuple[str, str | None]]:
        yield "nobody", None
        yield "a key that ended", self.company.key("ended", until=1)
        removed = self.company.key("removed")
        self.company.end_key(removed)
        yield "a removed key", removed
        gone = self.company.person("gone", roles=("administrator", "reviewer"))
        session = self.house.session("gone", self.company)
        self.company.dismiss(gone)
        yield "somebody who was removed", session
        out = self.house.session("two", self.company)
        self.company.accounts.sign_out(out)
        yield "somebody who signed out", out

    def _things(self, key: str) -> dict[str, str]:
        body = {"name": "a.b", "declared": {"pattern": "approval", "reviewers": ["group:treasury"]}}
        asked = self.house("POST", "/actions", key, json=body).json()
        run = self.house("GET", "/runs/by-name", key, params={"name": mint("x")}).json()["id"]
        assert self.house("POST", f"/runs/{run}/open", key, json={"title": "t"}).status_code == 200
        return {"actions": asked["id"], "reviews": asked["review"], "runs": run}

    def _permission(self, key: str) -> str:
        """What the reviewer lets run without asking."""
        declared = {"pattern": "approval", "reviewers": ["group:treasury"]}
        body = {"name": "a.b", "reversible": True, "declared": declared}
        asked = self.house("POST", "/actions", key, json=body).json()
        decided = {"outcome": "approve", "view": asked["view"], "standing": {"lasts": "1h"}}
        reviewer = self.people["reviewer"]
        assert self.house("POST", f"/reviews/{asked['review']}/decisions", reviewer, json=decided).status_code == 200
        (found,) = self.house("GET", "/permissions", reviewer).json()["items"]
        return str(found["state"]["id"])

    def _key(self) -> str:
        return self.company.accounts.by_key(self.company.key(mint("x"))).key or ""

    def _agent(self) -> str:
        return self.company.accounts.by_key(self.company.key(mint("x"))).principal.id

    def _stop(self) -> str:
        body = {"scope": "tool", "target": "nothing.else", "reason": "x"}
        return str(self.house("POST", "/stops", self.people["supervisor"], json=body).json()["id"])

    def use_up(self, operation: str) -> None:
        """Put a new one in the place of what a request has ended."""
        if operation in ("rotate_key", "remove_key"):
            self.key_ids = [self._key()]
        if operation == "remove_agent":
            self.agent_ids = [self._agent()]
        if operation == "lift_stop":
            self.stop = self._stop()
        if operation == "sign_out":
            self.people = {name: self.house.session(name, self.company) for name in ROLES}

    def subject(self, noun: str, agent: str = "both") -> str:
        """Something of this tenant."""
        if noun == "keys":
            return self.key_ids[0]
        if noun == "agents":
            return self.agent_ids[0]
        if noun == "permissions":
            return self.permission
        if noun == "stops":
            return self.stop
        if noun in ("passkeys", "push"):
            return f"{'pky' if noun == 'passkeys' else 'psh'}_{'1' * 26}"
        if noun in ("people", "names"):
            return self.company.accounts.directory(self.tenant).resolve("user:owner") or ""
        return self.mine[agent][noun]
