"""The warehouse agent: orders what runs out, asks which supplier, and hands parcels to the carrier."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, Final

from rich.console import Console

import handrail
from handrail import Rail

from . import money, stockroom
from .narration import Ticker
from .operations import ShopRefused
from .records import Offer, Shortage
from .shop import Shop
from .stockroom import Purchase, Sent

NAME: Final = "warehouse-agent"
PACE: Final = 25.0
"""Seconds between one piece of work and the next of its kind."""
PRECIOUS: Final = 4_000
"""From this price on, in cents, people choose the supplier."""
USUAL: Final = stockroom.SUPPLIERS[0][0]
CARRIER: Final = "Swift Parcel"
TITLES: Final = {
    "stock": "Order what runs out", "choice": "Choose a supplier for what is precious", "van": "Load the next van"
}  # fmt: skip
VAN: Final = 3
"""How many parcels one van takes."""
Work = Callable[[str], bool]


class Warehouse:
    """Three kinds of work at once, each piece in a watched run of its own that a restart continues."""

    def __init__(self, rail: Rail, shop: Shop, console: Console) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._order, self._hand_over = _on_stock(rail, shop), _on_parcels(rail, shop)
        self._looks: Final = _looks(rail, shop)

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        kinds: dict[str, Work] = {"stock": self._restock, "choice": self._choose, "van": self._load_van}
        for kind, piece in kinds.items():
            threading.Thread(target=self._keep_on, args=(kind, piece, stop), name=kind, daemon=True).start()
        stop.wait()

    def _keep_on(self, kind: str, piece: Work, stop: threading.Event) -> None:
        """One piece after another, until there is nothing left to do."""
        for run in _names(kind):
            voice = Ticker(self._console, NAME, run)
            try:
                with self._rail.oversight(TITLES[kind], id=run, supervisors="group:desk"):
                    more = piece(run)
            except handrail.RunFinished:
                continue
            except handrail.Stopped as stopped:
                voice.say("stopped", stopped.reason)
                more = True
            except handrail.HandrailError as error:
                voice.say("left", str(error))
                return
            if not more or stop.wait(PACE):
                return

    def _restock(self, run: str) -> bool:
        """Order the cheap product that runs out first, from the usual supplier."""
        found = next((one for one in self._looks["shop.shortages"]() if one.price < PRECIOUS), None)
        if found is None:
            return False
        self._buy(run, found, USUAL)
        return True

    def _choose(self, run: str) -> bool:
        """Ask from whom to order the precious product that runs out first, and order it."""
        found = next((one for one in self._looks["shop.shortages"]() if one.price >= PRECIOUS), None)
        if found is None:
            return False
        question = f"{found.name}: {found.stock} left, {found.sold} sold in 30 days. From whom do we order?"
        options = [_offered(offer) for offer in stockroom.offers(found)]
        self._say(run, "asks", question)
        try:
            chosen = self._rail.ask(question, options=[*options, "nobody"], to="group:desk", within="45m")
        except handrail.Expired:
            self._say(run, "too late", "nobody answered in time; nothing was ordered")
            return True
        self._say(run, "answer", chosen, "green")
        if chosen != "nobody":
            self._buy(run, found, chosen.partition(":")[0])
        return True

    def _buy(self, run: str, found: Shortage, supplier: str) -> None:
        pieces = max(10, found.sold * 2 - found.stock)
        self._say(run, "asks", f"stock.order  {pieces} of {found.name} from {supplier}")
        offers = [_offered(offer) for offer in stockroom.offers(found)]
        with self._rail.context(stock=f"{found.stock} left, {found.sold} sold in 30 days", offers=offers):
            self._tell(run, lambda: self._order(found.name, pieces, supplier))

    def _load_van(self, run: str) -> bool:
        """Hand parcels to the next van; if nobody allows it in time, the one after that takes them."""
        ready = self._looks["shop.packed"]()[:VAN]
        if not ready:
            return False
        self._say(run, "asks", f"orders.hand_over  {', '.join(ready)} to {CARRIER}, before its van leaves")
        self._tell(run, lambda: self._hand_over(ready, CARRIER))
        return True

    def _tell(self, run: str, call: Callable[[], object]) -> None:
        """Make a call and say how it ended."""
        try:
            self._say(run, "done", str(call()), "green")
        except handrail.Expired:
            self._say(run, "too late", "nobody decided in time; nothing was done")
        except handrail.Denied as denied:
            self._say(run, "denied", denied.note or denied.reason)
        except (ShopRefused, handrail.ActionFailed) as error:
            self._say(run, "refused", f"{error}; nothing was changed")

    def _say(self, run: str, label: str, text: str, style: str = "") -> None:
        Ticker(self._console, NAME, run).say(label, text, style)


def _names(kind: str) -> Iterator[str]:
    return (f"{kind} {n}" for n in count(1))


def _offered(offer: Offer) -> str:
    days = "1 day" if offer.days == 1 else f"{offer.days} days"
    return f"{offer.supplier}: {money.text(offer.price)} a piece, in {days}"


def _looks(rail: Rail, shop: Shop) -> dict[str, Callable[[], Any]]:
    """Looking things up, which the policy lets run."""

    @rail.approval(name="shop.shortages", risk="low", reversible=True)
    def shortages() -> list[Shortage]:
        return shop.look(stockroom.shortages)

    @rail.approval(name="shop.packed", risk="low", reversible=True)
    def packed() -> list[str]:
        return shop.look(stockroom.packed)

    return {"shop.shortages": shortages, "shop.packed": packed}


def _on_stock(rail: Rail, shop: Shop) -> Callable[[str, int, str], Purchase]:
    @rail.approval(
        name="stock.order", within="45m", risk="low", reversible=True,
        describe=lambda product, pieces, supplier: f"Order {pieces} of {product} from {supplier}",
        impact="the supplier is paid on delivery; until then the order can be cancelled",
        preview=_rehearsal(shop, stockroom.order_stock),
    )  # fmt: skip
    def order(product: str, pieces: int, supplier: str) -> Purchase:
        return shop.transact(partial(stockroom.order_stock, product=product, pieces=pieces, supplier=supplier))

    return order


def _on_parcels(rail: Rail, shop: Shop) -> Callable[[list[str], str], Sent]:
    @rail.approval(
        name="orders.hand_over", within="6m", risk="medium",
        describe=lambda orders, carrier: f"Hand {len(orders)} parcels to {carrier}",
        impact="what has left cannot be cancelled any more",
        preview=_rehearsal(shop, stockroom.hand_over),
    )  # fmt: skip
    def hand_over(orders: list[str], carrier: str) -> Sent:
        return shop.transact(partial(stockroom.hand_over, orders=orders, carrier=carrier))

    return hand_over


def _rehearsal(shop: Shop, operation: Callable[..., object]) -> Callable[..., list[str]]:
    return lambda **arguments: shop.rehearse(partial(operation, **arguments))
