"""Editing: typed by the schema, seen as a difference, refused as a whole where anything does not fit."""

from __future__ import annotations

import orjson
import pytest


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def now(terminal, ticket):
    return terminal("actions", "show", ticket.id, "--json").json["args"]


def test_a_value_is_typed_by_the_schema_and_shown_as_a_difference(company, wire):
    ticket = wire.propose("DE89", 90_000)
    said = company("reviews", "edit", ticket.review, "--set", "amount=620", "--set", "/iban=620", "-qy")
    assert said.code == 0
    for line in ("- args.amount  90000", "+ args.amount  620", '- args.iban  "DE89"', '+ args.iban  "620"'):
        assert line in said.out
    assert now(company, ticket) == {"iban": "620", "amount": 620}
    assert "EDITED SINCE THE AGENT ASKED" in company("reviews", "show", ticket.review).out


def test_values_inside_are_reached_by_pointer(company, rail):
    @rail.approval(name="order")
    def order(lines: list[dict[str, int]]) -> None: ...

    ticket = order.propose([{"price": 1}, {"price": 2}])
    assert company("reviews", "edit", ticket.review, "--set", "/lines/1/price=3", "-qy").code == 0
    assert now(company, ticket) == {"lines": [{"price": 1}, {"price": 3}]}


@pytest.mark.parametrize("words", [["--args-file", "-"], ["--args-file", "new.json"]])
def test_all_arguments_can_come_from_a_file_or_stdin(company, wire, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    new = orjson.dumps({"iban": "DE00", "amount": 1}).decode()
    (tmp_path / "new.json").write_text(new)
    ticket = wire.propose("DE89", 90_000)
    assert company("reviews", "edit", ticket.review, *words, "-qy", stdin=new).code == 0
    assert now(company, ticket) == {"iban": "DE00", "amount": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "amount=much"], "'much' does not fit at /amount"),
        (["--set", "amount"], "'amount' sets nothing: write NAME=VALUE"),
        (["--set", "/iban/x=1"], "'/iban/x' is no place in the arguments"),
        (["--set", "amount=90000"], "nothing is different: use `handrail reviews approve`"),
        (["--args-file", "missing.json"], "'missing.json' cannot be read: No such file or directory"),
        ([], "say what to change, with --set NAME=VALUE or --args-file"),
        (["--set", "amount=1", "--args-file", "-"], "give --set or --args-file, not both"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_decided(company, wire, words, said):
    ticket = wire.propose("DE89", 90_000)
    ended = company("reviews", "edit", ticket.review, *words, "-qy")
    assert ended.code == 2
    assert said in ended.err
    assert ticket.status == "held"


def test_every_problem_of_the_new_arguments_is_listed(company, wire):
    ticket = wire.propose("DE89", 90_000)
    ended = company("reviews", "edit", ticket.review, "--args-file", "-", "-qy", stdin='{"iban": 1, "amount": "x\x1b"}')
    assert ended.code == 2
    assert ended.err.startswith("handrail: these arguments do not fit; nothing was decided\n")
    assert "/iban" in ended.err
    assert "/amount" in ended.err
    assert "\x1b" not in ended.err
    assert ticket.status == "held"


def test_an_edit_asks_the_others_of_the_quorum_again(company, rail):
    both = rail.approval(name="both", quorum=2)(lambda amount: None)
    review = both.propose(5).review
    company("reviews", "approve", review, "-qy", user="bob")
    said = company("reviews", "edit", review, "--set", "amount=4", "-qy").out
    assert said.endswith("Your approval counts; it waits for 1 more approval.\n")
    assert company("reviews", "approve", review, "-qy", user="bob").out.startswith("Cleared")
