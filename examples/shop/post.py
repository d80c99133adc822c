"""Mail that comes after the shipped tickets: customers of the shop write about orders that they really have."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple
from random import Random
from typing import Final

from . import tickets
from .generate import TODAY
from .shop import Shop
from .tickets import Ticket

FIRST: Final = 2001
FRAGILE: Final = (
    "tumbler", "carafe", "mug", "bowl", "plate", "teapot", "cast-iron pot", "milk pitcher", "pour-over set", "kettle",
    "copper kettle", "skillet", "saucepan", "mortar", "kitchen scale", "grinder",
)  # fmt: skip
"""What customers write about."""
_TEMPLATES: Final = (
    ("{kind} arrived broken", "The {kind} of my order {order} came in pieces. May I have a refund for it, please?"),
    (
        "Wrong {kind} in the box",
        "Order {order} is here, but the {kind} is not what I chose. I would like my money back.",
    ),
    ("{kind}: scratched", "The {kind} in {order} has deep scratches. I would like a refund for it."),
    ("About {order}", "I am not happy with the {kind}, please refund it. It was in {order}."),
)


class Post:
    """The mailbox of the shop. What came stays in it, so that an agent that starts again finds the same words."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def all(self) -> list[Ticket]:
        """The tickets that ship with the shop, and everything that came since."""
        return [*tickets.load(), *self.received()]

    def received(self) -> list[Ticket]:
        """Everything that came, in order."""
        rows = self._shop.look(lambda db: db.execute("SELECT * FROM mail ORDER BY id").fetchall())
        return [Ticket(**dict(row)) for row in rows]

    def deliver(self) -> Ticket | None:
        """The next mail, which is in the mailbox from now on; `None` once nobody has a reason to write."""
        return self._shop.transact(_write)


def _write(db: sqlite3.Connection) -> Ticket | None:
    (count,) = db.execute("SELECT count(*) FROM mail").fetchone()
    number = FIRST + count
    found = _reasons(db)
    if not found:
        return None
    random = Random(number)
    row = random.choice(found)
    words = {"order": row["order_id"], "kind": row["kind"]}
    subject, body = (text.format(**words) for text in random.choice(_TEMPLATES))
    ticket = Ticket(
        f"T-{number}", TODAY.isoformat(), row["name"], row["email"], subject[:1].upper() + subject[1:], body
    )
    db.execute("INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?)", astuple(ticket))
    return ticket


def _reasons(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Lines of recent orders that arrived, of customers who were not refunded and have not written yet."""
    return db.execute(
        f"""
        SELECT l.order_id, l.kind, c.name, c.email
        FROM named_lines AS l JOIN orders AS o ON o.id = l.order_id JOIN customers AS c ON c.id = o.customer
        WHERE o.status = 'delivered' AND c.merged_into IS NULL
            AND o.id > (SELECT max(id) FROM orders WHERE placed < (SELECT date(max(placed), '-45 days') FROM orders))
            AND l.kind IN ({", ".join("?" * len(FRAGILE))})
            AND o.id NOT IN (SELECT order_id FROM refunds) AND c.email NOT IN (SELECT sender FROM mail)
        ORDER BY l.order_id, l.line
        """,
        FRAGILE,
    ).fetchall()
