"""What is looked at once more right before a call leaves, and what the call itself may know."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.action.commands import Claim, Settle, Start
from handrail.embedded import Embedded, solo_person
from handrail.engine.past import attempts
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.principal import SYSTEM
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="keeper")
balance = {"DE89": 100}
seen: list[Any] = []


@rail.approval(name="payments.wire", precondition=lambda account, cents: {"balance": balance.get(account)})
def wire(account: str, cents: int) -> str:
    seen.append(handrail.idempotency_key())
    return f"{cents} to {account}"


@rail.approval(name="mail.send", idempotent=True)
def send(to: str) -> str:
    seen.append(handrail.idempotency_key())
    return to


@pytest.fixture
def people() -> Any:
    seen.clear()
    balance.update({"DE89": 100, "DE02": 5})
    with reviewing(rail) as scripted:
        yield scripted


def test_a_call_whose_target_is_as_it_was_runs(people):
    people.approves("payments.wire")
    assert wire("DE89", 5) == "5 to DE89"
    shown = people.asked[0].action.story
    assert shown["target"] == {"balance": 100}


def test_a_call_whose_target_has_changed_meanwhile_does_not_run(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    balance["DE89"] = 4
    with pytest.raises(handrail.TargetChanged, match="no longer as it was") as changed:
        ticket.wait()
    assert changed.value.reason == "target_changed"
    assert ticket.status == "refused"
    assert seen == []


def test_after_an_edit_the_target_of_the_new_arguments_counts(people):
    people.edits("payments.wire", account="DE02")
    with pytest.raises(handrail.TargetChanged):
        wire("DE89", 5)
    people.edits("payments.wire", cents=3)
    assert wire("DE89", 5) == "3 to DE89"


def test_a_program_that_cannot_look_at_the_target_starts_nothing(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    backend = rail.core.backend
    answer = backend.call(ticket.id, Start("exe_other", backend.action(ticket.id).state.bind))
    assert answer["status"] == "refused"


def test_where_looking_fails_nothing_starts_and_it_can_be_tried_again(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    before = balance.pop("DE89")

    def broken(account: str, cents: int) -> Any:
        raise ConnectionError("the bank does not answer")

    found: Any = rail.core.registry.get("payments.wire")
    kept, found.__dict__["precondition"] = found.precondition, broken
    with pytest.raises(ConnectionError):
        ticket.wait()
    found.__dict__["precondition"] = kept
    assert ticket.status == "cleared"
    balance["DE89"] = before
    assert ticket.wait() == "5 to DE89"


def test_a_function_with_other_parameters_does_not_run_what_was_asked_before(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    backend = rail.core.backend
    bind = backend.action(ticket.id).state.bind
    with pytest.raises(handrail.SchemaChanged, match="other parameters"):
        backend.call(ticket.id, Start("exe_new", bind, schema="sha256:other", target={"value": {"balance": 100}}))
    assert ticket.status == "cleared"
    assert ticket.wait() == "5 to DE89"


def test_a_start_that_is_refused_is_in_the_log_and_a_flood_of_them_is_counted(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    backend = rail.core.backend
    start = Start("exe_new", backend.action(ticket.id).state.bind, schema="sha256:other")
    for _ in range(3):
        with pytest.raises(handrail.SchemaChanged):
            backend.call(ticket.id, start)
    people.clock.advance("2s")
    with pytest.raises(handrail.SchemaChanged):
        backend.call(ticket.id, start)
    agent, log = backend.action(ticket.id).state.agent, Embedded(people.database, solo_person)
    told = [one.data for one in log.history(agent) if one.type == "access.denied"]
    assert [(one["code"], one["on"], one["command"], one["count"]) for one in told] == [
        ("schema_changed", ticket.id, "Start", 1), ("schema_changed", ticket.id, "Start", 3),
    ]  # fmt: skip
    balance["DE89"] = 4
    with pytest.raises(handrail.TargetChanged):
        ticket.wait()
    refused = backend.history(ticket.id)[-1]
    assert (refused.type, refused.before, refused.after) == ("action.refused", "cleared", "refused")
    assert (refused.data["reason"], refused.by.id) == ("target_changed", agent)


def test_a_key_is_one_calls_own_and_there_is_none_outside(people):
    people.approves("mail.send")
    people.approves("mail.send")
    send("ann")
    send("ann")
    assert len(set(seen)) == 2
    assert all(key.startswith("hr_act_") for key in seen)
    with pytest.raises(handrail.UsageError, match="body of a gated function"):
        handrail.idempotency_key()


def lose(people: Any, ticket: Any) -> Any:
    """Let an executor start a call and be gone."""
    backend = rail.core.backend
    started = backend.call(ticket.id, Start("exe_gone", backend.action(ticket.id).state.bind))
    people.clock.advance("2m")
    people.database.process.engine.call(Request(mint("cmd"), ticket.id, Tick(), SYSTEM))
    return started


def test_a_lost_call_that_may_be_repeated_is_by_whoever_waits_with_the_same_key(people):
    people.approves("mail.send")
    ticket = send.propose("ann")
    people.react(ticket.review)
    lose(people, ticket)
    assert ticket.status == "cleared"
    assert ticket.wait() == "ann"
    bind = rail.core.backend.action(ticket.id).state.bind
    assert seen == [f"hr_{ticket.id}_{bind.rpartition(':')[2][:16]}"]


def test_it_is_repeated_a_few_times_and_then_people_are_asked(people):
    people.approves("mail.send")
    ticket = send.propose("ann")
    people.react(ticket.review)
    for _ in range(5):
        lose(people, ticket)
    assert ticket.status == "unknown"
    assert rail.core.backend.review(str(ticket.review)).state.cause == "outcome_unknown"


def test_a_late_report_counts_for_nothing_and_is_kept_for_who_decides(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    backend = rail.core.backend
    start = Start("exe_gone", backend.action(ticket.id).state.bind, target={"value": {"balance": 100}})
    started = backend.call(ticket.id, start)
    people.clock.advance("2m")
    people.database.process.engine.call(Request(mint("cmd"), ticket.id, Tick(), SYSTEM))
    assert ticket.status == "unknown"
    late = Settle("exe_gone", started["fence"] + 0, "succeeded", {"value": "5 to DE89"})
    for _ in range(2):
        with pytest.raises(handrail.FencedOff):
            backend.call(ticket.id, late)
    assert ticket.status == "unknown"
    told = [event for event in backend.history(ticket.id) if event.type == "action.reported_late"]
    assert [(one.before, one.after, one.data["outcome"], one.texts["report"]) for one in told] == [
        ("unknown", "unknown", "succeeded", {"value": "5 to DE89"})
    ]


def test_a_late_report_is_kept_also_after_the_end_and_changes_nothing(people):
    people.approves("mail.send")
    ticket = send.propose("ann")
    people.react(ticket.review)
    first, second = lose(people, ticket), lose(people, ticket)
    backend = rail.core.backend
    started = backend.call(ticket.id, Start("exe_3", backend.action(ticket.id).state.bind))
    late(ticket, first, "the first")
    assert backend.call(ticket.id, Settle("exe_3", started["fence"], "succeeded", {"value": "ann"}))
    before = backend.action(ticket.id)
    for _ in range(3):
        late(ticket, second, "the second")
        late(ticket, first, "the first again")
    after = backend.action(ticket.id)
    assert (after.outcome, after.state.status) == (before.outcome, "succeeded")
    assert ticket.wait() == "ann"
    told = [event for event in backend.history(ticket.id) if event.type == "action.reported_late"]
    assert [(one.before, one.after, one.texts["report"]) for one in told] == [
        ("started", "started", {"value": "the first"}),
        ("succeeded", "succeeded", {"value": "the second"}),
    ]
    shown = [one.text for one in attempts(ticket.id, backend.history(ticket.id))]
    assert [("the first" in text, "the second" in text) for text in shown] == [
        (False, False), (False, False), (True, False), (False, True),
    ]  # fmt: skip


def late(ticket: Any, started: Any, value: str) -> None:
    """Report the end of a call whose lease is over."""
    report = Settle("exe_gone", started["fence"], "succeeded", {"value": value})
    with pytest.raises(handrail.FencedOff):
        rail.core.backend.call(ticket.id, report)


def test_who_does_not_hold_the_claim_ends_nothing_by_what_it_sees_of_the_target(people):
    people.approves("payments.wire")
    ticket = wire.propose("DE89", 5)
    people.react(ticket.review)
    backend = rail.core.backend
    bind = backend.action(ticket.id).state.bind
    claimed = backend.call(ticket.id, Claim("exe_1"))
    with pytest.raises(handrail.FencedOff):
        backend.call(ticket.id, Start("exe_2", bind, claimed["fence"]))
    seen_then: Any = {"value": {"balance": 100}}
    started = backend.call(ticket.id, Start("exe_1", bind, claimed["fence"], target=seen_then))
    assert started["status"] == "started"
