"""What the warehouse looks up and changes: orders to suppliers, and parcels that leave."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from . import money
from .operations import ShopRefused
from .records import Offer, Shortage

LITTLE: Final = 40
"""Pieces below which a product is ordered again."""
SUPPLIERS: Final = (("Nordholm", 52, 3), ("Vega & Sons", 48, 9), ("Lindgren", 55, 1))
"""Name, price as a percentage of the shop's, days until it comes."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order at a supplier; `cost` is in EUR."""

    id: str
    product: str
    pieces: int
    supplier: str
    cost: Decimal

    def __str__(self) -> str:
        return f"ordered {self.pieces} of {self.product} from {self.supplier} for {self.cost:,} EUR as {self.id}"


@dataclass(frozen=True, slots=True)
class Sent:
    """Parcels that left."""

    orders: list[str]
    carrier: str

    def __str__(self) -> str:
        return f"handed {len(self.orders)} parcels to {self.carrier}"


def shortages(db: sqlite3.Connection) -> list[Shortage]:
    """Products of which little is left and nothing is ordered, those that run out first at the top."""
    rows = db.execute(
        """
        SELECT p.id, p.name, p.price, p.stock, coalesce(sum(l.quantity), 0) AS sold
        FROM products AS p
        LEFT JOIN order_lines AS l ON l.product = p.id AND l.order_id IN (
            SELECT id FROM orders WHERE placed > (SELECT date(max(placed), '-30 days') FROM orders)
        )
        WHERE p.stock < ? AND p.id NOT IN (SELECT product FROM purchases)
        GROUP BY p.id ORDER BY p.stock, p.id
        """,
        (LITTLE,),
    )
    return [Shortage(**dict(row)) for row in rows]


def packed(db: sqlite3.Connection) -> list[str]:
    """Orders that are ready to leave, the newest first."""
    return [row["id"] for row in db.execute("SELECT id FROM orders WHERE status = 'packed' ORDER BY id DESC")]


def offers(shortage: Shortage) -> list[Offer]:
    """What each supplier asks for a product."""
    return [Offer(name, shortage.price * percent // 100, days) for name, percent, days in SUPPLIERS]


def order_stock(db: sqlite3.Connection, product: str, pieces: int, supplier: str) -> Purchase:
    """Order pieces of a product, by its name, from one of the suppliers."""
    row = db.execute("SELECT id, price FROM products WHERE name = ?", (product,)).fetchone()
    percent = next((percent for name, percent, _ in SUPPLIERS if name == supplier), None)
    if row is None or percent is None:
        raise ShopRefused(f"nobody called {supplier} sells us {product}")
    if not 0 < pieces <= 500:
        raise ShopRefused(f"{pieces} pieces are no order that the warehouse has room for")
    cost = row["price"] * percent // 100 * pieces
    (n,) = db.execute("SELECT count(*) + 1 FROM purchases").fetchone()
    number = f"S-{n:04}"
    db.execute("INSERT INTO purchases VALUES (?, ?, ?, ?, ?)", (number, row["id"], pieces, supplier, cost))
    return Purchase(number, product, pieces, supplier, money.amount(cost))


def hand_over(db: sqlite3.Connection, orders: list[str], carrier: str) -> Sent:
    """Give packed orders to a carrier: all of them, or none."""
    for order in orders:
        changed = db.execute("UPDATE orders SET status = 'shipped' WHERE id = ? AND status = 'packed'", (order,))
        if changed.rowcount != 1:
            raise ShopRefused(f"{order} is not packed, so nothing was handed over")
    return Sent(orders, carrier)
