"""Refused intents over the real engine: what one transaction decides alone, and what is refused while it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from handrail.embedded import Embedded, solo_person
from handrail.engine.request import Answer
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID
from handrail.run.commands import Open

from .kit import Desk, proposal
from .test_policy import put

FREE = """
default_path: p
paths: {p: {levels: [{ask: user:local, for: 1h}]}}
rules: [{name: runs, action: test.effect, verdict: run}]
"""


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    Embedded(found.database, solo_person).call(ID, put(FREE))
    yield found
    found.close()


def in_run(desk: Desk, name: str = "one", parent: str | None = None) -> str:
    run = desk.agent.run_id(name)
    desk.agent.call(run, Open(name, parent))
    return run


def at_once(desk: Desk, run: str, intent: str) -> Answer:
    """Propose and start in one commit what no code asks people for."""
    command = replace(proposal(run=run, intent=intent, executor="exe_1", start=True), declared=Declaration("auto"))
    return desk.agent.call(mint("act"), command)


def test_a_start_at_once_is_held_where_the_intent_was_refused_in_the_run_around(desk: Desk) -> None:
    outer = in_run(desk)
    inner = in_run(desk, "two", outer)
    assert at_once(desk, inner, "pay")["status"] == "started"
    asked = desk.propose(run=outer, intent="pay")
    desk.decide(asked["review"], "reject")
    held = at_once(desk, inner, "pay")
    assert (held["status"], held["reason"]) == ("held", "intent_refused")
    assert at_once(desk, inner, "look")["status"] == "started"
    desk.decide(held["review"])
    assert desk.action(held["id"]).status == "cleared"
