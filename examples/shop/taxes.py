"""The VAT in what was paid for each order: worked out week by week in a table for the time being, then put in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WORK: Final = "order_taxes_in_work"
"""The table for the time being; when it is dropped, nothing of the migration is left."""
RATES: Final = {
    "AT": 200, "BE": 210, "CH": 81, "CZ": 210, "DE": 190, "DK": 250, "ES": 210, "FR": 200, "IE": 230, "IT": 220,
    "NL": 210, "PL": 230, "PT": 230, "SE": 250,
}  # fmt: skip
"""Per mille of the price before tax, by country."""
_MONDAY: Final = "date(o.placed, 'weekday 0', '-6 days')"


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what the shop kept of its money, in cents."""

    id: str
    country: str
    kept: int

    @property
    def tax(self) -> int:
        """The VAT in it, in cents."""
        rate = RATES[self.country]
        return round(self.kept * rate / (1000 + rate))


def begin(db: sqlite3.Connection) -> None:
    """Make the table for the time being, unless an earlier start has."""
    db.execute(f"CREATE TABLE IF NOT EXISTS {WORK} (order_id TEXT PRIMARY KEY, country TEXT, rate INT, tax INT) STRICT")


def weeks(db: sqlite3.Connection) -> list[str]:
    """The Mondays of all weeks with orders that have no tax yet, the oldest first; none once it is all in place."""
    if done(db):
        return []
    left = f"o.id NOT IN (SELECT order_id FROM {WORK})"
    rows = db.execute(f"SELECT DISTINCT {_MONDAY} AS week FROM orders AS o WHERE {left} ORDER BY week")
    return [row["week"] for row in rows]


def done(db: sqlite3.Connection) -> bool:
    """Whether the taxes are in place."""
    return db.execute("SELECT 1 FROM order_taxes").fetchone() is not None


def orders(db: sqlite3.Connection, week: str, left_out: Iterable[str]) -> list[Order]:
    """The orders of a week, without those from some countries."""
    rows = db.execute(
        f"""
        SELECT o.id, c.country, b.kept
        FROM orders AS o JOIN customers AS c ON c.id = o.customer JOIN balances AS b ON b.id = o.id
        WHERE {_MONDAY} = ? ORDER BY o.id
        """,
        (week,),
    )
    without = frozenset(left_out)
    return [Order(**dict(row)) for row in rows if row["country"] not in without]


def add(db: sqlite3.Connection, found: Iterable[Order]) -> None:
    """Keep the tax of some orders; the same ones again change nothing."""
    rows = [(one.id, one.country, RATES[one.country], one.tax) for one in found]
    db.executemany(f"INSERT OR REPLACE INTO {WORK} VALUES (?, ?, ?, ?)", rows)


def put_in_place(db: sqlite3.Connection) -> int:
    """Move everything from the table for the time being to where it belongs; how many orders that are."""
    moved = db.execute(f"INSERT INTO order_taxes SELECT order_id, country, rate, tax FROM {WORK}").rowcount
    drop(db)
    return int(moved)


def drop(db: sqlite3.Connection) -> None:
    """Remove the table for the time being with all that is in it."""
    db.execute(f"DROP TABLE IF EXISTS {WORK}")
