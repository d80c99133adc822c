"""Five queues at review desks, minute by minute: what comes, who is there, and how long each review waits."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from handrail.clock import MINUTE
from handrail.learning.wait import Queue, Scored

Scenario = Literal["stable", "bursty", "slower", "shift", "distracted"]
SCENARIOS: tuple[Scenario, ...] = ("stable", "bursty", "slower", "shift", "distracted")
MEAN = 4.0
"""Minutes that a review takes, on average, once somebody has opened it."""
PEOPLE = 4
BLOCK = 240
"""Minutes of a shift."""


@dataclass
class Desk:
    """Reviewers at work, and the reviews that wait for them."""

    scenario: Scenario
    random: Random
    count: int

    def people(self, minute: float) -> int:
        """How many are there; in every fourth shift three of five are away."""
        if self.scenario != "shift":
            return PEOPLE
        return 2 if int(minute // BLOCK) % 4 == 1 else 5

    def arrivals(self) -> Iterator[float]:
        """When reviews come: a little slower than they can be done."""
        minute = 0.0
        for number in range(self.count):
            gap = self.random.expovariate(0.93 * PEOPLE / MEAN)
            if self.scenario == "bursty":
                gap *= 0.6 if number // 100 % 2 else 1.4
            if self.scenario == "slower" and number >= self.count // 2:
                gap *= 1.4
            minute += gap
            yield minute

    def takes(self, number: int) -> float:
        """Minutes from opening to deciding: skewed, like people's."""
        found = self.random.lognormvariate(0.0, 0.8) * MEAN / 1.377
        if self.scenario == "slower" and number >= self.count // 2:
            found *= 1.5
        if self.scenario == "distracted" and self.random.random() < 0.35:
            found += self.random.expovariate(1 / 6.0)
        return found


def worked(scenario: Scenario, seed: int, count: int) -> list[Scored]:
    """What was expected of each review when it came, and how long it waited until it was decided."""
    desk, queue, scored = Desk(scenario, Random(seed), count), Queue(), []
    arrivals = list(desk.arrivals())
    waiting: list[int] = []
    busy: list[tuple[float, int, int]] = []
    free = list(range(5))
    come, minute = 0, 0.0
    while come < count or busy or waiting:
        coming = arrivals[come] if come < count else float("inf")
        if busy and busy[0][0] <= coming:
            minute, number, person = heapq.heappop(busy)
            scored.append(queue.go(str(number), round(minute * MINUTE), f"person {person}"))
            heapq.heappush(free, person)
        elif come < count:
            minute = coming
            queue.come(str(come), 0, round(minute * MINUTE))
            waiting.append(come)
            come += 1
        while waiting and free and len(busy) < desk.people(minute):
            number = waiting.pop(0)
            heapq.heappush(busy, (minute + desk.takes(number), number, heapq.heappop(free)))
    return scored


def coverage(scored: list[Scored]) -> float:
    """The share of waits inside their range, of those that had one."""
    told = [one.inside for one in scored if one.inside is not None]
    return sum(told) / len(told)
