"""Every caller on every operation that the served description names, in two tenants, about everybody's things.

`MAY` is written by hand and reads no table of the product: a permission that changes there turns a test red here, and
so does an operation that is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.embedded import Embedded
from handrail.principal import person

from .house import House, opened
from .town import ROLES, SCOPES, Town

READERS: Final = "viewer reviewer supervisor auditor administrator"
MAY: Final[dict[str, tuple[str, str]]] = {
    # operation: which keys, which people
    "propose_action": ("propose", ""),
    "ask_question": ("propose", ""),
    "open_run": ("propose", ""),
    "note_run": ("propose", ""),
    "finish_run": ("propose", ""),
    "withdraw_action": ("propose", "supervisor"),
    "report_outcome": ("propose execute", "reviewer supervisor"),
    "fail_run": ("propose", ""),
    "confirm_run": ("propose", ""),
    "hear_run": ("propose", ""),
    "observe_run": ("propose", ""),
    "prepare_cleanup": ("propose", ""),
    "take_cleanup": ("propose execute", ""),
    "report_cleanup": ("propose execute", ""),
    "pause_run": ("", "supervisor"),
    "interrupt_run": ("", "supervisor"),
    "resume_run": ("", "supervisor"),
    "guide_run": ("", "supervisor"),
    "stop_run": ("", "supervisor"),
    "claim_action": ("propose execute", ""),
    "start_action": ("propose execute", ""),
    "release_action": ("propose execute", ""),
    "renew_action": ("propose execute", ""),
    "renew_leases": ("propose execute", ""),
    "settle_action": ("propose execute", ""),
    "reconcile_action": ("propose execute", ""),
    "list_decisions": ("propose execute", READERS),
    "lease_consumer": ("propose execute", READERS),
    "acknowledge_decisions": ("propose execute", READERS),
    "find_examples": ("propose execute", READERS),
    "take_work": ("execute", ""),
    "get_grant": ("propose execute", ""),
    "list_actions": ("propose execute", READERS),
    "get_action": ("propose execute", READERS),
    "wait_for_action": ("propose execute", READERS),
    "get_action_history": ("propose execute", READERS),
    "get_review": ("propose execute", READERS),
    "get_review_wait": ("propose execute", READERS),
    "get_inbox_waits": ("", READERS),
    "get_waits": ("", READERS),
    "get_review_history": ("propose execute", READERS),
    "find_run": ("propose execute", READERS),
    "wait_for_run": ("propose execute", READERS),
    "get_observations": ("propose execute", READERS),
    "get_guidance": ("propose execute", READERS),
    "get_run": ("propose execute", READERS),
    "get_run_history": ("propose execute", READERS),
    "get_me": ("propose execute", READERS),
    "get_name": ("propose execute", READERS),
    "list_reviews": ("", READERS),
    "get_inbox": ("", READERS),
    "get_oversight": ("", READERS),
    "get_run_page": ("", READERS),
    "get_review_page": ("", READERS),
    "get_review_who": ("", READERS),
    "list_all_reviews": ("", READERS),
    "list_runs": ("", READERS),
    "find_ids": ("", READERS),
    "get_log": ("", READERS),
    "get_stream": ("", READERS),
    "get_directory": ("", READERS),
    "explain_action": ("", READERS),
    "get_policy": ("", READERS),
    "list_limits": ("", READERS),
    "list_permissions": ("", READERS),
    "revoke_permission": ("", "reviewer supervisor administrator"),
    "list_stops": ("", READERS),
    "get_stop": ("", READERS),
    "create_stop": ("", "supervisor administrator"),
    "lift_stop": ("", "administrator"),
    "sign_out": ("", READERS),
    "list_passkeys": ("", READERS),
    "offer_passkey": ("", READERS),
    "add_passkey": ("", READERS),
    "remove_passkey": ("", READERS),
    "list_push_browsers": ("", READERS),
    "subscribe_to_push": ("", READERS),
    "unsubscribe_from_push": ("", READERS),
    "get_trial": ("", READERS),
    "start_trial": ("", "reviewer"),
    "claim_review": ("", "reviewer"),
    "release_review": ("", "reviewer"),
    "delegate_review": ("", "reviewer"),
    "escalate_review": ("", "reviewer"),
    "comment_review": ("", "reviewer"),
    "decide_review": ("", "reviewer"),
    "revoke_review": ("", "reviewer"),
    "put_policy": ("", "administrator"),
    "put_people": ("", "administrator"),
    "invite_person": ("", "administrator"),
    "sign_out_person": ("", "administrator"),
    "put_agent": ("", "administrator"),
    "remove_agent": ("", "administrator"),
    "list_keys": ("", "administrator"),
    "create_key": ("", "administrator"),
    "rotate_key": ("", "administrator"),
    "remove_key": ("", "administrator"),
}
OPEN: Final = {"sign_in", "accept_invitation", "ask_for_passkey", "sign_in_with_passkey"}
"""For everybody, without a credential."""
BY_ANY_ID: Final = {"get_name", "open_run"}
"""A name that nobody has is the id itself, and a run is opened under an id that is new in the tenant."""
BY_STATE: Final = ("withdraw_action", "report_outcome", "stop_run", "pause_run", "interrupt_run", "resume_run",
                   "guide_run", "revoke_permission", "lift_stop")  # fmt: skip
"""What a person may do by what the thing is to them, so that it is looked for first."""
UNSEEN: Final = {("key execute", "runs"), *((name, noun) for name in ROLES for noun in ("passkeys", "push"))}
"""What who may use an operation does not see of others: who only executes has no runs; passkeys and browsers are one's
own."""
NOUNS: Final = {"actions": "act", "reviews": "rev", "runs": "run", "people": "usr", "keys": "key", "agents": "agt",
               "names": "usr", "permissions": "std", "passkeys": "pky", "push": "psh",
               "stops": "stp"}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One operation as the description tells of it."""

    name: str
    method: str
    path: str
    example: Any

    @property
    def noun(self) -> str:
        """The collection of the id in its path, if there is one."""
        return self.path.split("/")[2] if "{id}" in self.path else ""


def living(town: Town, operation: str) -> Iterator[tuple[str, str, bool, str]]:
    """Each caller who is let in: name, credential, whether they may, and whose things are theirs."""
    scopes, roles = (set(words.split()) for words in MAY[operation])
    for name, key in town.keys.items():
        yield f"key {name}", key, bool(scopes & set(SCOPES[name])), "both" if name == "execute" else name
    for name, held in ROLES.items():
        yield name, town.people[name], bool(roles & set(held)), "both"


@dataclass
class Tally:
    """What came of all requests."""

    house: House
    requests: int = 0
    unexpected: int = 0
    wrong: list[str] | None = None

    def send(self, operation: Operation, key: str | None, subject: str) -> httpx2.Response:
        """The operation's example, about a subject."""
        self.requests += 1
        query = {"name": "x", "beginning": "act_"} if operation.method == "GET" else None
        given: dict[str, Any] = {"json": operation.example} if operation.example is not None else {}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        address = operation.path.format(id=subject)
        with self.house.client.stream(operation.method, address, params=query, headers=headers, **given) as answer:
            if operation.name != "get_stream" or answer.status_code != 200:
                answer.read()
        return answer

    def expect(self, right: bool, refused: bool, answer: httpx2.Response, said: str) -> None:
        """Count, and note what is not as it should be."""
        if refused and answer.is_success:
            self.unexpected += 1
        if not right:
            self.wrong = [*(self.wrong or []), f"{said}: {answer.status_code}"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("matrix") / "a.db", clock=SystemClock()) as found:
        yield found


@pytest.fixture(scope="module")
def towns(house: House) -> dict[str, Town]:
    return {tenant: Town(house, tenant) for tenant in ("default", "acme")}


@pytest.fixture(scope="module")
def operations(house: House) -> list[Operation]:
    paths = house("GET", "/openapi.json").json()["paths"]
    return [Operation(one["operationId"], method.upper(), path, _example(one))
            for path, methods in paths.items() for method, one in methods.items()]  # fmt: skip


def _example(operation: dict[str, Any]) -> Any:
    body = operation.get("requestBody")
    return body["content"]["application/json"].get("example", {}) if body else None


def test_every_operation_that_is_served_has_its_rule_here_and_the_other_way_round(operations: list[Operation]):
    assert {one.name for one in operations} == MAY.keys() | OPEN


def test_nobody_does_what_they_may_not_and_everybody_what_they_may(
    house: House, towns: dict[str, Town], operations: list[Operation]
):
    tally = Tally(house)
    for operation in operations:
        if operation.name in OPEN:
            continue
        for town in towns.values():
            _closed_to_the_dead(tally, town, operation)
            _open_to_those_who_may(tally, town, operation)
    print(f"{tally.requests} requests, {tally.unexpected} unexpected answers of 2xx")
    assert not tally.wrong
    assert tally.unexpected == 0
    assert tally.requests > 1_200


def _closed_to_the_dead(tally: Tally, town: Town, operation: Operation) -> None:
    for name, key in town.dead.items():
        answer = tally.send(operation, key, town.subject(operation.noun) if operation.noun else "")
        tally.expect(answer.status_code == 401, True, answer, f"{operation.name} by {name} in {town.tenant}")


def _open_to_those_who_may(tally: Tally, town: Town, operation: Operation) -> None:
    for name, key, may, own in living(town, operation.name):
        answer = tally.send(operation, key, town.subject(operation.noun, own) if operation.noun else "")
        right = answer.status_code not in (401, 403, 404, 405, 429) if may else answer.status_code == 403
        right = right or bool(may and answer.status_code == 404 and (name, operation.noun) in UNSEEN)
        right = right or bool(may and operation.name == "get_grant" and answer.json()["code"] == "unknown_action")
        if answer.is_success:
            town.use_up(operation.name)
        tally.expect(right, not may, answer, f"{operation.name} by {name} in {town.tenant}")


def test_what_is_not_theirs_is_not_there(house: House, towns: dict[str, Town], operations: list[Operation]):
    """Another tenant's thing, another agent's, and one that never was are told alike, word for word but for the id."""
    tally = Tally(house)
    for operation in operations:
        if operation.noun and operation.name not in BY_ANY_ID:
            for town, other in ((towns["default"], towns["acme"]), (towns["acme"], towns["default"])):
                _told_alike(tally, town, other, operation)
    print(f"{tally.requests} requests, {tally.unexpected} unexpected answers of 2xx")
    assert not tally.wrong
    assert tally.unexpected == 0
    assert tally.requests > 1_000


def _told_alike(tally: Tally, town: Town, other: Town, operation: Operation) -> None:
    for name, key, may, own in living(town, operation.name):
        foreign = [f"{NOUNS[operation.noun]}_{'0' * 26}", other.subject(operation.noun)]
        if name == "key propose" and operation.noun in ("actions", "reviews", "runs"):
            foreign.append(town.subject(operation.noun, "both"))
        answers = [(tally.send(operation, key, subject), subject) for subject in foreign]
        told = {re.sub("req_[0-9a-z]+", "", answer.text.replace(subject, "ID")) for answer, subject in answers}
        refused = {404} if may or (operation.name in BY_STATE and "key" not in name) else {403}
        said = f"{operation.name} by {name} in {town.tenant} about a thing of {other.tenant} (theirs: {own})"
        for answer, _ in answers:
            tally.expect({answer.status_code} == refused and len(told) == 1, True, answer, f"{said} {told}")


def test_lists_hold_what_is_theirs_alone(house: House, towns: dict[str, Town]):
    for town, other in ((towns["default"], towns["acme"]), (towns["acme"], towns["default"])):
        foreign = {one for things in other.mine.values() for one in things.values()}
        others = set(town.mine["both"].values())
        reader, key = house.session("two", town.company), town.keys["propose"]
        for path in ("/actions", "/reviews", "/reviews/all", "/runs", "/directory", "/keys", "/ids?beginning=act_"):
            text = house("GET", path, reader).text
            assert not [one for one in foreign if one in text], path
        assert not [one for one in foreign | others if one in house("GET", "/actions", key).text]


def closed_to_agents() -> list[str]:
    return [name for name, (scopes, _) in MAY.items() if not scopes]


def test_an_agents_key_is_refused_on_every_route_of_people_and_each_refusal_is_an_entry(
    tmp_path_factory: pytest.TempPathFactory,
):
    with opened(tmp_path_factory.mktemp("refused") / "a.db") as house:
        house.company.person("ann", "treasury")
        key = house.company.key("bot")
        agent = house("GET", "/me", key).json()["id"]
        found = house("GET", "/openapi.json").json()["paths"]
        closed = [Operation(one["operationId"], method.upper(), path, _example(one)) for path, methods in found.items()
                  for method, one in methods.items() if one["operationId"] in closed_to_agents()]  # fmt: skip
        assert len(closed) == len(closed_to_agents()) > 20
        tally, reader = Tally(house), Embedded(house.company.database, lambda _: person("usr_x", "session"))
        for operation in closed:
            for _ in range(4):
                answer = tally.send(operation, key, f"{NOUNS.get(operation.noun, 'usr')}_{'0' * 26}")
                assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        denied = [event.data for event in reader.history(agent) if event.type == "access.denied"]
        assert [one["command"] for one in denied] == [one.name for one in closed]
        house.company.clock.advance(2)
        for operation in closed:
            tally.send(operation, key, f"{NOUNS.get(operation.noun, 'usr')}_{'0' * 26}")
        denied = [event.data for event in reader.history(agent) if event.type == "access.denied"]
        counts = {
            name: sum(int(str(one["count"])) for one in denied if one["command"] == name) for name in closed_to_agents()
        }
        assert counts == dict.fromkeys(closed_to_agents(), 5)
