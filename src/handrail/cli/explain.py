"""`handrail explain`: what was asked, who could decide at each moment, and why it ran or not; told from the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import to_builtins

from ..backend import ActionRecord
from ..clock import to_datetime
from ..directory.events import AccessDenied
from ..errors import UnknownReview
from ..gate.notice import local_zone
from ..review.events import Decided, Expired, Opened, Superseded, Withdrawn
from ..view.columns import wrap
from ..view.escape import visible
from ..view.lines import BLANK, Line, Span
from ..view.model import Erased
from ..view.words import digest, listed
from . import gist
from .actions import WhichAction
from .desk import Db, Desk, desk
from .outcome import told
from .page import Json, labelled, show, tell, width
from .past import Asked, Membership, Moment, moments
from .story import Teller, allowed

TIME: int = 10
CLOSING = (Decided, Expired, Withdrawn, Superseded)


def explain(action: WhichAction, json: Json = False, db: Db = None) -> None:
    """Tell an action's life from the log: what was asked, who could decide when, and why it ran or not."""
    with desk(db) as at:
        record = at.backend.action(at.action(action))
        found = moments(at.site.explanation(record.state.id))
        if json:
            tell([_json(at, moment) for moment in found if _told(moment)])
        else:
            show([*_head(at, record), BLANK, *_timeline(at, found)])


def _head(at: Desk, record: ActionRecord) -> list[Line]:
    state = record.state
    text, style = told(at, record)
    title = f"{visible(state.name)}  {state.id}"
    lines = [Line("title", title, (Span(len(title) - len(state.id), len(title), "muted"),))]
    lines += labelled("What", gist.what(record))
    lines += labelled("Bytes", f"{digest(state.bind)}, revision {state.revision}", "muted")
    lines += labelled("State", text, style)
    return lines + labelled("Because", _because(at, record))


def _because(at: Desk, record: ActionRecord) -> str:
    state = record.state
    if state.asked is None:
        return f"{allowed(state.reason, state.rule)}; nobody was asked"
    try:
        review = at.backend.review(state.asked)
    except UnknownReview:
        return visible(state.reason)
    made = review.state.decision
    if made is None:
        ended = {"expired": "nobody decided in time", "withdrawn": "it needed no answer any more"}
        return ended.get(review.state.status, f"{gist.short(review.state.id)} waits for people")
    who = listed(sorted(gist.name(at, one) for one in made.counted)) or gist.name(at, made.by)
    note = f": “{visible(review.decision.note)}”" if review.decision and review.decision.note else ""
    return f"{who} {gist.PAST[made.outcome]} in {gist.short(review.state.id)}, on exactly these bytes{note}"


def _told(moment: Moment) -> bool:
    return not moment.entry.type.startswith("person.")


def _timeline(at: Desk, found: list[Moment]) -> Iterator[Line]:
    """The entries in order, under the day; after each that changed it, who could decide from then on."""
    teller = Teller(lambda id_: gist.name(at, id_), lambda time: gist.at(at, time))
    people, asked = Membership(), dict[str, Asked]()
    could: dict[str, frozenset[str]] = {}
    day = ""
    for moment in found:
        _read(moment, people, asked)
        changed = _changed(people, asked, could, moment.entry.at)
        if not (_told(moment) or changed):
            continue
        if day != (day := _day(moment.entry.at)):
            yield Line("heading", day)
        yield from _entry(moment, teller.tell(moment))
        for may in changed:
            names = listed(sorted(gist.name(at, one) for one in may)) or "nobody"
            yield from _below(f"may decide now: {names}")


def _read(moment: Moment, people: Membership, asked: dict[str, Asked]) -> None:
    people.read(moment)
    if isinstance(moment.event, Opened):
        asked[moment.subject] = Asked()
    if moment.subject in asked:
        asked[moment.subject].read(moment.event)
    if isinstance(moment.event, CLOSING):
        asked.pop(moment.subject, None)


def _changed(
    people: Membership, asked: dict[str, Asked], could: dict[str, frozenset[str]], at: int
) -> list[frozenset[str]]:  # fmt: skip
    """The open reviews' sets of deciders that are other than before."""
    news = [may for review, one in asked.items() if could.get(review) != (may := one.may(people, at))]
    could.update({review: one.may(people, at) for review, one in asked.items()})
    return news


def _day(time: int) -> str:
    local = to_datetime(time).astimezone(local_zone())
    return f"{local.day} {local:%B %Y}"


def _entry(moment: Moment, text: str) -> Iterator[Line]:
    time = f"{to_datetime(moment.entry.at).astimezone(local_zone()):%H:%M:%S}"
    refused = isinstance(moment.event, AccessDenied)
    first, *rest = wrap(text, width() - TIME)
    yield Line("flag" if refused else "fact", f"{time}  {first}", (Span(0, len(time), "muted"),))
    yield from (Line("fact", " " * TIME + row) for row in rest)


def _below(text: str) -> Iterator[Line]:
    yield from (Line("muted", " " * TIME + row) for row in wrap(text, width() - TIME))


def _json(at: Desk, moment: Moment) -> dict[str, Any]:
    entry = moment.entry
    texts = {name: {"$erased": text.digest} if isinstance(text, Erased) else text for name, text in entry.texts.items()}
    return {
        "index": entry.index, "at": entry.at, "type": entry.type, "subject": moment.subject, "rev": entry.rev,
        "by": {**to_builtins(entry.by), "name": at.backend.name(entry.by.id)}, "from": entry.before, "to": entry.after,
        "bind": entry.bind, "data": dict(entry.data), "texts": texts,
    }  # fmt: skip
