"""What the demo says in the terminal. Each line goes through `visible`: tickets may hold hostile text."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handrail.view.columns import clip
from handrail.view.escape import visible

from . import money
from .agent import Facts, Proposal, day
from .records import Customer, Order
from .tickets import Ticket


class Narrator:
    """Two columns: a quiet label and a line of text."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, label: str, text: str, style: str = "") -> None:
        """One line, wrapped under itself."""
        self.table([(label, text)], style)

    def gap(self) -> None:
        """An empty line."""
        self._console.print()

    def title(self, text: str) -> None:
        """A line that stands out."""
        self._console.print(Text(visible(text), "bold"))

    def table(self, rows: Iterable[tuple[str, str]], style: str = "") -> None:
        """Several lines, without a blank line between them."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(min_width=_LABEL, no_wrap=True)
        grid.add_column(overflow="fold")
        for label, text in rows:
            grid.add_row(Text(visible(label), "dim"), Text(visible(text), style))
        self._console.print(grid)

    def link(self, label: str, address: str) -> None:
        """An address, in one piece however narrow the terminal is."""
        head = Text(f"{visible(label):<{_LABEL}}  ", "dim")
        self._console.print(head.append(visible(address), "bold"), soft_wrap=True)

    def ticket(self, ticket: Ticket) -> None:
        """A ticket's head."""
        self.gap()
        self.title(f"{ticket.id}  {ticket.name}: {ticket.subject}")

    def facts(self, ticket: Ticket, facts: Facts) -> None:
        """What was looked up, in one or two lines."""
        self.say("looked up", "; ".join(_looked_up(ticket, facts)))

    def proposal(self, proposal: Proposal) -> None:
        """What the agent would like to do."""
        arguments = ", ".join(f"{name}={_plain(value)}" for name, value in proposal.arguments.items())
        self.say("proposes", f"{proposal.action}  {arguments}")


_LABEL = 9


def _looked_up(ticket: Ticket, facts: Facts) -> list[str]:
    lines = [_customer(facts.sender) if facts.sender else f"{ticket.sender} is no customer"]
    if facts.order:
        lines.append(_order(facts.order))
    if facts.owner and facts.owner != facts.sender:
        lines.append(f"that order is {facts.owner.name}'s")
    if facts.other:
        lines.append(f"the other account is {_customer(facts.other)}")
    if facts.product and not facts.order:
        lines.append(f"{facts.product.name}, {facts.product.stock} in stock")
    return lines


def _customer(customer: Customer) -> str:
    return f"{customer.id} {customer.name}, since {customer.since[:4]}, {customer.orders} orders"


def _order(order: Order) -> str:
    returned = f"{money.text(order.refunded)} refunded" if order.refunded else "nothing refunded"
    return f"{order.id} {order.status} {day(order.since)}, {money.text(order.captured)} captured, {returned}"


def _plain(value: object) -> str:
    """Text in quotes, without the escapes of `repr`: `visible` draws them."""
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


class Ticker:
    """One line for each thing that happens, for agents that do many at once. Threads may share the console."""

    def __init__(self, console: Console, agent: str, subject: str) -> None:
        self._console, self._agent, self._subject = console, agent, subject

    def say(self, label: str, text: str, style: str = "") -> None:
        """One line; what the agent writes back is left out."""
        if label == "replies":
            return
        head = Text.assemble((f"{self._agent:<16}  {visible(self._subject):<10}  ", "dim"), f"{visible(label):<10} ")
        self._console.print(head.append(visible(text), style), soft_wrap=True)

    def ticket(self, ticket: Ticket) -> None:
        """Nothing is said before there is something to decide."""

    def facts(self, ticket: Ticket, facts: Facts) -> None:
        """Nothing is said before there is something to decide."""

    def proposal(self, proposal: Proposal) -> None:
        """What the agent would like to do."""
        arguments = ", ".join(f"{name} {_plain(value)}" for name, value in proposal.arguments.items())
        self.say("asks", f"{proposal.action}  {clip(arguments, _LINE)}")


_LINE = 90
