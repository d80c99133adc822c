"""The shop's SQLite file: how it is made and opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from .generate import Generator

FIGURES: Final = """
SELECT 'customers' AS figure, count(*) AS value FROM customers WHERE merged_into IS NULL
UNION ALL SELECT 'accounts merged', count(*) FROM customers WHERE merged_into IS NOT NULL
UNION ALL SELECT 'orders', count(*) FROM orders
UNION ALL SELECT 'orders cancelled', count(*) FROM orders WHERE status = 'cancelled'
UNION ALL SELECT 'orders sent', count(*) FROM orders WHERE status IN ('shipped', 'delivered')
UNION ALL SELECT 'refunds', count(*) FROM refunds
UNION ALL SELECT 'captured, EUR', sum(captured) FROM payments
UNION ALL SELECT 'refunded, EUR', sum(refunded) FROM refunds
UNION ALL SELECT 'ordered from suppliers, EUR', coalesce(sum(cost), 0) FROM purchases
UNION ALL SELECT 'mail given to teams', count(*) FROM teams
UNION ALL SELECT 'prices changed', count(*) FROM price_changes
UNION ALL SELECT 'orders with their VAT', count(*) FROM order_taxes
UNION ALL SELECT 'days filed', count(*) FROM journal WHERE receipt != 'left out'
"""
"""What the summary compares; figures ending in EUR are cents."""


@contextmanager
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of work, rows by name, transactions left to the caller."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        yield db


VERSION: Final = 4
"""Of the schema, as the file itself says it."""


def is_current(path: Path) -> bool:
    """Whether there is a shop that this version of the example made."""
    if not path.exists():
        return False
    with connection(path) as db:
        return bool(db.execute("PRAGMA user_version").fetchone()[0] == VERSION)


def create(path: Path, seed: int = 1042) -> None:
    """Write a new shop to `path`, whole or not at all; the same seed gives the same rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".db-new")
    unfinished.unlink(missing_ok=True)
    with connection(unfinished) as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))
        db.execute("BEGIN")
        Generator(db, seed).fill()
        db.execute(f"INSERT INTO opening {FIGURES}")
        db.execute("COMMIT")
    unfinished.replace(path)
