"""Sends what waits in the outbox on one channel: each message at least once, again after a failure, dead after many."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, cast

from ..clock import MINUTE, SECOND
from ..directory.telling import Telling
from ..ids import keyed
from ..store.outbox import Notice, Outbox, Parcel
from ..store.protocol import Store
from .channel import Address, Channel, Undeliverable, Unreachable
from .lookup import About, Lookup
from .message import Message, What

log: Final = logging.getLogger("handrail.notify")
ASKING: Final = frozenset({"asked", "reminded", "escalated"})
"""What is said only while people are still asked."""
ENDING: Final = frozenset({"handled", "expired", "closed"})
"""What is said only to those who were told before."""
NEWS: Final = frozenset({"alarm", "stopped", "failed", "lost"})
"""What is said of runs: never gathered, since each wants to be looked at now."""
FEW: Final = 5
"""What one person is told one by one on one channel, within the window that they chose; the rest is gathered."""
MANY: Final = 20
"""The same for news of runs, which is not gathered: what is more waits."""
PAGE: Final = 100
LEASE: Final = MINUTE
"""How long after the death of one server another one goes on."""
FIRST: Final = 5 * SECOND
LONGEST: Final = 30 * MINUTE
TRIES: Final = 15
"""After so many tries, about four hours, a parcel is dead."""
FAILING: Final = 3
"""So many failures in a row end a turn: the next one begins with what is due then."""


class _Turn(NamedTuple):
    """How somebody is told, and where."""

    telling: Telling
    to: Address


class Sender:
    """Sends on one channel. Of several on one database, one at a time does. `now` gives the time that counts there."""

    def __init__(
        self, store: Store, name: str, channel: Channel, lookup: Callable[[str], Lookup], now: Callable[[], int],
        holder: str,
    ) -> None:  # fmt: skip
        self.name: Final = name
        self._store, self._channel, self._lookup, self._now = store, channel, lookup, now
        self._holder: Final = holder
        self._until = 0
        self._failures = 0

    def turn(self) -> int | None:
        """Send what is due; when to look again (µs), or `None` where nothing waits. Raises `Unavailable`."""
        self._failures = 0
        now = self._now()
        with self._store.outbox() as box:
            first = box.next_due(self.name)
        if first is None or first > now:
            return first
        if not self._hold():
            return self._now() + LEASE // 3
        self._fan_out()
        for rows in self._by_person():
            if self._failures >= FAILING or not self._hold():
                return self._now() + FIRST
            self._tell(rows)
        with self._store.outbox() as box:
            return box.next_due(self.name)

    def release(self) -> None:
        """Let another one go on at once."""
        if self._until > self._now():
            self._until = 0
            with self._store.write() as tx:
                tx.hold("", self._lock, self._holder, self._now(), self._now(), self._now())

    @property
    def _lock(self) -> str:
        return f"outbox/{self.name}"

    def _hold(self) -> bool:
        """Whether this one may go on, for at least half a lease."""
        now = self._now()
        if self._until - now > LEASE // 2:
            return True
        with self._store.write() as tx:
            found = tx.hold("", self._lock, self._holder, now, now + LEASE, now + 2 * LEASE)
        self._until = found.until if found.holder == self._holder else 0
        return self._until > 0

    def _fan_out(self) -> None:
        """Give what is for everybody concerned to each of them."""
        with self._store.outbox() as box:
            rows = [one for one in box.due(self.name, self._now(), PAGE) if not one.person]
        for row in rows:
            lookup = self._lookup(row.tenant)
            about, people = lookup.about(row), frozenset[str]()
            if about is not None and (about.waits or row.what not in ASKING):
                people = lookup.concerned(row)
            with self._store.outbox(write=True) as box:
                told, unsaid = _before(box, row)
                if row.what in ENDING:
                    people = told - {about.by if about else ""}
                    box.drop(unsaid)
                box.put(row.tenant, [_notice(row, one) for one in sorted(people)])
                box.drop([row.id])

    def _by_person(self) -> list[list[Parcel]]:
        with self._store.outbox() as box:
            rows = [one for one in box.due(self.name, self._now(), PAGE) if one.person]
        found: dict[tuple[str, str], list[Parcel]] = {}
        for row in rows:
            found.setdefault((row.tenant, row.person), []).append(row)
        return list(found.values())

    def _tell(self, rows: list[Parcel]) -> None:
        """Tell one person what is due for them."""
        now, turn, lookup = self._now(), self._addressed(rows[0]), self._lookup(rows[0].tenant)
        quiet = lookup.quiet(rows[0], now)
        if turn is not None and quiet > now:
            return self._write(lambda box: box.move([one.id for one in rows], quiet))
        kept = {} if turn is None else self._timely(lookup, rows)
        stale = [one.id for one in rows if one not in kept]
        if stale:
            self._write(lambda box: box.drop(stale))
        if turn is not None and kept:
            self._paced(lookup, turn, kept, now)
        return None

    def _addressed(self, row: Parcel) -> _Turn | None:
        lookup = self._lookup(row.tenant)
        telling = lookup.telling(row)
        way = next((one for one in telling.ways if one.by == self.name), None)
        return None if way is None else _Turn(telling, Address(row.tenant, row.person, way.to, lookup.zone(row)))

    def _timely(self, lookup: Lookup, rows: list[Parcel]) -> dict[Parcel, About]:
        """What is still true: of several things about one review the last, and no question that has an answer."""
        last = {(one.sub, one.what in ASKING): one for one in rows}
        found: dict[Parcel, About] = {}
        for row in last.values():
            about = lookup.about(row)
            if about is not None and (about.waits or row.what not in ASKING):
                found[row] = about
        return found

    def _paced(self, lookup: Lookup, turn: _Turn, kept: dict[Parcel, About], now: int) -> None:
        """One by one where that is little, else gathered into one message; nothing where there was enough just now."""
        row, window = next(iter(kept)), turn.telling.window
        with self._store.outbox() as box:
            sent = box.sent_since(row.tenant, self.name, row.person, now - window)
        news = {one: about for one, about in kept.items() if one.what in NEWS}
        asked = {one: about for one, about in kept.items() if one.what not in NEWS}
        self._one_by_one(lookup, turn, news, sent, MANY, now)
        if 0 < FEW - len(sent) < len(asked):
            return self._send(turn, list(asked), self._digest(lookup, asked))
        return self._one_by_one(lookup, turn, asked, sent, FEW, now)

    def _one_by_one(
        self, lookup: Lookup, turn: _Turn, kept: dict[Parcel, About], sent: list[int], most: int, now: int
    ) -> None:
        """Each by itself; where as much was sent within the window already, when that is over."""
        if kept and len(sent) >= most:
            ids, then = [one.id for one in kept], sent[-most] + turn.telling.window
            return self._write(lambda box: box.move(ids, then))
        for one, about in kept.items():
            if self._failures < FAILING:
                self._send(turn, [one], self._message(one, about, lookup.link(one)))
        return None

    def _message(self, row: Parcel, about: About, link: str) -> Message:
        what = cast("What", row.what)
        return Message(
            self._id(row.tenant, row.id), what, row.at, link, about.kind, about.name, about.who, about.why,
            about.until if row.what in ASKING else None,
        )  # fmt: skip

    def _digest(self, lookup: Lookup, kept: dict[Parcel, About]) -> Message:
        rows = list(kept)
        waiting = len({one.sub for one, about in kept.items() if about.waits})
        whole = Message(self._id(rows[0].tenant, *(one.id for one in rows)), "digest", rows[-1].at, lookup.overview())
        return replace(whole, count=waiting, others=len({one.sub for one in rows}) - waiting)

    def _id(self, tenant: str, *ids: int) -> str:
        return keyed("msg", self._store.secret, tenant, *ids)

    def _send(self, turn: _Turn, rows: Sequence[Parcel], message: Message) -> None:
        """Hand a message over, and note what became of it. A crash in between sends it again."""
        ids = [one.id for one in rows]
        try:
            self._channel.send(message, turn.to)
        except Undeliverable as error:
            return self._failed(rows, str(error), dead=True)
        except Unreachable as error:
            return self._failed(rows, str(error))
        except Exception:
            log.exception("%s: a message could not be sent", self.name)
            return self._failed(rows, "an error that the server's log has")
        self._failures = 0
        return self._write(lambda box: box.sent(ids, self._now()))

    def _failed(self, rows: Sequence[Parcel], why: str, *, dead: bool = False) -> None:
        self._failures += not dead
        log.warning("%s: a message was not sent: %s", self.name, why)

        def note(box: Outbox) -> None:
            for one in rows:
                last = dead or one.tries + 1 >= TRIES
                box.failed(one.id, None if last else self._now() + pause(one.tries), why[:200])

        self._write(note)

    def _write(self, change: Callable[[Outbox], None]) -> None:
        with self._store.outbox(write=True) as box:
            change(box)


def pause(tries: int) -> int:
    """How long (µs) after the next failure it is tried again."""
    return min(FIRST << min(tries, 20), LONGEST)


def _notice(row: Parcel, person: str) -> Notice:
    return Notice(row.sub, row.rev, row.what, row.level, row.channel, person, row.at, row.at)


def _before(box: Outbox, row: Parcel) -> tuple[frozenset[str], list[int]]:
    """Who was asked about the same before, and what of it nobody was told yet."""
    earlier = [one for one in box.about(row.tenant, row.sub, row.channel) if one.person and one.what in ASKING]
    told = frozenset(one.person for one in earlier if one.status == "sent")
    return told, [one.id for one in earlier if one.status == "waiting"]
