"""The tickets that ship with the example."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ticket:
    """One mail to the support desk; every word in it is the sender's."""

    id: str
    received: str
    name: str
    sender: str
    subject: str
    body: str

    @property
    def text(self) -> str:
        """Subject and body."""
        return f"{self.subject}\n{self.body}"


def load() -> list[Ticket]:
    """All tickets, in the order in which they came."""
    shipped = Path(__file__).with_name("tickets.json").read_text(encoding="utf-8")
    return [Ticket(**ticket) for ticket in json.loads(shipped)]
