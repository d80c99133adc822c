"""A seeded generator of the shop's customers, products and orders, around those that tickets are about."""

from __future__ import annotations

import sqlite3
import unicodedata
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from .catalogue import CITIES, FIRST_NAMES, LAST_NAMES, METHODS, PRODUCTS, STREETS
from .planted import BUYERS, PURCHASES, QUIET, Buyer, Purchase

TODAY: Final = date(2026, 11, 22)
"""The day on which the shop's story plays; the data does not depend on the clock."""
CUSTOMERS: Final = 900
ORDERS: Final = 3_000
FIRST_ORDER: Final = 10_001
HISTORY: Final = timedelta(days=540)
FREE_SHIPPING: Final = 5_000
SHIPPING: Final = 490

_LEFT_THE_HOUSE: Final = ("shipped", "delivered", "cancelled")


class Generator:
    """Writes one shop into an empty schema; the same seed gives the same rows."""

    def __init__(self, db: sqlite3.Connection, seed: int) -> None:
        self._db, self._random = db, Random(seed)
        self._refunds = count(1)
        self._products = {name: (f"P-{n:03}", price) for n, (name, _, price) in enumerate(PRODUCTS, start=1)}

    def fill(self) -> None:
        """Write everything."""
        self._write_products()
        self._write_customers()
        active = [number for number in _numbers() if number not in QUIET]
        planted = {purchase.id: purchase for purchase in PURCHASES}
        for n in range(ORDERS):
            number, placed = f"O-{FIRST_ORDER + n}", TODAY - HISTORY + HISTORY * n / (ORDERS - 1)
            self._write_order(planted.get(number) or self._purchase(number, active, placed), placed)

    def _write_products(self) -> None:
        for name, kind, price in PRODUCTS:
            row = (self._products[name][0], name, kind, price, self._random.randint(3, 180))
            self._insert("products", row)
            self._insert("quotes", (row[0], _quote(row[0], price)))

    def _write_customers(self) -> None:
        cities = {city: (postcode, city, country) for postcode, city, country in CITIES}
        planted = {buyer.id: buyer for buyer in BUYERS}
        for number in _numbers():
            buyer = planted.get(number) or self._buyer(number)
            since = TODAY - HISTORY - timedelta(days=self._random.randint(0, 1500))
            home = (buyer.street, *cities[buyer.city])
            self._insert("customers", (number, buyer.name, buyer.email, *home, since.isoformat(), None))

    def _write_order(self, order: Purchase, placed: date) -> None:
        goods = sum(self._products[name][1] * quantity for name, quantity in order.lines)
        shipping = 0 if goods >= FREE_SHIPPING else SHIPPING
        days = self._random.randint(3, 6) if order.status in _LEFT_THE_HOUSE else 0
        since = min(TODAY, placed + timedelta(days=days))
        dates = (placed.isoformat(), order.status, since.isoformat())
        self._insert("orders", (order.id, order.customer, *dates, shipping, order.discount))
        for n, (name, quantity) in enumerate(order.lines, start=1):
            product, price = self._products[name]
            self._insert("order_lines", (order.id, n, product, quantity, price))
        self._write_money(order, goods + shipping - order.discount, placed)

    def _write_money(self, order: Purchase, total: int, placed: date) -> None:
        method = self._random.choice(METHODS)
        for charge in range(1, order.charges + 1):
            self._insert("payments", (f"{order.id}/{charge}", order.id, method, total, placed.isoformat()))
        cancelled = order.status == "cancelled"
        for cents, reason in ((total, "cancelled"),) if cancelled else order.refunded:
            self._insert("refunds", (f"R-{next(self._refunds):04}", order.id, cents, reason))

    def _buyer(self, number: str) -> Buyer:
        random = self._random
        first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
        plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower()).encode("ascii", "ignore").decode()
        email = f"{plain}{int(number[2:])}@{random.choice(('mail.example', 'post.example'))}"
        street = f"{random.choice(STREETS)} {random.randint(1, 120)}"
        return Buyer(number, f"{first} {last}", email, street, random.choice(CITIES)[1])

    def _purchase(self, number: str, customers: list[str], placed: date) -> Purchase:
        random = self._random
        wanted = dict.fromkeys(random.choices(PRODUCTS, _POPULARITY, k=random.choice((1, 1, 1, 2, 2, 3, 4))))
        lines = tuple((name, _quantity(random, price)) for name, _, price in wanted)
        status = self._status((TODAY - placed).days)
        damaged = status == "delivered" and random.random() < 0.03
        refunded = ((min(price for *_, price in wanted) // 2, "arrived damaged"),) if damaged else ()
        return Purchase(number, random.choice(customers), status, lines, refunded=refunded)

    def _status(self, age: int) -> str:
        """How far an order of that age in days has come."""
        if age > 1 and self._random.random() < 0.02:
            return "cancelled"
        return "placed" if age < 1 else "packed" if age < 2 else "shipped" if age < 5 else "delivered"

    def _insert(self, table: str, row: tuple[object, ...]) -> None:
        self._db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


_POPULARITY: Final = [price**-0.5 for *_, price in PRODUCTS]


def _numbers() -> list[str]:
    return [f"C-{n:04}" for n in range(1, CUSTOMERS + 1)]


def _quote(product: str, price: int) -> int | None:
    """Of seven products one has no quote yet, and for one the supplier asks much more than usual."""
    kind = int(product[2:]) % 7
    return None if kind == 4 else price * (78 if kind == 0 else 52) // 100


def _quantity(random: Random, price: int) -> int:
    return 1 if price > 10_000 else random.choice((1, 1, 1, 2, 4))
