"""A company whose people are told, on a channel that keeps what it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from handrail.action.commands import Propose
from handrail.directory.commands import PutGroup, PutPerson
from handrail.directory.telling import Tell, Telling, telling_text
from handrail.directory.times import Times, times_text
from handrail.embedded import Database, Embedded, solo_person
from handrail.engine.archive import Archive
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.notify.channel import Address, Undeliverable, Unreachable
from handrail.notify.message import Message, title
from handrail.notify.sender import Sender
from handrail.policy.declaration import Declaration
from handrail.principal import SYSTEM, Principal, agent, person
from handrail.review.commands import Decide
from handrail.server.told import Told
from handrail.store.outbox import Count
from handrail.testing import FrozenClock
from handrail.view.model import folds

ORIGIN: Final = "https://hand.rail"
BOT: Final = agent("agt_bot", "osu_owner")


class Sink:
    """A channel that keeps what it was given; `fails` says what happens instead, once each."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Message]] = []
        self.fails: list[Exception] = []

    def send(self, message: Message, to: Address) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.told.append((to.to, message))

    def titles(self) -> list[str]:
        """Who was told what, as one line each; then nothing is left."""
        found = [f"{who}: {title(message)}" for who, message in self.told]
        self.told.clear()
        return found


UNREACHABLE: Final = Unreachable("the mail server does not answer")
UNDELIVERABLE: Final = Undeliverable("the mail server refuses the address")


class World:
    """One database, its people by handle, and a sender for the channel `mail`."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self.clock = FrozenClock()
        self.database = Database(self.path, self.clock)
        self.boss = Embedded(self.database, solo_person)
        self.bot = self.acting(BOT)
        self.archive = Archive(lambda: self.database.process)
        self.names = self.database.process.engine.names("default")
        self.people: dict[str, str] = {}
        self.sink = Sink()
        self.sender = self.another()

    def another(self, sink: Any = None, name: str = "mail") -> Sender:
        """A sender of another server."""
        told = Told(self.archive, ORIGIN, self.now)
        return Sender(
            self.database.process.store, name, sink or self.sink, lambda _: told, self.now, mint("srv")
        )  # fmt: skip

    def now(self) -> int:
        """The time that counts."""
        return self.clock.now()

    def acting(self, who: Principal) -> Embedded:
        """Commands of a principal."""
        return Embedded(self.database, lambda _: who)

    def person(
        self, handle: str, *groups: str, window: int | None = None, by: tuple[str, ...] = ("mail",),
        times: Times | None = None,
    ) -> str:  # fmt: skip
        """Somebody who is told by mail."""
        found = self.people.setdefault(handle, mint("usr"))
        for group in groups:
            self.boss.call(self.names.group(group), PutGroup(self.names.look_up("group", group), f"group:{group}"))
        ids = tuple(sorted(self.names.group(group) for group in groups))
        ways = tuple(Tell(one, handle if one == "mail" else "") for one in by)
        telling = telling_text(Telling(ways, window) if window else Telling(ways))
        self.boss.call(
            found,
            PutPerson(
                self.names.look_up("user", handle),
                None,
                ids,
                f"user:{handle}",
                handle,
                telling=telling,
                times=times_text(times) if times else None,
            ),
        )
        return found

    def ask(self, number: int = 1, **declared: Any) -> str:
        """An action that people are asked about; gives back the review."""
        given = {"reviewers": ("group:team",), "within": 600_000_000, **declared}
        declaration = Declaration("approval", **given)
        asked = Propose(f"pay.wire{number}", '{"n":1}', "sha256:0", "{}", declaration)
        answer = self.bot.call(mint("act"), asked)
        review: str = answer["review"]
        return review

    def decide(self, handle: str, review: str, outcome: str = "approve") -> None:
        """A person decides."""
        record, who = self.boss.review(review), person(self.people[handle], "local")
        note, seen = None if outcome == "approve" else "no", folds(record.view) or ()
        self.acting(who).call(review, Decide(outcome, record.state.view, note=note, seen=seen))  # type: ignore[arg-type]

    def pass_(self, seconds: float, *due: str) -> None:
        """Let time pass, and do what is due."""
        self.clock.advance(seconds)
        for one in due:
            self.database.process.engine.call(Request(mint("cmd"), one, Tick(), SYSTEM))

    def told(self) -> list[str]:
        """Send everything that is due; who was told what."""
        while (due := self.sender.turn()) is not None and due <= self.now():
            pass
        return self.sink.titles()

    def counts(self) -> dict[str, int]:
        """How many parcels stand how."""
        with self.database.process.store.outbox() as box:
            found: list[Count] = box.counts()
        return {one.status: one.number for one in found}

    def close(self) -> None:
        """Close the database."""
        self.database.close()
