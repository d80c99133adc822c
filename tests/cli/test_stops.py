"""Stopping and lifting in the terminal, on a file and at a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import handrail
from tests.cli.conftest import Terminal

PEOPLE = """
people:
  - {handle: ann, os_user: ann, roles: [supervisor], groups: [treasury]}
  - {handle: bob, os_user: bob, roles: [administrator]}
  - {handle: cfo, os_user: cfo, roles: [administrator, reviewer], groups: [treasury]}
"""


@pytest.fixture
def staffed(company: Terminal, tmp_path: Path) -> Terminal:
    company.apply(tmp_path, PEOPLE)
    return company


@pytest.fixture
def pay(rail: handrail.Rail) -> Any:
    @rail.approval(name="pay.refund", reviewers="user:cfo")
    def paid(cents: int) -> str:
        return f"paid {cents}"

    return paid


def stopped(terminal: Terminal) -> dict[str, Any]:
    """The one stop in force."""
    (one,) = terminal("stops", "list", "--json").json["stops"]
    found: dict[str, Any] = one
    return found


def test_an_agent_is_stopped_and_told_why_and_goes_on_once_that_is_lifted(staffed, pay):
    waits = pay.propose(5)
    said = staffed("stop", "agent", "paybot", "-m", "it refunds orders twice", "-y")
    assert (said.code, said.out.splitlines()[0]) == (
        0, "Stopped: the agent paybot. Nothing of it starts any more, in any process.",
    )  # fmt: skip
    assert waits.status == "refused"
    with pytest.raises(handrail.Stopped, match="this agent is stopped: it refunds orders twice") as raised:
        pay(5)
    assert raised.value.reason == "it refunds orders twice"
    with pytest.raises(handrail.Stopped, match="it refunds orders twice"):
        waits.wait(10)
    one = stopped(staffed)
    told = " ".join(staffed("explain", waits.id).out.split())
    assert f"refused: stopped by {one['state']['id'][:10]}" in told
    assert "it refunds orders twice" in told
    assert "the agent paybot" in staffed("stops", "list").out
    shown = " ".join(staffed("stops", "show", one["state"]["id"][:10]).out.split())
    assert "Why it refunds orders twice By user:ann" in shown
    assert "Ended 1 action or run" in shown
    assert staffed("stops", "lift", one["state"]["id"], "-m", "repaired", "-y").code == 1, "a supervisor does not"
    assert staffed("stops", "lift", one["state"]["id"], "-m", "repaired", "-y", user="bob").code == 0
    assert staffed("stops", "list").out == "Nothing is stopped.\n"
    assert "lifted" in staffed("stops", "list", "--all").out
    assert pay.propose(5).status == "held"


def test_all_that_waits_is_ended_when_the_command_is(staffed, pay):
    asked = [pay.propose(number) for number in range(60)]
    said = staffed("stop", "all", "-m", "twice", "-y")
    assert "Ended or paused: 60 actions and runs." in said.out
    assert {one.status for one in asked} == {"refused"}


def test_what_had_started_is_named(staffed, rail):
    begun: list[str] = []

    @rail.exceptions(name="pay.refund", reviewers="user:cfo")
    def paid() -> str:
        begun.append(staffed("stop", "tool", "pay.*", "-m", "twice", "-y").out)
        return "paid"

    assert paid() == "paid"
    assert "1 action had started before, and goes on to its end" in " ".join(begun[0].split())
    with pytest.raises(handrail.Stopped):
        paid()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("stop", "agent", "nobody", "-m", "x", "-y"), 3, "no agent is called 'nobody' here"),
        (("stop", "agent", "-m", "x", "-y"), 2, "name what is stopped"),
        (("stop", "all", "paybot", "-m", "x", "-y"), 2, "name what is stopped"),
        (("stop", "all", "-y"), 2, "give the reason with -m"),
        (("stop", "all", "-m", "x"), 2, "nobody can be asked here: add --yes"),
        (("stops", "show", "stp_zzz"), 3, "no stop begins with"),
    ],
)
def test_what_cannot_be_meant_stops_nothing(on_file, tmp_path, pay, words, code, said):
    on_file.apply(tmp_path, PEOPLE)
    refused = on_file(*words)
    assert (refused.code, said in refused.err) == (code, True), refused.err
    assert pay.propose(5).status == "held"


def test_doctor_says_that_something_is_stopped(on_file, tmp_path, pay):
    on_file.apply(tmp_path, PEOPLE)
    pay.propose(5)
    on_file("stop", "all", "-m", "audit", "-y")
    looked = on_file("doctor")
    assert looked.code == 1
    assert "every agent: `handrail stops show stp_" in " ".join(looked.out.split())
