"""What people decided, read from the log in its order: approvals and corrections, rejections with their reasons, what
time decided, and what turned out wrong later."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import orjson

from ..action.model import Action
from ..audit.disclosure import open_disclosure
from ..audit.entry import Entry, parse_entry
from ..backend import Decided, Decisions, Text
from ..codec.records import State, read_state
from ..review.model import Review
from ..store.protocol import Entry as Row
from ..store.protocol import Reader
from ..view.model import Erased

WANTED: Final = re.compile(rb'"type":"(?:review\.(?:decided|took_effect|expired)|action\.outcome_reported)"')
AT_ONCE: Final = 1_000
SCANNED: Final = 20_000
"""Entries that one question walks at most: who asks goes on behind them."""

Sees = Callable[[Action], bool]
"""Whether whoever asks may see what was decided about an action."""


class DecisionLog:
    """The decisions of one tenant, in the order of the log, with the names that `name` gives people."""

    def __init__(self, tenant: str, name: Callable[[str], str]) -> None:
        self._tenant: Final = tenant
        self._name: Final = name

    def read(self, reader: Reader, after: int, limit: int, sees: Sees) -> Decisions:
        """What was decided behind a position, at most `limit`; of a long log a part at a time."""
        found: list[Decided] = []
        head = reader.head(self._tenant)
        newest = head.size - 1 if head else -1
        end = after + SCANNED
        while after < end:
            page = reader.entries(self._tenant, after=after, limit=min(AT_ONCE, end - after))
            for entry in page:
                if len(found) == limit:
                    return Decisions(tuple(found), after, True, newest)
                after = entry.i
                if WANTED.search(entry.entry) and (made := self._decided(reader, entry, sees)):
                    found.append(made)
            if len(page) < AT_ONCE:
                break
        return Decisions(tuple(found), min(after, newest), after >= end, newest)

    def about(self, reader: Reader, action: Action, review: Review) -> Decided | None:
        """The decision of one review; `None` while it has none."""
        made = review.decision
        if made is None or not review.effective:
            return None
        return self._made(
            reader, action, review, -1, outcome=made.outcome, by=self._name(made.by), auth=made.auth, at=made.at,
            value=self._text(reader, review.id, made.value), note=self._text(reader, review.id, made.note),
        )  # fmt: skip

    def _decided(self, reader: Reader, row: Row, sees: Sees) -> Decided | None:
        """The decision that an entry makes final; `None` for one that can still be taken back, and for others'."""
        state, entry = self._state(reader, row.sub), parse_entry(row.entry)
        if isinstance(state, Action):
            return self._reported(reader, state, entry) if sees(state) else None
        assert isinstance(state, Review)
        action = self._state(reader, state.action)
        if not isinstance(action, Action) or not sees(action):
            return None
        if entry.type == "review.expired":
            value = _kept(reader, self._tenant, entry, "value")
            return self._made(
                reader, action, state, row.i, outcome="expired", by=None, auth="none", at=entry.t, value=value
            )
        made = self.about(reader, action, state)
        at_once = state.decision is not None and state.decision.effective_at <= state.decision.at
        if made is None or at_once != (entry.type == "review.decided"):
            return None
        return replace(made, position=row.i)

    def _reported(self, reader: Reader, action: Action, entry: Entry) -> Decided:
        data = _kept(reader, self._tenant, entry, "data")
        wrong = isinstance(data, dict) and data["wrong"]
        return self._made(
            reader, action, None, entry.i, outcome="wrong" if wrong else "right",
            by=self._name(entry.act.id), auth=entry.act.auth, at=entry.t,
            note=_kept(reader, self._tenant, entry, "note"),
        )  # fmt: skip

    def _made(
        self, reader: Reader, action: Action, review: Review | None, position: int, *, outcome: str, by: str | None,
        auth: str, at: int, value: Text = None, note: Text = None,
    ) -> Decided:  # fmt: skip
        first = self._args(reader, action, 1)
        revision = review.revision if review else action.revision
        return Decided(
            position=position, kind=review.kind if review else "report", action=action.id,
            review=review.id if review else action.asked, name=action.name, agent=action.agent, run=action.run,
            risk=action.risk, pattern=action.pattern, rule=action.rule, reason=action.reason, args=first,
            decided=first if revision == 1 else self._args(reader, action, revision), outcome=outcome, value=value,
            note=note, by=by, auth=auth, at=at, confidence=action.sure,
            threshold=None if action.threshold is None else float(action.threshold),
        )  # fmt: skip

    def _args(self, reader: Reader, action: Action, revision: int) -> Text:
        kept = reader.revision(self._tenant, action.id, revision)
        found: Text = orjson.loads(kept.args) if kept else Erased(action.bind)
        return found

    def _state(self, reader: Reader, subject: str) -> State | None:
        rows = reader.streams(self._tenant, (subject,))
        return read_state(rows[0].kind, rows[0].state) if rows else None

    def _text(self, reader: Reader, subject: str, digest: str | None) -> Text:
        if digest is None:
            return None
        text = reader.text(self._tenant, subject, digest)
        return Erased(digest) if text is None else _opened(text)


def _opened(text: str) -> Text:
    found: Text = orjson.loads(open_disclosure(text).value)
    return found


def _kept(reader: Reader, tenant: str, entry: Entry, name: str) -> Text:
    """A text of an entry, by its name there."""
    digest = entry.sd.get(name)
    if digest is None:
        return None
    kept = (one.text for one in reader.disclosures(tenant, (entry.i,)) if one.name == name)
    return next((_opened(text) for text in kept), Erased(digest))
