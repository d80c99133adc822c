"""`handrail notify`: whether people are really told, and what to do where they were not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ..clock import SystemClock
from ..errors import UsageError
from ..ids import mint
from ..store.outbox import Count, Outbox
from ..view.words import count
from . import gist
from .desk import Db, Desk, desk
from .finding import Finding
from .local import LocalSite
from .page import Json, say, show, table, tell
from .refusal import refused

Notify = Annotated[
    str | None,
    typer.Option("--notify", envvar="HANDRAIL_NOTIFY", metavar="FILE", help="The file of channels, notify.yaml."),
]


def status(json: Json = False, db: Db = None) -> None:
    """What waits to be told, what was told in the last week, and what could not be."""
    with desk(db) as at, _outbox(at) as box:
        found = box.counts()
        if json:
            tell({"channels": [one._asdict() for one in found]})
        elif found:
            head = ("CHANNEL", "STATUS", "MESSAGES", "OLDEST")
            show(table(head, [_row(at, one) for one in found], grows=1, spans={0: "title"}))
            if any(one.status == "dead" for one in found):
                say("To send what is dead again: handrail notify redrive")
        else:
            say("Nothing was to be told yet. People say where with `tell:` in people.yaml.")


def _row(at: Desk, one: Count) -> tuple[str, ...]:
    return one.channel, one.status, f"{one.number:,}", gist.at(at, one.oldest)


def redrive(
    channel: Annotated[str | None, typer.Argument(metavar="CHANNEL", help="Of one channel [default: all].")] = None,
    db: Db = None,
) -> None:
    """Send what is dead again. Questions that have an answer by now are left out."""
    with desk(db) as at:
        at.require_administrator("sends messages again")
        with _outbox(at, write=True) as box:
            many = box.redrive(channel, at.now())
        said = f"{count(many, 'message')} will be sent again by the server." if many else "Nothing is dead there."
        say(said, "good" if many else "fact")


def test(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of the file, such as mail.")],
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Where, if the channel needs that.")] = "",
    notify: Notify = None,
) -> None:
    """Send a test message on a channel, now, and say what came of it."""
    with refused():
        from ..notify.channel import Address
        from ..notify.message import Message
        from ..notify.opening import channels

        found = channels(notify)
        if channel not in found:
            raise UsageError(f"there is no channel {channel[:40]!a} in the file of channels: name that with --notify")
        found[channel].send(Message(mint("msg"), "test", SystemClock().now(), ""), Address("", "", to))
        say(f"{channel} took the message.", "good")


def told(at: LocalSite) -> Iterator[Finding]:
    """Whether people can be told, for the doctor."""
    ways, file = sorted(at.directory.ways()), os.environ.get("HANDRAIL_NOTIFY")
    if not ways:
        yield Finding("Telling", "note", "nobody is told what waits for them: no `tell:` in people.yaml")
        return
    yield Finding("Telling", "good", f"people are told by {', '.join(ways)}")
    unknown = sorted({*ways} - _channels_of(file)) if file else []
    if unknown:
        words = f"people are told by {', '.join(unknown)}, which {file} has not: nothing is sent there"
        yield Finding("Channels", "warning", words)
    elif not file:
        words = "HANDRAIL_NOTIFY names no file of channels here: the server needs one, with --notify"
        yield Finding("Channels", "note", words)
    with at.database.process.store.outbox() as box:
        dead = sum(one.number for one in box.counts() if one.status == "dead")
    if dead:
        words = f"{count(dead, 'message')} could not be sent: see `handrail notify status`"
        yield Finding("Messages", "warning", words)


def _channels_of(file: str) -> frozenset[str]:
    from ..notify.settings import read_settings

    return frozenset(read_settings(file))


@contextmanager
def _outbox(at: Desk, *, write: bool = False) -> Iterator[Outbox]:
    site = at.site
    if not isinstance(site, LocalSite):
        raise UsageError("messages are kept in the database: run this where that is, with --db and its address")
    with site.database.process.store.outbox(write=write) as box:
        yield box
