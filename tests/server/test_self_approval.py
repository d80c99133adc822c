"""Ways to approve one's own request, each tried over HTTP as it would be: all are refused, and a colleague decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.server.examples import BODIES

from .company import Company
from .house import House, opened

REFUSED = (400, 401, 403, 404, 409, 422)
FORGED = ("X-Forwarded-User", "X-Remote-User", "Remote-User", "X-User", "X-Handrail-User", "X-Authenticated-User",
          "X-Original-User", "Forwarded", "X-HTTP-Method-Override", "From")  # fmt: skip


class Office:
    """Ann answers for the agent `support`, which has asked; Ben and Cyd are her colleagues, Olga administers."""

    def __init__(self, house: House, company: Company) -> None:
        self.house, self.company = house, company
        company.person("olga", roles=("administrator",))
        self.put(PEOPLE)
        self.key = self.made(agent="support", owner="user:ann")["secret"]
        self.asked = self.ask(self.key)

    def by(self, handle: str) -> str:
        """A new session of somebody."""
        return self.house.session(handle, self.company)

    def put(self, people: str) -> None:
        """Apply a people file as Olga."""
        answer = self.house("PUT", "/people", self.by("olga"), json={"file": people, "prune": True})
        assert answer.status_code == 200, answer.text

    def made(self, by: str = "olga", **given: Any) -> dict[str, Any]:
        """A key that somebody made."""
        answer = self.house("POST", "/keys", self.by(by), json=given)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, key: str, **declared: Any) -> dict[str, Any]:
        """What the agent asks for, of the treasury unless something else is declared."""
        body = {
            **BODIES["propose_action"],
            "declared": {"pattern": "approval", "reviewers": ["group:treasury"]} | declared,
        }
        answer = self.house("POST", "/actions", key, json=body)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def id(self, handle: str) -> str:
        """A person's id."""
        found = self.company.accounts.directory(self.company.tenant).resolve(f"user:{handle}")
        assert found
        return found

    def decide(self, who: str, asked: Any = None, **given: Any) -> httpx2.Response:
        """A decision with a key or session; `given` are more members of the body, `headers` and `path`."""
        asked = asked or self.asked
        headers, path = given.pop("headers", {}), given.pop("path", "decisions")
        body = {"outcome": "approve", "view": asked["view"]} | given
        return self.house("POST", f"/reviews/{asked['review']}/{path}", who, json=body, headers=headers)

    def send(self, who: str, verb: str, asked: dict[str, Any] | None = None, **body: Any) -> httpx2.Response:
        """Another command to the review."""
        return self.house("POST", f"/reviews/{(asked or self.asked)['review']}/{verb}", who, json=body)

    def status(self, asked: dict[str, Any] | None = None) -> str:
        """Where the action stands."""
        found = self.house("GET", f"/actions/{(asked or self.asked)['id']}", self.by("ben"))
        return str(found.json()["state"]["status"])


PEOPLE = """people:
  - {handle: olga, roles: [administrator]}
  - {handle: ann, groups: [treasury]}
  - {handle: ben, groups: [treasury, board]}
  - {handle: cyd, groups: [treasury]}
"""

ANNA = "people:\n  - {handle: anna, groups: [treasury], os_user: ann}\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("office") / "a.db", clock=SystemClock()) as found:
        yield found


@pytest.fixture
def office(house: House, request: pytest.FixtureRequest) -> Office:
    """An office of its own, as a tenant."""
    tenant = request.node.callspec.params["way"].__name__
    return Office(house, Company("", house.company.clock, tenant, house.company.database))


def the_owner_decides(office: Office) -> list[httpx2.Response]:
    return [office.decide(office.by("ann"), outcome=outcome) for outcome in ("approve", "reject", "send_back")]


def a_colleague_delegates_to_the_owner(office: Office) -> list[httpx2.Response]:
    delegated = office.send(office.by("ben"), "delegate", to=office.id("ann"))
    return [delegated, office.decide(office.by("ann"))]


def a_colleague_delegates_to_the_owners_group(office: Office) -> list[httpx2.Response]:
    group = office.company.names.group("treasury")
    return [office.send(office.by("ben"), "delegate", to=group), office.decide(office.by("ann"))]


def the_owner_joins_another_group_that_is_asked(office: Office) -> list[httpx2.Response]:
    office.asked = office.ask(office.key, reviewers=["group:board"])
    office.put(PEOPLE.replace("{handle: ann, groups: [treasury]}", "{handle: ann, groups: [treasury, board]}"))
    return [office.decide(office.by("ann"))]


def the_owner_comes_in_a_second_session(office: Office) -> list[httpx2.Response]:
    first, second = office.by("ann"), office.by("ann")
    cookie = {"Cookie": f"handrail={second}", "Origin": office.house.url, "Sec-Fetch-Site": "same-origin"}
    csrf = office.house("GET", "/me", headers=cookie).json()["csrf"]
    asked = f"/reviews/{office.asked['review']}/decisions"
    body = {"outcome": "approve", "view": office.asked["view"]}
    browser = office.house("POST", asked, headers={**cookie, "X-CSRF-Token": csrf}, json=body)
    return [office.decide(first), office.decide(second), browser]


def a_second_key_of_the_same_agent_decides(office: Office) -> list[httpx2.Response]:
    return [office.decide(office.made(agent="support")["secret"])]


def a_key_of_another_agent_of_the_owner_decides(office: Office) -> list[httpx2.Response]:
    return [office.decide(office.made(agent="helper", owner="user:ann")["secret"])]


def another_agents_run_is_named_so_that_another_has_started_it(office: Office) -> list[httpx2.Response]:
    other = office.made(agent="other", owner="user:cyd")["secret"]
    run = office.house("GET", "/runs/by-name", other, params={"name": "nightly"}).json()["id"]
    assert office.house("POST", f"/runs/{run}/open", other, json={"title": "nightly"}).status_code == 200
    return [office.house("POST", "/actions", office.key, json={**BODIES["propose_action"], "run": run})]


def the_owners_own_run_is_decided_by_its_starter(office: Office) -> list[httpx2.Response]:
    run = office.house("GET", "/runs/by-name", office.key, params={"name": "mine"}).json()["id"]
    assert office.house("POST", f"/runs/{run}/open", office.key, json={"title": "mine"}).status_code == 200
    office.asked = office.house("POST", "/actions", office.key, json={**BODIES["propose_action"], "run": run}).json()
    return [office.decide(office.by("ann"))]


def somebody_is_added_who_is_the_owners_os_user(office: Office) -> list[httpx2.Response]:
    office.asked = office.ask(office.company.key("local", office.company.names.os_user("sam")))
    office.put(PEOPLE + "  - {handle: sam, groups: [treasury], os_user: sam}\n")
    return [office.decide(office.by("sam"))]


def the_owner_edits(office: Office) -> list[httpx2.Response]:
    return [office.decide(office.by("ann"), outcome="edit", args={"order": "O-1", "amount": "1.00"})]


def the_owner_is_the_next_level(office: Office) -> list[httpx2.Response]:
    office.asked = office.ask(
        office.key, reviewers=["user:ben"], then=[["user:ann", 60_000_000], ["user:cyd", 60_000_000]]
    )
    assert office.send(office.by("ben"), "escalate").status_code == 200
    return [office.decide(office.by("ann"))]


def it_is_escalated_to_the_owner_alone(office: Office) -> list[httpx2.Response]:
    office.asked = office.ask(office.key, reviewers=["user:ben"], then=[["user:ann", 60_000_000]])
    return [office.send(office.by("ben"), "escalate"), office.decide(office.by("ann"))]


def the_body_says_that_somebody_else_decides(office: Office) -> list[httpx2.Response]:
    names = ("by", "actor", "principal", "auth", "counted", "seats", "votes", "on_behalf_of", "tenant")
    return [office.decide(office.by("ann"), **{name: office.id("ben")}) for name in names]


def headers_say_that_somebody_else_decides(office: Office) -> list[httpx2.Response]:
    ben = office.id("ben")
    forged = [office.decide(who, headers={name: value}) for name in FORGED for who in (office.by("ann"), office.key)
              for value in ("ben", ben)]  # fmt: skip
    alone = [office.decide("", headers={name: ben}) for name in FORGED]
    return forged + alone


def the_owner_replays_a_colleagues_decision(office: Office) -> list[httpx2.Response]:
    office.asked = office.ask(office.key, quorum=[["any", 2]])
    cyd = office.decide(office.by("cyd"), headers={"Idempotency-Key": "cyds"})
    assert cyd.status_code == 200, cyd.text
    return [office.decide(who, headers={"Idempotency-Key": "cyds"}) for who in (office.by("ann"), office.key)]


def the_owner_claims_and_decides(office: Office) -> list[httpx2.Response]:
    ann = office.by("ann")
    return [office.send(ann, verb) for verb in ("claim", "release", "escalate")] + [office.decide(ann)]


def the_owner_comes_under_another_handle(office: Office) -> list[httpx2.Response]:
    office.put(PEOPLE.replace("{handle: ann,", "{handle: ann, os_user: ann,"))
    second = office.house("PUT", "/people", office.by("olga"), json={"file": ANNA})
    office.put(PEOPLE.replace("{handle: ann,", "{handle: anna, os_user: ann,"))
    return [second, office.send(office.by("ben"), "delegate", to=office.id("anna")), office.decide(office.by("anna"))]


def the_owner_is_removed_and_comes_back(office: Office) -> list[httpx2.Response]:
    office.put(PEOPLE.replace("  - {handle: ann, groups: [treasury]}\n", ""))
    office.put(PEOPLE)
    old, new = office.asked, office.ask(office.key)
    return [office.decide(office.by("ann"), old), office.decide(office.by("ann"), new)]


def an_administrator_asks_with_a_key_they_made_for_somebody_else(office: Office) -> list[httpx2.Response]:
    office.put(PEOPLE.replace("[administrator]}", "[administrator, reviewer], groups: [treasury]}"))
    office.asked = office.ask(office.made(agent="puppet", owner="user:ann")["secret"])
    return [office.decide(office.by("olga"))]


def an_administrator_asks_with_a_key_they_made_for_themself(office: Office) -> list[httpx2.Response]:
    office.put(PEOPLE.replace("[administrator]}", "[administrator, reviewer], groups: [treasury]}"))
    office.asked = office.ask(office.made(agent="own")["secret"])
    return [office.decide(office.by("olga"))]


def an_administrator_asks_with_a_rotated_key_and_removes_it(office: Office) -> list[httpx2.Response]:
    office.put(PEOPLE.replace("{handle: cyd,", "{handle: cyd, roles: [administrator, reviewer],"))
    first = office.made(agent="old", owner="user:ann")
    made = office.house("POST", f"/keys/{first['id']}/rotate", office.by("cyd"), json={}).json()
    office.asked = office.ask(made["secret"])
    assert office.house("DELETE", f"/keys/{made['id']}", office.by("cyd")).status_code == 200
    return [office.decide(office.by("cyd"))]


def a_group_answers_for_the_agent(office: Office) -> list[httpx2.Response]:
    body = {"agent": "nobodys"}
    return [office.house("POST", "/keys", office.by("olga"), json={**body, "owner": owner})
            for owner in ("group:treasury", "group:empty", "user:nobody", "usr_" + "0" * 26, "handrail")]  # fmt: skip


def another_owner_is_named_for_a_known_agent(office: Office) -> list[httpx2.Response]:
    again = office.house("POST", "/keys", office.by("olga"), json={"agent": "support", "owner": "user:ben"})
    return [again, office.decide(office.by("ann"))]


def away(handle: str, substitute: str) -> str:
    """The people, of whom one is away and another stands in."""
    absent = f"absent: [{{from: 2020-01-01, to: 2090-12-31, substitute: user:{substitute}}}]"
    return PEOPLE.replace(f"{{handle: {handle},", f"{{handle: {handle}, {absent},") + "  - {handle: dora}\n"


def who_stands_in_for_the_owner_decides(office: Office) -> list[httpx2.Response]:
    office.put(away("ann", "dora"))
    new = office.ask(office.key)
    delegated = office.send(office.by("ben"), "delegate", to=office.id("dora"))
    return [delegated, office.decide(office.by("dora")), office.decide(office.by("dora"), new)]


def a_colleague_stands_in_for_the_owner_and_decides(office: Office) -> list[httpx2.Response]:
    office.put(away("ann", "cyd"))
    new = office.ask(office.key)
    return [office.decide(office.by("cyd")), office.decide(office.by("cyd"), new)]


def the_owner_stands_in_for_a_colleague(office: Office) -> list[httpx2.Response]:
    office.put(away("cyd", "ann"))
    return [office.decide(office.by("ann")), office.decide(office.by("ann"), office.ask(office.key))]


def who_stood_in_for_the_owner_decides_when_they_are_back(office: Office) -> list[httpx2.Response]:
    office.put(away("ann", "cyd"))
    office.asked = office.ask(office.key)
    office.put(PEOPLE)
    return [office.decide(office.by("cyd"))]


WAYS: tuple[Callable[[Office], list[httpx2.Response]], ...] = (
    the_owner_decides, a_colleague_delegates_to_the_owner, a_colleague_delegates_to_the_owners_group,
    the_owner_joins_another_group_that_is_asked, the_owner_comes_in_a_second_session,
    a_second_key_of_the_same_agent_decides, a_key_of_another_agent_of_the_owner_decides,
    another_agents_run_is_named_so_that_another_has_started_it, the_owners_own_run_is_decided_by_its_starter,
    somebody_is_added_who_is_the_owners_os_user, the_owner_edits, the_owner_is_the_next_level,
    it_is_escalated_to_the_owner_alone, the_body_says_that_somebody_else_decides,
    headers_say_that_somebody_else_decides, the_owner_replays_a_colleagues_decision, the_owner_claims_and_decides,
    the_owner_comes_under_another_handle, the_owner_is_removed_and_comes_back,
    an_administrator_asks_with_a_key_they_made_for_somebody_else,
    an_administrator_asks_with_a_key_they_made_for_themself, an_administrator_asks_with_a_rotated_key_and_removes_it,
    a_group_answers_for_the_agent, another_owner_is_named_for_a_known_agent, who_stands_in_for_the_owner_decides,
    a_colleague_stands_in_for_the_owner_and_decides, the_owner_stands_in_for_a_colleague,
    who_stood_in_for_the_owner_decides_when_they_are_back,
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nobody_approves_their_own_request(office: Office, way: Callable[[Office], list[httpx2.Response]]):
    answers = way(office)
    assert answers
    for answer in answers:
        assert answer.status_code in REFUSED, answer.text
    assert office.status() == "held"
    decided = office.decide(office.by("ben"))
    assert decided.status_code == 200, decided.text
    assert decided.json()["action_status"] == "cleared"
