"""Everything in the log that tells why an action ran or not: its own entries, its reviews', and people's meanwhile."""

from __future__ import annotations

from typing import Final

from ..backend import Event
from .archive import Archive

MEMBERSHIP: Final = frozenset({"person.added", "person.changed", "person.removed"})
PAGE: Final = 500
Told = tuple[str, Event]
"""An entry with the id of the stream it belongs to."""


def explanation(archive: Archive, action: str) -> list[Told]:
    """The entries about an action, its reviews', refusals on them, and all of people's, in the log's order."""
    found = _of(archive, action)
    reviews = [event.data["review"] for _, event in found if "review" in event.data]
    for review in dict.fromkeys(map(str, reviews)):
        found += _of(archive, review)
    about = {subject for subject, _ in found}
    for kind in ("person", "agent", "guest"):
        for principal in _all(archive, kind):
            found += [told for told in _of(archive, principal) if _concerns(told[1], about)]
    return sorted(found, key=lambda told: told[1].index)


def _of(archive: Archive, subject: str) -> list[Told]:
    return [(subject, event) for event in archive.history(subject)]


def _concerns(event: Event, about: set[str]) -> bool:
    if event.type == "access.denied":
        return event.data["on"] in about
    return event.type in MEMBERSHIP


def _all(archive: Archive, kind: str) -> list[str]:
    found: list[str] = []
    while page := archive.newest(kind, found[-1] if found else None, PAGE):
        found += [one.id for one in page]
    return found
