"""Runs under watch on a real database: what a supervisor asks counts at once, and the run's process hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from handrail.action.commands import Start
from handrail.backend import Answer
from handrail.clock import SECOND
from handrail.errors import RunHeld, RunStopped, UnknownRun
from handrail.ids import mint
from handrail.run import commands as r
from handrail.run.model import Monitor, Run
from tests.engine.kit import Desk, proposal

PROCESS = "exe_1"


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Desk]:
    found = Desk(request.getfixturevalue("postgres") if request.param == "postgres" else str(tmp_path / "a.db"))
    yield found
    found.close()


def watched(desk: Desk, *monitors: Monitor, parent: str | None = None) -> str:
    run = mint("run")
    desk.agent.call(run, r.Open("migrate", parent, watch=r.Watch(PROCESS, monitors=monitors)))
    return run


def state(desk: Desk, run: str) -> Run:
    return desk.agent.run(run)[0]


def start(desk: Desk, action: Answer) -> Answer:
    return desk.agent.call(action["id"], Start(PROCESS, action["bind"]))


def cleared(desk: Desk, run: str) -> Answer:
    action = desk.agent.call(mint("act"), proposal(run=run))
    desk.decide(action["review"])
    return desk.look(action["id"])


def test_nothing_of_a_paused_run_or_of_one_inside_it_starts_until_it_is_resumed(desk: Desk):
    outer = watched(desk)
    inner = watched(desk, parent=outer)
    action = cleared(desk, inner)
    desk.person.call(outer, r.Pause("the books are closed"))
    with pytest.raises(RunHeld) as held:
        start(desk, action)
    assert held.value.waits_for == outer
    desk.person.call(outer, r.Resume())
    assert start(desk, action)["status"] == "started"


def test_a_stopped_run_takes_paused_ones_inside_it_along(desk: Desk):
    outer = watched(desk)
    inner = watched(desk, parent=outer)
    action = cleared(desk, inner)
    desk.person.call(inner, r.Pause("wait"))
    desk.person.call(outer, r.Stop("wrong list"))
    assert state(desk, inner).status == "stopped"
    desk.tick(inner)
    assert desk.look(action["id"])["status"] == "refused"
    with pytest.raises(RunStopped):
        desk.agent.call(mint("act"), proposal(run=inner))


def test_the_process_of_a_run_hears_what_is_asked_of_it_and_confirms(desk: Desk):
    run = watched(desk)
    asked = desk.person.call(run, r.Interrupt("wrong table"))
    heard = desk.agent.wait(run, 1, 10)
    assert heard == asked
    assert (asked["status"], asked["control"]["kind"], asked["control"]["confirmed_at"]) == (
        "paused",
        "interrupt",
        None,
    )
    desk.agent.call(run, r.Confirm(asked["control"]["rev"]))
    control = state(desk, run).control
    assert control
    assert control.confirmed_at == desk.clock.now()
    assert asyncio.run(desk.agent.await_(run, asked["rev"], 10)) == desk.agent.wait(run, asked["rev"], 10)
    assert desk.agent.wait(run, state(desk, run).rev, 0) is None
    with pytest.raises(UnknownRun):
        desk.agent.wait(mint("run"), 0, 0)


def test_an_agent_reads_what_it_was_told_in_order_and_says_so(desk: Desk):
    run = watched(desk)
    for number in range(1, 4):
        desk.person.call(run, r.Guide(f"skip table {number}"))
        desk.agent.call(run, r.Observe((r.Observation("note", number, text="going on"),) * 3))
    told = desk.agent.guidance(run)
    assert [(one.number, one.text, one.by) for one in told] == [
        (number, f"skip table {number}", "user:local") for number in range(1, 4)
    ]
    assert desk.agent.guidance(run, 2) == told[2:]
    assert desk.agent.guidance(run, 3) == desk.agent.guidance(run, 9) == []
    assert desk.agent.call(run, r.Hear(3))["heard"] == 3
    with pytest.raises(UnknownRun):
        desk.agent.guidance(mint("run"))


def test_a_run_whose_process_is_silent_is_lost_and_one_that_is_held_is_not(desk: Desk):
    held, silent, over = watched(desk), watched(desk), watched(desk)
    release = desk.agent.hold(held, 0, PROCESS)
    desk.agent.call(over, r.Finish())
    for _ in range(4):
        desk.clock.advance("20s")  # type: ignore[attr-defined]
        desk.database.process.keeper._renew()
        desk.agent.call(mint("run"), r.Open("meanwhile"))
        for run in (held, silent, over):
            desk.tick(run)
    release()
    assert [state(desk, run).lost for run in (held, silent, over)] == [False, True, False]
    desk.clock.advance("61s")  # type: ignore[attr-defined]
    desk.tick(held)
    assert state(desk, held).lost
    with desk.store.read() as reader:
        assert [row.due_at for row in reader.streams("default", (held, silent, over))] == [None, None, None]


def test_a_renewed_lease_puts_off_no_monitor(desk: Desk):
    run = watched(desk, Monitor("silence", 70 * SECOND))
    for seconds in (20, 20, 20, 9):
        desk.clock.advance(seconds)  # type: ignore[attr-defined]
        release = desk.agent.hold(run, 0, PROCESS)
        desk.database.process.keeper._renew()
        desk.agent.call(mint("run"), r.Open("meanwhile"))
        release()
    assert state(desk, run).status == "running"
    desk.clock.advance(1)  # type: ignore[attr-defined]
    with desk.store.read() as reader:
        assert ("default", run) in reader.due(desk.clock.now(), 9)
    desk.tick(run)
    assert (state(desk, run).status, state(desk, run).alarm) == ("paused", "silence")
