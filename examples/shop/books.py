"""The books agent: has the sales of each day filed by the bookkeeper, who is too busy now and then."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Final

from rich.console import Console

import handrail
from handrail import Rail

from . import bookkeeper, money
from .generate import TODAY
from .narration import Ticker
from .shop import Shop

NAME: Final = "books-agent"
PACE: Final = 30.0
"""Seconds between one day and the next."""
LEFT_OUT: Final = "left out"


class Books:
    """Files one day after another, the newest first, until told to stop."""

    def __init__(self, rail: Rail, shop: Shop, console: Console, url: str) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._file: Final = gated(rail, shop, url)

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop, or until every day is filed."""
        while (day := self._shop.look(unfiled)) and self._deal_with(day):
            if stop.wait(PACE):
                return

    def _deal_with(self, day: str) -> bool:
        """Have a day filed, or leave it out; whether to go on with the next one."""
        voice = Ticker(self._console, NAME, day)
        voice.say("files", f"the sales of {day}")
        try:
            with self._rail.run(f"books {day}"):
                receipt = self._file(day)
                self._note(day, receipt)
        except (handrail.ActionFailed, handrail.ActionSkipped) as ended:
            voice.say("left out", str(ended))
            self._note(day, LEFT_OUT)
        except handrail.HandrailError as error:
            voice.say("left", str(error))
            return False
        else:
            voice.say("filed", f"receipt {receipt}", "green")
        return True

    def _note(self, day: str, receipt: str) -> None:
        self._shop.transact(lambda db: db.execute("INSERT OR REPLACE INTO journal VALUES (?, ?)", (day, receipt)))


def gated(rail: Rail, shop: Shop, url: str) -> Callable[[str], str]:
    """The filing: while the bookkeeper is busy it is tried again after 1, 2 and 4 seconds, then people decide."""

    @rail.exceptions(
        name="books.file", on=bookkeeper.Busy, retries=3, backoff="1s", idempotent=True, within="45m", risk="medium",
        describe=lambda day: f"File the sales of {day} with the bookkeeper",
        impact="the bookkeeper works with these figures; the same day again replaces them",
        context=lambda day: {"sales of the day": shop.look(lambda db: summary(db, day))},
    )  # fmt: skip
    def file(day: str) -> str:
        return bookkeeper.file(url, f"journal/{day}", shop.look(lambda db: sales(db, day)))

    return file


def unfiled(db: sqlite3.Connection) -> str | None:
    """The newest day with sales that is over and not in the journal."""
    newest = "SELECT max(placed) FROM orders WHERE placed < ? AND placed NOT IN (SELECT day FROM journal)"
    found: str | None = db.execute(newest, (TODAY.isoformat(),)).fetchone()[0]
    return found


def sales(db: sqlite3.Connection, day: str) -> str:
    """Each order of a day with what was paid and given back, as CSV in EUR."""
    rows = db.execute(
        "SELECT id, customer, captured, refunded FROM orders JOIN balances USING (id) WHERE placed = ? ORDER BY id",
        (day,),
    )
    lines = [f"{number},{who},{money.amount(paid)},{money.amount(back)}" for number, who, paid, back in rows]
    return "\n".join(["order,customer,captured,refunded", *lines, ""])


def summary(db: sqlite3.Connection, day: str) -> str:
    """How many orders a day has, and what was paid for them."""
    count, paid = db.execute(
        "SELECT count(*), sum(captured) FROM orders JOIN balances USING (id) WHERE placed = ?", (day,)
    ).fetchone()
    return f"{count} orders, {money.text(paid)} paid"
