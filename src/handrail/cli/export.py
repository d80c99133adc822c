"""`handrail export`: what people decided, a line of JSON each, in the order of the log."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ..backend import Decided, Feedback
from ..clock import micros
from ..errors import UsageError
from ..learning.examples import covered
from ..wire.records import decided_out
from .desk import Db, desk

PAGE = 200


def decisions(
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Only from then on: 2026-01-31, or for how long, such as 30d."),
    ] = None,
    action: Annotated[str | None, typer.Option("--action", metavar="NAME", help="Only actions of this name.")] = None,
    db: Db = None,
) -> None:
    """Every decision as a line of JSON, for training and evaluation; secrets are covered, what was erased stays so."""
    with desk(db) as at:
        begin = instant(since, at.now()) if since else 0
        for made in _all(at.backend.feedback):
            if made.at >= begin and action in (None, made.name):
                sys.stdout.write(_line(made))
        sys.stdout.flush()


def _line(made: Decided) -> str:
    """ASCII alone, so that no text of an agent moves the terminal."""
    return json.dumps(decided_out(covered(made)), ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def _all(feedback: Feedback) -> Iterator[Decided]:
    position, more = -1, True
    while more:
        page = feedback.decisions(position, limit=PAGE)
        yield from page.items
        position, more = page.next, page.more


def instant(text: str, now: int) -> int:
    """A day, an instant, or so long before now. Raises `UsageError`."""
    try:
        return now - micros(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!a} is no time: give a day such as 2026-01-31, or a duration such as 30d") from None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
