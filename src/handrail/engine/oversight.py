"""Reads the supervisors' wall: a page of watched runs as cards, and the cards of what the log says has changed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ..action.model import Action
from ..audit.entry import parse_entry
from ..clock import HOUR
from ..codec.records import State, read_state
from ..run.model import Run
from ..run.need import ORDER, Need, need
from ..store.protocol import Reader, Stream
from .archive import Archive
from .happened import Happening, happened, of_action
from .rows import Who, said
from .trail import Trail
from .wall import Card, Cards, Made

COUNTED: Final = 2_000
"""Runs that go on beyond which nobody counts, those that need people first."""
ENDED: Final = 200
"""Runs that ended in the last hour, at most so many."""
ACTIONS: Final = 12
"""The newest actions of a run of which its card tells."""
ASKING: Final = 4 * COUNTED
BEHIND: Final = 100
"""The last entries of a run that are read when its card is drawn for the first time."""
ENTRIES: Final = 200
"""The last entries of a run of which its page tells."""
TRAILS: Final = 4 * COUNTED


class Walled(NamedTuple):
    """A page of the wall as of the log position `v`: where the next one begins, and how many runs need what."""

    v: int
    cards: list[Card]
    next: str | None
    counts: dict[Need, int]


class Sheet(NamedTuple):
    """What the page of one run shows as of the log position `v`: its card, what happened, and who is named for it."""

    v: int
    card: Card
    happened: tuple[Happening, ...]
    supervisors: tuple[Who, ...]


class Oversight:
    """The cards of one tenant. What is read comes from one snapshot; how runs went is remembered meanwhile."""

    def __init__(self, archive: Archive) -> None:
        self._archive: Final = archive
        self._tenant: Final = archive.tenant
        self._trails: dict[str, Trail] = {}
        self._lock: Final = threading.Lock()

    def page(self, after: str | None, limit: int, now: int) -> Walled:
        """Watched runs by what they need, those that ended in the last hour behind them; `after` is the last one
        before."""
        with self._archive.read() as reader:
            rows = reader.watched(self._tenant, COUNTED)
            rows += reader.watched_ended(self._tenant, now - HOUR, ENDED)
            runs = [one for one in _states(rows) if isinstance(one, Run)]
            asks = self._asks(reader, runs)
            runs.sort(key=lambda one: _place(one, asks))
            begin = next((at for at, one in enumerate(runs, 1) if one.id == after), 0)
            shown = runs[begin : begin + limit]
            cards = self._cards(reader)
            drawn = [cards.card(one) for one in self._made(reader, shown, asks)]
        following = shown[-1].id if begin + limit < len(runs) else None
        counted = Counter(need(one, asks=one.id in asks) for one in runs)
        return Walled(cards.v, drawn, following, {one: counted[one] for one in ORDER})

    def sheet(self, run: str) -> Sheet:
        """Everything that the page of one run shows. Raises `UnknownRun`."""
        with self._archive.read() as reader:
            state = self._archive.run_in(reader, run)
            cards = self._cards(reader)
            (made,) = self._made(reader, [state], self._asks(reader, [state]))
            events = self._archive.latest_in(reader, state, ENTRIES)
            actions = [self._action(reader, one) for one in made.actions]
            supervisors = tuple(cards.who(one) for one in state.supervisors)
            return Sheet(cards.v, cards.card(made), happened(events, actions, cards), supervisors)

    def _action(self, reader: Reader, action: Action) -> Happening:
        kept = reader.revision(self._tenant, action.id, action.revision)
        gist = said(action, action.bind, kept.args if kept else None, reader.blob(self._tenant, action.schema))
        return of_action(action, gist)

    def changed(self, reader: Reader, subjects: Iterable[str]) -> dict[str, str]:
        """The runs whose cards these streams change, by the stream: runs, and those of actions."""
        asked = set(subjects)
        found = {one: one for one in asked if one.startswith("run_")}
        for state in _states(reader.streams(self._tenant, [one for one in asked if one.startswith("act_")])):
            if isinstance(state, Action) and state.run is not None:
                found[state.id] = state.run
        return found

    def drawn(self, reader: Reader, runs: Sequence[str]) -> list[Card]:
        """The cards of these runs, in order, of those that are watched."""
        states = {one.id: one for one in _states(reader.streams(self._tenant, runs)) if isinstance(one, Run)}
        watched = [states[one] for one in runs if one in states and states[one].watched]
        cards = self._cards(reader)
        return [cards.card(one) for one in self._made(reader, watched, self._asks(reader, watched))]

    def _cards(self, reader: Reader) -> Cards:
        head = reader.head(self._tenant)
        return Cards(self._archive.directory_in(reader), head.size - 1 if head else -1)

    def _asks(self, reader: Reader, runs: Sequence[Run]) -> dict[str, list[Action]]:
        """What waits for people, by the run."""
        found: dict[str, list[Action]] = {}
        for one in _states(reader.asking(self._tenant, [run.id for run in runs], ASKING)):
            if isinstance(one, Action) and one.run is not None:
                found.setdefault(one.run, []).append(one)
        return {run: sorted(asked, key=lambda one: one.proposed_at) for run, asked in found.items()}

    def _made(self, reader: Reader, runs: Iterable[Run], asks: Mapping[str, list[Action]]) -> Iterable[Made]:
        for run in runs:
            actions = _states(reader.of_run(self._tenant, run.id, ACTIONS))
            yield Made(
                run, self._archive.text_in(reader, run.id, run.title), asks.get(run.id, ()),
                [one for one in actions if isinstance(one, Action)], self._trail(reader, run),
            )  # fmt: skip

    def _trail(self, reader: Reader, run: Run) -> Trail:
        """How a run went: what is remembered, and the entries since."""
        with self._lock:
            trail = self._trails.get(run.id, Trail())
        if trail.rev < run.rev:
            if run.rev - trail.rev > BEHIND:
                trail = Trail(run.rev - BEHIND)
            for row in reader.latest(self._tenant, run.id, trail.rev, BEHIND):
                entry = parse_entry(row.entry)
                event = self._archive.event_in(reader, row) if entry.type == "run.observed" else None
                trail = trail.on(row.rev, entry.type, entry.t, event.texts if event else {})
            self._keep(run.id, trail)
        return trail

    def _keep(self, run: str, trail: Trail) -> None:
        with self._lock:
            self._trails.pop(run, None)
            self._trails[run] = trail
            while len(self._trails) > TRAILS:
                del self._trails[next(iter(self._trails))]


def _place(run: Run, asks: Mapping[str, list[Action]]) -> tuple[int, bool, int, str]:
    """By what it needs: the oldest first, and behind those that go on the last one to end."""
    found = need(run, asks=run.id in asks)
    return ORDER.index(found), run.final, -(run.ended_at or 0) if run.final else run.opened_at, run.id


def _states(rows: Iterable[Stream]) -> list[State]:
    return [read_state(row.kind, row.state) for row in rows]
