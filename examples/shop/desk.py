"""The support desk: takes ticket after ticket, lets the agent plan, and carries out what may be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import handrail

from . import agent
from .agent import Answer, Facts, Proposal
from .operations import ShopRefused
from .reading import read
from .shop import Shop
from .tickets import Ticket


class Tool(Protocol):
    """A gated function: called it waits for the people, proposed it does not."""

    def __call__(self, *args: Any, **arguments: Any) -> object:
        """The result, once it was allowed and made."""

    def propose(self, *args: Any, **arguments: Any) -> Any:
        """A ticket with the `id` of what is held."""


class Voice(Protocol):
    """Says what the desk does, to whoever watches it."""

    def say(self, label: str, text: str, style: str = "") -> None:
        """One thing that happened."""

    def ticket(self, ticket: Ticket) -> None:
        """Work on a ticket begins."""

    def facts(self, ticket: Ticket, facts: Facts) -> None:
        """What was looked up."""

    def proposal(self, proposal: Proposal) -> None:
        """What the agent would like to do."""


Tools = Mapping[str, Tool]
Context = Callable[..., AbstractContextManager[Any]]
LookUp = Callable[[Ticket], Facts]

REVISIONS = 3
"""How often the agent tries to do better before it leaves a ticket to a colleague."""


class Desk:
    """`tools` are the gated functions by action name; `context` adds facts to what is proposed inside it; `look_up`
    finds what a ticket is about."""

    def __init__(
        self, shop: Shop, tools: Tools, context: Context, narrator: Voice, look_up: LookUp | None = None
    ) -> None:
        self._shop, self._tools, self._context, self._narrator = shop, tools, context, narrator
        self._look_up = look_up or (lambda ticket: agent.look_up(ticket, read(ticket), shop))

    def work(self, tickets: Iterable[Ticket]) -> None:
        """Deal with every ticket that has no reply yet."""
        for ticket in self.waiting(tickets):
            facts, plan = self._plan(ticket)
            match plan:
                case Answer(reply):
                    self._reply(ticket, reply)
                case Proposal():
                    self._reply(ticket, self._carry_out(ticket, facts, plan))

    def first_proposal(self, tickets: Iterable[Ticket]) -> tuple[Ticket, Proposal] | None:
        """Deal with tickets up to the first one that needs an action."""
        for ticket in self.waiting(tickets):
            match self._plan(ticket)[1]:
                case Answer(reply):
                    self._reply(ticket, reply)
                case Proposal() as proposal:
                    return ticket, proposal
        return None

    def waiting(self, tickets: Iterable[Ticket]) -> list[Ticket]:
        """Those that have no reply yet."""
        answered = self._shop.answered()
        return [ticket for ticket in tickets if ticket.id not in answered]

    def about(self, ticket: Ticket) -> AbstractContextManager[Any]:
        """What the agent knows about a ticket, for those who decide."""
        return self._context(ticket=ticket.id, sender=ticket.sender, subject=ticket.subject, message=ticket.body)

    def _plan(self, ticket: Ticket) -> tuple[Facts, agent.Plan]:
        reading = read(ticket)
        facts = self._look_up(ticket)
        self._narrator.ticket(ticket)
        self._narrator.facts(ticket, facts)
        plan = agent.plan(ticket, reading, facts)
        if isinstance(plan, Proposal):
            self._narrator.proposal(plan)
        return facts, plan

    def _carry_out(self, ticket: Ticket, facts: Facts, proposal: Proposal) -> str:
        """Call the tool, again with changes when the people ask for them; returns what to reply."""
        for _ in range(REVISIONS):
            try:
                with self.about(ticket):
                    result = self._tools[proposal.action](**proposal.arguments)
            except handrail.ChangesRequested as asked:
                self._narrator.say("sent back", asked.note)
                revised = agent.revise(proposal, asked.note, facts)
                if revised is None:
                    break
                proposal = revised
                self._narrator.proposal(proposal)
            except handrail.Expired:
                self._narrator.say("too late", "nobody decided in time; nothing was done")
                break
            except handrail.Denied as denied:
                self._narrator.say("denied", denied.note or denied.reason)
                return agent.turned_down(proposal)
            except (ShopRefused, handrail.ActionFailed) as error:
                self._narrator.say("refused", f"{error}; nothing was changed")
                break
            else:
                self._narrator.say("done", str(result), "green")
                return proposal.reply
        return _LEFT_TO_A_COLLEAGUE

    def _reply(self, ticket: Ticket, text: str) -> None:
        self._shop.reply(ticket.id, text)
        self._narrator.say("replies", text)


_LEFT_TO_A_COLLEAGUE = "We need a little more time for this; a colleague will write to you."
