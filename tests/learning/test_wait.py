"""How long a review is expected to wait."""

import pytest

from handrail.clock import HOUR, MINUTE, SECOND
from handrail.learning.wait import LEAST, Queue

from .queues import SCENARIOS, Scenario, coverage, worked

SEEDS = range(8)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_eight_waits_in_ten_are_inside_their_range(scenario: Scenario) -> None:
    """However reviewers work, and also while that changes."""
    found = [coverage(worked(scenario, seed, 2000)) for seed in SEEDS]
    print(f"{scenario}: {', '.join(f'{one:.3f}' for one in found)} of seeds {list(SEEDS)}")
    assert 0.72 <= sum(found) / len(found) <= 0.88


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_likely_wait_is_near_the_wait(scenario: Scenario) -> None:
    """Half of a mean wait at most, where the mean wait itself is off by more."""
    told = [one for one in worked(scenario, 7, 1500) if one.expected]
    waits = [one.waited for one in told]
    missed = sum(abs(one.expected.likely - one.waited) for one in told if one.expected)
    assert missed < 0.5 * sum(waits)


def _steady(count: int, *, takes: int = 4 * MINUTE) -> tuple[Queue, int]:
    """One person who decides one review after another, each as soon as it comes."""
    queue, now = Queue(), 0
    for number in range(count):
        queue.come(f"r{number}", 0, now)
        queue.come(f"s{number}", 0, now)
        queue.go(f"r{number}", now + takes, "ann")
        queue.go(f"s{number}", now + 2 * takes, "ann")
        now += 2 * takes
    return queue, now


def test_nothing_is_foretold_before_enough_reviews_are_over() -> None:
    """A number from three waits would be a guess."""
    queue, now = _steady(LEAST // 4)
    assert queue.expect("new", 0, now, now) is None


def test_a_queue_that_is_empty_most_of_the_time_is_foretold_too() -> None:
    """A small team decides each review before the next one comes."""
    queue, now = Queue(), 0
    for number in range(LEAST + 2):
        queue.come(f"r{number}", 0, now)
        queue.go(f"r{number}", now + 4 * MINUTE, "ann")
        now += HOUR
    found = queue.expect("new", 0, now, now)
    assert found
    assert found.low == found.likely == found.high == 4 * MINUTE


def test_all_at_once_is_what_each_says_alone() -> None:
    """The list and the page of a review agree."""
    queue, now = _steady(40)
    for number, rank in enumerate((1, 3, 2, 3)):
        queue.come(f"open {number}", rank, now + number)
    found = queue.expected(now + 9)
    alone = {f"open {number}": queue.expect(f"open {number}", rank, now + number, now + 9)
             for number, rank in enumerate((1, 3, 2, 3))}  # fmt: skip
    assert found == alone
    assert [one.position for one in found.values() if one] == [1, 2, 3, 4]


def test_the_range_grows_with_the_place_in_the_queue() -> None:
    """Each review ahead takes its time."""
    queue, now = _steady(40)
    alone = queue.expect("new", 0, now, now)
    for number in range(6):
        queue.come(f"ahead {number}", 0, now)
    behind = queue.expect("new", 0, now + 1, now + 1)
    assert alone
    assert behind
    assert (alone.position, behind.position) == (1, 7)
    assert behind.likely >= 5 * alone.likely
    assert alone.low <= alone.likely <= alone.high


def test_a_higher_risk_goes_before() -> None:
    """The order of the inbox is the order of the wait."""
    queue, now = _steady(40)
    queue.come("low", 0, now)
    urgent, same = queue.expect("new", 3, now + 1, now + 1), queue.expect("new", 0, now + 1, now + 1)
    assert urgent
    assert same
    assert (urgent.position, same.position) == (1, 2)


def test_who_decided_nothing_for_long_is_not_at_work() -> None:
    """They may be at home."""
    queue, now = _steady(40)
    assert queue.reviewers(now) == 1
    assert queue.reviewers(now + HOUR) == 0


def test_what_was_taken_back_counts_for_nothing() -> None:
    """Its asker waits no more, and nobody decided."""
    queue, now = _steady(40)
    before = queue.expect("new", 0, now + 1, now + 1)
    queue.come("gone", 0, now)
    queue.drop("gone")
    assert queue.expect("new", 0, now + 1, now + 1) == before


def test_a_wait_that_time_ended_is_a_wait() -> None:
    """Its asker waited until the deadline, and the range learns it."""
    queue, now = _steady(40)
    queue.come("late", 0, now)
    scored = queue.go("late", now + HOUR, None)
    assert scored.waited == HOUR
    assert scored.inside is False
    assert queue.reviewers(now) == 1


def test_the_sum_of_a_long_day_stays_exact() -> None:
    """Waits are whole microseconds."""
    queue, now = _steady(3, takes=SECOND)
    queue.come("one", 0, now)
    assert queue.go("one", now + 1, "ann").waited == 1
