"""Checks a whole log: what is stored must follow from its entries, and the entries from nothing but each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ..action.digest import action_digest
from ..action.model import Action
from ..audit import tree
from ..audit.disclosure import disclosure_digest
from ..audit.entry import Entry, leaf, parse_entry
from ..codec.records import STATES, State, read_state, state_text
from ..errors import HandrailError
from ..run.events import OBSERVATIONS
from ..run.model import Run
from ..store.protocol import Disclosure, Reader
from ..store.protocol import Entry as Row
from .replay import advance

PAGE: Final = 1000
MOST_PROBLEMS: Final = 50
_WRONG: Final = (HandrailError, ValueError, KeyError, TypeError, AttributeError, AssertionError, msgspec.MsgspecError)


@dataclass
class Report:
    """What was checked, and what is wrong: nothing, or at most `MOST_PROBLEMS` sentences."""

    entries: int = 0
    streams: int = 0
    texts: int = 0
    erased: int = 0
    arguments: int = 0
    root: str = ""
    problems: list[str] = field(default_factory=list)

    def wrong(self, problem: str) -> None:
        """Note one more contradiction."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def verify(reader: Reader, tenant: str) -> Report:
    """Read every entry, text, state and argument of a tenant once, in one snapshot, and say what does not fit."""
    found = _Verification(reader, tenant)
    found.entries()
    found.head()
    found.streams()
    return found.report


class Reported:
    """Of what runs reported, the last that is gone and the first that is kept, by revision numbers."""

    def __init__(self) -> None:
        self._gone: dict[str, int] = {}
        self._kept: dict[str, int] = {}

    def note(self, entry: Entry, kept: bool) -> None:
        """Take in whether the observations of an entry are there."""
        if kept:
            self._kept.setdefault(entry.sub, entry.rev)
        else:
            self._gone[entry.sub] = entry.rev

    def problems(self, run: Run) -> Iterator[str]:
        """What is gone has to have been dropped, and what was dropped to be gone."""
        if self._gone.get(run.id, 0) > run.pruned:
            yield f"{run.id}: what it reported in revision {self._gone[run.id]} is gone, and nobody dropped it"
        if self._kept.get(run.id, run.rev) < run.pruned:
            yield f"{run.id}: what it reported in revision {self._kept[run.id]} was dropped, and is still there"


class _Verification:
    """States are built up from the entries and compared with the stored ones at the end."""

    def __init__(self, reader: Reader, tenant: str) -> None:
        self._reader, self._tenant = reader, tenant
        self._head = reader.head(tenant)
        self._states: dict[str, State | None] = {}
        self._broken: set[str] = set()
        self._reported = Reported()
        self._frontier = tree.EMPTY
        self._last = 0
        self.report = Report()

    def entries(self) -> None:
        """Entries in order, their leaves and texts, and the states that follow."""
        after = -1
        while page := self._reader.entries(self._tenant, after=after, limit=PAGE):
            kept = self._texts(page)
            for row in page:
                self._entry(row, kept.get(row.i, {}))
            after = page[-1].i

    def _texts(self, page: list[Row]) -> dict[int, dict[str, Disclosure]]:
        found: dict[int, dict[str, Disclosure]] = {}
        for one in self._reader.disclosures(self._tenant, [row.i for row in page]):
            found.setdefault(one.i, {})[one.name] = one
        return found

    def _entry(self, row: Row, kept: dict[str, Disclosure]) -> None:
        report = self.report
        if row.i != report.entries:
            report.wrong(f"entry {report.entries} is missing: {row.i} follows")
        report.entries = row.i + 1
        self._frontier = tree.append(self._frontier, leaf(row.entry))
        try:
            self._checked(row, parse_entry(row.entry), kept)
        except _WRONG as error:
            self._broken.add(row.sub)
            report.wrong(f"entry {row.i}: {error}")

    def _checked(self, row: Row, entry: Entry, kept: dict[str, Disclosure]) -> None:
        if row.leaf != leaf(row.entry):
            self.report.wrong(f"entry {row.i}: the stored leaf is not the hash of its bytes")
        if (entry.i, entry.sub, entry.rev) != (row.i, row.sub, row.rev):
            self.report.wrong(f"entry {row.i}: its row names another place than its bytes")
        if self._head is not None and entry.log != self._head.origin:
            self.report.wrong(f"entry {row.i} belongs to another log, {entry.log!a}")
        if entry.t < self._last:
            self.report.wrong(f"entry {row.i} is older than the one before it")
        self._last = max(entry.t, self._last)
        self._disclosed(entry, kept)
        if entry.sub not in self._broken and "data" in kept:
            self._states[entry.sub] = advance(self._states.get(entry.sub), entry, kept["data"].text)

    def _disclosed(self, entry: Entry, kept: dict[str, Disclosure]) -> None:
        if "data" not in kept:
            self._broken.add(entry.sub)
            self.report.wrong(f"entry {entry.i}: its data is gone, which is never erased")
        for name, one in kept.items():
            self.report.texts += 1
            if not (entry.sd.get(name) == one.digest == disclosure_digest(one.text)):
                self.report.wrong(f"entry {entry.i}: the text {name!a} is not the one it was written with")
        self.report.erased += len(entry.sd.keys() - kept.keys())
        if OBSERVATIONS in entry.sd:
            self._reported.note(entry, OBSERVATIONS in kept)

    def head(self) -> None:
        """The head must say what the leaves give."""
        self.report.root = tree.root(self._frontier).hex()
        head = self._head
        if head is None:
            if self.report.entries:
                self.report.wrong("the log has entries and no head")
            return
        if head.size != self.report.entries:
            self.report.wrong(f"the head counts {head.size} entries, the log has {self.report.entries}")
        if head.frontier != tree.encode(self._frontier):
            self.report.wrong("the head's tree is not the tree of the entries")
        if head.at != self._last:
            self.report.wrong("the head's time is not that of the last entry")

    def streams(self) -> None:
        """Every stored state must be the one that its entries give, and its arguments the bytes it is bound to."""
        for id_, kind, text in self._stored():
            self.report.streams += 1
            replayed = self._states.pop(id_, None)
            if id_ in self._broken:
                continue
            if replayed is None:
                self.report.wrong(f"{id_} is stored and has no entries")
            elif _normal(kind, text) != state_text(replayed):
                self.report.wrong(f"{id_}: the stored state is not the one that its entries give")
            if isinstance(replayed, Action):
                self._arguments(replayed)
            if isinstance(replayed, Run):
                for problem in self._reported.problems(replayed):
                    self.report.wrong(problem)
        for id_ in self._states.keys() - self._broken:
            self.report.wrong(f"{id_} has entries and is not stored")

    def _stored(self) -> Iterator[tuple[str, str, str]]:
        for kind in STATES:
            after: Any = None
            while page := self._reader.page(self._tenant, kind, after=after, limit=PAGE):
                yield from ((row.id, row.kind, row.state) for row in page)
                after = (page[-1].rank, page[-1].born, page[-1].id)

    def _arguments(self, state: Action) -> None:
        for number in range(1, state.revision + 1):
            kept = self._reader.revision(self._tenant, state.id, number)
            if kept is None:
                self.report.erased += 1
                continue
            self.report.arguments += 1
            found = action_digest(tenant=self._tenant, action=state.id, name=state.name, args=kept.args, salt=kept.salt)
            if found != kept.bind or (number == state.revision and found != state.bind):
                self.report.wrong(f"{state.id}: the arguments of revision {number} are not those that were decided on")


def _normal(kind: str, text: str) -> str:
    """A stored state as this version writes it."""
    try:
        return state_text(read_state(kind, text))
    except (ValueError, KeyError, msgspec.MsgspecError):
        return text
