"""Oversight: new prices, one kind of product after another, while people watch. `python -m examples.oversight`.

After twenty kinds it pauses by itself, so that somebody looks at them: in another terminal, in the same folder,
`handrail runs watch "new prices"`, then `handrail runs resume "new prices"`; `runs guide` tells it to leave a kind out,
and after `runs stop` the old prices are put back. Begin in an empty folder; with the URL of a server or of PostgreSQL
behind it the same program is watched there.
"""

from __future__ import annotations

import sqlite3
import sys
from functools import partial
from pathlib import Path

import handrail
from examples.shop.shop import Shop
from handrail.monitors import longer_than, steps_above

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
shop = Shop.at(Path("shop.db"))
OLD = "CREATE TABLE old_prices AS SELECT id, price FROM products"
BACK = "UPDATE products SET price = (SELECT price FROM old_prices WHERE old_prices.id = products.id)"
FORGET = "DROP TABLE IF EXISTS old_prices"


@rail.cleanup(name="shop.old_prices")
def put_old_prices_back() -> None:
    shop.transact(lambda db: (db.execute(BACK), db.execute(FORGET)))
    print("the old prices are back")


def raise_prices(db: sqlite3.Connection, kind: str) -> str:
    made = db.execute("UPDATE products SET price = price * 105 / 100 WHERE kind = ?", (kind,))
    return f"{made.rowcount} products cost more"


def main() -> None:
    """Raise the prices of every kind of product by 5 %."""
    kinds = shop.look(lambda db: [str(row[0]) for row in db.execute("SELECT DISTINCT kind FROM products ORDER BY 1")])
    with rail.oversight("new prices", monitors=[steps_above(20), longer_than("1h")]) as run:
        shop.transact(lambda db: (db.execute(FORGET), db.execute(OLD)))
        run.cleanup(put_old_prices_back)
        told = ""
        for kind in run.steps(kinds):
            told += " ".join(run.guidance)
            if kind in told:
                run.note(f"{kind} is left out, as somebody said")
                print(f"{kind}: left out")
                continue
            done = shop.transact(partial(raise_prices, kind=kind))
            run.report(kind, done)
            print(f"{kind}: {done}")
        shop.transact(lambda db: db.execute(FORGET))


if __name__ == "__main__":
    try:
        main()
    except handrail.Stopped as stopped:
        print(f"stopped: {stopped.reason}")
