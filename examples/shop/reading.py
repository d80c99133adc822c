"""What the rules make of a ticket's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from .tickets import Ticket


class Intent(StrEnum):
    """What the sender wants."""

    ERASE = "erase"
    MOVE = "move"
    MERGE = "merge"
    CANCEL = "cancel"
    CHARGED_TWICE = "charged twice"
    REFUND_STATUS = "refund status"
    REFUND = "refund"
    TRACK = "track"
    PRODUCT = "product"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """`emails` are addresses in the text other than the sender's; `address` is street, postcode and city."""

    intent: Intent
    order: str | None
    amount: Decimal | None
    emails: tuple[str, ...]
    address: tuple[str, str, str] | None


def read(ticket: Ticket) -> Reading:
    """Find the intent by key words and the facts by patterns."""
    order = _ORDER.search(ticket.text)
    emails = tuple(email for email in _EMAIL.findall(ticket.text) if email != ticket.sender)
    return Reading(
        intent=next((intent for intent, words in _WORDS if words.search(ticket.text)), Intent.OTHER),
        order=order and order[0],
        amount=amount_in(ticket.text),
        emails=emails,
        address=_address_in(ticket.text),
    )


def amount_in(text: str) -> Decimal | None:
    """The first amount in a text, as in `EUR 189.00` or `9.90`."""
    found = _AMOUNT.search(text)
    return Decimal(found[0].replace(",", ".")) if found else None


def _address_in(text: str) -> tuple[str, str, str] | None:
    found = _ADDRESS.search(text)
    return (found["street"], found["postcode"], found["city"]) if found else None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_WORDS: Final = (
    (Intent.ERASE, _words(r"delete my (personal )?data|erase my|gdpr")),
    (Intent.MOVE, _words(r"new address|have moved")),
    (Intent.MERGE, _words(r"\bmerge\b|two accounts")),
    (Intent.CANCEL, _words(r"\bcancel\b")),
    (Intent.CHARGED_TWICE, _words(r"charged twice|paid twice")),
    (Intent.REFUND_STATUS, _words(r"(has|where is) my refund")),
    (Intent.REFUND, _words(r"\brefund\b|money back")),
    (Intent.TRACK, _words(r"where is my (parcel|order)|when .*(gets|get) here")),
    (Intent.PRODUCT, _words(r"in stock|how much|do you (still )?have")),
)
_ORDER: Final = re.compile(r"\bO-\d{5}\b")
_EMAIL: Final = re.compile(r"[\w.]+@[\w-]+\.example")
_AMOUNT: Final = re.compile(r"\b\d+[.,]\d{2}\b")
_ADDRESS: Final = re.compile(r"new address:\s*(?P<street>[^,\n]+),\s*(?P<postcode>\w+) (?P<city>\w+)", re.IGNORECASE)
