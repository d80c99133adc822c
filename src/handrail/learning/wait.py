"""How long a review will wait: a range, from how long those before it in the same queue waited.

Alone at a free reviewer a review takes `h`; behind others position x h / reviewers. `h` follows the gaps between
departures, of an empty queue from the first arrival on, times those who were at work, so that it also holds for people
who are only half there. The range is that of the last waits over what was foretold for them, apart for short and long
queues; it widens after misses, so that eight in ten stay inside while things change (adaptive conformal inference,
Gibbs and Candès 2021). Times are µs.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from ..clock import MINUTE

FOLLOWS: Final = 0.05
"""How much of `h` one more departure is."""
SEEN: Final = 30 * MINUTE
"""Who decided something within this time is at work."""
KEPT: Final = 300
"""Waits of which a range is made, for each length of the queue."""
LEAST: Final = 20
"""Waits without which there is no range."""
LONGEST: Final = 6
"""Queues of 2 to the 5 or more are of one length."""
OUTSIDE: Final = 0.2
"""The share of waits that may be outside their range."""
WIDENS: Final = 0.01
"""How much one miss widens the range."""
WIDEST: Final = 0.02
NARROWEST: Final = 0.3
"""What a range leaves out, at least and at most."""


@dataclass(frozen=True, slots=True)
class Range:
    """What is expected (µs): one wait in ten is shorter than `low`, half are than `likely`, and nine in ten than
    `high`. `position` counts the review itself, `reviewers` are at work."""

    low: int
    likely: int
    high: int
    position: int
    reviewers: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One review that is over: when it began to wait, what was expected then, and how long it waited."""

    review: str
    opened: int
    expected: Range | None
    waited: int

    @property
    def inside(self) -> bool | None:
        """Whether the wait was in the range of eight in ten; `None` where there was none."""
        return None if self.expected is None else self.expected.low <= self.waited <= self.expected.high


class Band:
    """The last waits over what was foretold for them, in order of size."""

    def __init__(self) -> None:
        self._by_age: Final[deque[float]] = deque()
        self._by_size: Final[list[float]] = []

    def add(self, ratio: float) -> None:
        """Take one more, and forget the oldest beyond `KEPT`."""
        self._by_age.append(ratio)
        insort(self._by_size, ratio)
        if len(self._by_age) > KEPT:
            self._by_size.remove(self._by_age.popleft())

    def at(self, *shares: float) -> tuple[float, ...] | None:
        """The quantiles, as those of one more wait; `None` while there are too few."""
        known = len(self._by_size)
        if known < LEAST:
            return None
        return tuple(self._by_size[min(max(ceil(share * (known + 1)) - 1, 0), known - 1)] for share in shares)


@dataclass(slots=True)
class _Waiting:
    rank: int
    opened: int
    foretold: float | None
    length: int
    expected: Range | None


@dataclass
class Queue:
    """Reviews that ask the same people, as they come and go in the order of time."""

    _open: dict[str, _Waiting] = field(default_factory=dict)
    _bands: dict[int, Band] = field(default_factory=dict)
    _all: Band = field(default_factory=Band)
    _seen: dict[str, int] = field(default_factory=dict)
    _outside: float = OUTSIDE
    _h: float | None = None
    _left: int | None = None

    def come(self, review: str, rank: int, at: int) -> None:
        """A review begins to wait; those of a higher rank and the earlier of its own are before it."""
        if not self._open:
            self._left = at
        position = self._position(review, rank, at)
        foretold = self._foretold(position, at)
        expected = self._range(foretold, position, at)
        self._open[review] = _Waiting(rank, at, foretold, _length(position), expected)

    def go(self, review: str, at: int, by: str | None) -> Scored:
        """It waits no more: somebody decided, or nobody did in time."""
        was = self._open.pop(review)
        if by is not None:
            self._decided(by, at)
        scored = Scored(review, was.opened, was.expected, at - was.opened)
        if was.foretold:
            for band in (self._bands.setdefault(was.length, Band()), self._all):
                band.add(scored.waited / was.foretold)
        if scored.inside is not None:
            missed = self._outside + WIDENS * (OUTSIDE - (not scored.inside))
            self._outside = min(max(missed, WIDEST), NARROWEST)
        return scored

    def drop(self, review: str) -> None:
        """Forget a review whose asker took it back: nobody waited for it."""
        self._open.pop(review, None)

    def expect(self, review: str, rank: int, opened: int, now: int) -> Range | None:
        """How long a review of that rank, open since then, will still wait from now; `None` while too few are over."""
        position = self._position(review, rank, opened)
        return self._range(self._foretold(position, now), position, now)

    def expected(self, now: int) -> dict[str, Range | None]:
        """How long each open review will still wait from now, by id."""
        places = sorted((-one.rank, one.opened, review) for review, one in self._open.items())
        return {
            review: self._range(self._foretold(position, now), position, now)
            for position, (_, _, review) in enumerate(places, 1)
        }

    def reviewers(self, now: int) -> int:
        """How many decided something lately."""
        return sum(1 for at in self._seen.values() if now - at <= SEEN)

    def _decided(self, by: str, at: int) -> None:
        self._seen[by] = at
        if self._left is not None:
            worked = (at - self._left) * min(len(self._open) + 1, self.reviewers(at))
            self._h = float(worked) if self._h is None else self._h + FOLLOWS * (worked - self._h)
        self._left = at if self._open else None

    def _position(self, review: str, rank: int, opened: int) -> int:
        place = (-rank, opened, review)
        return 1 + sum((-one.rank, one.opened, known) < place for known, one in self._open.items())

    def _foretold(self, position: int, at: int) -> float | None:
        return None if self._h is None else self._h * max(1.0, position / max(self.reviewers(at), 1))

    def _range(self, foretold: float | None, position: int, at: int) -> Range | None:
        own, shares = self._bands.get(_length(position)), (self._outside / 2, 0.5, 1 - self._outside / 2)
        found = (own and own.at(*shares)) or self._all.at(*shares)
        if foretold is None or found is None:
            return None
        low, likely, high = (round(foretold * one) for one in found)
        return Range(low, likely, high, position, max(self.reviewers(at), 1))


def _length(position: int) -> int:
    return min(position.bit_length(), LONGEST)
