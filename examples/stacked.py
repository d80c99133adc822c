"""Patterns together, on an event loop: `python -m examples.stacked` in an empty folder.

A mail goes to a team where the classifier is sure, else people say to which. People approve a refund; its note is
filed by a bookkeeper who may be too busy: with retries, then people again. It is one run that people watch and may stop
(`handrail runs watch "mail of 2026-11-22"`), and that a restart continues.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from decimal import Decimal
from pathlib import Path

import handrail
from examples.shop import agent, bookkeeper, operations, reading, tickets
from examples.shop.classifier import Classifier, Label, shipped
from examples.shop.shop import Shop
from examples.shop.tickets import Ticket
from handrail.monitors import repeated

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
RUN = "mail of 2026-11-22"
shop, model, mail = Shop.at(Path("shop.db")), Classifier(shipped()), tickets.load()


@rail.confidence(name="tickets.triage", of=lambda label: label.score, threshold=0.8)
async def triage(text: str) -> Label:
    return model.label(text)


@rail.approval(name="payments.refund", within="15m", context=lambda order, **_: {"order": shop.standing(order)})
@rail.exceptions(on=bookkeeper.Busy, retries=2, backoff="0.1s")
async def refund(order: str, amount: Decimal, reason: str, office: handrail.Local[str]) -> str:
    def both(db: sqlite3.Connection) -> str:
        made = operations.refund(db, order, amount, reason)
        return bookkeeper.file(office, f"refunds/{order}", f"{made}\n")

    return await asyncio.to_thread(shop.transact, both)


async def deal_with(ticket: Ticket, office: str) -> str:
    """What became of a mail, which those who watch are told, too."""
    team = (await triage(ticket.text)).team
    plan = agent.plan(ticket, found := reading.read(ticket), agent.look_up(ticket, found, shop))
    if team != "returns" or not isinstance(plan, agent.Proposal) or plan.action != "payments.refund":
        outcome = f"goes to {team}"
    else:
        with rail.context(ticket=ticket.id, sender=ticket.sender):
            outcome = f"refunded, receipt {await refund(**plan.arguments, office=office)}"
    handrail.watched_run().report(ticket.id, outcome)
    return outcome


async def main() -> None:
    """Deal with all mail at once."""
    with bookkeeper.open_for(Path("books")) as office:
        async with rail.oversight_async(RUN, id=RUN, monitors=[repeated(5)]):
            done = await asyncio.gather(*(deal_with(one, office) for one in mail), return_exceptions=True)
    print("\n".join(f"{ticket.id}  {outcome}" for ticket, outcome in zip(mail, done, strict=True)))


if __name__ == "__main__":
    asyncio.run(main())
