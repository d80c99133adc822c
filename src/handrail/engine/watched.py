"""Reads of watched runs: what they reported, and what their agent was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..audit.entry import parse_entry
from ..backend import Event, Guidance, Seen
from ..run.commands import Observation
from ..run.events import OBSERVATIONS
from ..run.model import Run

if TYPE_CHECKING:
    from ..store.protocol import Entry, Reader
    from .archive import Archive

LOOKED_AT: Final = 200
"""Entries of a run that are read at once."""
FEW: Final = 20
"""Entries after which a report usually comes."""


def observations(archive: Archive, run: str, after: int, limit: int) -> list[Seen]:
    """What a run has reported behind a number, in order, as far as it is kept. Raises `UnknownRun`."""
    found: list[Seen] = []
    with archive.read() as reader:
        state = archive.run_in(reader, run)
        if after >= state.totals.seen:
            return []
        for event in reports(archive, reader, state, _place(archive, reader, state, after), FEW):
            found += (one for one in seen(event) if one.number > after)
            if len(found) >= limit:
                break
    return found[:limit]


def seen(event: Event) -> Iterator[Seen]:
    """The observations of one entry; none once they were dropped."""
    told = event.texts.get(OBSERVATIONS)
    if isinstance(told, list):
        for number, one in enumerate(told, int(str(event.data["first"]))):
            yield Seen(number, Observation(**one))  # type: ignore[arg-type]


def _place(archive: Archive, reader: Reader, state: Run, after: int) -> int:
    """A revision number up to which everything that was reported has at most that number."""
    low, high = max(state.pruned, 0), state.rev
    while high - low > FEW:
        middle = (low + high) // 2
        event = next(reports(archive, reader, state, middle, 1), None)
        if event is None or int(str(event.data["first"])) > after + 1:
            high = middle
        else:
            low = middle
    return low


def reports(archive: Archive, reader: Reader, state: Run, rev: int, most: int) -> Iterator[Event]:
    """The entries behind a revision number in which something was reported, read `most` at once at first."""
    while rows := reader.latest(archive.tenant, state.id, rev, most):
        yield from (archive.event_in(reader, row) for row in rows if _is(row, "run.observed"))
        rev, most = rows[-1].rev, LOOKED_AT


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
        found = [*(archive.event_in(reader, row) for row in rows if _is(row, "run.guided")), *found]
        end = begin
    return found[max(len(found) - most, 0) :] if most > 0 else []


def _is(row: Entry, type_: str) -> bool:
    return parse_entry(row.entry).type == type_
