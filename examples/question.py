"""A question: the program asks, and goes on with the answer. `python -m examples.question` in an empty folder.

You are asked in the terminal, and everything is kept in handrail.db beside the shop's own shop.db. With the URL of a
server behind it, and a key in HANDRAIL_KEY, the same agent asks there.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import handrail
from examples.shop import money, stockroom
from examples.shop.shop import Shop

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
shop = Shop.at(Path("shop.db"))


def main() -> None:
    """Find the product that runs out first, ask from whom to order it, and order it."""
    short = shop.look(stockroom.shortages)[0]
    offers = {one.supplier: f"{money.text(one.price)} a piece, in {one.days} days" for one in stockroom.offers(short)}
    try:
        chosen = rail.ask(
            f"{short.name}: {short.stock} left, {short.sold} sold in 30 days. From whom do we order?",
            options=[*offers, "nobody"], context=offers, within="1d", key=f"restock {short.id}",
        )  # fmt: skip
    except handrail.Denied:
        chosen = "nobody"
    if chosen == "nobody":
        print(f"{short.name} is not ordered")
    else:
        order = partial(stockroom.order_stock, product=short.name, pieces=20, supplier=chosen)
        print(shop.transact(order))


if __name__ == "__main__":
    main()
