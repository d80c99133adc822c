"""How the last minutes of a run are told from its entries."""

from typing import Any

from handrail.clock import MINUTE, SECOND
from handrail.engine.trail import MOST, SPAN, Stretch, Trail, lanes
from handrail.run.model import Run

RUN = Run("run_1", "running", 9, "agt_bot", "usr_olga", None, "action", 0, watched=True)


def told(trail: Trail, at: int, *items: dict[str, Any]) -> Trail:
    return trail.on(trail.rev + 1, "run.observed", at, {"observations": [{"at": at, **one} for one in items]})


def kinds(trail: Trail, run: Run = RUN, now: int = MINUTE) -> list[tuple[str, int, int | None]]:
    return [(one.kind, one.begin, one.end) for one in lanes(trail, run, (), now)]


def test_steps_end_with_their_report_their_error_or_the_next_step() -> None:
    trail = told(Trail(), 1, {"kind": "step"})
    trail = told(trail, 5, {"kind": "report"}, {"kind": "step"})
    trail = told(trail, 8, {"kind": "error"})
    trail = told(trail, 9, {"kind": "step"}, {"kind": "call"})
    trail = told(trail, 12, {"kind": "step"})
    assert kinds(trail) == [("step", 1, 5), ("failed", 5, 8), ("step", 9, 12), ("step", 12, None)]


def test_a_process_cannot_tell_a_later_time_than_that_of_the_log() -> None:
    trail = told(Trail(), 5, {"kind": "step", "at": 3}, {"kind": "report", "at": 99})
    assert kinds(trail) == [("step", 3, 5)]
    trail = told(Trail(), 5, {"kind": "step", "at": 4}, {"kind": "error", "at": 2})
    assert kinds(trail) == [("failed", 4, 4)]


def test_what_is_no_observation_is_left_out() -> None:
    trail = Trail().on(1, "run.observed", 5, {"observations": [7, {"kind": "step", "at": "now"}, None]})
    assert kinds(trail) == [("step", 5, None)]
    assert Trail().on(1, "run.observed", 5, {}).ended == ()


def test_a_pause_lasts_until_people_let_it_go_on_or_it_ends() -> None:
    trail = Trail().on(1, "run.paused", 2, {}).on(2, "run.paused", 3, {})
    assert kinds(trail) == [("paused", 2, None)]
    assert kinds(trail.on(3, "run.resumed", 6, {})) == [("paused", 2, 6)]
    assert kinds(trail.on(3, "run.stopped", 7, {})) == [("paused", 2, 7)]


def test_the_step_under_way_fails_with_the_run() -> None:
    trail = told(Trail(), 1, {"kind": "step"}).on(2, "run.failed", 4, {})
    assert kinds(trail) == [("failed", 1, 4)]
    trail = told(Trail(), 1, {"kind": "step"}).on(2, "run.finished", 4, {})
    assert kinds(trail) == [("step", 1, 4)]


def test_only_the_last_ten_minutes_are_told_and_no_more_than_can_be_seen() -> None:
    trail = Trail()
    for number in range(3 * MOST):
        trail = told(trail, number * SECOND, {"kind": "step"}, {"kind": "report"})
    now = 3 * MOST * SECOND
    assert len(lanes(trail, RUN, (), now)) == MOST
    assert len(trail.ended) == MOST
    assert lanes(trail, RUN, (), now + SPAN) == ()
    assert trail.ended[-1] == Stretch("step", now - SECOND, now - SECOND)
