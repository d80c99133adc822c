"""What people ask of a run counts at once; its process says when that has taken hold."""

from typing import Any

import pytest

from handrail.clock import MINUTE, SECOND
from handrail.errors import InvalidValue, NotAllowed, NotReady, RunFinished, RunHeld, RunStopped
from handrail.principal import SYSTEM, person
from handrail.run import commands as c
from handrail.run.model import Run
from tests.heart.desk import ANN, BOT, STRANGER, Desk
from tests.heart.world import text_of

OLGA = person("usr_olga", "session")
"""She answers for the agent."""


def watched(*, monitors: tuple[Any, ...] = ()) -> Desk:
    desk = Desk(ann="team")
    desk.employ("olga", os_user="osu_olga")
    desk.submit("run_1", c.Open("Move the orders", watch=c.Watch("x1", (), monitors)), BOT)
    return desk


def run_of(desk: Desk) -> Run:
    state = desk.world.states["run_1"]
    assert isinstance(state, Run)
    return state


def test_a_pause_counts_at_once_and_is_confirmed_by_the_process() -> None:
    desk = watched()
    desk.propose("act_1", more={"run": "run_1"})
    desk.decide(ANN, "approve")
    assert desk.submit("run_1", c.Pause("look at this"), OLGA) == ["Paused"]
    with pytest.raises(RunHeld):
        desk.start()
    asked = run_of(desk).control
    assert asked is not None
    assert (asked.kind, asked.by, asked.confirmed_at) == ("pause", "usr_olga", None)
    desk.wait(SECOND)
    assert desk.submit("run_1", c.Confirm(asked.rev), BOT) == ["Confirmed"]
    assert desk.submit("run_1", c.Confirm(asked.rev), BOT) == []
    confirmed = run_of(desk).control
    assert confirmed is not None
    assert confirmed.confirmed_at == asked.at + SECOND
    assert desk.submit("run_1", c.Resume(), OLGA) == ["Resumed"]
    assert desk.start()[-1] == "Started"


def test_an_interruption_may_follow_a_pause_and_not_the_other_way_round() -> None:
    desk = watched()
    desk.submit("run_1", c.Pause("look"), OLGA)
    with pytest.raises(NotReady, match="paused already"):
        desk.submit("run_1", c.Pause("look again"), OLGA)
    assert desk.submit("run_1", c.Interrupt("now"), OLGA) == ["Paused"]
    with pytest.raises(NotReady, match="paused already"):
        desk.submit("run_1", c.Interrupt("now"), OLGA)


def test_what_was_overtaken_is_not_confirmed() -> None:
    desk = watched()
    desk.submit("run_1", c.Pause("look"), OLGA)
    asked = run_of(desk).control
    assert asked is not None
    desk.submit("run_1", c.Resume(), OLGA)
    assert desk.submit("run_1", c.Confirm(asked.rev), BOT) == []
    assert run_of(desk).control != asked


@pytest.mark.parametrize(
    "command",
    [c.Pause("x"), c.Interrupt("x"), c.Resume(), c.Guide("x"), c.Stop("x")],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize("by", [BOT, STRANGER, ANN], ids=lambda one: one.id)
def test_only_who_answers_for_a_run_controls_it(command: object, by: Any) -> None:
    desk = watched()
    with pytest.raises(NotAllowed):
        desk.submit("run_1", command, by)
    with pytest.raises(NotReady, match="no such run"):
        desk.submit("run_2", command, SYSTEM)


def test_guidance_is_counted_and_heard_once() -> None:
    desk = watched()
    desk.submit("run_1", c.Guide("only the small ones"), OLGA)
    desk.submit("run_1", c.Guide("and slowly"), OLGA)
    assert desk.submit("run_1", c.Hear(2), BOT) == ["Heard"]
    assert desk.submit("run_1", c.Hear(1), BOT) == []
    assert (run_of(desk).guidance, run_of(desk).heard) == (2, 2)
    with pytest.raises(InvalidValue, match="2 things"):
        desk.submit("run_1", c.Hear(3), BOT)


@pytest.mark.parametrize(
    "command", [c.Pause(" "), c.Interrupt(""), c.Stop("x" * 2_001), c.Guide(""), c.Resume("x" * 2_001)]
)
def test_a_reason_is_asked_for_and_has_an_end(command: object) -> None:
    desk = watched()
    if isinstance(command, c.Resume):
        desk.submit("run_1", c.Pause("look"), OLGA)
    with pytest.raises(InvalidValue, match="characters"):
        desk.submit("run_1", command, OLGA)


def test_nothing_is_asked_of_a_run_that_is_over() -> None:
    desk = watched()
    desk.submit("run_1", c.Fail("no line", "at line 1"), BOT)
    assert run_of(desk).status == "failed"
    assert text_of(run_of(desk).note or "") == "no line"
    for command in (c.Pause("x"), c.Resume(), c.Guide("x"), c.Stop("x")):
        with pytest.raises(RunFinished, match="failed already"):
            desk.submit("run_1", command, OLGA)
    assert desk.submit("run_1", c.Stop("x"), SYSTEM) == []


def test_a_stop_waits_for_its_process_and_takes_its_last_reports() -> None:
    desk = watched()
    desk.submit("run_1", c.Stop("wrong list"), OLGA)
    desk.sweep()
    late = c.Observe((c.Observation("report", 1, "move"),))
    assert desk.submit("run_1", late, BOT)[0] == "Observed"
    with pytest.raises(RunStopped, match="wrong list"):
        desk.submit("run_1", c.Finish(), BOT)
    asked = run_of(desk).control
    assert asked is not None
    assert run_of(desk).unsettled
    desk.submit("run_1", c.Confirm(asked.rev), BOT)
    assert not run_of(desk).unsettled


def test_where_the_process_is_gone_a_stop_is_confirmed_without_it() -> None:
    desk = watched()
    desk.wait(2 * MINUTE)
    assert desk.sweep() == ["Lapsed"]
    desk.submit("run_1", c.Stop("enough"), OLGA)
    assert desk.sweep() == ["Halted", "Confirmed"]
    assert not run_of(desk).unsettled
