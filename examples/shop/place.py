"""Where the demo keeps what it writes, and how its programs are called."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import database, money
from .shop import Shop


def _program(name: str) -> str:
    """How a person starts a program that is installed beside this Python: by its name where the shell finds it."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if not beside.exists() or (found and os.path.samefile(Path(found).parent, beside.parent)):
        return name
    return os.path.relpath(beside)


COMMAND: Final = f"{_program('python')} -m examples.shop"
HANDRAIL: Final = _program("handrail")


@dataclass(frozen=True, slots=True)
class State:
    """The folder that holds all that the demo writes."""

    folder: Path

    @property
    def shop(self) -> Path:
        """The shop's own database."""
        return self.folder / "shop.db"

    @property
    def handrail(self) -> Path:
        """Where Handrail keeps reviews and its log."""
        return self.folder / "handrail.db"

    @property
    def reviews(self) -> str:
        """The same as a URL."""
        return f"sqlite:///{self.handrail.as_posix()}"

    @property
    def books(self) -> Path:
        """Where the bookkeeper files what it is sent."""
        return self.folder / "books"

    @property
    def channels(self) -> Path:
        """How the server tells people, as an operator writes it."""
        return self.folder / "notify.yaml"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    def key(self, agent: str) -> Path:
        """The key with which an agent comes in."""
        return self.folder / f"{agent}.key"

    def prepare(self, fresh: bool) -> None:
        """Make the shop if there is none, or only an older one; reviews of a shop that is gone go with it."""
        if database.is_current(self.shop) and not fresh:
            return
        for kind in ("shop.db*", "handrail.db", "handrail.db-wal", "handrail.db-shm", "*.key"):
            for path in self.folder.glob(kind):
                path.unlink()
        shutil.rmtree(self.books, ignore_errors=True)
        database.create(self.shop)


def summary(shop: Shop) -> Iterator[tuple[str, str]]:
    """What is different in the shop's database since it was made."""
    for figure, before, now in shop.figures():
        yield figure, f"{_figure(figure, before)} → {_figure(figure, now)}" if before != now else "unchanged"


def _figure(name: str, value: int) -> str:
    return f"{money.amount(value):,}" if name.endswith("EUR") else f"{value:,}"
