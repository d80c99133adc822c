"""The support agent: rules from a ticket and what was looked up to an answer or a proposed action.

No model is asked. The rules are honest but simple-minded: they believe what a ticket says, look at the order
rather than at who writes, and refund whole lines. That is why somebody should look before they act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

from . import money
from .reading import Intent, Reading, amount_in
from .records import Customer, Order, Product
from .shop import Shop
from .tickets import Ticket


@dataclass(frozen=True, slots=True)
class Facts:
    """What the look-ups gave: who wrote, the order, its owner, an account named in the text, a product."""

    sender: Customer | None
    order: Order | None
    owner: Customer | None
    other: Customer | None
    product: Product | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Nothing to do but write back."""

    reply: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One call of a tool, and what to write back once it was made."""

    action: str
    arguments: dict[str, Any]
    reply: str


Plan = Answer | Proposal


def look_up(ticket: Ticket, reading: Reading, shop: Shop) -> Facts:
    """Ask the shop for everything that the ticket names."""
    order = shop.order(reading.order) if reading.order else None
    text = ticket.text.lower()
    return Facts(
        sender=shop.customer_by_email(ticket.sender),
        order=order,
        owner=shop.customer(order.customer) if order else None,
        other=shop.customer_by_email(reading.emails[0]) if reading.emails else None,
        product=next((product for product in shop.products() if product.kind in text), None),
    )


def plan(ticket: Ticket, reading: Reading, facts: Facts) -> Plan:
    """Decide what to do about a ticket."""
    intent = reading.intent
    match intent:
        case Intent.ERASE:
            return _erase(facts)
        case Intent.MOVE:
            return _move(reading, facts)
        case Intent.MERGE:
            return _merge(facts)
        case Intent.CANCEL:
            return _cancel(ticket, facts)
        case Intent.CHARGED_TWICE:
            return _charged_twice(ticket, facts)
        case Intent.REFUND:
            return _refund(ticket, reading, facts)
        case Intent.REFUND_STATUS:
            return _refund_status(facts)
        case Intent.TRACK:
            return _track(facts)
        case Intent.PRODUCT:
            return _product(facts)
        case Intent.OTHER:
            return Answer("Thank you for writing. A colleague will read this and come back to you.")
        case _:
            assert_never(intent)


def revise(proposal: Proposal, note: str, facts: Facts) -> Proposal | None:
    """The same proposal with what a reviewer asked for, or nothing when the rules cannot follow the note."""
    match proposal.action:
        case "payments.refund":
            amount = amount_in(note) or (_halved(proposal) if "half" in note.lower() else None)
            return _with(proposal, amount=amount) if amount else None
        case "customers.merge" if any(word in note.lower() for word in ("other way", "swap", "reverse")):
            keep, drop = proposal.arguments["keep"], proposal.arguments["drop"]
            return _with(proposal, keep=drop, drop=keep)
        case "db.execute" if facts.sender and _BY_NAME in proposal.arguments["sql"]:
            sql = proposal.arguments["sql"].replace(_BY_NAME, "WHERE id = ?")
            return _with(proposal, sql=sql, params=[facts.sender.id])
        case _:
            return None


def turned_down(proposal: Proposal) -> str:
    """What the customer reads when the desk decided against a proposal."""
    return {
        "payments.refund": "We cannot make this refund. Write again with photos if we missed something.",
        "orders.cancel": "We could not cancel the order. You may send it back free of charge.",
        "customers.merge": "We cannot join these accounts unless both owners write to us.",
        "db.execute": "We have not changed your details yet; a colleague will write to you.",
    }[proposal.action]


def _refund(ticket: Ticket, reading: Reading, facts: Facts) -> Plan:
    if facts.order is None:
        return _WHICH_ORDER
    text = ticket.text.lower()
    named = sum(line.price * line.quantity for line in facts.order.lines if line.kind in text)
    amount = reading.amount or money.amount(named or facts.order.captured)
    return _propose_refund(facts.order, amount, ticket.subject)


def _charged_twice(ticket: Ticket, facts: Facts) -> Plan:
    if facts.order is None:
        return _WHICH_ORDER
    if len(facts.order.payments) < 2:
        return Answer(f"We see one charge of {money.text(facts.order.captured)} on {facts.order.id}.")
    return _propose_refund(facts.order, money.amount(facts.order.payments[-1]), ticket.subject)


def _propose_refund(order: Order, amount: Decimal, reason: str) -> Proposal:
    arguments = {"order": order.id, "amount": amount, "reason": reason}
    return Proposal("payments.refund", arguments, f"Sorry about that. Your refund on {order.id} is on its way to you.")


def _cancel(ticket: Ticket, facts: Facts) -> Plan:
    if facts.order is None:
        return _WHICH_ORDER
    if facts.order.status not in ("placed", "packed"):
        return Answer(f"{facts.order.id} is already {facts.order.status}. Send it back within 30 days, free of charge.")
    arguments = {"order": facts.order.id, "reason": ticket.subject}
    return Proposal("orders.cancel", arguments, f"{facts.order.id} is cancelled and your money is on its way back.")


def _merge(facts: Facts) -> Plan:
    if facts.sender is None or facts.other is None:
        return Answer("We could not find both accounts. Which addresses did you sign up with?")
    arguments = {"keep": facts.sender.id, "drop": facts.other.id}
    return Proposal("customers.merge", arguments, "Done: all orders are now in the account you wrote from.")


def _move(reading: Reading, facts: Facts) -> Plan:
    if facts.sender is None or reading.address is None:
        return Answer("Which address should we use from now on?")
    sql = "UPDATE customers SET street = ?, postcode = ?, city = ? WHERE id = ?"
    arguments = {"sql": sql, "params": [*reading.address, facts.sender.id]}
    return Proposal("db.execute", arguments, f"We changed your address to {', '.join(reading.address)}.")


_BY_NAME = "WHERE name = ?"


def _erase(facts: Facts) -> Plan:
    """Finds the rows by the customer's name: the kind of shortcut that a reviewer is there to catch."""
    if facts.sender is None:
        return Answer("We hold no data under this address.")
    if facts.sender.open_orders:
        return Answer("An order is still on its way to you; we will erase your data once it has arrived.")
    sql = f"UPDATE customers SET name = 'erased', email = id || '@erased.example', street = '' {_BY_NAME}"
    arguments = {"sql": sql, "params": [facts.sender.name]}
    return Proposal("db.execute", arguments, "We erased your name, mail address and street.")


def _refund_status(facts: Facts) -> Plan:
    if facts.order is None:
        return _WHICH_ORDER
    if not facts.order.refunded:
        return Answer(f"Nothing was refunded on {facts.order.id} so far. What went wrong with it?")
    return Answer(f"Yes: {money.text(facts.order.refunded)} went back to you on {facts.order.id}.")


def _track(facts: Facts) -> Plan:
    if facts.order is None:
        return _WHICH_ORDER
    return Answer(f"{facts.order.id} is {facts.order.status} since {day(facts.order.since)}; allow two to four days.")


def _product(facts: Facts) -> Plan:
    if facts.product is None:
        return Answer("Which product do you mean?")
    product = facts.product
    return Answer(f"{product.name} is {money.text(product.price)}, {product.stock} in stock.")


_WHICH_ORDER = Answer("Which order is this about? Its number starts with O-.")


def _with(proposal: Proposal, **arguments: Any) -> Proposal:
    return replace(proposal, arguments={**proposal.arguments, **arguments})


def _halved(proposal: Proposal) -> Decimal:
    amount: Decimal = proposal.arguments["amount"]
    return (amount / 2).quantize(Decimal("0.01"))


def day(iso: str) -> str:
    """As in `17 Nov`."""
    parsed = date.fromisoformat(iso)
    return f"{parsed.day} {parsed:%b}"
