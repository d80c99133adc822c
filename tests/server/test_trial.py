"""The demo agent of an empty inbox asks through the ordinary gate, and the snippet beside it is an agent that works."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock
from handrail.server.app import create_app
from handrail.server.service import Service
from handrail.server.settings import Settings

from .house import House, opened

DENYING = 'rules:\n  - {name: no demos, action: "demo.*", verdict: deny}\n'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury", roles=("reviewer",))
        found.company.person("cleo", roles=("administrator",))
        yield found


def waiting(house: House, session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house("GET", "/reviews", session).json()["items"]
    return found


def decide(house: House, session: str, review: str, outcome: str, **rest: Any) -> dict[str, Any]:
    """Decide on what is shown, and give back the action once it went on."""
    shown = house("GET", f"/reviews/{review}", session).json()
    body = {"outcome": outcome, "view": shown["state"]["view"], **rest}
    answer = house("POST", f"/reviews/{review}/decisions", session, json=body)
    assert answer.status_code == 200, answer.text
    action = shown["state"]["action"]
    moved = house("GET", f"/actions/{action}", session).json()
    while moved["state"]["status"] in ("held", "cleared", "claimed", "started"):
        rev = moved["state"]["rev"]
        house("GET", f"/actions/{action}/wait?rev={rev}", session, headers={"Prefer": "wait=20"})
        moved = house("GET", f"/actions/{action}", session).json()
    return dict(moved)


def next_question(house: House, session: str) -> str:
    """Wait until the demo agent asks its question; what it says."""
    size = 0
    while not (found := waiting(house, session)):
        size = house("GET", f"/log?size={size}", session, headers={"Prefer": "wait=20"}).json()["size"]
    return str(found[0]["action"]["args"])


def over(house: House, session: str) -> bool:
    """Whether the demo agent has gone, before many questions are over."""
    return any(not house("GET", "/trial", session).json()["running"] for _ in range(500))


def test_it_asks_for_an_approval_then_a_question_and_says_what_was_decided(house: House):
    ann = house.session("ann")
    assert house("GET", "/trial", ann).json()["running"] is False
    begun = house("POST", "/trial", ann)
    assert begun.status_code == 201
    assert house("GET", "/trial", ann).json()["running"] is True
    (first,) = waiting(house, ann)
    assert (first["state"]["id"], first["state"]["barred"]) == (begun.json()["id"], [first["action"]["state"]["agent"]])
    ended = decide(house, ann, begun.json()["id"], "edit", args={"words": "Good day"}, note="friendlier")
    said = 'user:ann approved an edited version and wrote "friendlier", so I said: Good day'
    assert ended["outcome"]["value"]["value"] == said
    assert said.replace('"', '\\"') in next_question(house, ann)
    answered = decide(house, ann, waiting(house, ann)[0]["state"]["id"], "answer", value="It was clear")
    assert answered["outcome"]["value"]["value"] == "It was clear"
    assert over(house, ann)
    assert waiting(house, ann) == []


def test_a_rejection_is_told_in_the_question(house: House):
    ann = house.session("ann")
    review = house("POST", "/trial", ann).json()["id"]
    assert decide(house, ann, review, "reject", note="not now")["state"]["status"] == "refused"
    asked = next_question(house, ann)
    assert 'user:ann rejected it and wrote \\"not now\\", so I said nothing.' in asked


def test_a_second_one_is_refused_in_words(house: House):
    ann = house.session("ann")
    assert house("POST", "/trial", ann).status_code == 201
    again = house("POST", "/trial", ann)
    assert (again.status_code, again.json()["code"]) == (409, "not_ready")
    assert "at work already" in again.json()["detail"]
    assert len(waiting(house, ann)) == 1


def test_who_does_not_decide_starts_none(house: House):
    answer = house("POST", "/trial", house.session("cleo"))
    assert (answer.status_code, waiting(house, house.session("ann"))) == (403, [])


def test_where_the_policy_denies_it_the_answer_says_so(house: House):
    ann, cleo = house.session("ann"), house.session("cleo")
    assert house("PUT", "/policy", cleo, json={"file": DENYING}).status_code == 200
    answer = house("POST", "/trial", ann)
    assert (answer.status_code, answer.json()["code"]) == (409, "denied")
    assert "denied by a rule" in answer.json()["detail"]
    assert house("GET", "/trial", ann).json()["running"] is False


def test_its_reviews_end_within_a_quarter_of_an_hour_and_with_the_server(house: House):
    service = Service(house.company.database, Settings())
    app = create_app(service)

    async def serve_and_stop() -> tuple[Any, Any]:
        async with app.router.lifespan_context(app):
            review = await service.trials.start("default", "user:ann")
            shown = service.archive("default").state(review)
        return shown, service.archive("default").state(review)

    shown, stopped = asyncio.run(serve_and_stop())
    assert shown.deadline - shown.opened_at == 15 * 60 * 1_000_000
    assert stopped.status == "withdrawn"


def snippet(found: dict[str, Any], key: str, folder: Path) -> subprocess.Popen[str]:
    """Run what a new inbox shows."""
    assert found["steps"][-1] == "python agent.py"
    (folder / "agent.py").write_text(found["snippet"])
    environment = {**os.environ, "HANDRAIL_KEY": key}
    return subprocess.Popen([sys.executable, "agent.py"], cwd=folder, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def test_the_snippet_is_an_agent_that_asks_the_reader(house: House, tmp_path: Path):
    ann, cleo = house.session("ann"), house.session("cleo")
    found = house("GET", "/trial", ann).json()
    assert found["steps"][1].endswith(f"handrail keys create my-agent --db {house.url}")
    key = house("POST", "/keys", cleo, json={"agent": "my-agent"}).json()["secret"]
    running = snippet(found, key, tmp_path)
    next_question(house, ann)
    decide(house, ann, waiting(house, ann)[0]["state"]["id"], "approve")
    assert running.communicate(timeout=30)[0] == "sent to the world: hello\n"


def test_the_snippet_of_one_who_makes_the_key_is_a_question_which_they_may_answer(house: House, tmp_path: Path):
    house.company.person("dora", roles=("reviewer", "administrator"))
    dora = house.session("dora")
    found = house("GET", "/trial", dora).json()
    key = house("POST", "/keys", dora, json={"agent": "my-agent"}).json()["secret"]
    running = snippet(found, key, tmp_path)
    next_question(house, dora)
    decide(house, dora, waiting(house, dora)[0]["state"]["id"], "answer", value="yes")
    assert running.communicate(timeout=30)[0] == "yes\n"
