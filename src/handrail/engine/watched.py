"""Reads of watched runs: what their agent was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..audit.entry import parse_entry
from ..backend import Event, Guidance
from ..run.model import Run

if TYPE_CHECKING:
    from ..store.protocol import Reader
    from .archive import Archive

LOOKED_AT: Final = 200
"""Entries of a run that are read at once, from the last one back."""


def guidance(archive: Archive, run: str, after: int) -> list[Guidance]:
    """The messages behind a number, in order. Raises `UnknownRun`."""
    with archive.read() as reader:
        state = archive.run_in(reader, run)
        found = _told(archive, reader, state, state.guidance - max(after, 0))
    return [
        Guidance(int(str(one.data["number"])), one.texts.get("text"), archive.name(one.by.id), one.at) for one in found
    ]


def _told(archive: Archive, reader: Reader, state: Run, most: int) -> list[Event]:
    """The entries of the last messages, in order."""
    found: list[Event] = []
    end = state.rev
    while end > 0 and len(found) < most:
        begin = max(end - LOOKED_AT, 0)
        rows = reader.latest(archive.tenant, state.id, begin, end - begin)
        told = [row for row in rows if parse_entry(row.entry).type == "run.guided"]
        found = [*(archive.event_in(reader, row) for row in told), *found]
        end = begin
    return found[max(len(found) - most, 0) :] if most > 0 else []
