"""Watched runs on an event loop: what people stop or interrupt is cancelled where it awaits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.run import commands as r
from handrail.testing import reviewing
from tests.gate.watching import found, told

rail = handrail.connect("sqlite:///:memory:", agent="runner")
PLAN = ["customers", "orders", "items"]


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        yield scripted


async def forever() -> None:
    await asyncio.Event().wait()


def test_a_pause_holds_before_the_next_step(people: Any) -> None:
    people.pauses("migration", before="orders")
    people.guides("migration", "slowly", before="orders")

    async def work() -> list[tuple[str, tuple[str, ...]]]:
        async with rail.oversight_async("migration") as run:
            return [(table, run.guidance) async for table in run.steps(PLAN)]

    assert asyncio.run(work()) == [("customers", ()), ("orders", ("slowly",)), ("items", ())]
    assert found(people).status == "finished"


def test_a_stop_cancels_the_step_and_all_that_it_awaits(people: Any) -> None:
    cancelled: list[str] = []

    async def child(name: str, run: str) -> None:
        try:
            if name == "b":
                await asyncio.to_thread(people.somebody(None).call, run, r.Stop("wrong customer"))
            await forever()
        except asyncio.CancelledError:
            cancelled.append(name)
            raise

    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            async for table in run.steps(PLAN):
                if table == "orders":
                    await asyncio.gather(child("a", run.id), child("b", run.id))

    with pytest.raises(handrail.Stopped, match="wrong customer"):
        asyncio.run(work())
    assert sorted(cancelled) == ["a", "b"]
    assert found(people).status == "stopped"
    assert told(people, "run.confirmed") == ["the task was cancelled"]


def test_an_interrupted_step_is_given_again(people: Any) -> None:
    people.interrupts("migration", "too early", during="orders")
    tries: list[str] = []

    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            async for table in run.steps(PLAN):
                async with run.interruptible() as block:
                    tries.append(table)
                    if tries == ["customers", "orders"]:
                        await forever()
                assert block.interrupted == (tries == ["customers", "orders"])

    asyncio.run(work())
    assert tries == ["customers", "orders", "orders", "items"]
    assert told(people, "run.confirmed") == ["the step was cancelled", None]
    assert found(people).status == "finished"


def test_an_interruption_that_no_block_catches_leaves_the_run(people: Any) -> None:
    people.interrupts("migration", "too early", during="orders", resumes=False)

    async def work() -> None:
        async with rail.oversight_async("migration", id="nightly") as run:
            async for table in run.steps(PLAN):
                if table == "orders":
                    await forever()

    with pytest.raises(handrail.Interrupted, match="too early"):
        asyncio.run(work())
    state = found(people)
    assert state.status == "paused", "it is entered again under its id, and waits there"
    assert state.control is not None
    assert state.control.confirmed_at is not None


def test_of_a_gated_call_that_was_interrupted_people_say_whether_it_happened(people: Any) -> None:
    people.approves("oversight.send")
    people.resumes("migration")
    calls: list[str] = []

    @rail.approval(name="oversight.send")
    async def send(table: str) -> None:
        calls.append(table)
        run = handrail.watched_run().id
        await asyncio.to_thread(people.somebody(None).call, run, r.Interrupt("too early"))
        await forever()

    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            async for table in run.steps(["orders"]):
                async with run.interruptible():
                    if not calls:
                        await send(table)

    asyncio.run(work())
    [action] = people.somebody(None).newest("action")
    assert (calls, action.status) == (["orders"], "unknown")
    assert [one.state.cause for one in people.somebody(None).waiting()] == ["outcome_unknown"]


def test_a_program_ends_with_the_task_that_awaits_it(people: Any) -> None:
    people.stops("migration", "enough", during="orders")

    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            async for table in run.steps(PLAN):
                done = await run.subprocess_async(["sleep", "60"] if table == "orders" else ["true"])
                assert done.returncode == 0

    with pytest.raises(handrail.Stopped, match="enough"):
        asyncio.run(work())
    assert told(people, "run.confirmed")[0].startswith("sleep was ended")


def test_a_cancellation_by_the_program_itself_passes_as_it_is(people: Any) -> None:
    async def work(begun: asyncio.Event) -> None:
        async with rail.oversight_async("migration") as run:
            async for _ in run.steps(PLAN):
                begun.set()
                await forever()

    async def main() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(work(begun))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert found(people).status == "failed"


def test_a_task_under_watch_goes_on_by_itself(people: Any) -> None:
    async def migrate(suffix: str) -> str:
        run = handrail.watched_run()
        async for table in run.steps(PLAN):
            run.report(table, table + suffix)
        return "done"

    async def work() -> None:
        handle = await rail.start_async(migrate, "!", title="migration")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await handle
        assert await handle == "done"
        assert await handle.status() == "finished"
        assert handle.results["items"] == "items!"
        with pytest.raises(handrail.UsageError, match="start_async"):
            rail.start(migrate, "!")

    asyncio.run(work())
    assert rail.start(migrate, "?", title="thread").result(60) == "done"


def test_on_a_loop_what_would_block_it_is_refused(people: Any) -> None:
    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            with pytest.raises(handrail.UsageError, match="async for"):
                list(run.steps(PLAN))
            with pytest.raises(handrail.UsageError, match="subprocess_async"):
                run.subprocess(["true"])

    asyncio.run(work())


def test_clean_up_may_be_a_coroutine_and_the_block_may_be_stopped_between_steps(people: Any) -> None:
    cleaned: list[str] = []

    async def drop(region: str) -> None:
        cleaned.append(region)

    async def work() -> None:
        async with rail.oversight_async("migration") as run:
            await run.cleanup_async(drop, "eu-1")
            await asyncio.to_thread(people.somebody(None).call, run.id, r.Stop("enough"))
            await forever()

    with pytest.raises(handrail.Stopped, match="enough"):
        asyncio.run(work())
    assert cleaned == ["eu-1"]
    assert [one.status for one in found(people).cleanups] == ["done"]
