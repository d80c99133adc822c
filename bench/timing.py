"""Rates, percentiles and medians."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Figure", "Rate", "Spread", "growth", "median", "rate", "spread", "stopwatch"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: its value, what it is made of, and what binds it."""

    value: float
    detail: str = ""
    binds: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many a second, and the share of one core that this process spent meanwhile."""

    per_second: float
    processor: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 99th percentile of some durations, in ms."""

    p50: float
    p99: float


def rate(count: int, work: Callable[[], object]) -> Rate:
    """Do `work`, which is `count` things."""
    began, spent = time.perf_counter(), time.process_time()
    work()
    took = time.perf_counter() - began
    return Rate(count / took, (time.process_time() - spent) / took)


def stopwatch(work: Callable[[], object]) -> int:
    """How long `work` takes, in ns."""
    began = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - began


def spread(nanoseconds: Sequence[int]) -> Spread:
    """The spread of durations in ns."""
    ordered = sorted(nanoseconds)
    late = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.99) - 1)]
    return Spread(median(ordered) / 1e6, late / 1e6)


def growth(sizes: Sequence[int], figures: Sequence[float]) -> float:
    """The exponent b of figure ~ size^b, from the smallest size to the largest."""
    return math.log(figures[-1] / figures[0]) / math.log(sizes[-1] / sizes[0])


def late(values: list[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.95) - 1)]
