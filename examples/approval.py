"""An approval: a refund is held until somebody has looked at it. `python -m examples.approval` in an empty folder.

You are asked in the terminal, and everything is kept in handrail.db beside the shop's own shop.db. With the URL of a
server behind it, and a key in HANDRAIL_KEY, the same agent asks there.
"""

from __future__ import annotations

import sqlite3
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path

import handrail
from examples.shop import money, operations
from examples.shop.shop import Shop

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
shop = Shop.at(Path("shop.db"))


def charges(order: str, **_: object) -> dict[str, str]:
    """What the shop itself knows, for whoever decides."""
    return {"order": shop.standing(order)}


@rail.approval(name="payments.refund", within="15m", risk="high", context=charges)
def refund(order: str, amount: Decimal, reason: str) -> str:
    return str(shop.transact(partial(operations.refund, order=order, amount=amount, reason=reason)))


def charged_twice(db: sqlite3.Connection) -> list[tuple[str, Decimal]]:
    """Orders that were paid twice and of which nothing went back, with what is too much."""
    rows = db.execute(
        "SELECT order_id, min(captured) FROM payments GROUP BY order_id HAVING count(*) > 1 "
        "AND order_id NOT IN (SELECT order_id FROM refunds)"
    )
    return [(order, money.amount(cents)) for order, cents in rows]


def main() -> None:
    """Look through all payments, and ask about each refund; a restart finds its question by the key."""
    for order, amount in shop.look(charged_twice):
        print(f"{order} was charged twice; asking whether {amount} EUR may go back")
        try:
            print(refund.having(key=f"twice {order}")(order, amount, "charged twice"))
        except handrail.Denied as denied:
            print(f"nothing was refunded: {denied.note or denied.reason}")
    print("all payments are looked through")


if __name__ == "__main__":
    main()
