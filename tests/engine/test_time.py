"""Deadlines, leases and clocks: what time decides, it decides once, and a wrong clock decides nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import handrail
from handrail.action.commands import Claim, Start
from handrail.backend import Answer
from handrail.clock import DAY, HOUR, SECOND
from handrail.engine.timers import SteadyClock
from handrail.errors import AlreadyDecided, Expired, FencedOff, HandrailError, Late, NotReady
from handrail.testing import FrozenClock
from handrail.testing.clock import START
from tests.engine.kit import SOLO, Desk


@pytest.fixture(params=["memory", "file"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(":memory:" if request.param == "memory" else str(tmp_path / "a.db"))
    yield desk
    desk.close()


def advance(desk: Desk, by: str) -> None:
    assert isinstance(desk.clock, FrozenClock)
    desk.clock.advance(by)


@pytest.mark.parametrize("swept", [True, False], ids=["after the sweeper", "before the sweeper"])
def test_nothing_is_decided_after_the_deadline(desk: Desk, swept: bool):
    action = desk.propose(within=60 * SECOND)
    advance(desk, "60s")
    if swept:
        desk.tick(action["review"])
    with pytest.raises(Late):
        desk.decide(action["review"])
    assert (desk.look(action["id"])["status"], desk.look(action["id"])["reason"]) == ("refused", "expired")
    assert desk.review(action["review"]).status == "expired"
    assert desk.denials(SOLO) == [("late", action["review"])]


def test_a_decision_in_the_last_microsecond_counts(desk: Desk):
    action = desk.propose(within=60 * SECOND)
    advance(desk, "59.999999s")
    assert desk.decide(action["review"])["action_status"] == "cleared"


def test_ticking_twice_is_ticking_once(desk: Desk):
    action = desk.propose(within=60 * SECOND)
    advance(desk, "2m")
    for _ in range(2):
        desk.tick(action["review"])
        desk.tick(action["id"])
    assert desk.types(action["id"])[2:] == ["action.refused"]
    assert desk.types(action["review"])[1:] == ["review.expired"]


def test_whoever_waits_is_released_at_the_deadline_again_and_again(tmp_path: Path):
    for url in ("sqlite:///:memory:", f"sqlite:///{tmp_path}/a.db"):
        clock = FrozenClock()
        rail = handrail.connect(url, agent="tester", quiet=True, clock=clock)
        effect = rail.approval(name="effect", within="1m")(_absolute)
        for _ in range(3):
            ticket = effect.propose(-1)
            ended: list[BaseException] = []
            waiter = threading.Thread(target=lambda ended=ended, ticket=ticket: ended.append(_error(ticket)))
            waiter.start()
            clock.advance("61s")
            waiter.join(20)
            assert [type(one) for one in ended] == [Expired]
        rail.close()


def _absolute(number: int) -> int:
    return abs(number)


def _error(ticket: object) -> BaseException:
    try:
        ticket.wait(timeout=15)  # type: ignore[attr-defined]
    except HandrailError as error:
        return error
    return AssertionError("it returned")


def test_a_grant_that_is_too_old_starts_nothing(desk: Desk):
    action = desk.cleared(grant=60 * SECOND)
    advance(desk, "60s")
    with pytest.raises(NotReady):
        desk.agent.call(action["id"], Start("exe_1", action["bind"]))
    assert (desk.look(action["id"])["status"], desk.look(action["id"])["reason"]) == ("refused", "grant_expired")


def test_an_undo_window_ends_by_itself(desk: Desk):
    action = desk.propose(undo=60 * SECOND)
    assert desk.decide(action["review"])["action_status"] == "held"
    advance(desk, "60s")
    desk.tick(action["review"])
    assert desk.look(action["id"])["status"] == "cleared"


def test_a_lapsed_lease_leaves_the_outcome_unknown_and_a_late_report_changes_nothing(desk: Desk):
    started = desk.started()
    advance(desk, "60s")
    with pytest.raises(FencedOff):
        desk.settle(started)
    found = desk.look(started["id"])
    assert (found["status"], found["fence"]) == ("unknown", started["fence"] + 1)
    assert desk.denials(desk.agent.actor) == [("fenced_off", started["id"])]
    assert desk.decide(found["review"], "happened", value=7)["action_status"] == "succeeded"
    assert desk.replayed(started["id"]) == desk.action(started["id"])


def test_a_lapsed_claim_is_free_again_and_the_earlier_executor_is_fenced_off(desk: Desk):
    action = desk.cleared()
    claimed = desk.agent.call(action["id"], Claim("exe_1"))
    advance(desk, "60s")
    desk.tick(action["id"])
    assert desk.look(action["id"])["status"] == "cleared"
    again = desk.agent.call(action["id"], Claim("exe_2"))
    assert again["fence"] == claimed["fence"] + 1
    with pytest.raises(FencedOff):
        desk.agent.call(action["id"], Start("exe_1", action["bind"], claimed["fence"]))
    assert desk.agent.call(action["id"], Start("exe_2", action["bind"], again["fence"]))["status"] == "started"


def test_the_keeper_renews_what_is_held_and_nothing_else(desk: Desk):
    held, dropped = desk.started("exe_1"), desk.started("exe_2")
    release = desk.agent.hold(held["id"], held["fence"], "exe_1")
    for _ in range(4):
        advance(desk, "25s")
        wait_until(desk, lambda: lease(desk, held["id"]) == desk.clock.now() + 60 * SECOND)
    release()
    assert desk.settle(held)["status"] == "succeeded"
    with pytest.raises(FencedOff):
        desk.settle(dropped, "exe_2")
    assert "action.renewed" not in desk.types(held["id"])
    assert len(desk.types(held["id"])) == 6


def lease(desk: Desk, action: str) -> int | None:
    with desk.store.read() as reader:
        return reader.streams("default", (action,))[0].lease


def wait_until(desk: Desk, holds: object) -> None:
    """Waits as the product does: until the action moved, which it does not, in small parts."""
    other = desk.propose()
    for _ in range(500):
        if holds():  # type: ignore[operator]
            return
        desk.agent.wait(other["id"], other["rev"], 0.02)
    raise AssertionError("it never came true")


def test_the_release_of_an_earlier_attempt_keeps_the_present_lease(desk: Desk):
    first = desk.started("exe_1")
    release = desk.agent.hold(first["id"], first["fence"], "exe_1")
    advance(desk, "61s")
    desk.tick(first["id"])
    unknown = desk.look(first["id"])
    desk.decide(unknown["review"], "retry")
    second = desk.agent.call(first["id"], Start("exe_1", first["bind"]))
    keep = desk.agent.hold(first["id"], second["fence"], "exe_1")
    release()
    advance(desk, "25s")
    wait_until(desk, lambda: lease(desk, first["id"]) == desk.clock.now() + 60 * SECOND)
    keep()
    assert desk.settle(second)["attempt"] == 2


def test_a_leap_forward_is_believed_at_the_second_reading_only():
    clock = FrozenClock()
    steady = SteadyClock(clock)
    clock.jump(10 * DAY)
    assert steady.now() == START
    clock.advance("0.5s")
    assert steady.now() == START + SECOND // 2
    clock.advance("0.5s")
    assert steady.now() == START + 10 * DAY + SECOND


def test_a_leap_that_is_taken_back_was_never_believed():
    clock = FrozenClock()
    steady = SteadyClock(clock)
    clock.jump(10 * DAY)
    assert steady.now() == START
    clock.jump(-10 * DAY)
    clock.advance("2s")
    assert steady.now() == START + 2 * SECOND


def test_an_hour_of_sleep_is_no_leap_and_two_different_leaps_do_not_agree():
    clock = FrozenClock()
    steady = SteadyClock(clock)
    clock.jump(HOUR)
    assert steady.now() == START + HOUR
    clock.jump(2 * HOUR)
    assert steady.now() == START + HOUR
    clock.advance("2s")
    clock.jump(5 * HOUR)
    assert steady.now() == START + HOUR + 2 * SECOND
    clock.advance("2s")
    assert steady.now() == START + 8 * HOUR + 4 * SECOND


def test_a_leap_expires_nothing_until_it_is_confirmed(desk: Desk):
    action = desk.propose(within=2 * HOUR)
    assert isinstance(desk.clock, FrozenClock)
    desk.clock.jump(10 * DAY)
    desk.tick(action["review"])
    assert desk.review(action["review"]).status == "open"
    advance(desk, "1s")
    desk.tick(action["review"])
    assert desk.review(action["review"]).status == "expired"


def test_a_clock_that_goes_back_expires_nothing_early_and_turns_no_entry_back(desk: Desk):
    first = desk.propose(within=2 * HOUR)
    assert isinstance(desk.clock, FrozenClock)
    desk.clock.jump(-30 * DAY)
    second = desk.propose(within=2 * HOUR)
    assert desk.review(second["review"]).deadline == desk.review(first["review"]).deadline
    desk.decide(first["review"])
    with desk.store.read() as reader:
        times = [
            event.at
            for one in reader.entries("default")
            for event in desk.agent.history(one.sub)
            if event.index == one.i
        ]
    assert times == sorted(times)
    assert desk.decide(second["review"])["action_status"] == "cleared"


def test_behind_the_log_time_goes_on_at_half_pace_until_the_clock_has_caught_up():
    clock = FrozenClock()
    steady = SteadyClock(clock)
    steady.reached(START + HOUR)
    assert steady.now() == START + HOUR
    clock.advance("1h")
    assert steady.now() == START + HOUR + HOUR // 2
    steady.reached(START + HOUR)
    clock.advance("1h")
    assert steady.now() == START + 2 * HOUR
    clock.advance("1h")
    assert steady.now() == START + 3 * HOUR


def test_whoever_waits_behind_a_clock_that_went_back_is_released(tmp_path: Path):
    before = Desk(str(tmp_path / "a.db"))
    action = before.propose(within=60 * SECOND)
    before.close()
    desk = Desk(str(tmp_path / "a.db"), FrozenClock(START - 30 * DAY))
    told: list[Answer | None] = []
    waiter = threading.Thread(target=lambda: told.append(desk.agent.wait(action["id"], action["rev"], 15)))
    waiter.start()
    while waiter.is_alive():
        advance(desk, "10s")
        waiter.join(0.02)
    assert told[0] is not None
    assert (told[0]["status"], told[0]["reason"]) == ("refused", "expired")
    desk.close()


def test_what_expired_stays_expired_when_the_clock_goes_back(desk: Desk):
    action = desk.propose(within=60 * SECOND)
    advance(desk, "2m")
    desk.tick(action["review"])
    assert isinstance(desk.clock, FrozenClock)
    desk.clock.jump(-DAY)
    with pytest.raises((Late, AlreadyDecided)):
        desk.decide(action["review"])
