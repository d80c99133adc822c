"""The queues of one tenant's reviews, told again from the last of them, and what is expected of those that wait.

Nothing of this is stored: an estimate follows from the reviews before it, so what was expected of each is known again
afterwards, and is held against what came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ..backend import Known, Wait, WaitScore
from ..clock import SECOND, Clock
from ..codec.records import read_state
from ..review.model import OPEN, Review
from ..store.protocol import Reader, Store, Stream
from .wait import SEEN, Queue, Range, Scored

PAST: Final = 1_000
"""The newest reviews that are over, of which a range is made."""
AHEAD: Final = 500
"""Open reviews that are counted; in a longer queue nobody can tell."""
FRESH: Final = 2 * SECOND
"""So long what was read is good enough for the next question."""
ASKED: Final = 50
"""People whose sessions are looked at."""
Key = tuple[str, ...]
"""Whom a review asks first: reviews that ask the same people wait in one queue."""


@dataclass(frozen=True, slots=True)
class People:
    """Who is behind the ids that are asked, and whether there is but one person, whom nobody added."""

    members: Callable[[str], frozenset[str]]
    solo: bool


@dataclass
class Told:
    """What one snapshot says: the queues, the reviews in them, what was expected of those that are over, and who
    decided something when."""

    size: int
    at: int
    long: bool
    queues: dict[Key, Queue] = field(default_factory=dict)
    waiting: list[Review] = field(default_factory=list)
    scored: list[Scored] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)


def key(review: Review) -> Key:
    """The queue of a review."""
    return tuple(sorted(review.demand.levels[0].ask))


def ended(review: Review) -> int | None:
    """When a review was over (µs), by a decision or by the clock; `None` where its asker took it back."""
    if review.status == "decided" and review.decision is not None:
        return review.decision.at
    return review.deadline if review.status == "expired" else None


def told(reader: Reader, tenant: str, size: int, at: int) -> Told:
    """Tell the queues again, in the order of time."""
    past = _reviews(reader.page(tenant, "review", ended=True, limit=PAST))
    waiting = list(_reviews(reader.page(tenant, "review", waiting=True, limit=AHEAD)))
    found = Told(size, at, len(waiting) == AHEAD, waiting=[one for _, one in waiting])
    events: list[tuple[int, bool, int, Review]] = []
    for number, one in enumerate([*past, *waiting]):
        end = ended(one[1])
        if end is not None or one[1].status in OPEN:
            events.append((one[1].opened_at, False, one[0], one[1]))
        if end is not None:
            events.append((end, True, number, one[1]))
    for moment, over, rank, review in sorted(events, key=lambda event: event[:2]):
        queue = found.queues.setdefault(key(review), Queue())
        if over:
            by = review.decision.by if review.decision else None
            found.scored.append(queue.go(review.id, moment, by))
            found.seen |= {by: moment} if by else {}
        else:
            queue.come(review.id, rank, moment)
    return found


def _reviews(rows: Iterable[Stream]) -> Iterator[tuple[int, Review]]:
    for row in rows:
        review = read_state("review", row.state)
        if isinstance(review, Review):
            yield row.rank, review


class Book:
    """The queues of all tenants on one database, read anew at most every two seconds, and only if somebody asks."""

    def __init__(self, store: Callable[[], Store], clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._told: dict[str, Told] = {}
        self._used: dict[str, dict[str, int]] = {}

    def fresh(self, tenant: str) -> bool:
        """Whether a question is answered without a look at the database."""
        known = self._told.get(tenant)
        return known is not None and self._clock.monotonic() - known.at < FRESH

    def queues(self, tenant: str, within: int = FRESH) -> Told:
        """What is known of the tenant's queues, or was so long ago (µs)."""
        known, now = self._told.get(tenant), self._clock.monotonic()
        if known is not None and now - known.at < within:
            return known
        with self._store().read() as reader:
            head = reader.head(tenant)
            size = head.size if head else 0
            if known is None or known.size != size:
                known = told(reader, tenant, size, now)
        known.at = now
        self._told[tenant], self._used[tenant] = known, {}
        return known

    def expect(self, tenant: str, review: Review, rank: int, people: People) -> Wait | None:
        """How long an open review will still wait; `None` for one that is over."""
        now = self._clock.now()
        if review.status not in OPEN or review.deadline <= now:
            return None
        known = self.queues(tenant)
        online = self._online(tenant, known, review, people, now)
        queue = known.queues.get(key(review))
        range_ = queue.expect(review.id, rank, review.opened_at, now) if queue and online and not known.long else None
        return _wait(range_, online, known.long, review.deadline - now)

    def expected(self, tenant: str, people: People) -> dict[str, Wait]:
        """How long the open reviews will still wait, by id: the first ones, where there are many."""
        now, known = self._clock.now(), self.queues(tenant)
        ranges = {review: one for queue in known.queues.values() for review, one in queue.expected(now).items()}
        found = {}
        for review in known.waiting:
            if review.deadline > now:
                online = self._online(tenant, known, review, people, now)
                range_ = ranges.get(review.id) if online and not known.long else None
                found[review.id] = _wait(range_, online, known.long, review.deadline - now)
        return found

    def met(self, tenant: str, person: str) -> None:
        """Somebody is here now, whatever was known of them a moment ago."""
        self._used.setdefault(tenant, {})[person] = self._clock.now()

    def _online(self, tenant: str, known: Told, review: Review, people: People, now: int) -> int:
        """How many of those who are asked were seen lately: they decided something, or their session was used."""
        if people.solo:
            return 1
        asked = frozenset[str]().union(*map(people.members, key(review))) - {*review.barred}
        used = self._used.setdefault(tenant, {})
        for one in sorted(asked - used.keys())[:ASKED]:
            used[one] = self._last_used(tenant, one)
        return sum(1 for one in asked if now - max(known.seen.get(one, 0), used.get(one, 0)) <= SEEN)

    def _last_used(self, tenant: str, person: str) -> int:
        with self._store().vault() as vault:
            return max((one.seen for one in vault.tokens(tenant, person, "session")), default=0)

    def score(self, tenant: str) -> WaitScore:
        """How many of the last waits were inside the range that was expected when they began."""
        scored = self.queues(tenant, within=0).scored
        waits = [one for one in scored if one.inside is not None]
        lengths = sorted(one.waited for one in scored)
        middle = lengths[len(lengths) // 2] if lengths else None
        return WaitScore(len(lengths), len(waits), sum(bool(one.inside) for one in waits), middle)


def _wait(found: Range | None, online: int, long: bool, left: int) -> Wait:
    if found is None:
        known: Known = "nobody_online" if not online else "long_queue" if long else "too_few"
        return Wait(known, online, None, None, None, None)
    low, likely, high = (min(one, left) for one in (found.low, found.likely, found.high))
    return Wait("range", online, found.position, low, likely, high)
