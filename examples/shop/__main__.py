"""Run the shop's support desk in a terminal: `python -m examples.shop`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

import handrail

from . import database, money, tickets
from .actions import gated
from .desk import Desk, Tools
from .narration import Narrator
from .shop import Shop
from .tickets import Ticket

RUN: Final = "support-2026-11-22"


def _program(name: str) -> str:
    """How a person starts a program that is installed beside this Python: by its name where the shell finds it."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if not beside.exists() or (found and os.path.samefile(found, beside)):
        return name
    return os.path.relpath(beside)


COMMAND: Final = f"{_program('python')} -m examples.shop"


@dataclass(frozen=True, slots=True)
class State:
    """The folder that holds all that the demo writes."""

    folder: Path

    @property
    def shop(self) -> Path:
        """The shop's own database."""
        return self.folder / "shop.db"

    @property
    def reviews(self) -> str:
        """Where Handrail keeps reviews and its log, as a URL."""
        return f"sqlite:///{(self.folder / 'handrail.db').as_posix()}"

    def prepare(self, fresh: bool) -> None:
        """Make the shop if there is none; reviews of a shop that is gone go with it."""
        if self.shop.exists() and not fresh:
            return
        for path in (*self.folder.glob("shop.db*"), *self.folder.glob("handrail.db*")):
            path.unlink()
        database.create(self.shop)


class FirstHeld(Exception):
    """The first action is held, and `--until-first` wants no more; leaving by an error keeps the run open."""


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 when all is done or the first review is held, 130 after Ctrl-C."""
    options = _options(arguments)
    state = State(options.state)
    state.prepare(options.fresh)
    shop, narrator = Shop(state.shop), Narrator(Console(highlight=False))
    _banner(narrator, state, shop)
    try:
        _support(state, shop, narrator, until_first=options.until_first)
    except FirstHeld:
        return 0
    except KeyboardInterrupt:
        narrator.gap()
        narrator.say("stopped", f"what is open stays open; go on with: {COMMAND}")
        return 130
    _summary(narrator, shop)
    return 0


def _support(state: State, shop: Shop, narrator: Narrator, *, until_first: bool) -> None:
    """Work on every ticket that has no reply; a finished desk has nothing to open a run for."""
    rail = handrail.connect(state.reviews, agent="support-agent")
    tools = gated(rail, shop)
    desk = Desk(shop, tools, rail.context, narrator)
    if todo := desk.waiting(tickets.load()):
        with rail.run(RUN):
            if until_first:
                _hold_first(desk, todo, tools, narrator, state)
            desk.work(todo)


def _hold_first(desk: Desk, todo: list[Ticket], tools: Tools, narrator: Narrator, state: State) -> None:
    """Propose the first action without waiting for it."""
    found = desk.first_proposal(todo)
    if found is None:
        return
    ticket, proposal = found
    with desk.about(ticket):
        held = tools[proposal.action].propose(**proposal.arguments)
    narrator.say("held", f"{held.id}; decide with: {_decide(state)}")
    raise FirstHeld


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
            ("elsewhere", f"decide from a second terminal: {_decide(state)}"),
            ("stop", f"Ctrl-C; open questions are kept. Start over: {COMMAND} --fresh"),
        ]
    )


def _summary(narrator: Narrator, shop: Shop) -> None:
    """What is different in the shop's database since it was made."""
    narrator.gap()
    narrator.title("Every ticket is answered. The shop's database, when it was made → now:")
    narrator.table(
        (figure, f"{_figure(figure, before)} → {_figure(figure, now)}" if before != now else "unchanged")
        for figure, before, now in shop.figures()
    )
    narrator.say("again", f"{COMMAND} --fresh")


def _figure(name: str, value: int) -> str:
    return f"{money.amount(value):,}" if name.endswith("EUR") else f"{value:,}"


def _decide(state: State) -> str:
    return f"{_program('handrail')} reviews list --db {state.reviews}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".demo"), help="folder for the two databases")
    parser.add_argument("--fresh", action="store_true", help="start over with a new shop")
    parser.add_argument("--until-first", action="store_true", help="end once the first action is held")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
