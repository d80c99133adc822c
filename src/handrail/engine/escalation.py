"""Who is asked about a review now, since when, who is asked next, and what happens at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ..codec.calendar import tell_at
from ..errors import UnknownReview
from ..review.access import People
from ..review.model import OPEN, Review, Status
from ..view.facts import Reader, ending
from .archive import Archive
from .inbox import Inbox
from .past import Rung, ladder
from .rows import Rows, Who

MOST_ENTRIES: Final = 200
"""The last entries of a review in which its ladder is looked for."""
BARRED: Final = "asked for the action, or answers for its agent"
STANDS_IN: Final = "stands in for somebody who asked for the action, or answers for its agent"
POWERLESS: Final = "none of their roles lets them decide"
Stage = Literal["passed", "now", "next", "unasked"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is named: why they may not decide, or nothing where they may; until when (µs) they are away, and who
    stands in; whether, of a group with a rota, they are on call; until when (µs) they are told nothing."""

    who: Who
    refusal: str | None
    away_until: int | None
    substitute: Who | None
    called: bool
    quiet_until: int | None


@dataclass(frozen=True, slots=True)
class Asking:
    """One rung of the ladder with its times, how far it is, and the people whom it names. `unasked` is one that the
    review ended before."""

    stage: Stage
    rung: Rung
    people: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is asked about a review, rung by rung. Times are µs since the epoch; names and words are drawn text.

    `delegates` were asked in addition; at `remind_at` those who are asked are told again; `end` says what happens at
    the deadline.
    """

    review: str
    status: Status
    now: int
    ladder: tuple[Asking, ...]
    delegates: tuple[Candidate, ...]
    claimed_by: Who | None
    claim_until: int | None
    remind_at: int | None
    deadline: int
    end: str


def escalation(archive: Archive, review: str, now: int) -> Escalation:
    """Who is asked about a review at that time (µs). Raises `UnknownReview`."""
    with archive.read() as reader:
        state = archive.state_in(reader, review)
        if not isinstance(state, Review):
            raise UnknownReview(f"no review {review} is in this database: check the id")
        inbox = Inbox(archive)
        rows, (material,) = inbox.rows_in(reader), inbox.materials(reader, [state])
        events = archive.latest_in(reader, state, MOST_ENTRIES)
    people = rows.people(material)
    rungs = ladder(state, events, rows)
    return Escalation(
        review=state.id, status=state.status, now=now, ladder=tuple(_asking(state, people, rows, rungs, now)),
        delegates=tuple(_candidate(state, people, rows, one) for one in state.delegates),
        claimed_by=rows.who(state.claimed_by) if state.claimed_by else None, claim_until=state.claim_until,
        remind_at=state.remind_at if _waits(state, now) else None, deadline=state.deadline,
        end=ending(state.demand.at_end, Reader(rows.kept, now), state.cause),
    )  # fmt: skip


def _waits(state: Review, now: int) -> bool:
    return state.status in OPEN and now < state.deadline


def _asking(state: Review, people: People, rows: Rows, rungs: Iterator[Rung], now: int) -> Iterator[Asking]:
    for number, (level, rung) in enumerate(zip(state.demand.levels, rungs, strict=True)):
        named = {one for asked in level.ask for one in people.directory.named(asked)}
        called = {one for asked in level.ask for one in people.called(asked)}
        found = [_candidate(state, people, rows, one, called=one in called) for one in named]
        yield Asking(_stage(state, number, now), rung, tuple(sorted(found, key=lambda one: one.who.name)))


def _stage(state: Review, number: int, now: int) -> Stage:
    if not _waits(state, now):
        return "passed" if number <= state.level else "unasked"
    return "passed" if number < state.level else "now" if number == state.level else "next"


def _candidate(state: Review, people: People, rows: Rows, one: str, *, called: bool = True) -> Candidate:
    absence = people.directory.absence(one, people.now)
    substitute = people.directory.substitute(one, people.now)
    told = tell_at(people.directory.times.get(one), people.now)
    return Candidate(
        rows.who(one), _refusal(state, people, one), absence.until if absence else None,
        rows.who(substitute) if substitute else None, called, told if told > people.now else None,
    )  # fmt: skip


def _refusal(state: Review, people: People, one: str) -> str | None:
    if one in people.barred or one in state.barred:
        stands_in = one in people.barred and any(
            people.directory.substitute(other, people.now) == one for other in people.barred
        )
        return STANDS_IN if stands_in else BARRED
    if one in people.forbidden(state):
        return STANDS_IN
    return None if people.directory.members(one) else POWERLESS
