"""What ran by itself, told and judged in the terminal."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Terminal

POLICY = """
default_path: desk
paths: {desk: {levels: [{ask: group:treasury, for: 1h}]}}
rules:
  - {name: labels, action: tickets.label, pattern: approval, mode: sampled, sample: 1}
"""


def labelled(company: Any, rail: Any) -> Any:
    """An action that a rule would have asked about, and that ran."""
    file = company.path.parent / "policy.yaml"
    file.write_text(POLICY)
    applied = Terminal(company.path, company.monkeypatch)("policy", "apply", str(file), "--yes")
    assert applied.code == 0, applied.err

    @rail.gate(name="tickets.label")
    def label(text: str) -> str:
        return "bill\u202eing"

    ticket = label.propose("My invoice is wrong")
    assert ticket.wait(10) == "bill\u202eing"
    return ticket


def test_a_sample_is_shown_with_what_it_gave_back_and_found_wrong(company, rail):
    ticket = labelled(company, rail)
    listed = company("reviews", "list", "--json").json["reviews"]
    review = next(one["id"] for one in listed if one["action"] == ticket.id)
    shown = " ".join(company("reviews", "show", review).out.split())
    assert "SPOT CHECK" in shown
    assert "it gave back: bill⟨U+202E⟩ing" in shown
    assert "it ran by itself, and was drawn to be looked at" in shown
    assert company("reviews", "wrong", review, "--yes").code == 2
    done = company("reviews", "wrong", review, "--note", "a complaint", "--yes")
    assert done.code == 0, done.err
    assert "found it wrong" in company("reviews", "show", review).out
    assert "succeeded" in company("actions", "show", ticket.id).out


def test_why_it_ran_by_itself_is_explained_with_its_rule_and_mode(company, rail):
    out = " ".join(company("explain", labelled(company, rail).id).out.split())
    assert "Because rule labels would ask people, and its mode is sampled; nobody was asked" in out
