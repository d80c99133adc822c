"""Exceptions: what fails is tried again, and then a person decides. `python -m examples.exceptions` in an empty folder.

A bookkeeper, a small HTTP server that this program starts, turns some papers away with 503. With the URL of a server
behind it, and a key in HANDRAIL_KEY, the same agent asks there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import handrail
from examples.shop import bookkeeper, books
from examples.shop.shop import Shop

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
shop = Shop.at(Path("shop.db"))
DAYS = ("2026-11-21", "2026-11-20", "2026-11-19")


def main() -> None:
    """File the sales of three days."""
    with bookkeeper.open_for(Path("books")) as office:

        @rail.exceptions(
            name="books.file", on=bookkeeper.Busy, retries=3, backoff="0.1s", idempotent=True, within="1h",
            context=lambda day: {"sales": shop.look(lambda db: books.summary(db, day))},
        )  # fmt: skip
        def file(day: str) -> str:
            print(f"{day}: knocking at the bookkeeper's door")
            return bookkeeper.file(office, f"journal/{day}", shop.look(lambda db: books.sales(db, day)))

        for day in DAYS:
            try:
                print(f"{day}: filed, receipt {file.having(key=day)(day)}")
            except handrail.ActionSkipped:
                print(f"{day}: left out, as somebody said")
            except handrail.ActionFailed as failed:
                print(f"{day}: not filed: {failed}")


if __name__ == "__main__":
    main()
