"""The triage agent: gives each mail to a team. Where its classifier is unsure, people say which."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Literal, cast

from pydantic.dataclasses import dataclass
from rich.console import Console

import handrail
from handrail import Rail

from . import classifier
from .classifier import Classifier
from .crew import Crew
from .narration import Ticker
from .post import Post
from .shop import Shop
from .tickets import Ticket

NAME: Final = "triage-agent"
AT_ONCE: Final = 2
"""How many mails wait for people at most."""
PACE: Final = 5.0
"""Seconds between two looks into the mailbox."""
SURE: Final = 0.8
"""From this probability on nobody is asked: of what it says so surely, nine in ten are right."""
UNASSIGNED: Final = "nobody"
Team = Literal["accounts", "advice", "billing", "delivery", "returns"]


@dataclass(frozen=True)
class Label:
    """Whose a mail is, and how sure that is."""

    team: Team
    score: float


class Triage:
    """Works on the mail until told to stop."""

    def __init__(self, rail: Rail, shop: Shop, console: Console) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._post: Final = Post(shop)
        self._label: Final = gated(rail, Classifier(classifier.shipped()))
        self._crew: Final = Crew()
        self._seen: Final[set[str]] = set()

    def work(self, stop: threading.Event) -> None:
        """Take what is there, and then what comes."""
        while True:
            for ticket in self._new():
                self._seen.add(ticket.id)
                self._crew.begin(ticket.id, lambda ticket=ticket: self._assign(ticket), AT_ONCE, stop)  # type: ignore[misc]
            if stop.wait(PACE):
                return

    def _new(self) -> list[Ticket]:
        given = self._shop.look(lambda db: {row["ticket"] for row in db.execute("SELECT ticket FROM teams")})
        return [one for one in self._post.all() if one.id not in given | self._seen]

    def _assign(self, ticket: Ticket) -> None:
        voice = Ticker(self._console, NAME, ticket.id)
        try:
            with self._rail.run(f"triage {ticket.id}"), self._rail.context(sender=ticket.sender):
                team = self._label(ticket.text).team
                self._note(ticket, team)
        except handrail.Denied as denied:
            voice.say("denied", denied.note or denied.reason)
            self._note(ticket, UNASSIGNED)
        except handrail.HandrailError as error:
            voice.say("left", str(error))
        else:
            voice.say("given to", team, "green")

    def _note(self, ticket: Ticket, team: str) -> None:
        self._shop.transact(lambda db: db.execute("INSERT OR REPLACE INTO teams VALUES (?, ?)", (ticket.id, team)))


def gated(rail: Rail, model: Classifier) -> Callable[[str], Label]:
    """The classifier behind people: they see what it suggests wherever it is not sure enough."""

    @rail.confidence(
        name="tickets.triage", of=lambda label: label.score, threshold=SURE, within="30m", risk="low", reversible=True,
        impact="the team reads the mail first; it can pass it on",
    )  # fmt: skip
    def triage(text: str) -> Label:
        found = model.label(text)
        return Label(cast(Team, found.team), found.score)

    return triage
