"""What happened to a review and its action so far, for its page: rounds, attempts, what people said, the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

import orjson

from ..action.digest import call_key
from ..action.events import AttemptFailed, Claimed, Lost, OutcomeReported, ReportedLate, Started
from ..backend import Event
from ..codec.records import read_event
from ..principal import SYSTEM
from ..review import events as r
from ..review.model import Review
from ..view.columns import clip
from ..view.diff import changed_paths
from ..view.drawing import drawn, written
from ..view.masks import conceal
from ..view.model import Erased
from ..view.words import duration
from .attendance import lasting
from .rows import Names, Who

LONGEST: Final = 4_000
"""Columns of a text that is shown whole; what stands in an error has no bound."""
MOST_PATHS: Final = 100
MOST_PLACES: Final = 12
MOST_CAUSES: Final = 4
WIDEST_PLACE: Final = 400
"""Columns of one place in the code."""
UNSAID: Final = (r.Opened, r.Reminded, r.TookEffect, r.Withdrawn, r.Superseded)
"""What is no part of the talk: the rest of the page tells of it."""


@dataclass(frozen=True, slots=True)
class Round:
    """One edit: the round that it opened, when (µs), by whom, and the paths of the arguments that it changed."""

    round: int
    at: int
    by: Who
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that failed, or of which nobody knows, or a report of it that came too late; what its agent says of
    it, as drawn text. Of one that `failed`, `error` is the type of its error, and `trace` where in the user's code it
    was raised, with what led to it.
    """

    attempt: int
    at: int
    text: str
    failed: bool
    error: str | None
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody did: when (µs), who, the note they left as drawn text, and whom they asked."""

    type: str
    at: int
    by: Who
    note: str | None
    to: Who | None


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody said, after the end of an action, of how it turned out: when (µs), who, whether that was an agent,
    and their note as drawn text."""

    wrong: bool
    at: int
    by: Who
    agent: bool
    note: str | None


Rung = TypedDict("Rung", {"ask": tuple[Who, ...], "from": int, "until": int, "remind": int | None})
"""One level of the ladder: who is asked, from when until when (µs), and how often they are reminded."""


def rounds(events: Iterable[Event], names: Names, args: Mapping[int, str | None]) -> Iterator[Round]:
    """The edits, in order; `args` are the canonical arguments by revision, as far as they are kept."""
    for event in events:
        made = _typed(event)
        if isinstance(made, r.Edited):
            before, after = args.get(made.revision - 1), args.get(made.revision)
            paths = changed_paths(orjson.loads(before), orjson.loads(after)) if before and after else []
            yield Round(made.round, event.at, names.who(event.by.id), tuple(paths[:MOST_PATHS]))


def attempts(action: str, events: Iterable[Event]) -> Iterator[Attempt]:
    """The attempts of an action that failed or were lost, and what was reported of them too late, in order."""
    number, executor, began, key = 0, "", 0, ""
    for event in events:
        made = read_event(event.type, dict(event.data)) if event.type.startswith("action.") else None
        number = getattr(made, "attempt", number)
        match made:
            case Claimed():
                executor = made.executor
            case Started():
                began, key = event.at, call_key(action, made.bind)
            case AttemptFailed():
                kept = event.texts.get("outcome")
                yield Attempt(number, event.at, outcome_text(kept) or "", True, made.error, tuple(trace(kept)))
            case Lost():
                known = f"it started {duration(event.at - began)} before, at {executor}, with the key {key}"
                words = _joined("nobody knows how it ended", known, event.texts.get("outcome"))
                yield Attempt(number, event.at, words, False, None, ())
            case ReportedLate():
                report = event.texts.get("report")
                words = _joined("reported too late to count", made.outcome, report)
                yield Attempt(number, event.at, words, False, None, ())
            case _:
                pass


def _joined(head: str, words: str, kept: Any) -> str:
    said = outcome_text(kept)
    return f"{head}: {written_text(words)}{f': {said}' if said else ''}"


def talk(events: Iterable[Event], names: Names) -> Iterator[Said]:
    """What people did and said, in order. Who says again that they are at it says nothing new."""
    last: tuple[object, str] | None = None
    for event in events:
        made = _typed(event)
        if made is None or isinstance(made, UNSAID):
            continue
        now = (type(made), event.by.id)
        if not (isinstance(made, r.Claimed) and last == now):
            to = names.who(made.to) if isinstance(made, r.Delegated) else None
            yield Said(event.type.partition(".")[2], event.at, who(event.by.id, names), note(event.texts), to)
        last = now


def reports(events: Iterable[Event], names: Names) -> Iterator[Report]:
    """What was said of how an action turned out, in order; the last one counts."""
    for event in events:
        if event.type == "action.outcome_reported":
            made = read_event(event.type, dict(event.data))
            assert isinstance(made, OutcomeReported)
            by = names.who(event.by.id)
            yield Report(made.wrong, event.at, by, event.by.kind == "agent", note(event.texts))


def ladder(review: Review, events: Iterable[Event], names: Names) -> Iterator[Rung]:
    """The rungs with their times: as they were up to the one that is reached, then as they will be."""
    levels, reached = review.demand.levels, {0: review.opened_at}
    for event in events:
        made = _typed(event)
        if isinstance(made, r.Opened | r.Escalated):
            reached |= dict.fromkeys(range(max(reached) + 1, made.level + 1), event.at)
    start = review.opened_at
    for number, level in enumerate(levels):
        start = reached.get(number, start)
        end = level.end(start, level.within, lasting)
        planned = review.deadline if number == len(levels) - 1 else min(end, review.deadline)
        until = reached.get(number + 1, review.level_until if number == review.level else planned)
        yield {"ask": tuple(map(names.who, level.ask)), "from": start, "until": until, "remind": level.remind}
        start = until


def who(id_: str, names: Names) -> Who:
    """Somebody with their name, the system with its own."""
    return Who(id_, "Handrail") if id_ == SYSTEM.id else names.who(id_)


def note(texts: Mapping[str, Any]) -> str | None:
    """The note of an entry, as drawn text."""
    found = texts.get("note")
    return None if found is None else written_text(found)


def written_text(found: Any) -> str:
    """A text that somebody wrote, drawn, with its secrets covered; another value as JSON."""
    if isinstance(found, Erased):
        return f"⟨erased, {found.digest[:12]}⟩"
    return clip(drawn(conceal(found) if isinstance(found, str) else written(found)), LONGEST)


def outcome_text(kept: Any) -> str | None:
    """What an executor says of an outcome: its value or its error."""
    if isinstance(kept, dict):
        kept = kept.get("value", kept.get("error"))
    return None if kept is None else written_text(kept)


def trace(kept: Any) -> Iterator[str]:
    """Where an error was raised and what led to it, line by line as drawn text: as an executor tells it, so bounded."""
    if not isinstance(kept, dict):
        return
    yield from _lines(kept.get("at"))
    because = kept.get("because")
    for one in because[:MOST_CAUSES] if isinstance(because, list) else ():
        if isinstance(one, dict):
            yield f"because of {written_text(str(one.get('error'))[:LONGEST])}"
            yield from _lines(one.get("at"))


def _lines(places: Any) -> Iterator[str]:
    for one in places[-MOST_PLACES:] if isinstance(places, list) else ():
        yield clip(drawn(conceal(str(one)[:WIDEST_PLACE])), WIDEST_PLACE)


def _typed(event: Event) -> Any:
    return read_event(event.type, dict(event.data)) if event.type.startswith("review.") else None
