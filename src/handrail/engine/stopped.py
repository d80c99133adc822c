"""What people read about stops: what is stopped, by whom, why, and what had started before."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ..backend import StopRecord
from ..codec.records import read_state
from ..errors import NotFound
from ..policy.stops import Stop
from ..store.protocol import Reader
from .archive import Archive
from .rows import Names
from .stops import LOOKED, begun


class LocalStops:
    """The stops of one tenant of a database in this process."""

    def __init__(self, archive: Archive) -> None:
        self._archive: Final = archive

    def newest(self, *, after: str | None = None, limit: int = 50) -> list[StopRecord]:
        """Stops, newest first, also those that were lifted."""
        with self._archive.read() as reader:
            found = self._archive.page_in(reader, "stop", after, limit)
            return [self._record(reader, one) for one in found if isinstance(one, Stop)]

    def one(self, stop: str) -> StopRecord:
        """One stop and, while it is in force, what had started before it. Raises `NotFound`."""
        with self._archive.read() as reader:
            state = self._archive.state_in(reader, stop)
            if not isinstance(state, Stop):
                raise NotFound(f"no stop {stop[:40]!a} is in this database: check the id")
            rows = reader.going(self._archive.tenant, "", LOOKED) if state.status == "present" else []
            lives = (read_state(row.kind, row.state) for row in rows)
            found = begun(self._archive.directory_in(reader), state, lives)
            return replace(self._record(reader, state), begun=tuple(found))

    def _record(self, reader: Reader, state: Stop) -> StopRecord:
        named = state.scope in ("agent", "team") and state.target is not None
        names = Names(self._archive.directory_in(reader))
        target = names.of(state.target or "") if named else state.target
        reason, note = (self._archive.text_in(reader, state.id, one) for one in (state.note, state.end))
        return StopRecord(state, target, names.of(state.by), reason, note)
