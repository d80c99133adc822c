"""Who is told what, and when: on a frozen clock, through a real database, on a channel that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.clock import DAY, HOUR, SECOND
from handrail.directory.hours import hours
from handrail.directory.times import Absence, Times
from handrail.notify.channel import Address
from handrail.notify.message import Message
from handrail.notify.sender import FEW, FIRST, LEASE, LONGEST, MANY, TRIES, pause
from handrail.principal import person
from handrail.review.commands import Delegate
from handrail.run.commands import Fail, Observation, Observe, Open, Pause, Stop, Watch
from handrail.run.model import Monitor
from tests.notify.world import UNDELIVERABLE, UNREACHABLE, Sink, World

ASKED = "You are asked about an approval"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path / "a.db")
    for one in ("ann", "ben"):
        found.person(one, "team")
    found.person("cfo")
    yield found
    found.close()


def test_everybody_who_is_asked_is_told_and_once_it_is_decided_the_others_by_whom(world: World):
    review = world.ask()
    assert sorted(world.told()) == [f"ann: {ASKED}", f"ben: {ASKED}"]
    assert world.told() == []
    world.decide("ann", review)
    assert world.told() == ["ben: Handled by ann, an approval"]
    assert world.told() == []


def test_what_was_decided_before_anybody_was_told_is_told_to_nobody(world: World):
    world.decide("ann", world.ask())
    assert world.told() == []
    assert world.counts() == {}


def test_a_ladder_is_climbed_in_its_order_and_each_rung_is_told_in_its_time(world: World):
    world.person("ceo")
    then = (("user:cfo", 300 * SECOND), ("user:ceo", 60 * SECOND))
    review = world.ask(within=300 * SECOND, remind=120 * SECOND, then=then)
    seen = [sorted(world.told())]
    for seconds in (120, 120, 60, 300, 60):
        world.pass_(seconds, review)
        seen.append(sorted(world.told()))
    assert seen == [
        [f"ann: {ASKED}", f"ben: {ASKED}"],
        ["ann: Still waiting for you, an approval", "ben: Still waiting for you, an approval"],
        ["ann: Still waiting for you, an approval", "ben: Still waiting for you, an approval"],
        ["cfo: Escalated to you, an approval"],
        ["ceo: Escalated to you, an approval"],
        [f"{one}: Nobody decided in time, an approval" for one in ("ann", "ben", "ceo", "cfo")],
    ]


def test_who_voted_is_not_asked_again_and_whoever_is_handed_it_is_told(world: World):
    review = world.ask(quorum=(("any", 2),), remind=60 * SECOND)
    assert len(world.told()) == 2
    world.decide("ann", review)
    world.acting(person(world.people["ben"], "local")).call(review, Delegate(world.people["cfo"]))
    assert world.told() == [f"cfo: {ASKED}"]
    world.pass_(60, review)
    assert sorted(world.told()) == [f"{one}: Still waiting for you, an approval" for one in ("ben", "cfo")]


def test_who_has_no_channel_is_not_told_and_without_anybody_who_has_nothing_is_written(tmp_path: Path):
    world = World(tmp_path / "b.db")
    world.person("ann", "team", by=())
    world.ask(1)
    assert world.counts() == {}
    world.person("ben", "team", by=("push",))
    world.ask(2)
    assert world.told() == []
    assert world.counts() == {"waiting": 1}
    world.close()


def test_a_failure_is_repeated_later_and_later_and_then_given_up(world: World):
    world.ask(reviewers=("user:cfo",), within=7 * DAY)
    tried = []
    for _ in range(TRIES):
        world.sink.fails.append(UNREACHABLE)
        assert world.told() == []
        tried.append(world.counts())
        due = world.sender.turn()
        if due is not None:
            assert due > world.now()
            world.clock.advance((due - world.now()) / SECOND)
    assert tried == [{"waiting": 1}] * (TRIES - 1) + [{"dead": 1}]
    assert world.told() == []
    with world.database.process.store.outbox(write=True) as box:
        assert box.redrive("mail", world.now()) == 1
    assert world.told() == [f"cfo: {ASKED}"]


def test_pauses_double_up_to_a_longest():
    assert [pause(n) for n in range(3)] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert pause(TRIES) == pause(10_000) == LONGEST
    assert HOUR < sum(pause(n) for n in range(TRIES)) < 6 * HOUR


def test_what_can_never_be_delivered_is_dead_at_once_and_keeps_nobody_else_waiting(world: World):
    world.sink.fails.append(UNDELIVERABLE)
    world.ask()
    assert len(world.told()) == 1
    assert world.counts() == {"dead": 1, "sent": 1}


def test_a_flood_becomes_one_message_and_what_comes_on_top_waits_for_the_window(world: World):
    for number in range(30):
        world.ask(number, reviewers=("user:cfo",), within=DAY)
    assert world.told() == ["cfo: 30 reviews wait for you"]
    world.clock.advance("1s")
    for number in range(FEW - 1):
        world.ask(100 + number, reviewers=("user:cfo",), within=DAY)
        assert world.told() == [f"cfo: {ASKED}"]
        world.clock.advance("1s")
    late = [world.ask(200 + number, reviewers=("user:cfo",), within=DAY) for number in range(3)]
    assert world.told() == []
    world.decide("cfo", late[0])
    world.clock.advance("10m")
    assert world.told() == [f"cfo: {ASKED}"] * 2


def test_only_one_of_two_servers_sends_and_the_other_goes_on_after_its_death(world: World):
    other = Sink()
    second = world.another(other)
    world.ask(1)
    assert len(world.told()) == 2
    world.ask(2)
    assert (second.turn() or 0) > world.now()
    assert other.titles() == []
    world.clock.advance(LEASE / SECOND)
    second.turn()
    assert len(other.titles()) == 2
    second.release()
    world.ask(3)
    assert len(world.told()) == 2


def test_a_crash_between_sending_and_noting_it_sends_twice_and_never_not_at_all(world: World):
    class Dying(Sink):
        def send(self, message: Message, to: Address) -> None:
            super().send(message, to)
            raise KeyboardInterrupt

    dying = Dying()
    world.ask(reviewers=("user:cfo",))
    with pytest.raises(KeyboardInterrupt):
        world.another(dying).turn()
    ((_, first),) = dying.told
    world.clock.advance(LEASE / SECOND)
    world.sender.turn()
    ((_, second),) = world.sink.told
    assert first.id == second.id


def test_a_message_holds_nothing_of_the_agent(world: World):
    world.ask(reviewers=("user:cfo",))
    world.sender.turn()
    ((_, message),) = world.sink.told
    assert "wire" not in repr(message)
    assert '"n"' not in repr(message)
    assert message.until == world.now() + 600 * SECOND
    assert message.link.startswith("https://hand.rail/d/lnk_")


def test_supervisors_hear_of_a_run_that_a_monitor_paused_and_of_who_stopped_it(world: World):
    world.person("eve", "other")
    run = world.bot.run_id("migrate")
    watch = Watch("exe_1", ("group:team", "user:cfo"), (Monitor("steps", 1),))
    world.bot.call(run, Open("migrate", watch=watch))
    assert world.told() == []
    world.bot.call(run, Observe((Observation("report", 0, "a"),)))
    world.bot.call(run, Observe((Observation("report", 0, "b"),)))
    world.pass_(0, run)
    paused = world.told()
    assert sorted(paused) == [f"{one}: A monitor paused a run (steps)" for one in ("ann", "ben", "cfo")]
    world.acting(person(world.people["ann"], "local")).call(run, Stop("enough"))
    assert sorted(world.told()) == [f"{one}: A run was stopped by ann" for one in ("ben", "cfo")]


def test_news_of_runs_is_never_gathered_and_never_without_end(world: World):
    for number in range(8):
        world.ask(number, reviewers=("user:cfo",))
    for number in range(MANY + 2):
        run = world.bot.run_id(f"run {number}")
        world.bot.call(run, Open("work", watch=Watch("exe_1", ("user:cfo",))))
        world.bot.call(run, Fail("it broke"))
        world.clock.advance("1s")
        said = world.told()
        assert said == (
            [*["cfo: A run failed"], *["cfo: 8 reviews wait for you"] * (not number)] if number < MANY else []
        )
    world.clock.advance("10m")
    assert world.told() == ["cfo: A run failed"] * 2


def test_nobody_hears_that_a_person_paused_a_run(world: World):
    run = world.bot.run_id("migrate")
    world.bot.call(run, Open("migrate", watch=Watch("exe_1", ("group:team",))))
    world.acting(person(world.people["ann"], "local")).call(run, Pause("let me look"))
    assert world.told() == []


def test_quiet_hours_delay_the_message_and_not_the_deadline(world: World):
    nightly = hours("Europe/Berlin", [(day, 22 * 60, 7 * 60) for day in range(7)])
    world.person("cfo", times=Times(quiet=nightly))
    world.clock.advance("13h")
    review = world.ask(reviewers=("user:cfo",), within=DAY)
    deadline = world.boss.review(review).state.deadline
    assert world.told() == []
    assert world.sender.turn() == world.now() + 8 * HOUR
    world.clock.advance("8h")
    assert world.told() == [f"cfo: {ASKED}"]
    assert world.boss.review(review).state.deadline == deadline


def test_who_is_away_is_not_told_and_whoever_stands_in_is(world: World):
    world.person("ann", "team", times=Times((Absence(0, world.now() + DAY, "user:cfo"),)))
    world.ask()
    assert sorted(world.told()) == [f"ben: {ASKED}", f"cfo: {ASKED}"]
