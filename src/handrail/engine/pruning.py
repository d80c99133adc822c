"""Drops what runs reported before a time. The entries stay, and one more says that it was dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ..audit.entry import parse_entry
from ..run.commands import Prune
from ..run.model import Run
from ..store.protocol import Reader
from .archive import Archive
from .watched import reports

PAGE: Final = 200


def prune(archive: Archive, call: Callable[[str, object], object], before: int) -> int:
    """Drop what was reported before that time (µs), sending `Prune` with `call`; how many runs had something to drop.

    Raises `NotAllowed` for who does not administer.
    """
    found = 0
    for run in _watched(archive):
        with archive.read() as reader:
            upto = _upto(archive, reader, run, before)
        if upto is not None:
            call(run.id, Prune(upto))
            found += 1
    return found


def _watched(archive: Archive) -> Iterator[Run]:
    """Every run that reported something, newest first."""
    after: str | None = None
    while page := archive.newest("run", after, PAGE):
        yield from (run for run in page if run.totals.seen)
        after = page[-1].id


def _upto(archive: Archive, reader: Reader, run: Run, before: int) -> int | None:
    """The last revision number before that time, if something is kept that was reported up to there."""
    low, high = run.pruned, run.rev
    while low < high:
        middle = (low + high + 1) // 2
        (row,) = reader.latest(archive.tenant, run.id, middle - 1, 1)
        if parse_entry(row.entry).t < before:
            low = middle
        else:
            high = middle - 1
    first = next(reports(archive, reader, run, run.pruned, 1), None)
    return low if first is not None and first.rev <= low else None
