"""A gated call: held, decided, run once with the approved bytes; or ended by the error that says why not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import handrail
from handrail.embedded import Embedded, solo_person
from handrail.gate.notice import Notice
from handrail.review.commands import Decide
from handrail.testing import UnexpectedAsk, reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")
sent: list[tuple[str, Decimal]] = []


@dataclass(frozen=True)
class Receipt:
    account: str
    amount: Decimal


@rail.approval(name="wire", within="15m", risk="high", describe=lambda account, amount: f"pay {account}")
def wire(account: str, amount: Decimal) -> Receipt:
    """Send money."""
    sent.append((account, amount))
    return Receipt(account, amount)


@rail.approval(name="classify")
async def classify(text: str) -> str:
    return text.upper()


@rail.approval(name="broken")
def broken() -> None:
    raise ZeroDivisionError("the till is empty")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    sent.clear()


@pytest.fixture
def people() -> Any:
    with reviewing(rail) as scripted:
        yield scripted


def test_an_approved_call_runs_once_and_returns_its_result(people):
    people.approves("wire", note="checked by phone")
    assert wire("DE89", Decimal("90.00")) == Receipt("DE89", Decimal("90.00"))
    assert sent == [("DE89", Decimal("90.00"))]
    decision = handrail.last_decision()
    assert decision is not None
    assert (decision.outcome, decision.by, decision.auth, decision.note) == (
        "approve", "user:local", "solo", "checked by phone",
    )  # fmt: skip


def test_an_edited_call_runs_with_the_edited_arguments_only(people):
    people.edits("wire", amount="20.00", note="this much today")
    assert wire("DE89", Decimal("90.00")) == Receipt("DE89", Decimal("20.00"))
    assert sent == [("DE89", Decimal("20.00"))]
    decision = handrail.last_decision()
    assert decision is not None
    assert (decision.edited, decision.note) == (True, "this much today")


def test_a_rejected_call_does_not_run_and_tells_the_reason(people):
    people.rejects("wire", note="wrong account")
    with pytest.raises(handrail.Denied, match="wrong account") as caught:
        wire("DE89", Decimal("90.00"))
    assert sent == []
    assert (caught.value.reason, caught.value.note) == ("rejected", "wrong account")


def test_a_call_sent_back_asks_for_changes(people):
    people.sends_back("wire", note="split it")
    with pytest.raises(handrail.ChangesRequested) as caught:
        wire("DE89", Decimal("90.00"))
    assert caught.value.note == "split it"
    assert sent == []


def test_silence_ends_at_the_deadline_and_nothing_runs(people):
    people.stays_silent("wire")
    with pytest.raises(handrail.Expired):
        wire("DE89", Decimal("90.00"))
    assert sent == []


def test_an_ask_that_was_not_scripted_fails_the_test(people):
    with pytest.raises(UnexpectedAsk, match="wire"):
        wire("DE89", Decimal("90.00"))


def test_a_script_that_was_not_used_fails_the_test():
    with pytest.raises(AssertionError, match="never asked: wire"), reviewing(rail) as people:
        people.approves("wire")


def test_an_exception_of_the_function_reaches_the_caller_unchanged_and_is_kept(people):
    people.approves("broken")
    with pytest.raises(ZeroDivisionError, match="the till is empty"):
        broken()
    action = rail.core.backend.newest("action")[0]
    assert action.status == "failed"
    record = rail.core.backend.action(action.id)
    assert isinstance(record.outcome, dict)
    assert record.outcome["error"] == "ZeroDivisionError: the till is empty"


def test_two_of_a_group_must_agree_and_never_the_same_twice(people):
    people.person("ann", groups=("treasury",))
    people.person("ben", groups=("treasury",))

    @rail.approval(name="move", reviewers="group:treasury", quorum=2)
    def move(amount: int) -> int:
        return amount

    people.approves("move", by="ann")
    people.approves("move", by="ben")
    assert move(5) == 5
    assert len(people.asked) == 2

    people.approves("move", by="ann")
    people.approves("move", by="ann")
    with pytest.raises(handrail.AlreadyDecided, match="another person"):
        move(6)


def test_a_quorum_that_nobody_can_reach_is_refused_at_once_with_the_command_to_run(people):
    @rail.approval(name="vault", quorum=2)
    def vault() -> None: ...

    with pytest.raises(handrail.Denied, match="handrail people apply") as caught:
        vault()
    assert caught.value.reason == "quorum_unreachable"
    assert rail.core.backend.newest("action")[0].status == "refused"


def test_a_reviewer_whom_nobody_knows_is_refused_at_once(people):
    people.person("ann")

    @rail.approval(name="ghost", reviewers="user:nobody")
    def ghost() -> None: ...

    with pytest.raises(handrail.Denied, match="directory"):
        ghost()


def test_async_calls_wait_on_the_event_loop(people):
    people.approves("classify")
    assert asyncio.run(classify("printer on fire")) == "PRINTER ON FIRE"


def test_a_cancelled_waiter_takes_its_action_back():
    class Told(Notice):
        held: asyncio.Event

        async def atell(self, answer: dict[str, Any]) -> None:
            self.held.set()

    async def cancelled(told: Told) -> None:
        told.held = asyncio.Event()
        task = asyncio.create_task(classify("x"))
        await told.held.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    other = handrail.connect("sqlite:///:memory:", agent="payer")
    told = Told(lambda: other.core.backend, "")
    with rail.core.diverted(other.core.backend, told):
        asyncio.run(cancelled(told))
    assert other.core.backend.newest("action")[0].status == "withdrawn"
    other.close()


def test_who_is_cancelled_while_the_start_is_committed_says_that_the_call_did_not_leave():
    other = handrail.connect("sqlite:///:memory:", agent="payer")
    database = other.core.backend.database  # type: ignore[attr-defined]
    approver, looks = Embedded(database, solo_person), []

    class Told(Notice):
        async def atell(self, answer: dict[str, Any]) -> None:
            await approver.acall(answer["review"], Decide("approve", answer["view"]))

    async def cancelled() -> None:
        starting, go = asyncio.Event(), asyncio.Event()

        async def target() -> str:
            looks.append("door")
            if len(looks) == 2:
                starting.set()
                await go.wait()
            return "open"

        @other.approval(name="leave", precondition=target)
        async def leave() -> None:
            looks.append("left")

        with other.core.diverted(other.core.backend, Told(lambda: other.core.backend, "")):
            task = asyncio.create_task(leave())
            await starting.wait()
            with database.process.store.write():
                go.set()
                await asyncio.wait([task], timeout=0.05)
                task.cancel()
                await asyncio.wait([task], timeout=0.05)
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    assert (other.core.backend.newest("action")[0].status, looks) == ("failed", ["door", "door"])
    other.close()


def test_a_ticket_does_not_wait_until_it_is_told_to(people):
    ticket = wire.propose("DE89", Decimal("90.00"))
    assert ticket.status == "held"
    assert ticket.deadline is not None
    assert ticket.decision is None
    assert sent == []
    with pytest.raises(UnexpectedAsk):
        ticket.wait()
    people.approves("wire")
    assert ticket.wait() == Receipt("DE89", Decimal("90.00"))
    assert ticket.decision is not None
    assert ticket.status == "succeeded"
    assert rail.ticket(ticket.id).wait() == Receipt("DE89", Decimal("90.00"))
    assert len(sent) == 1


def test_a_deferred_call_raises_pending_with_its_ticket(people):
    @rail.approval(name="later", wait="defer")
    def later(amount: int) -> int:
        return amount * 2

    with pytest.raises(handrail.Pending) as caught:
        later(4)
    people.approves("later")
    assert caught.value.ticket.wait() == 8


def test_wait_ends_at_its_timeout_and_leaves_the_question_open():
    quiet = handrail.connect("sqlite:///:memory:", agent="payer", quiet=True)

    @quiet.approval
    def act() -> None: ...

    ticket = act.propose()
    with pytest.raises(handrail.WaitTimeout):
        ticket.wait(timeout=0)
    assert ticket.status == "held"
    quiet.close()


def test_an_argument_that_would_not_come_back_is_refused_before_anybody_is_asked(people):
    @rail.approval(name="opaque")
    def opaque(value: Any) -> None: ...

    with pytest.raises(handrail.NotSerialisable, match="value"):
        opaque(object())
    assert rail.core.backend.newest("action") == []


def test_a_result_that_cannot_be_kept_is_given_back_all_the_same(people):
    @rail.approval(name="odd")
    def odd() -> Any:
        return {1, 2}

    people.approves("odd")
    ticket = odd.propose()
    assert ticket.wait() == {1, 2}
    with pytest.raises(handrail.NotSerialisable, match="could not be kept"):
        ticket.wait()


def test_a_method_is_gated_without_its_self(people):
    class Till:
        def __init__(self) -> None:
            self.paid: list[int] = []

        @rail.approval(name="till.pay")
        def pay(self, amount: int) -> int:
            self.paid.append(amount)
            return amount

    till = Till()
    people.approves("till.pay")
    assert till.pay(3) == 3
    assert till.paid == [3]
    assert people.asked[0].action.args == '{"amount":3}'


def test_call_and_wrap_gate_a_table_of_tools(people):
    people.approves("crm.merge")
    assert rail.call("crm.merge", {"a": 1, "b": 2}, fn=lambda a, b: a + b) == 3
    tools = rail.wrap({"shop.cancel": lambda order: f"cancelled {order}"}, risk="high")
    people.approves("shop.cancel")
    assert tools["shop.cancel"]("O-1") == "cancelled O-1"


def test_a_question_is_answered_by_one_of_its_options(people):
    people.answers("b")
    assert rail.ask("Which supplier?", options=["a", "b"], within="1d") == "b"


def test_a_question_is_answered_with_the_type_that_was_asked_for(people):
    people.answers("12.50")
    assert rail.ask("How much?", type=Decimal) == Decimal("12.50")


def test_a_question_that_nobody_answers_takes_its_default_or_expires(people):
    people.stays_silent("handrail.ask")
    assert rail.ask("Go on?", options=["yes", "no"], default="no") == "no"
    people.stays_silent("handrail.ask")
    with pytest.raises(handrail.Expired):
        rail.ask("Go on?", options=["yes", "no"])


def test_an_answer_that_fits_nothing_is_refused_and_the_question_stays_open(people):
    people.answers("z")
    with pytest.raises(handrail.InvalidValue, match="choose one of"):
        rail.ask("Which?", options=["a", "b"])


def test_context_of_all_blocks_is_frozen_into_the_review(people):
    people.approves("wire")
    with rail.context(ticket="T-1", customer="Kim"), rail.context(customer="Nora"):
        wire("DE89", Decimal(1))
    assert people.asked[0].action.context == {"ticket": "T-1", "customer": "Nora"}
    assert people.asked[0].action.story == {"description": "pay DE89"}


def test_the_same_key_finds_the_call_again_and_refuses_other_arguments(people):
    people.approves("wire")
    keyed = wire.having(key="invoice-7")
    assert keyed("DE89", Decimal(5)) == keyed("DE89", Decimal(5))
    assert len(sent) == 1
    with pytest.raises(handrail.KeyReused):
        keyed("DE89", Decimal(6))


def test_a_call_takes_the_place_of_an_earlier_one(people):
    first = wire.propose("DE89", Decimal(5))
    second = wire.having(supersedes=first.id).propose("DE89", Decimal(6))
    assert first.status == "withdrawn"
    backend = rail.core.backend
    assert backend.review(first.review or "").state.status == "superseded"
    with pytest.raises(handrail.Withdrawn):
        first.wait()
    people.approves("wire")
    assert second.wait().amount == 6


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"within": "soon"}, "within"),
        ({"reviewers": "treasury"}, "group:treasury"),
        ({"quorum": 0}, "quorum"),
        ({"at_end": "approve"}, "risk='low'"),
        ({"reviewer": "user:ann"}, "reviewer"),
    ],
)
def test_keywords_that_cannot_be_meant_are_refused_at_the_decorator(keywords, words):
    with pytest.raises(handrail.UsageError, match=words):
        rail.approval(name="x", **keywords)(lambda: None)


def test_a_name_belongs_to_one_function():
    @rail.approval(name="taken")
    def one() -> None: ...

    with pytest.raises(handrail.UsageError, match="taken"):

        @rail.approval(name="taken")
        def other() -> None: ...
