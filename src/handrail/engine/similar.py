"""What people decided about other actions of the same name: counts, and the nearest three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from ..action.model import Action
from ..clock import DAY
from ..codec.records import State, read_state
from ..ids import derive
from ..review.model import Decision, Outcome, Review
from ..store.protocol import Reader
from ..view.value import member
from .archive import Archive
from .past import written_text
from .rows import Names, Who, said

DAYS: Final = 90
NEWEST: Final = 200
NEAREST: Final = 3
COMPARED: Final = 16 * 1024
"""Bytes of arguments that are compared; longer ones are counted and never the nearest by what they say."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """One past decision: its review, what it was about as drawn text, and what is the same: `agent`, `args.order`."""

    id: str
    gist: str
    outcome: Outcome
    by: Who
    at: int
    note: str | None
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """How the newest decisions about actions of that name ended, at most 200, none older than `days`."""

    approved: int
    edited: int
    rejected: int
    sent_back: int
    other: int
    days: int
    nearest: tuple[Nearest, ...]


class About(NamedTuple):
    """What is compared with the past: an action, its review, and the arguments as far as they are kept."""

    action: Action
    review: Review
    args: str | None


class Past(NamedTuple):
    """A past decision with the arguments that it was about, where they are kept and short."""

    action: Action
    review: Review
    decision: Decision
    args: str | None


class Near(NamedTuple):
    """One of the nearest: what is the same, the note of its decision as drawn text, and the schema of its arguments."""

    past: Past
    same: tuple[str, ...]
    note: str | None
    schema: str | None


class Found(NamedTuple):
    """What one snapshot holds: all past decisions, and the nearest."""

    all: list[Past]
    nearest: list[Near]


def find(archive: Archive, reader: Reader, about: About, now: int) -> Found:
    """The past decisions about the action's name, other than about the action itself."""
    tenant = archive.tenant
    rows = reader.decided(tenant, about.action.name, now - DAYS * DAY, NEWEST)
    actions = {row.id: read_state("action", row.state) for row in rows if row.id != about.action.id}
    asked = [id_ for one in actions.values() if isinstance(one, Action) and (id_ := _review_of(one, about.review))]
    reviews = [read_state(row.kind, row.state) for row in reader.streams(tenant, asked)]
    decided = [one for one in reviews if isinstance(one, Review) and _fits(one, about.review)]
    texts = reader.short_args(tenant, [(one.action, one.revision) for one in decided], COMPARED)
    past = list(_pasts(actions, decided, texts))
    nearest = sorted(((one, _same(about, one)) for one in past), key=_closeness, reverse=True)[:NEAREST]
    return Found(past, [_near(archive, reader, *one) for one in nearest])


def _pasts(actions: Mapping[str, State], decided: Iterable[Review], texts: Mapping[str, str]) -> Iterator[Past]:
    for review in decided:
        action, decision = actions[review.action], review.decision
        if isinstance(action, Action) and decision is not None:
            yield Past(action, review, decision, texts.get(action.id))


def _review_of(action: Action, like: Review) -> str | None:
    """The review of an action in which people were asked the same: the first, or the last about a failure."""
    return action.asked if like.kind == "exception" else derive("rev", action.id, 1, like.kind)


def _fits(one: Review, like: Review) -> bool:
    return one.decision is not None and one.effective and (one.kind, one.cause) == (like.kind, like.cause)


def _same(about: About, other: Past) -> tuple[str, ...]:
    """The paths that are equal, and whether the agent is."""
    agent = ("agent",) if about.action.agent == other.action.agent else ()
    wanted, found = _members(about.args), _members(other.args)
    return agent + tuple(member("args", name) for name, value in wanted.items() if found.get(name) == value)


def _members(args: str | None) -> dict[str, bytes]:
    """The arguments by name, each in one spelling: `1` is not `true`."""
    found: dict[str, Any] = orjson.loads(args) if args and len(args) <= COMPARED else {}
    return {name: orjson.dumps(value) for name, value in found.items()}


def _closeness(found: tuple[Past, tuple[str, ...]]) -> tuple[int, int]:
    past, same = found
    return len(same), past.decision.at


def _near(archive: Archive, reader: Reader, past: Past, same: tuple[str, ...]) -> Near:
    """With the arguments also where they were too long to be compared: nothing else says that they are kept."""
    text = archive.text_in(reader, past.review.id, past.decision.note)
    note = None if text is None else written_text(text)
    kept = reader.revision(archive.tenant, past.action.id, past.review.revision)
    whole = past._replace(args=kept.args if kept else None)
    return Near(whole, same, note, reader.blob(archive.tenant, past.action.schema))


def similar(found: Found, names: Names) -> Similar:
    """The counts and the nearest, in words."""
    counts = dict.fromkeys(("approve", "edit", "reject", "send_back", "other"), 0)
    for past in found.all:
        counts[_counted_as(past)] += 1
    approved, edited, rejected, sent_back, other = counts.values()
    return Similar(approved, edited, rejected, sent_back, other, DAYS, tuple(_told(found.nearest, names)))


def _counted_as(past: Past) -> str:
    outcome = past.decision.outcome
    if outcome == "approve" and past.review.revision > 1:
        return "edit"
    return outcome if outcome in ("approve", "edit", "reject", "send_back") else "other"


def _told(nearest: Iterable[Near], names: Names) -> Iterator[Nearest]:
    for past, same, note, schema in nearest:
        gist = said(past.action, past.review.bind, past.args, schema)
        made = past.decision
        yield Nearest(past.review.id, gist, made.outcome, names.who(made.by), made.at, note, same)
