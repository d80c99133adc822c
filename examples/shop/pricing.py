"""The price agent: asks suppliers for prices, again where one does not answer, and asks to raise those of the shop."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Final

from rich.console import Console

import handrail
from handrail import Rail
from handrail.monitors import longer_than, repeated

from . import money, prices
from .narration import Ticker
from .operations import ShopRefused
from .prices import Changed, Rise
from .shop import Shop

NAME: Final = "price-agent"
TITLE: Final = "Ask suppliers for their prices"
PACE: Final = 1.0
"""Seconds between one question to a supplier and the next."""
REST: Final = 30.0
"""Seconds between one change of a price and the next."""
TOO_OFTEN: Final = 5
"""So many equal questions in a row pause the agent."""


class Pricing:
    """Two kinds of work side by side: questions to suppliers, under watch, and changes of prices."""

    def __init__(self, rail: Rail, shop: Shop, console: Console) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._quote: Final = _quotes(rail, shop)
        self._change: Final = _changes(rail, shop)

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        for kind, piece in {"quotes": self._ask_around, "price": self._raise_next}.items():
            threading.Thread(target=self._keep_on, args=(kind, piece, stop), name=kind, daemon=True).start()
        stop.wait()

    def _keep_on(self, kind: str, piece: Callable[[str, threading.Event], bool], stop: threading.Event) -> None:
        """One piece after another, until there is nothing left to do."""
        for number in count(1):
            run = f"{kind} {number}"
            try:
                if not piece(run, stop) or stop.wait(REST):
                    return
            except handrail.RunFinished:
                continue
            except handrail.Stopped as stopped:
                self._say(run, "stopped", stopped.reason)
                if stop.wait(REST):
                    return
            except handrail.HandrailError as error:
                self._say(run, "left", str(error))
                return

    def _ask_around(self, name: str, stop: threading.Event) -> bool:
        """Ask for the price of each product: again and again where there is no answer, until people say something."""
        todo, patient = deque(self._shop.look(prices.products)), True
        watch = [repeated(TOO_OFTEN), longer_than("1h")]
        with self._rail.oversight(TITLE, id=name, supervisors="group:desk", monitors=watch) as run:
            for product in run.steps(_rounds(todo)):
                if run.guidance:
                    patient = False
                    self._say(name, "told", "from now on it leaves out what has no answer")
                answer = self._quote(product)
                run.report(product, answer)
                if answer != prices.UNANSWERED or not patient:
                    todo.popleft()
                if stop.wait(PACE):
                    break
        self._say(name, "done", "every supplier was asked", "green")
        return False

    def _raise_next(self, run: str, stop: threading.Event) -> bool:
        """Ask to raise the price of what has become dear; whoever does not answer in time is not waited for."""
        found = next(iter(self._shop.look(prices.rises)), None)
        if found is None:
            return False
        with self._rail.run(run), self._rail.context(quote=money.text(found.quote), price=money.text(found.price)):
            self._raise(run, found)
        return True

    def _raise(self, run: str, found: Rise) -> None:
        self._say(run, "asks", f"prices.change  {found.product} to {money.text(found.fair)}; it climbs until answered")
        try:
            self._say(run, "done", str(self._change(found.product, money.amount(found.fair))), "green")
        except handrail.Expired:
            self._say(run, "too late", "nobody decided in time; nothing was changed")
        except handrail.Denied as denied:
            self._say(run, "denied", denied.note or denied.reason)
        except (ShopRefused, handrail.ActionFailed) as error:
            self._say(run, "refused", f"{error}; nothing was changed")

    def _say(self, run: str, label: str, text: str, style: str = "") -> None:
        Ticker(self._console, NAME, run).say(label, text, style)


def _rounds(todo: deque[str]) -> Iterator[str]:
    """What is first in the queue, until it is empty."""
    while todo:
        yield todo[0]


def _quotes(rail: Rail, shop: Shop) -> Callable[[str], str]:
    """The question to a supplier, which the policy lets run."""

    @rail.approval(name="shop.quote", risk="low", reversible=True)
    def quote(product: str) -> str:
        return shop.look(partial(prices.quote, product=product))

    return quote


def _changes(rail: Rail, shop: Shop) -> Callable[[str, Decimal], Changed]:
    @rail.approval(
        name="prices.change", within="30m", risk="medium",
        describe=lambda product, price: f"Sell {product} for {price:,} EUR",
        impact="customers pay this from their next order on",
        preview=lambda **arguments: shop.rehearse(partial(prices.change_price, **arguments)),
    )  # fmt: skip
    def change(product: str, price: Decimal) -> Changed:
        return shop.transact(partial(prices.change_price, product=product, price=price))

    return change
