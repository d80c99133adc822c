"""One command, decided with all its consequences: pure over its sources, so that it can be explored without a store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from ..action import commands as action
from ..action.model import Action
from ..audit.disclosure import Salts, disclosure
from ..audit.entry import Act, Entry, entry_bytes, leaf
from ..codec.records import NAMES, State, event_text
from ..policy.register import ActivePolicy
from ..principal import SYSTEM, Principal
from ..review import commands as review
from ..review.model import Review
from ..stream import JSON, Draft, Revision, Sealed
from ..view.model import Erased
from . import facts as fill
from .consequences import consequences
from .lives import due_at, evolve, life
from .sources import Sources

MAX_STEPS: Final = 64
Disclosed: TypeAlias = tuple[str, str, str]
"""A name, the digest that the entry holds, and the text of the disclosure."""


class Row(NamedTuple):
    """One entry to be written, with its disclosures; `args` belongs to `action`."""

    i: int
    subject: str
    rev: int
    type: str
    at: int
    entry: bytes
    leaf: bytes
    disclosures: list[Disclosed]
    action: str | None = None
    args: Revision | None = None


class Place(NamedTuple):
    """Where the log stands: its origin and tenant, the next index, the time that no entry may precede."""

    tenant: str
    origin: str
    size: int
    now: int


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
        before = self.state(subject)
        sealed, disclosures = self._seal(subject, draft, actor, before.rev + 1 if before else 1)
        after = evolve(before, sealed, subject)
        self.states[subject] = after
        if draft.lease is not None:
            self.leases[subject] = draft.lease
        if draft.revision is not None:
            self.revisions[_owner(after), draft.revision.number] = draft.revision.args
        self.rows.append(self._row(before, after, sealed, draft, disclosures))
        for target, command in consequences(before, after, draft.event, draft.texts):
            self.apply(target, command, SYSTEM)

    def _seal(self, subject: str, draft: Draft[Any], actor: Principal, rev: int) -> tuple[Sealed[Any], list[Disclosed]]:
        disclosures = [_disclosed("data", event_text(draft.event), self.salt(subject, rev, "data"))]
        for name, value in draft.texts.items():
            disclosed = _disclosed(name, orjson.dumps(value), self.salt(subject, rev, name))
            self.texts[disclosed[1]] = value
            disclosures.append(disclosed)
        digests = {name: digest for name, digest, _ in disclosures}
        return Sealed(draft.event, rev, self.now, actor, digests), disclosures

    def _row(
        self, before: State | None, after: State, sealed: Sealed[Any], draft: Draft[Any],
        disclosures: list[Disclosed],
    ) -> Row:  # fmt: skip
        index = self.place.size + len(self.rows)
        name = NAMES[type(sealed.event)]
        act = Act(sealed.by.kind, sealed.by.id, sealed.by.auth)
        entry = Entry(
            self.place.origin, index, sealed.at, name, after.id, sealed.rev, before.status if before else None,
            after.status, act, _bind(after), _pol(after), sealed.texts,
        )  # fmt: skip
        raw = entry_bytes(entry)
        owner = _owner(after) if draft.revision else None
        return Row(index, after.id, sealed.rev, name, sealed.at, raw, leaf(raw), disclosures, owner, draft.revision)


def _disclosed(name: str, value: bytes, salt: bytes) -> Disclosed:
    text, digest = disclosure(name, value, salt)
    return name, digest, text


_ELAPSE: Final[Mapping[type[Any], object]] = {Action: action.Elapse(), Review: review.Elapse()}


def _bind(state: State) -> str | None:
    return state.bind if isinstance(state, Action | Review) else None


def _pol(state: State) -> str | None:
    return state.pol if isinstance(state, Action) else state.digest if isinstance(state, ActivePolicy) else None


def _owner(state: State) -> str:
    return state.action if isinstance(state, Review) else state.id
