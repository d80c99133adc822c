"""The support agent at a server: many tickets at once, each in a run of its own that a restart continues."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console

import handrail
from handrail import Rail

from . import agent
from .actions import gated
from .agent import Facts
from .crew import Crew
from .desk import Desk, Tools
from .narration import Ticker
from .post import Post
from .reading import read
from .shop import Shop
from .tickets import Ticket

NAME: Final = "support-agent"
AT_FIRST: Final = 9
LATER: Final = 6
"""How many tickets are worked on at once: of those that are there, and of those that come while the demo runs."""
PACE: Final = 20.0
"""Seconds between one mail and the next."""


class Support:
    """Works on the mail until told to stop."""

    def __init__(self, rail: Rail, shop: Shop, console: Console) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._post: Final = Post(shop)
        self._tools: Final[Tools] = gated(rail, shop)
        self._look_up: Final = _look_up(rail, shop)
        self._crew: Final = Crew()

    def work(self, stop: threading.Event) -> None:
        """Take what is there, and then what comes."""
        for ticket in self._there():
            self._begin(ticket, AT_FIRST, stop)
        while not stop.wait(PACE):
            self._crew.wait_for_room(LATER, stop)
            came = self._post.deliver()
            if came is None:
                return
            self._begin(came, LATER, stop)

    def _there(self) -> Iterator[Ticket]:
        answered = self._shop.answered()
        return (one for one in self._post.all() if one.id not in answered)

    def _begin(self, ticket: Ticket, most: int, stop: threading.Event) -> None:
        self._crew.begin(ticket.id, lambda: self._deal_with(ticket), most, stop)

    def _deal_with(self, ticket: Ticket) -> None:
        voice = Ticker(self._console, NAME, ticket.id)
        desk = Desk(self._shop, self._tools, self._rail.context, voice, self._look_up)
        try:
            with self._rail.run(f"ticket {ticket.id}"):
                desk.work([ticket])
        except handrail.HandrailError as error:
            voice.say("left", str(error))


def _look_up(rail: Rail, shop: Shop) -> Any:
    """Looking things up, as an action that the policy lets run: people see in a ticket's run what the agent saw."""

    @rail.approval(name="shop.look_up", within="15m", risk="low", reversible=True)
    def look_up(ticket: str) -> Facts:
        found = next(one for one in Post(shop).all() if one.id == ticket)
        return agent.look_up(found, read(found), shop)

    return lambda ticket: look_up(ticket.id)
