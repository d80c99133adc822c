"""`handrail who`: who is asked about a review now, since when, who is asked next, and what happens at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import to_builtins

from ..engine.escalation import Asking, Candidate, Escalation
from ..engine.rows import Who
from ..gate.notice import local_zone
from ..view.escape import visible
from ..view.lines import Line
from ..view.words import clock, duration, listed, relative
from . import gist
from .desk import Db, desk
from .page import Json, labelled, show, tell
from .reviews import Which


def who(review: Which = None, json: Json = False, db: Db = None) -> None:
    """Who is asked now, since when, who is asked next and when, and what happens if nobody decides."""
    with desk(db) as at:
        record = at.review(review)
        found = at.site.escalation(record.state.id)
        if json:
            tell(to_builtins(found))
            return
        show([*labelled("Review", f"{record.state.id}  {gist.gist(record)}", "title"), *_ladder(found), *_end(found)])


def _ladder(found: Escalation) -> Iterator[Line]:
    labels = {"passed": "Before", "now": "Now", "next": "Then", "unasked": "Unasked"}
    for asking in found.ladder:
        yield from labelled(labels[asking.stage], _rung(found, asking), "deadline" if asking.stage == "now" else "fact")
        yield from _people(found, asking.people)
        if asking.stage == "now":
            yield from _present(found)
    if found.delegates:
        yield from labelled("Also", "asked in addition, by somebody who was asked")
        yield from _people(found, found.delegates)


def _rung(found: Escalation, asking: Asking) -> str:
    rung = asking.rung
    named = _listed(rung["ask"])
    if rung["from"] == rung["until"]:
        return f"{named}, passed at once"
    match asking.stage:
        case "passed":
            return f"{named}, from {_clock(found, rung['from'])} to {_clock(found, min(rung['until'], found.now))}"
        case "now":
            return f"{named}, since {_clock(found, rung['from'])}, until {_when(found, rung['until'])}"
        case "next":
            return f"{named}, from {_when(found, rung['from'])}, for {duration(rung['until'] - rung['from'])}"
        case "unasked":
            return f"{named}: the review ended before"


def _people(found: Escalation, people: Iterable[Candidate]) -> Iterator[Line]:
    for one in people:
        name = visible(one.who.name)
        if one.refusal is not None:
            yield from labelled("", f"{name} may not decide: {visible(one.refusal)}", "muted")
        elif one.away_until is not None:
            stands = f"{visible(one.substitute.name)} stands in" if one.substitute else "nobody stands in"
            yield from labelled("", f"{name} is away until {_clock(found, one.away_until)}; {stands}", "muted")
        else:
            yield from labelled("", name + _but(found, one))


def _but(found: Escalation, one: Candidate) -> str:
    """What keeps somebody who may decide from being asked or told now."""
    if not one.called:
        return " is not on call, and may decide all the same"
    return f", told nothing before {_clock(found, one.quiet_until)}" if one.quiet_until is not None else ""


def _present(found: Escalation) -> Iterator[Line]:
    """What holds the ladder, and who is told again when."""
    if found.claimed_by is not None and found.claim_until is not None:
        name, until = visible(found.claimed_by.name), _when(found, found.claim_until)
        yield from labelled("", f"{name} is at it, and nobody further is asked until {until}")
    if found.remind_at is not None:
        yield from labelled("", f"told again {_when(found, found.remind_at)}", "muted")


def _end(found: Escalation) -> list[Line]:
    if found.status in ("open", "claimed"):
        if found.now < found.deadline:
            return labelled("End", f"{_when(found, found.deadline)}: if nobody decides, {visible(found.end)}")
        return labelled("End", f"the deadline passed {_when(found, found.deadline)}: {visible(found.end)}")
    return labelled("End", f"the review is {found.status}: nobody is asked any more")


def _listed(asked: Iterable[Who]) -> str:
    return listed([visible(one.name) for one in asked])


def _clock(found: Escalation, time: int) -> str:
    return clock(time, now=found.now, zone=local_zone())


def _when(found: Escalation, time: int) -> str:
    return f"{_clock(found, time)}, {relative(found.now, time)}"
