"""One command, decided with all its consequences: pure over its sources, so that it can be explored without a store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from ..action import commands as action
from ..action.model import Action
from ..audit.disclosure import Salts, disclosure
from ..audit.entry import Act, entry_bytes, leaf
from ..audit.entry import Entry as Record
from ..codec.records import NAMES, State, event_text
from ..policy import standing, stops
from ..policy.register import ActivePolicy
from ..principal import SYSTEM, Principal
from ..review import commands as review
from ..review.model import Review
from ..run import commands as run
from ..run.model import Run
from ..store.protocol import Disclosure, Entry, Revision
from ..stream import JSON, Draft, Sealed
from ..view.model import Erased
from . import facts as fill
from .consequences import consequences
from .lives import due_at, evolve, life
from .moments import Moment, moment
from .sources import Sources

MAX_STEPS: Final = 512


class Row(NamedTuple):
    """One entry to be written, when it happened, and what is written with it."""

    entry: Entry
    at: int
    disclosures: list[Disclosure]
    revision: Revision | None


class Place(NamedTuple):
    """Where the log stands: its origin and tenant, the next index, the time that no entry may precede; and in which
    environment whoever commits is, if somebody said so."""

    tenant: str
    origin: str
    size: int
    now: int
    env: str | None = None


@dataclass
class Work:
    """A command being decided. On success `rows`, `states` and `leases` are to be written; on refusal none of it.

    `draw` gives the seed from which all its salts follow: drawn once per top-level command, and never stored.
    """

    place: Place
    sources: Sources
    draw: Callable[[], bytes]
    rows: list[Row] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    texts: dict[str, JSON] = field(default_factory=dict)
    revisions: dict[tuple[str, int], str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    steps: int = 0
    _salts: Salts | None = None

    def salt(self, subject: str, rev: int, name: str) -> bytes:
        """The salt of the text with that name, in that revision of that stream."""
        if self._salts is None:
            self._salts = Salts(self.draw())
        return self._salts(subject, rev, name)

    @property
    def now(self) -> int:
        """The present, in µs."""
        return self.place.now

    def state(self, subject: str) -> State | None:
        """The stream as this command has left it so far."""
        return self.states.get(subject) or self.sources.state(subject)

    def lease(self, subject: str) -> int | None:
        """The executor's lease as this command has left it so far."""
        lease = self.leases.get(subject)
        return lease if lease is not None else self.sources.lease(subject)

    def waiting(self, run: str) -> frozenset[str]:
        """The actions of a run that are held or unknown."""
        return self.sources.waiting(run)

    def text(self, subject: str, digest: str | None) -> JSON | Erased:
        """An erasable text, also one that this command has just written."""
        if digest is None:
            return None
        return self.texts[digest] if digest in self.texts else self.sources.text(subject, digest)

    def args(self, action_id: str, number: int) -> str | None:
        """The canonical arguments of a revision, also one that this command has just written."""
        return self.revisions.get((action_id, number)) or self.sources.args(action_id, number)

    def catch_up(self, subject: str) -> None:
        """Do what is due on the stream before anything else happens to it."""
        for _ in range(MAX_STEPS):
            state = self.state(subject)
            due = due_at(state, self.lease(subject)) if state else None
            if due is None or due > self.now or not self.apply(subject, _ELAPSE[type(state)], SYSTEM):
                return

    def apply(self, subject: str, command: object, actor: Principal) -> list[Draft[Any]]:
        """Decide one command and everything that follows from it. Raises what `decide` raises."""
        self.steps += 1
        assert self.steps <= MAX_STEPS, "consequences do not end"
        state = self.state(subject)
        drafts: list[Draft[Any]] = life(subject).decide(
            state, command, fill.facts(self, subject, state, command, actor)
        )
        for draft in drafts:
            self._record(subject, draft, actor)
        return drafts

    def _record(self, subject: str, draft: Draft[Any], actor: Principal) -> None:
        before, i = self.state(subject), self.place.size + len(self.rows)
        sealed, disclosures = self._seal(i, subject, draft, actor, before.rev + 1 if before else 1)
        after = evolve(before, sealed, subject)
        self.states[subject] = after
        if draft.lease is not None:
            self.leases[subject] = draft.lease
        revision = _revision(after, draft)
        if revision is not None:
            self.revisions[revision.action, revision.number] = revision.args
        self.rows.append(Row(self._entry(i, before, after, sealed), sealed.at, disclosures, revision))
        if found := moment(before, after, sealed):
            self.moments.append(found)
        for target, command in consequences(before, after, draft.event, draft.texts):
            self.apply(target, command, SYSTEM)

    def _seal(
        self, i: int, subject: str, draft: Draft[Any], actor: Principal, rev: int
    ) -> tuple[Sealed[Any], list[Disclosure]]:  # fmt: skip
        values = {"data": event_text(draft.event), **{name: orjson.dumps(one) for name, one in draft.texts.items()}}
        disclosures, digests = [], {}
        for name, value in values.items():
            text, digests[name] = disclosure(name, value, self.salt(subject, rev, name))
            disclosures.append(Disclosure(i, name, digests[name], text))
        self.texts |= {digests[name]: value for name, value in draft.texts.items()}
        return Sealed(draft.event, rev, self.now, actor, digests), disclosures

    def _entry(self, i: int, before: State | None, after: State, sealed: Sealed[Any]) -> Entry:
        act = Act(sealed.by.kind, sealed.by.id, sealed.by.auth)
        raw = entry_bytes(
            Record(
                self.place.origin, i, sealed.at, NAMES[type(sealed.event)], after.id, sealed.rev,
                before.status if before else None, after.status, act, _bind(after), _pol(after), sealed.texts,
            )
        )  # fmt: skip
        return Entry(i, after.id, sealed.rev, raw, leaf(raw))


_ELAPSE: Final[Mapping[type[Any], object]] = {
    Action: action.Elapse(),
    Review: review.Elapse(),
    Run: run.Elapse(),
    standing.Standing: standing.Elapse(),
    stops.Stop: stops.Elapse(),
}


def _bind(state: State) -> str | None:
    return state.bind if isinstance(state, Action | Review) else None


def _pol(state: State) -> str | None:
    return state.pol if isinstance(state, Action) else state.digest if isinstance(state, ActivePolicy) else None


def _revision(state: State, draft: Draft[Any]) -> Revision | None:
    """The arguments that came with an event, as they are kept: with the action, also where a review was edited."""
    one = draft.revision
    if one is None:
        return None
    return Revision(state.action if isinstance(state, Review) else state.id, one.number, one.bind, one.args, one.salt)
