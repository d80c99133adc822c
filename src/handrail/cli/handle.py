"""What else can happen to a review: claim, release, delegate, escalate, comment, revoke, withdraw."""

from __future__ import annotations

from typing import Annotated

import typer

from ..action.commands import Withdraw
from ..backend import ReviewRecord
from ..review import commands as c
from . import gist
from .ask import reason
from .decide import Note, Which
from .desk import Db, Desk, desk
from .page import say
from .people import person
from .refusal import refused


def claim(review: Which, db: Db = None) -> None:
    """Say that you are at it, for 15 minutes: a signal to the others, not a lock."""
    with desk(db) as at:
        record = _send(at, review, c.Claim())
        say(f"{gist.short(record.state.id)} is yours until {gist.at(at, record.state.claim_until or 0)}.", "good")


def release(review: Which, db: Db = None) -> None:
    """Give your claim back."""
    with desk(db) as at:
        record = _send(at, review, c.Release())
        say(f"Nobody is at {gist.short(record.state.id)} now.", "good")


def delegate(
    review: Which,
    to: Annotated[str, typer.Argument(metavar="PERSON", help="A handle, such as ann.")],
    note: Note = None,
    db: Db = None,
) -> None:
    """Ask one more person; those who are asked stay asked."""
    with desk(db) as at:
        found = person(at, to)
        record = _send(at, review, c.Delegate(found, note))
        say(f"{gist.name(at, found)} may decide {gist.short(record.state.id)}, too.", "good")


def escalate(review: Which, note: Note = None, db: Db = None) -> None:
    """Ask the next level of the ladder now."""
    with desk(db) as at:
        record = _send(at, review, c.Escalate(note)).state
        asked = ", ".join(gist.name(at, one) for one in record.demand.levels[record.level].ask)
        say(f"{gist.short(record.id)} asks {asked}, too, until {gist.at(at, record.deadline)}.", "good")


def comment(
    review: Which, text: Annotated[str | None, typer.Argument(metavar="TEXT", help="What to say.")] = None,
    note: Note = None, db: Db = None,
) -> None:  # fmt: skip
    """Say something to the others without deciding."""
    with desk(db) as at:
        record = _send(at, review, c.Comment(reason(text or note, "What?")))
        say(f"Noted on {gist.short(record.state.id)}.", "good")


def revoke(review: Which, note: Note = None, db: Db = None) -> None:
    """Take your vote back, while the time for that lasts."""
    with desk(db) as at:
        record = _send(at, review, c.Revoke(note))
        say(f"Your vote is taken back; {gist.short(record.state.id)} is open again.", "good")


def withdraw(review: Which, note: Note = None, db: Db = None) -> None:
    """Take the action itself back before it runs; for the one who answers for its agent."""
    with desk(db) as at:
        record = at.review(review)
        at.backend.call(record.state.action, Withdraw("withdrawn", note))
        say(f"{gist.short(record.state.action)} is withdrawn and will not run.", "good")


def _send(at: Desk, given: str, command: c.Command) -> ReviewRecord:
    record = at.review(given)
    with refused(gist.short(record.state.id)):
        at.backend.call(record.state.id, command)
    return at.backend.review(record.state.id)
