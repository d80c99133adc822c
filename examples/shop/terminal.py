"""The shop's support desk in one terminal, in solo mode: `python -m examples.shop --terminal`."""

from __future__ import annotations

from typing import Final

from rich.console import Console

import handrail

from . import tickets
from .actions import gated
from .desk import Desk
from .narration import Narrator
from .place import COMMAND, HANDRAIL, State, summary
from .shop import Shop

RUN: Final = "support-2026-11-22"


def work(state: State, *, fresh: bool) -> int:
    """Returns the exit code: 0 when all is done, 130 after Ctrl-C."""
    state.prepare(fresh)
    shop, narrator = Shop(state.shop), Narrator(Console(highlight=False))
    _banner(narrator, state, shop)
    try:
        _support(state, shop, narrator)
    except KeyboardInterrupt:
        narrator.gap()
        narrator.say("stopped", f"what is open stays open; go on with: {COMMAND} --terminal")
        return 130
    narrator.gap()
    narrator.title("Every ticket is answered. The shop's database, when it was made → now:")
    narrator.table(summary(shop))
    narrator.say("again", f"{COMMAND} --terminal --fresh")
    return 0


def _support(state: State, shop: Shop, narrator: Narrator) -> None:
    """Work on every ticket that has no reply; a finished desk has nothing to open a run for."""
    rail = handrail.connect(state.reviews, agent="support-agent")
    desk = Desk(shop, gated(rail, shop), rail.context, narrator)
    if todo := desk.waiting(tickets.load()):
        with rail.run(RUN):
            desk.work(todo)


def _banner(narrator: Narrator, state: State, shop: Shop) -> None:
    now = {figure: value for figure, _, value in shop.figures()}
    narrator.gap()
    narrator.title("Copper Kettle, a kitchen shop with a support agent that asks before it acts")
    narrator.table(
        [
            (
                "shop",
                f"{now['orders']:,} orders of {now['customers']:,} customers, invented, in {state.shop}",
            ),
            ("agent", "follows rules; no model and no model key is used"),
            ("SOLO MODE", "you are the only person here: you decide alone, there is no quorum"),
            ("elsewhere", f"decide from a second terminal: {HANDRAIL} reviews list --db {state.reviews}"),
            ("stop", f"Ctrl-C; open questions are kept. Start over: {COMMAND} --terminal --fresh"),
        ]
    )
