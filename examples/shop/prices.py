"""What suppliers ask for the shop's products, and what the shop asks its customers."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from . import money
from .operations import ShopRefused

DEAR: Final = 70
"""Per cent of the shop's price; a product that costs the shop more is sold too cheaply."""
USUAL: Final = 55
"""Per cent of the shop's price that a supplier should ask."""
UNANSWERED: Final = "no answer yet"


@dataclass(frozen=True, slots=True)
class Rise:
    """A product that has become dear; all prices are in cents, `fair` is what it should be sold for."""

    product: str
    price: int
    quote: int

    @property
    def fair(self) -> int:
        """The price that leaves as much as usual, in whole euros."""
        return -(-self.quote // USUAL) * 100


@dataclass(frozen=True, slots=True)
class Changed:
    """A price that was changed, in EUR."""

    product: str
    before: Decimal
    price: Decimal

    def __str__(self) -> str:
        return f"{self.product} costs {self.price:,} EUR instead of {self.before:,} EUR"


def products(db: sqlite3.Connection) -> list[str]:
    """The names of everything that a supplier may be asked for."""
    rows = db.execute("SELECT name FROM products JOIN quotes ON product = id ORDER BY id")
    return [row["name"] for row in rows]


def quote(db: sqlite3.Connection, product: str) -> str:
    """What the usual supplier answers when asked for a price."""
    row = db.execute(
        "SELECT q.price FROM quotes AS q JOIN products ON product = id WHERE name = ?", (product,)
    ).fetchone()
    return UNANSWERED if row is None or row["price"] is None else money.text(row["price"])


def rises(db: sqlite3.Connection) -> list[Rise]:
    """What the shop sells too cheaply by now, the dearest first."""
    rows = db.execute(
        """
        SELECT p.name AS product, p.price AS price, q.price AS quote
        FROM products AS p JOIN quotes AS q ON q.product = p.id
        WHERE q.price * 100 > p.price * ? ORDER BY q.price DESC, p.id
        """,
        (DEAR,),
    )
    return [Rise(**dict(row)) for row in rows]


def change_price(db: sqlite3.Connection, product: str, price: Decimal) -> Changed:
    """Sell a product for another price, in EUR."""
    row = db.execute("SELECT id, price FROM products WHERE name = ?", (product,)).fetchone()
    if row is None:
        raise ShopRefused(f"the shop sells no {product}")
    try:
        cents = money.cents(price)
    except ValueError as error:
        raise ShopRefused(str(error)) from error
    if not 0 < cents <= 3 * row["price"]:
        raise ShopRefused(f"{price} EUR is no price for it: it costs {money.text(row['price'])}")
    db.execute("UPDATE products SET price = ? WHERE id = ?", (cents, row["id"]))
    db.execute("INSERT INTO price_changes VALUES (?, ?, ?)", (row["id"], row["price"], cents))
    return Changed(product, money.amount(row["price"]), money.amount(cents))
