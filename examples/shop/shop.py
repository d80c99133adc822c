"""The shop as its staff sees it: look-ups, changes, and rehearsals of changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from . import database, money
from .database import FIGURES, connection
from .operations import ShopRefused
from .records import Customer, Line, Order, Product
from .rehearsal import differences, snapshot

T = TypeVar("T")


class Shop:
    """One shop in one SQLite file; every call opens its own connection, so threads may share the object."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def at(cls, path: Path) -> Shop:
        """The shop in that file, made if there is none yet."""
        if not database.is_current(path):
            database.create(path)
        return cls(path)

    def transact(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run `operation` in one transaction: all of it, or nothing when it raises."""
        with connection(self.path) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                result = operation(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            return result

    def attempt(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """What `operation` would give; all of it is taken back."""
        with connection(self.path) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                return operation(db)
            finally:
                db.execute("ROLLBACK")

    def rehearse(self, operation: Callable[[sqlite3.Connection], object]) -> list[str]:
        """Run `operation` for real, note what changed, and take it all back; a line for each changed row."""
        with connection(self.path) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                before = snapshot(db)
                operation(db)
                return differences(before, snapshot(db))
            except ShopRefused as refusal:
                return [f"the shop would refuse: {refusal}"]
            finally:
                db.execute("ROLLBACK")

    def customer(self, account: str) -> Customer | None:
        """The customer with that id."""
        return next(iter(self._customers("id = ?", account)), None)

    def customer_by_email(self, email: str) -> Customer | None:
        """The customer with that address."""
        return next(iter(self._customers("lower(email) = lower(?)", email)), None)

    def customers_named(self, name: str) -> list[Customer]:
        """Everyone of that name."""
        return self._customers("name = ?", name)

    def order(self, order: str) -> Order | None:
        """The order with its lines and money."""
        found = self._rows("SELECT * FROM orders JOIN balances USING (id) WHERE id = ?", order)
        return self._order(found[0]) if found else None

    def orders_of(self, customer: str) -> list[Order]:
        """A customer's orders, the newest first."""
        sql = "SELECT * FROM orders JOIN balances USING (id) WHERE customer = ? ORDER BY id DESC"
        return [self._order(row) for row in self._rows(sql, customer)]

    def products(self) -> list[Product]:
        """Everything on sale."""
        return [Product(**row) for row in self._rows("SELECT name, kind, price, stock FROM products ORDER BY id")]

    def reply(self, ticket: str, text: str) -> None:
        """Answer a ticket, which closes it."""
        self.transact(lambda db: db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (ticket, text)))

    def answered(self) -> set[str]:
        """Ids of the tickets that have a reply."""
        return {row["ticket"] for row in self._rows("SELECT ticket FROM replies")}

    def look(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask the database something."""
        with connection(self.path) as db:
            return question(db)

    def figures(self) -> list[tuple[str, int, int]]:
        """Name, value when the shop was made, value now."""
        now = {row["figure"]: row["value"] for row in self._rows(FIGURES)}
        return [(row["figure"], row["value"], now[row["figure"]]) for row in self._rows("SELECT * FROM opening")]

    def standing(self, order: str) -> str:
        """One line on an order's money, or an empty one when there is no such order."""
        found = self.order(order)
        if found is None:
            return ""
        held = f"captured {money.text(found.captured)}, refunded {money.text(found.refunded)}"
        return f"{found.id} is {found.status}, {held}"

    def _rows(self, sql: str, *arguments: str) -> list[dict[str, Any]]:
        with connection(self.path) as db:
            return [dict(row) for row in db.execute(sql, arguments)]

    def _order(self, row: dict[str, Any]) -> Order:
        lines = self._rows("SELECT product, kind, quantity, price FROM named_lines WHERE order_id = ?", row["id"])
        payments = self._rows("SELECT captured FROM payments WHERE order_id = ? ORDER BY id", row["id"])
        return Order(
            **{name: row[name] for name in ("id", "customer", "placed", "status", "since", "captured", "refunded")},
            lines=tuple(Line(**line) for line in lines),
            payments=tuple(payment["captured"] for payment in payments),
        )

    def _customers(self, condition: str, argument: str) -> list[Customer]:
        rows = self._rows(f"SELECT * FROM accounts WHERE {condition} ORDER BY id", argument)
        return [Customer(**row) for row in rows]
