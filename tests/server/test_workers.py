"""Keys that execute what other agents asked for, and keys that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock
from handrail.server.examples import BODIES
from handrail.testing import FrozenClock

from .house import House, opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury")
        yield found


def cleared(house: House, key: str) -> dict[str, Any]:
    """An action of that key's agent which Ann has approved."""
    asked = house("POST", "/actions", key, json=BODIES["propose_action"]).json()
    decision = {"outcome": "approve", "view": asked["view"]}
    assert (
        house("POST", f"/reviews/{asked['review']}/decisions", house.session("ann"), json=decision).status_code == 200
    )
    found: dict[str, Any] = house("GET", f"/actions/{asked['id']}", key).json()["state"]
    return found


def start(house: House, key: str, action: dict[str, Any]) -> Any:
    body = {"executor": "worker-1", "bind": action["bind"]}
    return house("POST", f"/actions/{action['id']}/start", key, json=body)


def test_a_worker_starts_what_another_agent_asked_for_with_the_stored_arguments_and_reports(house: House):
    asker, worker = house.company.key("asker", scopes=("propose",)), house.company.key("worker", scopes=("execute",))
    action = cleared(house, asker)
    path = f"/actions/{action['id']}"
    started = start(house, worker, action).json()
    assert started["grant"]["args"] == '{"amount":"48.00","order":"O-1001"}'
    assert started["grant"]["bind"] == action["bind"]
    assert house("GET", f"{path}/grant", worker).json() == started["grant"]
    assert house("GET", f"{path}/grant", asker).status_code == 404
    report = {"executor": "worker-1", "fence": started["fence"], "outcome": "succeeded", "value": {"value": "done"}}
    renewal = {"executor": "worker-1", "fence": started["fence"]}
    assert house("POST", f"{path}/renew", asker, json=renewal).json() == {"renewed": False}
    assert house("POST", f"{path}/renew", worker, json=renewal).json() == {"renewed": True}
    assert house("POST", f"{path}/settle", asker, json=report).json()["code"] == "fenced_off"
    assert house("POST", f"{path}/settle", worker, json=report).json()["status"] == "succeeded"
    found = {event["type"]: event["by"]["id"] for event in house("GET", f"{path}/history", worker).json()["items"]}
    me = house("GET", "/me", worker).json()["id"]
    assert found["action.started"] == found["action.succeeded"] == me
    assert found["action.proposed"] == house("GET", "/me", asker).json()["id"] != me


def test_the_leases_of_a_process_are_kept_in_one_request_and_those_of_others_are_not(tmp_path: Path):
    with opened(tmp_path / "b.db", clock=FrozenClock()) as house:
        house.company.person("ann", "treasury")
        _keeps_what_is_held(house)


def _keeps_what_is_held(house: House) -> None:
    asker, worker = house.company.key("asker", scopes=("propose",)), house.company.key("worker", scopes=("execute",))
    actions = [cleared(house, asker) for _ in range(3)]
    fences = [start(house, worker, one).json()["fence"] for one in actions[:2]]
    mine = [
        {"action": one["id"], "executor": "worker-1", "fence": fence}
        for one, fence in zip(actions, fences, strict=False)
    ]
    odd = [
        {"action": actions[2]["id"], "executor": "worker-1", "fence": 1},
        {"action": "act_" + "0" * 26, "executor": "worker-1", "fence": 1},
        {**mine[0], "fence": fences[0] + 1},
        {**mine[0], "executor": "worker-2"},
    ]
    ids = [one["action"] for one in mine]
    house.company.clock.advance("50s")
    assert house("POST", "/leases", asker, json={"leases": mine}).json() == {"renewed": []}
    assert house("POST", "/leases", worker, json={"leases": [*odd, *mine]}).json() == {"renewed": ids}
    house.company.clock.advance("50s")
    report = {"executor": "worker-1", "fence": fences[0], "outcome": "succeeded", "value": {"value": "done"}}
    assert house("POST", f"/actions/{ids[0]}/settle", worker, json=report).json()["status"] == "succeeded"
    house.company.clock.advance("20s")
    assert house("POST", "/leases", worker, json={"leases": mine}).json() == {"renewed": []}
    for wrong in ([{**mine[0], "more": 1}], [{**mine[0], "action": "../x"}], [mine[0]] * 501):
        assert house("POST", "/leases", worker, json={"leases": wrong}).status_code in (400, 422)


def test_a_key_that_proposes_executes_its_own_actions_and_nothing_else(house: House):
    asker, other = (house.company.key(name, scopes=("propose",)) for name in ("asker", "other"))
    action = cleared(house, asker)
    assert start(house, other, action).status_code == 404
    assert start(house, asker, action).json()["status"] == "started"


def test_a_key_that_executes_asks_for_nothing(house: House):
    worker = house.company.key("worker", scopes=("execute",))
    for name, path in (("propose_action", "/actions"), ("ask_question", "/ask")):
        answer = house("POST", path, worker, json=BODIES[name])
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_key_that_ended_reports_nothing_and_another_of_the_agent_does(house: House):
    """It is the agent that holds the call, not the key."""
    asker, worker = house.company.key("asker"), house.company.key("worker", scopes=("execute",))
    action = cleared(house, asker)
    fence = start(house, worker, action).json()["fence"]
    house.company.end_key(worker)
    report = {"executor": "worker-1", "fence": fence, "outcome": "succeeded"}
    path = f"/actions/{action['id']}/settle"
    assert house("POST", path, worker, json=report).status_code == 401
    again = house.company.key("worker", scopes=("execute",))
    assert house("POST", path, again, json=report).json()["status"] == "succeeded"


def test_another_agents_run_is_not_there_for_a_proposal_or_as_a_parent(house: House):
    one, other = house.company.key("one"), house.company.key("other", owner="osu_else")
    run = house("GET", "/runs/by-name", one, params={"name": "nightly"}).json()["id"]
    assert house("POST", f"/runs/{run}/open", one, json={"title": "nightly"}).status_code == 200
    body = {**BODIES["propose_action"], "run": run, "occurrence": 1}
    mine = house("POST", "/actions", one, json=body)
    assert mine.status_code == 202
    assert house("POST", "/actions", other, json=body).status_code == 404
    child = house("GET", "/runs/by-name", other, params={"name": "child"}).json()["id"]
    assert house("POST", f"/runs/{child}/open", other, json={"title": "x", "parent": run}).status_code == 404


@pytest.mark.parametrize("wrong", [{"most": 101}, {"most": 0}, {"executor": "no executor"}])
def test_what_cannot_be_taken_is_refused_also_while_there_is_nothing_to_take(house: House, wrong: dict[str, Any]):
    worker = house.company.key("worker", scopes=("execute",))
    answer = house("POST", "/work", worker, json=BODIES["take_work"] | wrong)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_value"


@pytest.mark.parametrize("wrong", [{"fence": -1}, {"executor": "no executor"}, {"action": "act_?"}])
def test_a_lease_that_nobody_can_hold_is_refused_and_none_is_kept(house: House, wrong: dict[str, Any]):
    worker = house.company.key("worker", scopes=("execute",))
    lease = {"action": "act_" + "0" * 26, "fence": 1, "executor": "worker-1"}
    answer = house("POST", "/leases", worker, json={"leases": [lease, lease | wrong]})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_value"
