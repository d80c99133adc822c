"""Reads the inbox: a page of reviews as rows, and the reviews of what the log says has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ..action.model import Action
from ..backend import Text
from ..codec.records import State, read_state
from ..ids import derive
from ..review.model import OPEN, Review
from ..run.model import Run
from ..store.protocol import Reader
from .archive import Archive
from .rows import Material, Row, Rows

COUNTED: Final = 10_000
"""Open reviews beyond which nobody counts."""
EARLIER: Final = 8
"""The last reviews of one action whose rows change with it."""
AT_ONCE: Final = 20
"""Reviews whose arguments are held in memory together: each may have a megabyte."""
KINDS: Final = ("approval", "check", "question", "exception", "sample")


class Listing(NamedTuple):
    """A page of the inbox as of the log position `v`: where the next one begins, and how many reviews are open."""

    v: int
    rows: list[Row]
    next: str | None
    open: int


class Inbox:
    """The rows of one tenant. What is read comes from one snapshot."""

    def __init__(self, archive: Archive) -> None:
        self._archive: Final = archive
        self._tenant: Final = archive.tenant

    def page(self, after: str | None, limit: int, *, ended: bool = False) -> Listing:
        """Open reviews by risk and age, or those that ended, newest first; `after` is the last one before."""
        with self._archive.read() as reader:
            found = self._archive.page_in(reader, "review", after, limit, waiting=not ended, ended=ended)
            reviews = [one for one in found if isinstance(one, Review)]
            rows = self.rows_in(reader)
            drawn = self.drawn(reader, rows, reviews)
            count = reader.waiting(self._tenant, COUNTED)
        following = reviews[-1].id if len(reviews) == limit else None
        return Listing(rows.v, drawn, following, count)

    def drawn(self, reader: Reader, rows: Rows, reviews: Sequence[Review]) -> list[Row]:
        """The rows of these reviews, in their order. What they are made of is let go of as they are drawn."""
        return [
            rows.row(one)
            for start in range(0, len(reviews), AT_ONCE)
            for one in self.materials(reader, reviews[start : start + AT_ONCE])
        ]

    def rows_in(self, reader: Reader) -> Rows:
        """What makes rows as of a snapshot."""
        head = reader.head(self._tenant)
        directory, secret = self._archive.directory_in(reader), self._archive.secret
        return Rows(directory, secret, head.size - 1 if head else -1, self._archive.now())

    def changed(self, reader: Reader, subjects: Iterable[str]) -> dict[str, list[Review]]:
        """The reviews whose rows these streams change, by the stream: reviews, and those of actions."""
        asked = {one: [one] for one in subjects if one.startswith("rev_")}
        for state in self._states(reader, (one for one in subjects if one.startswith("act_"))):
            if isinstance(state, Action):
                asked[state.id] = list(_reviews_of(state))
        states = self._states(reader, {one for ids in asked.values() for one in ids})
        found = {one.id: one for one in states if isinstance(one, Review)}
        return {subject: [found[one] for one in ids if one in found] for subject, ids in asked.items()}

    def materials(self, reader: Reader, reviews: Sequence[Review]) -> list[Material]:
        """What the rows of these reviews are made of."""
        states = self._states(reader, {one.action for one in reviews})
        actions = {one.id: one for one in states if isinstance(one, Action)}
        states = self._states(reader, {one.run for one in actions.values() if one.run})
        runs = {one.id: one for one in states if isinstance(one, Run)}
        titles = {one.id: self._archive.text_in(reader, one.id, one.title) for one in runs.values()}
        return [self._material(reader, one, actions[one.action], runs, titles) for one in reviews]

    def _material(
        self, reader: Reader, review: Review, action: Action, runs: dict[str, Run], titles: dict[str, Text]
    ) -> Material:
        kept = reader.revision(self._tenant, action.id, review.revision)
        view = self._archive.text_in(reader, review.id, review.view)
        run = runs.get(action.run) if action.run else None
        return Material(
            review, action, run, titles.get(run.id) if run else None, kept.args if kept else None,
            reader.blob(self._tenant, action.schema), view if isinstance(view, dict) else None,
            self._archive.text_in(reader, action.id, action.outcome) if _asks_about_failure(review) else None,
        )  # fmt: skip

    def _states(self, reader: Reader, ids: Iterable[str]) -> list[State]:
        return [read_state(row.kind, row.state) for row in reader.streams(self._tenant, ids)]


def _asks_about_failure(review: Review) -> bool:
    return review.cause == "attempts_failed" and review.status in OPEN


def _reviews_of(action: Action) -> Iterable[str]:
    """The ids that the last reviews of an action may have: ids follow from what they are about."""
    for number in range(max(1, action.reviews - EARLIER + 1), action.reviews + 1 + action.sampled):
        yield from (derive("rev", action.id, number, kind) for kind in KINDS)
