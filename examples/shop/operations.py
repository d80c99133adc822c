"""The four things that change the shop. Each runs inside its caller's transaction, checks first, and raises
`ShopRefused` when the shop's own rules say no."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from . import money


class ShopRefused(Exception):
    """The shop's own rules do not allow this. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class RefundReceipt:
    """`captured` and `refunded` are the order's totals after this refund, in EUR."""

    refund: str
    order: str
    amount: Decimal
    captured: Decimal
    refunded: Decimal

    def __str__(self) -> str:
        balance = f"captured {self.captured:,}, refunded {self.refunded:,}"
        return f"refunded {self.amount:,} EUR on {self.order}; {balance}"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`refunded` is what went back with the cancellation, in EUR."""

    order: str
    refunded: Decimal

    def __str__(self) -> str:
        return f"cancelled {self.order}; gave back {self.refunded:,} EUR"


@dataclass(frozen=True, slots=True)
class Merged:
    """`orders` counts those that moved from `drop` to `keep`."""

    keep: str
    drop: str
    orders: int

    def __str__(self) -> str:
        return f"merged {self.drop} into {self.keep}; {self.orders} orders moved"


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement returned, every value as text, and how many rows it changed."""

    columns: list[str]
    rows: list[list[str]]
    changed: int

    def __str__(self) -> str:
        if self.columns:
            return f"rows returned: {len(self.rows)}"
        return f"rows changed: {self.changed}"


def refund(db: sqlite3.Connection, order: str, amount: Decimal, reason: str) -> RefundReceipt:
    """Give back part of what was captured on an order; `amount` is in EUR."""
    captured, refunded = _balance(db, order)
    try:
        asked = money.cents(amount)
    except ValueError as error:
        raise ShopRefused(str(error)) from error
    if asked <= 0:
        raise ShopRefused(f"a refund is above zero, not {amount}")
    if asked > captured - refunded:
        left = money.text(captured - refunded)
        raise ShopRefused(f"{money.text(asked)} is more than the {left} that {order} still holds")
    number = _add_refund(db, order, asked, reason)
    return RefundReceipt(number, order, money.amount(asked), money.amount(captured), money.amount(refunded + asked))


def cancel_order(db: sqlite3.Connection, order: str, reason: str) -> Cancelled:
    """Cancel an order that has not left yet and give everything back."""
    captured, refunded = _balance(db, order)
    (status,) = db.execute("SELECT status FROM orders WHERE id = ?", (order,)).fetchone()
    if status not in ("placed", "packed"):
        raise ShopRefused(f"{order} is {status}; only an order that has not left can be cancelled")
    db.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", (order,))
    if captured > refunded:
        _add_refund(db, order, captured - refunded, f"cancelled: {reason}")
    return Cancelled(order, money.amount(captured - refunded))


def merge_customers(db: sqlite3.Connection, keep: str, drop: str) -> Merged:
    """Move every order of `drop` to `keep` and close `drop` for good."""
    if keep == drop:
        raise ShopRefused(f"{keep} cannot be merged into itself")
    for account in (keep, drop):
        row = db.execute("SELECT merged_into FROM customers WHERE id = ?", (account,)).fetchone()
        if row is None:
            raise ShopRefused(f"there is no customer {account}")
        if row["merged_into"] is not None:
            raise ShopRefused(f"{account} was already merged into {row['merged_into']}")
    moved = db.execute("UPDATE orders SET customer = ? WHERE customer = ?", (keep, drop)).rowcount
    db.execute("UPDATE customers SET merged_into = ? WHERE id = ?", (keep, drop))
    return Merged(keep, drop, moved)


def execute(db: sqlite3.Connection, sql: str, params: list[str]) -> Rows:
    """Run one statement; it may read all and write customers and products. Returns 100 rows at most."""
    with _guarded(db):
        try:
            cursor = db.execute(sql, params)
            columns = [column[0] for column in cursor.description or ()]
            rows = [["" if value is None else str(value) for value in row] for row in cursor.fetchmany(ROWS)]
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise ShopRefused(f"the statement was refused: {error}") from error
    return Rows(columns, rows, max(cursor.rowcount, 0))


ROWS: Final = 100
WRITABLE: Final = frozenset({"customers", "products"})
_READS: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})
_WRITES: Final = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})


@contextmanager
def _guarded(db: sqlite3.Connection) -> Iterator[None]:
    """Money, orders, the schema, other files and transactions are out of a free statement's reach."""

    def judge(kind: int, name: str | None, *_: object) -> int:
        allowed = kind in _READS or (kind in _WRITES and name in WRITABLE)
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    db.set_authorizer(judge)
    try:
        yield
    finally:
        db.set_authorizer(None)


def _balance(db: sqlite3.Connection, order: str) -> tuple[int, int]:
    """Captured and refunded cents of an order."""
    row = db.execute("SELECT captured, refunded FROM balances WHERE id = ?", (order,)).fetchone()
    if row is None:
        raise ShopRefused(f"there is no order {order}")
    return row["captured"], row["refunded"]


def _add_refund(db: sqlite3.Connection, order: str, cents: int, reason: str) -> str:
    """Write one refund under the next number; returns that number."""
    (n,) = db.execute("SELECT count(*) + 1 FROM refunds").fetchone()
    number = f"R-{n:04}"
    db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?)", (number, order, cents, reason))
    return number
