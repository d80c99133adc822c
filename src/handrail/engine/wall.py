"""One card of the supervisors' wall for each watched run; what its agent says of itself is drawn, and set apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..action.model import Action
from ..directory.model import Directory
from ..run.model import ControlKind, MonitorKind, Run, Status
from ..run.need import Need, need
from ..stream import JSON
from ..view.columns import clip
from ..view.drawing import drawn
from ..view.ends import WHOLE, head
from ..view.escape import visible
from ..view.masks import conceal
from ..view.model import Erased
from .rows import Names, Who
from .trail import Stretch, Trail, lanes

WIDEST: Final = 200
"""Columns of what an agent says of its run."""
ASKED: Final = 3
"""Actions that wait for people of which a card tells."""
GOING: Final = ("cleared", "claimed", "started", "held", "unknown")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was last asked of a run: `confirmed_at` is when its process said that it has taken hold. Times in µs."""

    kind: ControlKind
    rev: int
    at: int
    by: Who
    confirmed_at: int | None


@dataclass(frozen=True, slots=True)
class Watcher:
    """A monitor, with how often it spoke."""

    kind: MonitorKind
    limit: int
    spoken: int


@dataclass(frozen=True, slots=True)
class Doing:
    """An action of a run that is not over: the name under which it was registered, and since when (µs)."""

    id: str
    name: str
    status: str
    at: int
    review: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """How many clean-ups wait or are under way, were done, failed, and can be done by nobody."""

    waits: int
    done: int
    failed: int
    lost: int


@dataclass(frozen=True, slots=True)
class Card:
    """One watched run, of the log position `v`: of two the one with the larger `v` holds.

    Nothing in it depends on who reads it. Times are µs since the epoch, `spend` and limits of it millionths of the
    currency unit. `title` and `step` are the agent's own words, drawn; `controllers` are the ids of people and groups
    who may control it beside whoever supervises everything. `asks` are the first of its actions that wait for people,
    `asking` counts them, and `doing` is its newest other action under way. `guidance` counts what the agent was told,
    `heard` what it has read. `lanes` are the last ten minutes; what lies between is thinking.
    """

    id: str
    v: int
    rev: int
    status: Status
    need: Need
    agent: Who
    owner: Who | None
    title: str | None
    parent: str | None
    opened_at: int
    ended_at: int | None
    seen_at: int
    control: Asked | None
    alarm: MonitorKind | None
    monitors: tuple[Watcher, ...]
    lost: bool
    alone: bool
    step: str | None
    step_at: int | None
    steps: int
    errors: int
    tokens: int
    spend: int
    seen: int
    asks: tuple[Doing, ...]
    asking: int
    doing: Doing | None
    guidance: int
    heard: int
    cleanups: Left
    controllers: tuple[str, ...]
    lanes: tuple[Stretch, ...]


class Made(NamedTuple):
    """What a card is made of, as one snapshot holds it: `asks` are its actions that wait for people, `actions` its
    newest."""

    run: Run
    title: JSON | Erased
    asks: Sequence[Action]
    actions: Sequence[Action]
    trail: Trail


class Cards(Names):
    """Makes cards of one moment: the directory as it was at the log position `v`."""

    def __init__(self, directory: Directory, v: int) -> None:
        super().__init__(directory)
        self.v: Final = v

    def card(self, made: Made) -> Card:
        """The card of one run."""
        run, totals = made.run, made.run.totals
        return Card(
            id=run.id, v=self.v, rev=run.rev, status=run.status, need=need(run, asks=bool(made.asks)),
            agent=self.who(run.agent), owner=self.who(run.starter), title=said(made.title), parent=run.parent,
            opened_at=run.opened_at, ended_at=run.ended_at, seen_at=run.seen_at, control=self._control(run),
            alarm=run.alarm, monitors=_watchers(run), lost=run.lost, alone=run.alone_since is not None,
            step=said(made.trail.said), step_at=made.trail.step.begin if made.trail.step else None,
            steps=totals.steps, errors=totals.errors, tokens=totals.tokens, spend=totals.spend, seen=totals.seen,
            asks=tuple(_doing(one) for one in made.asks[:ASKED]), asking=len(made.asks), doing=_under_way(made.actions),
            guidance=run.guidance, heard=run.heard, cleanups=_left(run), controllers=self._controllers(run),
            lanes=lanes(made.trail, run, made.actions, max(run.seen_at, self._latest(made))),
        )  # fmt: skip

    def _latest(self, made: Made) -> int:
        """The time of the last thing known of a run, from which the last ten minutes are counted back."""
        return max((one.answered_at or one.proposed_at for one in made.actions), default=made.run.opened_at)

    def _control(self, run: Run) -> Asked | None:
        asked = run.control
        if asked is None:
            return None
        return Asked(asked.kind, asked.rev, asked.at, self.who(asked.by), asked.confirmed_at)

    def _controllers(self, run: Run) -> tuple[str, ...]:
        return tuple(sorted({*self.directory.same(run.starter), *run.supervisors}))


def said(words: JSON | Erased, most: int = WIDEST) -> str | None:
    """An agent's words in one drawn line, their secrets covered."""
    if not isinstance(words, str) or not words:
        return None
    return clip(head(words, most) if len(words) > WHOLE else drawn(conceal(words)), most)


def _watchers(run: Run) -> tuple[Watcher, ...]:
    spoken = (*run.spoken, *(0 for _ in run.monitors))
    return tuple(Watcher(one.kind, one.limit, times) for one, times in zip(run.monitors, spoken, strict=False))


def _doing(action: Action) -> Doing:
    return Doing(action.id, visible(action.name), action.status, action.proposed_at, action.review)


def _under_way(actions: Iterable[Action]) -> Doing | None:
    going = (one for one in actions if one.status in GOING and one.status not in ("held", "unknown"))
    return next((_doing(one) for one in going), None)


def _left(run: Run) -> Left:
    found = Counter(one.status for one in run.cleanups)
    return Left(found["waits"] + found["running"], found["done"], found["failed"], found["lost"])
