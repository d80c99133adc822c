"""What a change would do, read from the database before and after it.

The `reason` of a refund is left out: it is the agent's word, not a fact of the shop.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from . import money

Row = dict[str, Any]
Snapshot = dict[tuple[str, str], Row]

_WATCHED: Final = ("balances", "orders", "customers", "products", "refunds", "purchases")
_MONEY: Final = frozenset({"captured", "refunded", "kept", "price", "shipping", "discount", "cost"})
_UNSHOWN: Final = frozenset({"id", "reason"})
_SHOWN: Final = 8


def snapshot(db: sqlite3.Connection) -> Snapshot:
    """Every row that an action may touch, by table and id."""
    return {(table, row["id"]): dict(row) for table in _WATCHED for row in db.execute(f"SELECT * FROM {table}")}


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """A line for each change, with rows that change alike together; a long list is cut, and says so."""
    rows: dict[tuple[str, str], list[str]] = {}
    for key in sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)):
        table, row = key
        rows.setdefault((table, _change(before.get(key), after.get(key))), []).append(row)
    lines = [f"{table} {_together(names)}: {change}" for (table, change), names in rows.items()]
    if len(lines) > _SHOWN:
        return [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more changes"]
    return lines or ["nothing would change"]


def _together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} rows)"


def _change(before: Row | None, after: Row | None) -> str:
    if before is None or after is None:
        row, word = (after, "new") if after else (before, "removed")
        shown = {name: value for name, value in (row or {}).items() if name not in _UNSHOWN}
        return f"{word}, " + ", ".join(f"{name} {_value(name, value)}" for name, value in shown.items())
    changed = [name for name in after if before[name] != after[name]]
    return ", ".join(f"{name} {_value(name, before[name])} → {_value(name, after[name])}" for name in changed)


def _value(column: str, value: Any) -> str:
    if column in _MONEY:
        return str(money.amount(value))
    return "nothing" if value in (None, "") else str(value)
