"""What a watched run reports, when it is believed to be lost, and who cleans up after it."""

from typing import Any

import pytest

from handrail.clock import HOUR, MINUTE
from handrail.errors import FencedOff, InvalidValue, MalformedJSON, NotAllowed, NotReady
from handrail.principal import agent
from handrail.run import commands as c
from handrail.run.model import Monitor
from tests.heart.desk import BOT, STRANGER, Desk
from tests.heart.world import text_of

from .test_control import OLGA, run_of, watched

WORKER = agent("agt_worker", "osu_sam", executes=True)
STEP, DONE, WRONG = (c.Observation(kind, 1, "move") for kind in ("step", "report", "error"))


def tell(desk: Desk, *items: c.Observation) -> list[str]:
    return desk.submit("run_1", c.Observe(items), BOT)


def test_what_comes_together_is_one_entry_with_the_totals() -> None:
    desk = watched()
    paid = c.Observation("report", 2, "move", spend=1_500_000, tokens=900)
    assert tell(desk, STEP, paid, STEP, WRONG) == ["Observed"]
    event = desk.log[-1].sealed.event
    assert (event.first, event.count) == (1, 4)
    told = text_of(desk.log[-1].sealed.texts["observations"])
    assert isinstance(told, list)
    assert told[1] == {"kind": "report", "at": 2, "step": "move", "spend": 1_500_000, "tokens": 900}
    totals = run_of(desk).totals
    assert (totals.steps, totals.errors, totals.spend, totals.tokens, totals.seen) == (1, 1, 1_500_000, 900, 4)
    assert text_of(run_of(desk).step or "") == "move"
    tell(desk, DONE)
    assert desk.log[-1].sealed.event.first == 5


@pytest.mark.parametrize(
    "items", [(), (DONE,) * 501, (c.Observation("report", 1, spend=-1),), (c.Observation("report", 1, tokens=2**53),)]
)
def test_what_cannot_be_counted_is_refused(items: Any) -> None:
    with pytest.raises((InvalidValue, MalformedJSON)):
        tell(watched(), *items)


def test_a_run_that_is_not_watched_reports_nothing() -> None:
    desk = Desk()
    desk.open_run()
    for command in (c.Observe((DONE,)), c.Prepare("shop.close")):
        with pytest.raises(NotReady, match="watched"):
            desk.submit("run_1", command, BOT)


def test_only_its_own_agent_reports() -> None:
    desk = watched()
    for command in (c.Observe((DONE,)), c.Confirm(1), c.Hear(0), c.Prepare(), c.Fail("x")):
        for by in (STRANGER, OLGA):
            with pytest.raises(NotAllowed):
                desk.submit("run_1", command, by)


CASES: dict[str, tuple[Monitor, list[tuple[c.Observation, ...]], int]] = {
    "spend at the limit": (Monitor("spend", 20), [(c.Observation("report", 1, spend=19),)] * 2, 2),
    "steps": (Monitor("steps", 3), [(DONE,)] * 3, 3),
    "equal calls in a row": (Monitor("repeated", 3), [(c.Observation("call", 1, like="a"),)] * 3, 3),
    "others in between": (
        Monitor("repeated", 3), [(c.Observation("call", 1, like=one),) for one in ("a", "a", "b", "b", "b")], 5
    ),
    "half of five fail": (Monitor("errors", 50), [(DONE,), (WRONG,), (WRONG,), (DONE,), (WRONG,)], 5),
    "a few tell no rate": (Monitor("errors", 50), [(WRONG,)] * 4, 0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_monitor_pauses_at_its_limit_and_not_before(case: str) -> None:
    monitor, batches, at = CASES[case]
    desk = watched(monitors=(monitor,))
    said = [tell(desk, *batch) for batch in batches]
    assert [number for number, events in enumerate(said, 1) if "Alarmed" in events] == ([at] if at else [])
    assert run_of(desk).status == ("paused" if at else "running")
    if at:
        asked = run_of(desk).control
        assert asked is not None
        assert (asked.kind, asked.by, run_of(desk).alarm) == ("pause", "handrail", monitor.kind)


def test_what_adds_up_speaks_again_at_twice_the_limit() -> None:
    desk = watched(monitors=(Monitor("steps", 2),))
    said = []
    for _ in range(4):
        said += tell(desk, DONE)
        if run_of(desk).status == "paused":
            desk.submit("run_1", c.Resume(), OLGA)
    assert said.count("Alarmed") == 2
    assert run_of(desk).totals.steps == 4


def test_what_was_repeated_before_people_let_it_go_on_counts_no_more() -> None:
    desk = watched(monitors=(Monitor("repeated", 2),))
    same = c.Observation("call", 1, like="a")
    tell(desk, same, same)
    desk.submit("run_1", c.Resume(), OLGA)
    assert tell(desk, same) == ["Observed"]
    assert "Alarmed" in tell(desk, same)


def test_time_speaks_for_itself() -> None:
    desk = watched(monitors=(Monitor("silence", 10 * MINUTE), Monitor("duration", HOUR)))
    for _ in range(5):
        desk.wait(MINUTE // 2)
        tell(desk, DONE)
    assert desk.sweep() == []
    desk.wait(10 * MINUTE)
    assert desk.sweep() == ["Lapsed", "Alarmed", "Paused"]
    assert run_of(desk).alarm == "silence"
    desk.submit("run_1", c.Resume(), OLGA)
    assert run_of(desk).alarm is None
    desk.wait(HOUR)
    assert "Alarmed" in desk.sweep()


@pytest.mark.parametrize("bad", [Monitor("steps", 0), Monitor("errors", 101), Monitor("spend", 2**53)])
def test_a_limit_that_cannot_be_meant_is_refused(bad: Monitor) -> None:
    with pytest.raises(InvalidValue):
        watched(monitors=(bad,))


def test_another_process_goes_on_where_the_first_was_lost() -> None:
    desk = watched()
    assert desk.submit("run_1", c.Open("again", watch=c.Watch("x1")), BOT) == []
    desk.wait(2 * MINUTE)
    desk.sweep()
    assert run_of(desk).lost
    assert desk.submit("run_1", c.Open("again", watch=c.Watch("x2")), BOT) == ["Entered"]
    assert (run_of(desk).executor, run_of(desk).lost) == ("x2", False)


def test_its_own_process_cleans_up_after_a_stop() -> None:
    desk = watched()
    desk.submit("run_1", c.Prepare("shop.close", '{"region":"eu"}'), BOT)
    desk.submit("run_1", c.Prepare(), BOT)
    with pytest.raises(NotReady):
        desk.submit("run_1", c.TakeCleanup(1, "x1"), BOT)
    desk.submit("run_1", c.Stop("enough"), OLGA)
    with pytest.raises(NotReady, match="own process"):
        desk.submit("run_1", c.TakeCleanup(1, "x2"), WORKER)
    for number, ok in ((2, True), (1, False)):
        desk.submit("run_1", c.TakeCleanup(number, "x1"), BOT)
        desk.submit("run_1", c.Clean(number, "x1", ok), BOT)
    assert [one.status for one in run_of(desk).cleanups] == ["failed", "done"]


def test_after_a_lost_process_others_do_what_has_a_name_and_the_rest_is_told() -> None:
    desk = watched()
    for name in ("shop.close", None):
        desk.submit("run_1", c.Prepare(name), BOT)
    desk.submit("run_1", c.Stop("enough"), OLGA)
    desk.wait(2 * MINUTE)
    assert desk.sweep() == ["Halted", "Lapsed", "Confirmed"]
    assert [one.status for one in run_of(desk).cleanups] == ["waits", "lost"]
    with pytest.raises(NotAllowed):
        desk.submit("run_1", c.TakeCleanup(1, "x2"), STRANGER)
    desk.submit("run_1", c.TakeCleanup(1, "x2"), WORKER)
    with pytest.raises(FencedOff):
        desk.submit("run_1", c.Clean(1, "x3", ok=True), WORKER)
    desk.submit("run_1", c.Clean(1, "x2", ok=True), WORKER)
    assert [one.status for one in run_of(desk).cleanups] == ["done", "lost"]
    assert not run_of(desk).unsettled


def test_a_clean_up_that_a_process_died_in_is_never_begun_again() -> None:
    desk = watched()
    desk.submit("run_1", c.Prepare("shop.close"), BOT)
    desk.submit("run_1", c.Fail("no line"), BOT)
    desk.submit("run_1", c.TakeCleanup(1, "x1"), BOT)
    desk.wait(2 * MINUTE)
    desk.sweep()
    assert [one.status for one in run_of(desk).cleanups] == ["lost"]
    with pytest.raises(NotReady):
        desk.submit("run_1", c.TakeCleanup(1, "x2"), WORKER)


@pytest.mark.parametrize("once", [True, False])
def test_with_its_process_a_run_fails_that_no_other_one_can_go_on_with(once: bool) -> None:
    desk = Desk()
    desk.submit("run_1", c.Open("move", watch=c.Watch("exe_1", once=once)), BOT)
    for name in ("shop.close", None):
        desk.submit("run_1", c.Prepare(name, "{}"), BOT)
    desk.wait(2 * MINUTE)
    assert desk.sweep() == ["Lapsed", "Failed"][: 1 + once]
    state = run_of(desk)
    assert (state.status, state.left) == (("failed", 1) if once else ("running", 0))
    assert [one.status for one in state.cleanups] == ["waits", "lost"]
