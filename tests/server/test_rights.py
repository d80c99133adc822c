"""Who may use which route: every role and agent on every route of every tenant, from the table itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock
from handrail.directory.roles import ROLES
from handrail.ids import mint
from handrail.server.app import HANDLERS, create_app
from handrail.server.examples import BODIES
from handrail.wire.routes import PREFIX, ROUTES, Route

from .company import PASSWORD, Company
from .house import House, opened


class Town:
    """Two tenants on one server, with a caller of every kind in each, and something in each to be looked for."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.callers: dict[str, str] = {}
        self.ids: dict[str, dict[str, str]] = {}
        for tenant, prefix in (("default", ""), ("acme", "acme/")):
            company = Company("", house.company.clock, tenant, house.company.database)
            for role in ROLES:
                company.person(role, "treasury", roles=(role,), password=PASSWORD)
                self.callers[f"{prefix}{role}"] = house.signed_in(f"{prefix}{role}")
            self.callers[f"{prefix}agent"] = company.key()
            self.callers[f"{prefix}proposer"] = company.key("other", scopes=("propose",))
            self.ids[tenant] = self._things(f"{prefix}agent", company)

    def _things(self, agent: str, company: Company) -> dict[str, str]:
        found = self.house("POST", "/actions", self.callers[agent], json=BODIES["propose_action"]).json()
        run = self.house("GET", "/runs/by-name", self.callers[agent], params={"name": "nightly"}).json()["id"]
        self.house("POST", f"/runs/{run}/open", self.callers[agent], json={"title": "nightly"})
        someone = company.person("visitor")
        key = company.accounts.by_key(company.key("third")).key or ""
        return {"actions": found["id"], "reviews": found["review"], "runs": run, "people": someone, "keys": key}

    def send(self, route: Route, caller: str | None, tenant: str) -> Any:
        """The route's example request, about something of a tenant."""
        noun = route.path.split("/")[2]
        subject = self.ids[tenant].get(noun, "usr_" + "0" * 26)
        body = BODIES.get(route.name, {} if route.command else None)
        query = {"name": "x", "beginning": "act_"} if route.method == "GET" else None
        key = self.callers[caller] if caller else None
        return self.house(route.method, route.path.removeprefix("/v1").format(id=subject), key, json=body, params=query)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town") / "a.db", clock=SystemClock()) as house:
        yield Town(house)


def test_an_agent_sees_no_other_agents_things(town: Town):
    for route in ROUTES:
        if route.scope and "{id}" in route.path and route.path.split("/")[2] in ("actions", "reviews", "runs"):
            answer = town.send(route, "proposer", "default")
            assert answer.status_code == (409 if route.name == "open_run" else 404) or route.name == "open_run", route
    listed = town.house("GET", "/actions", town.callers["proposer"]).json()["items"]
    assert town.ids["default"]["actions"] not in [one["id"] for one in listed]


def test_a_route_without_a_handler_or_a_rule_is_no_application(town: Town, monkeypatch: pytest.MonkeyPatch):
    for broken in (
        Route("nobody", "GET", "/v1/x", "", "Id"),
        Route("get_x", "GET", "/v1/x", "", "Id", None, "propose"),
    ):
        monkeypatch.setattr("handrail.server.app.ROUTES", (*ROUTES, broken))
        with pytest.raises(LookupError, match="no handler, or no rule"):
            create_app(town.house.service)


def test_every_handler_has_its_route_and_every_prefix_its_collection():
    assert set(HANDLERS) <= {route.name for route in ROUTES}
    assert set(PREFIX) <= {route.path.split("/")[2] for route in ROUTES}


def test_the_principal_is_never_taken_from_a_body(town: Town):
    for name in ("agent", "actor", "by", "owner", "tenant", "principal"):
        body = {**BODIES["propose_action"], name: "agt_somebody"}
        answer = town.house("POST", "/actions", town.callers["agent"], json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "usage"), answer.text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock()) as found:
        yield found


def test_a_request_that_is_meant_for_another_host_is_refused(house: House):
    assert house("GET", "/me", house.company.key(), headers={"Host": "evil.example"}).status_code == 400


def test_a_person_who_signs_out_is_out(house: House):
    house.company.person("ann", password=PASSWORD)
    token = house.signed_in("ann")
    assert house("GET", "/me", token).status_code == 200
    assert house("DELETE", "/sessions/current", token).status_code == 204
    assert house("GET", "/me", token).status_code == 401


def test_the_way_from_an_invitation_to_a_decision(house: House):
    house.company.person("olga", roles=("administrator",), password=PASSWORD)
    file = "people:\n  - {handle: olga, roles: [administrator]}\n  - {handle: ann, groups: [treasury]}\n"
    boss = house.signed_in("olga")
    changes = house("PUT", "/people", boss, json={"file": file}).json()["changes"]
    assert [(one["kind"], one["handle"]) for one in changes] == [("add", "user:ann")]
    secret = house("POST", f"/people/{changes[0]['id']}/invite", boss).json()["secret"]
    accepted = house("POST", "/invitations", json={"secret": secret, "password": PASSWORD})
    assert accepted.status_code == 201
    account = house.service.archive("default").history(changes[0]["id"])
    assert [(one.type, one.by.auth) for one in account[1:]] == [
        ("person.invited", "session"), ("person.password_set", "link"),
    ]  # fmt: skip
    made = house("POST", "/keys", boss, json={"agent": "support", "expires": "90d"}).json()
    asked = house("POST", "/actions", made["secret"], json=BODIES["propose_action"]).json()
    decision = {"outcome": "approve", "view": asked["view"]}
    ann = house.signed_in("ann")
    assert house("POST", f"/reviews/{asked['review']}/decisions", boss, json=decision).status_code == 403
    decided = house("POST", f"/reviews/{asked['review']}/decisions", ann, json=decision)
    assert decided.json()["action_status"] == "cleared"
    rotated = house("POST", f"/keys/{made['id']}/rotate", boss, json={"overlap": "0s"}).json()
    assert house("GET", "/me", made["secret"]).status_code == 401
    assert house("GET", "/me", rotated["secret"]).status_code == 200
    assert house("DELETE", f"/keys/{rotated['id']}", boss).status_code == 200
    assert house("GET", "/me", rotated["secret"]).status_code == 401
    assert mint("x") not in house("GET", "/keys", boss).text
    assert made["secret"] not in house("GET", "/keys", boss).text
