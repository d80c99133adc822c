"""The migration agent: works out the VAT of all orders in ten minutes, under watch, and does as it is told."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from itertools import count
from typing import Final

from rich.console import Console

import handrail
from handrail import Rail
from handrail.monitors import longer_than, silent, spend_above

from . import money, taxes
from .guidance import Guidance
from .narration import Ticker
from .shop import Shop
from .taxes import Order

NAME: Final = "migration-agent"
TITLE: Final = "Work out the VAT of every order"
PATIENCE: Final = 1.0
"""Seconds from a run that was stopped before to the next one: where the agent itself is stopped, each is refused."""
BATCH: Final = 5
"""Orders in one transaction."""
LETTERS: Final = 4
"""Characters that make a token."""
PRICE: Final = 0.000_05
"""EUR for a token: spend and tokens are what a model would cost that reads the orders; none is called."""


class Migration:
    """One run, which a restart enters again where it was; a new one where people have stopped the one before."""

    def __init__(self, rail: Rail, shop: Shop, console: Console) -> None:
        self._rail, self._shop, self._console = rail, shop, console
        self._drop: Final = rail.cleanup(name="taxes.drop")(self._drop_work)

    def work(self, stop: threading.Event) -> None:
        """Work until it is done, or until people stop it."""
        for number in count(1):
            if stop.is_set() or self._shop.look(taxes.done):
                return
            try:
                run = self._rail.start(
                    self._migrate, title=TITLE, id=f"vat {number}", supervisors="group:desk",
                    monitors=[spend_above(5), longer_than("1h"), silent("5m")],
                )  # fmt: skip
            except handrail.RunFinished:
                continue
            except handrail.Stopped:
                stop.wait(PATIENCE)
                continue
            try:
                self._say("done", f"{run.result():,} orders have their VAT", "green")
            except handrail.Stopped as stopped:
                self._say("stopped", stopped.reason)
            except handrail.HandrailError as error:
                self._say("left", str(error))
            return

    async def _migrate(self) -> int:
        """The work itself; how many orders have their tax."""
        run, told = handrail.watched_run(), Guidance()
        self._shop.transact(taxes.begin)
        await run.cleanup_async(self._drop)
        self._say("begins", f"{len(self._shop.look(taxes.weeks))} weeks of orders, a step for each")
        async for week in run.steps(self._shop.look(taxes.weeks)):
            for text in run.guidance:
                understood = told.follow(text)
                self._say("told", understood)
                run.note(understood)
            async with run.interruptible():
                await self._tax(run, week, told)
        return self._shop.transact(taxes.put_in_place)

    async def _tax(self, run: handrail.WatchedRun, week: str, told: Guidance) -> None:
        """One week, in some seconds; whatever of it was done before is done again."""
        found = self._shop.look(partial(taxes.orders, week=week, left_out=told.left_out))
        for start in range(0, len(found), BATCH):
            self._shop.transact(partial(taxes.add, found=found[start : start + BATCH]))
            await asyncio.sleep(told.pause)
        tokens = len(str(found)) // LETTERS
        run.report(week, _result(found), spend=tokens * PRICE, tokens=tokens)

    def _drop_work(self) -> None:
        self._shop.transact(taxes.drop)
        self._say("cleans up", "the table for the time being is gone")

    def _say(self, label: str, text: str, style: str = "") -> None:
        Ticker(self._console, NAME, "vat").say(label, text, style)


def _result(found: list[Order]) -> str:
    return f"{len(found)} orders, {money.text(sum(one.tax for one in found))} VAT"
