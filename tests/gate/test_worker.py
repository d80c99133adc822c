"""A worker executes what others proposed, by the rules of the blocking call, and who waits gets what it gave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import handrail
from handrail.action.commands import Start
from handrail.action.model import Action
from handrail.action.work import Function, Take
from handrail.gate.worker import Rests, Worker
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="clerk")
asker = handrail.connect("sqlite:///:memory:", agent="asker")
"""Another process, as it were: it has no function of these, so that it can only wait."""


@dataclass(frozen=True)
class Receipt:
    order: str
    amount: Decimal


@rail.approval(name="pay")
def pay(order: str, amount: Decimal) -> Receipt:
    return Receipt(order, amount)


@rail.approval(name="ship")
async def ship(order: str) -> str:
    await asyncio.to_thread(int)
    return f"shipped {order}"


@rail.approval(name="fail")
def fail(how: str) -> Any:
    if how == "exit":
        raise SystemExit(3)
    if how == "late":
        raise TimeoutError("no answer")
    if how == "odd":
        return object()
    raise ValueError(how)


@rail.approval(name="probed", reconcile=lambda: (True, 7))
def probed() -> int:
    raise TimeoutError("no answer")


@rail.approval(name="bound")
def bound(order: str, connection: handrail.Local[Any] = None) -> str:
    return order


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted, scripted.answering(asker):
        yield scripted


@contextmanager
def working(slots: int = 2, drain: float = 30.0) -> Iterator[list[str]]:
    """A worker inside the block, told to stop behind it; then what it left."""
    functions = {gated.name: gated for gated in rail.core.registry if not gated.schema.has_local}
    worker = Worker(rail.core, functions, slots)
    loops: list[asyncio.AbstractEventLoop] = []
    begun = threading.Event()
    left: list[str] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        begun.set()
        left.extend(await worker.run(drain))

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    begun.wait()
    try:
        yield left
    finally:
        loops[0].call_soon_threadsafe(worker.stop)
        thread.join()


def approved(people: Any, ticket: Any) -> Any:
    """The ticket as it is seen elsewhere, once people have agreed."""
    people.approves(ticket.name)
    people.react(ticket.review)
    return asker.ticket(ticket.id)


def test_who_waits_in_a_process_without_the_function_gets_the_workers_result(people):
    ticket = pay.propose("O-1", Decimal("4.80"))
    with working():
        elsewhere = approved(people, ticket)
        assert elsewhere.wait(30) == {"order": "O-1", "amount": "4.80"}
    assert rail.ticket(ticket.id).wait(0) == Receipt("O-1", Decimal("4.80"))


def test_async_functions_run_side_by_side_on_a_loop_of_their_own(people):
    tickets = [asyncio.run(ship.propose(f"O-{n}")) for n in range(4)]
    elsewhere = [approved(people, ticket) for ticket in tickets]
    with working(slots=4):
        assert [one.wait(30) for one in elsewhere] == [f"shipped O-{n}" for n in range(4)]


def test_what_was_cleared_before_the_worker_came_is_taken_and_what_was_after_too(people):
    before = approved(people, pay.propose("O-1", Decimal(1)))
    after = pay.propose("O-2", Decimal(2))
    with working(slots=1):
        assert before.wait(30)["order"] == "O-1"
        assert approved(people, after).wait(30)["order"] == "O-2"


def test_a_function_that_fails_fails_its_action_and_the_worker_goes_on(people):
    with working(slots=1):
        with pytest.raises(handrail.ActionFailed, match="ValueError: broken"):
            approved(people, fail.propose("broken")).wait(30)
        with pytest.raises(handrail.NotSerialisable, match="could not be kept"):
            approved(people, fail.propose("odd")).wait(30)
        exits, late = (approved(people, fail.propose(how)) for how in ("exit", "late"))
        people.decides("fail", "not_happened")
        with pytest.raises(handrail.ActionFailed):
            exits.wait(30)
        people.decides("fail", "happened", value="it did")
        assert late.wait(30) == "it did"


def test_the_worker_asks_the_probe_of_what_it_cannot_tell(people):
    ticket = probed.propose()
    with working():
        assert approved(people, ticket).wait(30) == 7
    assert [event.type for event in rail.core.backend.history(ticket.id)][-2:] == ["action.lost", "action.succeeded"]


def test_a_probe_that_a_dead_executor_left_to_others_is_asked_by_a_worker(people):
    ticket = probed.propose()
    approved(people, ticket)
    backend = rail.core.backend
    state = backend.action(ticket.id).state
    started = backend.call(ticket.id, Start("exe_dead", state.bind))
    people.clock.advance(61)
    assert started["status"] == "started"
    with working():
        assert asker.ticket(ticket.id).wait(30) == 7


def test_a_blocking_call_and_one_with_local_arguments_are_not_offered(people):
    tickets = [bound.propose("O-1")]
    for one in tickets:
        approved(people, one)
    assert [rail.core.backend.action(one.id).state.offered for one in tickets] == [False]
    people.approves("pay")
    with working():
        assert pay("O-9", Decimal(9)) == Receipt("O-9", Decimal(9))
    newest = [one for one in rail.core.backend.newest("action") if isinstance(one, Action)]
    assert {one.name: one.offered for one in newest} == {"pay": False, "bound": False}
    assert rail.ticket(tickets[0].id).status == "cleared"


@pytest.mark.anyio
async def test_what_was_being_taken_when_the_worker_was_stopped_is_there_for_the_next(people):
    tickets = [pay.propose(f"O-{n}", Decimal(n)) for n in range(3)]
    for one in tickets:
        approved(people, one)
    backend = rail.core.backend
    schemas = {gated.name: gated.schema.digest for gated in rail.core.registry}
    take = Take("exe_one", (Function("pay", schemas["pay"]),), 3)
    taking = asyncio.ensure_future(backend.take(take, 30))
    await asyncio.wait({taking}, timeout=0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    found = await backend.take(Take("exe_two", take.functions, 3), 0)
    assert {one["id"] for one in found} == {one.id for one in tickets}
    assert {one["status"] for one in found} == {"claimed"}


def test_what_does_not_end_in_time_is_reported_as_unknown_at_once(people):
    going, end = threading.Event(), threading.Event()

    @rail.approval(name="endless")
    def endless() -> None:
        going.set()
        end.wait()

    ticket = endless.propose()
    approved(people, ticket)
    with working(drain=0.01) as left:
        going.wait()
    try:
        assert left == [ticket.id]
        assert asker.ticket(ticket.id).status == "unknown"
    finally:
        end.set()


def test_what_could_not_be_started_rests_longer_each_time():
    now = [0.0]
    rests = Rests(lambda: now[0])
    rests.add("act_1")
    assert (rests.now(), rests.next()) == (["act_1"], 1.0)
    now[0] = 1.5
    assert rests.now() == []
    rests.add("act_1")
    assert rests.next() == 2.0
    for _ in range(20):
        rests.add("act_1")
    assert rests.next() == 60.0
