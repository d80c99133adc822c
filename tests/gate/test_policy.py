"""The stored policy routes calls: what runs, what is denied, what a stricter one does to what was agreed before."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.codec.policies import compiled_text, text_digest
from handrail.codec.policy_file import read_policy_file
from handrail.embedded import Embedded, solo_person
from handrail.policy.register import ID, PutPolicy
from handrail.review.commands import Decide
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")
paid: list[int] = []
PATH = "default_path: p\npaths: {p: {levels: [{ask: user:local, for: 1h}]}}\n"


@rail.approval(name="pay")
def pay(amount: int) -> int:
    paid.append(amount)
    return amount


@pytest.fixture
def people() -> Any:
    paid.clear()
    with reviewing(rail) as scripted:
        yield scripted


def apply(people: Any, text: str) -> None:
    found = read_policy_file(text)
    compiled = compiled_text(found.policy)
    command = PutPolicy(text, compiled, text_digest(text), text_digest(compiled))
    Embedded(people.database, solo_person).call(ID, command)


def test_a_rule_that_replaces_the_code_lets_it_run_without_people(people):
    apply(people, PATH + "rules: [{action: pay, verdict: run, replaces: code}]")
    assert pay(1) == 1
    assert people.asked == []


def test_without_saying_so_a_rule_loosens_nothing(people):
    apply(people, PATH + "rules: [{action: pay, verdict: run}]")
    people.approves("pay")
    assert pay(1) == 1
    assert len(people.asked) == 1


def test_a_rule_denies(people):
    apply(people, "rules: [{action: 'p*', verdict: deny}]")
    with pytest.raises(handrail.Denied, match="denied by a rule of the policy"):
        pay(1)
    assert paid == []


def test_the_view_and_the_log_name_the_policy(people):
    text = PATH + "rules: [{name: All money, action: pay, pattern: approval}]"
    apply(people, text)
    ticket = pay.propose(1)
    backend = Embedded(people.database, solo_person)
    view: Any = backend.review(ticket.review or "").view
    assert (view["verdict"]["rule"], view["verdict"]["pol"]) == ("all-money", text_digest(text))
    assert backend.action(ticket.id).state.pol == text_digest(text)


def test_a_stricter_policy_stops_what_was_agreed_before_it_starts(people):
    ticket = pay.propose(7)
    _approve(people, ticket.review)
    apply(people, "rules: [{action: pay, verdict: deny}]")
    with pytest.raises(handrail.Denied, match="which has changed since"):
        ticket.wait(5)
    assert paid == []


def test_a_policy_that_now_asks_holds_what_ran_by_a_rule(people):
    apply(people, PATH + "rules: [{action: pay, verdict: run, replaces: code}]")
    ticket = pay.propose(8)
    assert ticket.status == "cleared"
    apply(people, PATH + "rules: [{action: pay, pattern: approval}]")
    people.approves("pay")
    assert ticket.wait(5) == 8
    assert len(people.asked) == 1


def test_what_people_agreed_to_is_not_asked_again_by_a_policy_that_asks_no_more(people):
    ticket = pay.propose(9)
    _approve(people, ticket.review)
    apply(people, PATH + "rules: [{action: pay, pattern: approval}]")
    assert ticket.wait(5) == 9
    assert people.asked == []


def test_a_weaker_policy_frees_nothing_that_is_held(people):
    ticket = pay.propose(3)
    apply(people, PATH + "rules: [{action: pay, verdict: run, replaces: code}]")
    assert ticket.status == "held"
    people.approves("pay")
    assert ticket.wait(5) == 3


def test_an_edit_is_judged_by_the_policy_of_now(people):
    ticket = pay.propose(4)
    apply(people, "rules: [{action: pay, verdict: deny}]")
    people.edits("pay", amount=5)
    with pytest.raises(handrail.NotAllowed, match="the present round stands"):
        ticket.wait(5)
    assert ticket.status == "held"


def test_an_agent_applies_no_policy(people):
    text = "default: review"
    with pytest.raises(handrail.HandrailError):
        rail.core.backend.call(ID, PutPolicy(text, text, text_digest(text), text_digest(text)))


def test_a_policy_whose_texts_are_gone_lets_nothing_run(people):
    apply(people, PATH + "rules: [{action: pay, verdict: run, replaces: code}]")
    with people.database.process.store.write() as tx:
        send = tx.pipeline.send if hasattr(tx, "pipeline") else tx.connection.execute
        send("DELETE FROM blobs WHERE body LIKE '%default_path%'")
    people.database.process.engine._caches.clear()
    with pytest.raises(handrail.Denied, match="cannot be read"):
        pay(1)
    assert paid == []


def _approve(people: Any, review: str | None) -> None:
    backend = Embedded(people.database, solo_person)
    assert review
    backend.call(review, Decide("approve", backend.review(review).state.view))
