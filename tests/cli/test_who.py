"""`handrail who`: who is asked now and next, who may not decide and why, and the end; on a file and a server."""

from __future__ import annotations

import pytest

from handrail.clock import SystemClock, to_datetime
from handrail.directory.hours import DAYS
from tests.cli.conftest import Terminal, harmless

PEOPLE = """
people:
  - {handle: ann, os_user: ann, groups: [treasury]}
  - {handle: bob, os_user: bob, groups: [treasury, legal]}
  - {handle: cfo, os_user: cfo}
  - {handle: rob, os_user: robot, groups: [treasury]}
  - {handle: vic, groups: [treasury], roles: [viewer]}
"""


@pytest.fixture
def ticket(company, rail, tmp_path):
    Terminal(company.path, company.monkeypatch).apply(tmp_path, PEOPLE)
    return rail.approval(name="vault.open", within="30m", remind="10m", then=("user:cfo", "1h"))(lambda: None).propose()


def test_it_says_who_is_asked_now_and_next_and_who_may_not_decide_and_why(company, ticket):
    ended = company("who", ticket.review[:12])
    lines = ended.out.splitlines()
    assert ended.code == 0, ended.err
    assert lines[0].startswith("Review   " + ticket.review)
    assert lines[1].startswith("Now      group:treasury, since ")
    assert lines[2:4] == [" " * 9 + "user:ann", " " * 9 + "user:bob"]
    assert lines[4] == " " * 9 + "user:rob may not decide: asked for the action, or answers for its agent"
    assert lines[5] == " " * 9 + "user:vic may not decide: none of their roles lets them decide"
    assert lines[6].startswith(" " * 9 + "told again ")
    assert lines[7].startswith("Then     user:cfo, from ")
    assert lines[7].endswith("for 1 h")
    assert lines[8] == " " * 9 + "user:cfo"
    assert lines[9].startswith("End      ")
    assert lines[9].endswith("if nobody decides, it is rejected")
    assert harmless(ended.out)


def test_after_an_escalation_a_delegation_and_a_claim_it_says_so(company, ticket):
    assert company("reviews", "delegate", ticket.review, "bob").code == 0
    assert company("reviews", "escalate", ticket.review).code == 0
    assert company("reviews", "claim", ticket.review, user="cfo").code == 0
    out = company("who", ticket.review).out
    assert "Before   group:treasury, from " in out
    assert "Now      user:cfo, since " in out
    assert "user:cfo is at it, and nobody further is asked until " in out
    assert "Also     asked in addition" in out


def test_where_it_is_over_nobody_is_asked_any_more(company, ticket):
    assert company("reviews", "reject", ticket.review, "--yes", "--note", "no").code == 0
    out = company("who", ticket.review).out
    assert "Unasked  user:cfo: the review ended before" in out
    assert "End      the review is decided: nobody is asked any more" in out
    assert "Now " not in out


def test_programs_get_the_same_as_json(company, ticket):
    found = company("who", ticket.review, "--json").json
    assert [one["stage"] for one in found["ladder"]] == ["now", "next"]
    assert [one["who"]["name"] for one in found["ladder"][0]["people"]] == [
        "user:ann", "user:bob", "user:rob", "user:vic"
    ]  # fmt: skip
    assert [one["refusal"] is None for one in found["ladder"][0]["people"]] == [True, True, False, False]
    assert found["ladder"][1]["rung"]["until"] == found["deadline"]


AWAY = """
people:
  - {handle: ann, os_user: ann, groups: [treasury], absent: [{from: 2020-01-01, to: 2090-12-31, substitute: user:cfo}]}
  - {handle: bob, os_user: bob, groups: [treasury, legal], quiet: 22:00-07:00, zone: Europe/Berlin}
  - {handle: cfo, os_user: cfo}
  - {handle: dan, groups: [treasury]}
groups:
  - {handle: treasury, oncall: [{who: user:ann, from: 2020-01-01, to: 2090-12-31}]}
"""


def test_who_is_away_who_stands_in_and_who_is_not_on_call(company, rail, wire, tmp_path, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    Terminal(company.path, company.monkeypatch).apply(tmp_path, AWAY)
    ticket = wire.propose("DE89", 1)
    lines = company("who", ticket.review).out.splitlines()
    assert lines[2].startswith(" " * 9 + "user:ann is away until 1 Jan 2091 00:00 UTC; user:cfo stands in")
    assert lines[3] == " " * 9 + "user:bob is not on call, and may decide all the same"
    another_day = DAYS[(to_datetime(SystemClock().now()).weekday() + 3) % 7]
    hushed = AWAY.replace("quiet: 22:00-07:00", f"hours: {another_day} 09:00-17:00").split("groups:\n  -")[0]
    Terminal(company.path, company.monkeypatch).apply(tmp_path, hushed + "groups: [{handle: treasury}]")
    assert " " * 9 + "user:bob, told nothing before " in company("who", ticket.review).out
    assert company("reviews", "list", user="cfo").out.splitlines()[1].startswith(ticket.review[:10])
    assert company("reviews", "approve", ticket.review, "--yes", user="cfo").code == 0
    told = " ".join(company("explain", ticket.id).out.split())
    assert "may decide now: user:ann, user:bob, user:cfo and user:dan" in told
    assert "user:cfo, in place of user:ann, approved" in told


def test_who_stands_in_for_who_asked_is_told_that_they_may_not_decide(company, rail, wire, tmp_path):
    absent = "absent: [{from: 2020-01-01, to: 2090-12-31, substitute: user:bob}]"
    people = AWAY.replace("{handle: dan,", f"{{handle: dan, os_user: robot, {absent},")
    Terminal(company.path, company.monkeypatch).apply(tmp_path, people)
    ticket = wire.propose("DE89", 1)
    assert "user:bob may not decide: stands in for somebody who asked" in company("who", ticket.review).out
    ended = company("reviews", "approve", ticket.review, "--yes", user="bob")
    assert ended.code == 1
    assert "may not decide it" in ended.err
