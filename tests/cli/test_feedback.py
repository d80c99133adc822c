"""What people decided and how it turned out, from the terminal."""

from __future__ import annotations

import orjson
import pytest
from jsonschema import Draft202012Validator

from handrail.server.openapi import document
from tests.cli.conftest import harmless


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def decided(company, wire) -> list[str]:
    """An approval, a rejection with a secret in its reason, and a correction."""
    tickets = [wire.propose("DE89", amount) for amount in (1, 2, 3)]
    company("reviews", "approve", tickets[0].review, "--yes", "--note", "fine")
    company("reviews", "reject", tickets[1].review, "--yes", "--note", "token sk_live_4eC39HqLyjWDarjtT1zdp7dc")
    company("reviews", "edit", tickets[2].review, "--yes", "--set", "amount=30")
    return [ticket.id for ticket in tickets]


def lines(out: str) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in out.splitlines()]


@pytest.mark.usefixtures("impatient")
def test_every_decision_is_one_line_of_the_documented_shape(company, wire):
    ids = decided(company, wire)
    ended = company("export", "decisions")
    assert ended.code == 0, ended.err
    assert harmless(ended.out)
    found = lines(ended.out)
    assert [one["action"] for one in found] == ids
    assert [(one["outcome"], one["edited"]) for one in found] == [("approve", False), ("reject", False), ("edit", True)]
    assert found[0]["note"] == {"value": "fine"}
    assert (found[2]["args"], found[2]["decided"]) == (
        {"value": {"iban": "DE89", "amount": 3}}, {"value": {"iban": "DE89", "amount": 30}}
    )  # fmt: skip
    assert "4eC39HqLyjWDarjtT1zdp7dc" not in ended.out
    shape = Draft202012Validator({**document(), "$ref": "#/components/schemas/Decided"})
    assert [error for one in found for error in shape.iter_errors(one)] == []
    assert list(shape.iter_errors({**found[0], "more": 1})), "the shape is closed"


@pytest.mark.usefixtures("impatient")
def test_an_export_is_narrowed_by_name_and_time(company, wire):
    decided(company, wire)
    assert len(lines(company("export", "decisions", "--since", "1h").out)) == 3
    assert company("export", "decisions", "--since", "2999-01-01").out == ""
    assert company("export", "decisions", "--action", "other").out == ""
    assert company("export", "decisions", "--since", "yesterday").code == 2


def test_how_it_turned_out_is_said_after_the_end_and_shown(company, wire):
    ticket = wire.propose("DE89", 1)
    assert company("actions", "outcome", ticket.id, "--wrong").code != 0
    company("reviews", "reject", ticket.review, "--yes", "--note", "no")
    said = company("actions", "outcome", ticket.id, "--wrong", "--note", "it was due after all")
    assert (said.code, "turned out wrong" in said.out) == (0, True)
    shown = company("actions", "show", ticket.id).out
    assert "wrong, says user:ann at " in shown
    assert '"it was due after all"' in shown
    last = lines(company("export", "decisions").out)[-1]
    assert (last["kind"], last["outcome"], last["note"]) == ("report", "wrong", {"value": "it was due after all"})


@pytest.mark.usefixtures("impatient")
def test_how_long_people_will_take_is_shown_while_they_are_asked(company, wire):
    ticket = wire.propose("DE89", 1)
    for noun, id_ in (("actions", ticket.id), ("reviews", ticket.review)):
        assert "Wait" in company(noun, "show", id_).out
    assert company("reviews", "waits").out == "No review is over yet.\n"
    company("reviews", "approve", ticket.review, "--yes")
    for noun, id_ in (("actions", ticket.id), ("reviews", ticket.review)):
        assert "Wait" not in company(noun, "show", id_).out
    assert company("reviews", "waits").out.splitlines()[-1] == "Too few reviews are over to foretell a wait."
    assert company("reviews", "waits", "--json").json["ended"] == 1


def test_an_outcome_needs_to_be_said(company, wire):
    ticket = wire.propose("DE89", 1)
    assert company("actions", "outcome", ticket.id).code == 2
