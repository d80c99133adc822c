"""One line of the inbox for each review, made from the states and the hashed bytes; no word of it is agents' prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from ..action.model import Action, Risk
from ..action.model import Status as ActionStatus
from ..codec.parameters import in_order
from ..directory.model import Directory
from ..ids import keyed
from ..policy.quorum import missing
from ..review.access import People, barred
from ..review.model import OPEN, Cause, Decision, Kind, Outcome, Review, Status
from ..run.model import Run
from ..stream import JSON
from ..view.columns import clip
from ..view.drawing import drawn
from ..view.ends import WHOLE, head
from ..view.escape import visible
from ..view.facts import Reader
from ..view.masks import conceal
from ..view.model import Erased
from ..view.text import gist
from .attendance import present

WIDEST: Final = 200
"""Columns of a gist."""
WORDS: Final = 1_000
"""Characters of a question of which its gist is drawn."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody or something with what people call it, as drawn text."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RowDecision:
    """How a review was decided. Times are µs since the epoch."""

    outcome: Outcome
    by: Who
    at: int
    effective_at: int
    effective: bool
    edited: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox, of the log position `v`: of two the one with the larger `v` holds.

    Nothing in it depends on who reads it. Times are µs since the epoch; `name` and `gist` are drawn text; `asked` are
    the ids asked so far and `barred` those that may never decide; `alike` is the same for rows that can be folded.
    After a failure `error` is the type of its error, and `failed` what the agent says of it while that is asked.
    """

    id: str
    v: int
    rev: int
    kind: Kind
    cause: Cause
    status: Status
    risk: Risk
    reversible: bool | None
    name: str
    gist: str
    agent: Who
    owner: Who | None
    run: Who | None
    action: str
    action_status: ActionStatus
    opened_at: int
    deadline: int
    at_end: str
    level: int
    levels: int
    level_until: int
    asked: tuple[str, ...]
    barred: tuple[str, ...]
    claimed_by: Who | None
    claim_until: int | None
    votes: tuple[Who, ...]
    missing: int
    round: int
    comments: int
    flags: int
    unseen: int
    alike: str | None
    error: str | None
    failed: str | None
    decision: RowDecision | None
    turned_out: Literal["right", "wrong"] | None


class Material(NamedTuple):
    """What a row is made of, as one snapshot holds it: `args` are those that the review is about. They and `view` are
    `None` once erased. `failure` is what was reported of the failure that people are asked about."""

    review: Review
    action: Action
    run: Run | None
    title: JSON | Erased
    args: str | None
    schema: str | None
    view: dict[str, Any] | None
    failure: JSON | Erased = None


class Names:
    """What people call whom, as drawn text: handles and names as far as they are kept, else ids."""

    def __init__(self, directory: Directory) -> None:
        self.directory: Final = directory
        self._reader: Final = Reader(self.kept, 0)

    def kept(self, id_: str) -> str:
        """The name of somebody as it is kept."""
        label = self.directory.labels.get(id_)
        found = (label.get("handle") or label.get("name")) if isinstance(label, dict) else None
        return str(found) if found else id_

    def of(self, id_: str) -> str:
        """The name of somebody."""
        return self._reader.name(id_)

    def who(self, id_: str) -> Who:
        """Somebody with their name."""
        return Who(id_, self.of(id_))


class Rows(Names):
    """Makes rows of one moment: the directory as it was at the log position `v`, the time (µs), the tenant's secret."""

    def __init__(self, directory: Directory, secret: bytes, v: int, now: int) -> None:
        super().__init__(directory)
        self.v: Final = v
        self._now: Final = now
        self._secret: Final = secret
        self._barred: dict[tuple[str, str, str | None, bool], frozenset[str]] = {}

    def run(self, run: Run, title: JSON | Erased) -> Who:
        """A run with its title, or its id where it has none."""
        return Who(run.id, Reader(lambda _: titled(run, title), 0).name(run.id))

    def people(self, material: Material) -> People:
        """The directory, and whom the review may never be decided by."""
        action, run = material.action, material.run
        key = (action.agent, action.owner, run.starter if run else None, action.kind == "question")
        if key not in self._barred:
            self._barred[key] = barred(self.directory, key[0], key[1], key[2], question=key[3], now=self._now)
        return present(self.directory, self._barred[key], self._now)

    def row(self, material: Material) -> Row:
        """The line of one review."""
        review, action, view = material.review, material.action, material.view or {}
        people = self.people(material)
        asked = {one for rung in review.demand.levels[: review.level + 1] for one in rung.ask} | {*review.delegates}
        asked |= people.asked(review) - people.own(review)
        return Row(
            id=review.id, v=self.v, rev=review.rev, kind=review.kind, cause=review.cause, status=review.status,
            risk=action.risk, reversible=action.reversible or None, name=visible(action.name), gist=brief(material),
            agent=self.who(action.agent), owner=self.who(action.owner) if action.owner else None,
            run=self.run(material.run, material.title) if material.run else None, action=action.id,
            action_status=action.status, opened_at=review.opened_at, deadline=review.deadline,
            at_end=review.demand.at_end, level=review.level, levels=len(review.demand.levels),
            level_until=review.level_until, asked=tuple(sorted(asked)),
            barred=tuple(sorted(people.barred | {*review.barred})),
            claimed_by=self.who(review.claimed_by) if review.claimed_by else None, claim_until=review.claim_until,
            votes=tuple(self.who(vote.by) for vote in review.votes), missing=_missing(review, people),
            round=review.round, comments=review.comments, flags=len(view.get("flags", ())),
            unseen=len(view.get("unseen", ())), alike=alike(self._secret, review, action, material.args),
            error=review.error, failed=_failed(material.failure), decision=self._decision(review),
            turned_out=action.turned_out,
        )  # fmt: skip

    def _decision(self, review: Review) -> RowDecision | None:
        made: Decision | None = review.decision
        if made is None:
            return None
        return RowDecision(
            made.outcome, self.who(made.by), made.at, made.effective_at, review.effective, review.revision > 1
        )


def titled(run: Run, title: JSON | Erased) -> str:
    """What a run is called, with the secrets in its title covered; its id where it has no title."""
    return conceal(title).text if isinstance(title, str) and title else run.id


def brief(material: Material) -> str:
    """What a review is about in one line, drawn from the bytes: a question by its words, a call by its arguments."""
    return said(material.action, material.review.bind, material.args, material.schema)


def said(action: Action, bind: str, args: str | None, schema: str | None) -> str:
    """What an action is about in one line of at most 200 columns; `bind` is the digest of these arguments."""
    if args is None:
        return clip(gist(Erased(bind)), WIDEST)
    found = in_order(args, schema)
    if action.kind != "question":
        return clip(gist(found), WIDEST)
    words = str(found.get("question", ""))
    return clip(head(words, WORDS) if len(words) > WHOLE else drawn(conceal(words)), WIDEST)


def alike(secret: bytes, review: Review, action: Action, args: str | None) -> str | None:
    """A keyed hash of what is asked for and by whom. Only computed, never stored: it would outlive the erasure of the
    arguments, and let who has the secret try them out. After a failure it is that of failures that are alike."""
    if review.like is not None:
        return review.like
    if args is None:
        return None
    return keyed("alk", secret, action.agent, action.name, review.kind, review.cause, args)


def _failed(failure: JSON | Erased) -> str | None:
    """An error in one line, its secrets covered."""
    words = failure.get("error") if isinstance(failure, dict) else None
    return clip(drawn(conceal(words[:WORDS])), WIDEST) if isinstance(words, str) else None


def _missing(review: Review, people: People) -> int:
    """How many more have to agree: votes count with the places they had and still have."""
    if review.status not in OPEN:
        return 0
    if not review.votes:
        return sum(number for _, number in review.demand.quorum)
    return missing(people.voters(review, review.votes), review.demand.quorum)
