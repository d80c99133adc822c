"""Tries a policy on what was recorded: which verdicts would be others, and how many reviews there would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

import orjson

from ..action.model import Action
from ..audit.disclosure import open_disclosure
from ..codec.conditions import Arguments, Context, NoValue, Window, condition, total
from ..codec.policy_file import PolicyFile
from ..codec.records import read_state
from ..directory.model import Names
from ..policy.asked import Asked
from ..policy.rules import ConditionFailed, Policy
from ..run.model import Run
from ..store.protocol import Reader, Stream
from .context import COUNTED, MOST
from .lineage import DEEPEST

PAGE: Final = 500
ACTIONS: Final = 20_000
"""So many actions are looked at, the newest."""
Kind = Literal["run", "review", "deny"]


class Judged(NamedTuple):
    """One recorded action: its verdict then and now, by which rule, and whether people said no to it."""

    id: str
    name: str
    was: Kind
    would: Kind
    rule: str | None
    refused: bool


@dataclass
class Backtest:
    """What came out.

    `erased` are those whose arguments are gone where a condition names some, `broken` those that would run where a
    `never:` forbids it; `whole` says that there were no more than were looked at.
    """

    judged: list[Judged] = field(default_factory=list)
    erased: int = 0
    broken: list[Judged] = field(default_factory=list)
    whole: bool = True

    @property
    def changed(self) -> list[Judged]:
        """Those with another verdict."""
        return [one for one in self.judged if one.was != one.would]

    @property
    def slipping(self) -> list[Judged]:
        """Those that people said no to, and that would run."""
        return [one for one in self.judged if one.refused and one.would == "run"]

    def reviews(self, when: Literal["was", "would"]) -> int:
        """How many were asked about, or would be."""
        return sum(getattr(one, when) == "review" for one in self.judged)


class Recorded(NamedTuple):
    """An action as it was proposed."""

    state: Action
    was: Kind
    args: str | None
    schema: str
    watched: bool


def backtest(reader: Reader, tenant: str, names: Names, file: PolicyFile, since: int) -> Backtest:
    """The policy on every action since (µs). Limits and standing permissions are left out of it."""
    found = Backtest()
    recorded = list(_recorded(reader, tenant, since))
    found.whole = len(recorded) < ACTIONS
    past = _Past()
    for one in reversed(recorded):
        args = Arguments(one.args, one.schema or "{}")
        context = Context(_asked(one), args, names, past.before(one.state), file.policy.criticality)
        if one.args is None and _reads_arguments(file.policy, one.state.name):
            found.erased += 1
        else:
            _judge(found, file, one, context)
        past.add(one)
    return found


def _asked(one: Recorded) -> Asked:
    state = one.state
    return Asked(
        state.name, state.risk, state.reversible, state.agent, state.run, state.env, state.sure, one.watched
    )  # fmt: skip


def _judge(found: Backtest, file: PolicyFile, one: Recorded, context: Context) -> None:
    would, rule = verdict(file.policy, one.state, context)
    refused = one.state.status == "refused" and one.state.answered_at is not None
    judged = Judged(one.state.id, one.state.name, one.was, would, rule, refused)
    found.judged.append(judged)
    if would == "run" and _forbidden(file, context):
        found.broken.append(judged)


def verdict(policy: Policy, state: Action, context: Context) -> tuple[Kind, str | None]:
    """What a policy says of a recorded action, as far as it is about running, asking or denying; and by which rule."""
    try:
        rule = policy.find(state.name, context.holds)
    except ConditionFailed as failed:
        return "review", failed.rule.id
    if rule is None:
        return ("review" if state.floor or policy.default == "review" else "deny"), None
    if rule.effect == "deny":
        return "deny", rule.id
    floor = state.floor and (state.kind == "question" or not rule.replaces)
    return ("review" if floor or rule.holds_back(context.asked) else "run"), rule.id


def _forbidden(file: PolicyFile, context: Context) -> bool:
    for never in file.never:
        if never.when is None:
            if never.is_about(context.asked.name):
                return True
            continue
        try:
            if condition(never.when).holds(context):
                return True
        except NoValue:
            continue
    return False


def _reads_arguments(policy: Policy, name: str) -> bool:
    whens = [*(rule.when for rule in policy.about(name)), *(one.when for one in policy.criticality)]
    conditions = (condition(when).uses for when in whens if when is not None)
    return any(one.paths for one in conditions)


def _recorded(reader: Reader, tenant: str, since: int) -> Iterator[Recorded]:
    for row in _rows(reader, tenant, since):
        state = read_state("action", row.state)
        if isinstance(state, Action):
            kept = reader.revision(tenant, state.id, 1)
            schema = reader.blob(tenant, state.schema) or "{}"
            yield Recorded(
                state, _was(reader, tenant, state), kept.args if kept else None, schema, _watched(reader, tenant, state)
            )


def _watched(reader: Reader, tenant: str, state: Action) -> bool:
    """Whether people watched the run, or one around it."""
    run, depth = state.run, 0
    while run is not None and depth <= DEEPEST:
        rows = reader.streams(tenant, {run})
        found = read_state("run", rows[0].state) if rows else None
        if not isinstance(found, Run):
            return False
        if found.watched:
            return True
        run, depth = found.parent, depth + 1
    return False


def _rows(reader: Reader, tenant: str, since: int) -> Iterator[Stream]:
    rows: list[Stream] = []
    for _ in range(ACTIONS // PAGE):
        after = (rows[-1].rank, rows[-1].born, rows[-1].id) if rows else None
        rows = reader.page(tenant, "action", after=after, limit=PAGE)
        yield from (row for row in rows if row.born >= since)
        if len(rows) < PAGE or rows[-1].born < since:
            return


def _was(reader: Reader, tenant: str, state: Action) -> Kind:
    """The verdict that the log has of its proposal."""
    first = reader.entries(tenant, sub=state.id, limit=1)[0]
    data = next(one for one in reader.disclosures(tenant, (first.i,)) if one.name == "data")
    found: Kind = orjson.loads(open_disclosure(data.text).value)["verdict"]
    return found


class _Past:
    """What came before, in the order in which it was proposed, each as it ended."""

    def __init__(self) -> None:
        self._actions: dict[tuple[str, str], list[Recorded]] = {}

    def add(self, one: Recorded) -> None:
        """The next action."""
        self._actions.setdefault((one.state.agent, one.state.name), []).append(one)

    def before(self, state: Action) -> _Before:
        """What its agent did with that action before."""
        return _Before(self._actions.get((state.agent, state.name), []), state.proposed_at)


class _Before:
    """The history of one action."""

    def __init__(self, found: list[Recorded], now: int) -> None:
        self._found, self._now = found, now

    def past(self, window: Window) -> Any:
        """A count, a sum or whether it is the first time. Raises `NoValue`."""
        if window.what == "first":
            return not any(one.state.status == "succeeded" for one in self._found)
        found = [one for one in self._found if one.state.proposed_at >= self._now - window.over]
        if window.what == "refused":
            return len([one for one in found if one.state.status == "refused" and one.state.answered_at is not None])
        counted = [one for one in found if one.state.status in COUNTED]
        if len(counted) > MOST:
            raise NoValue(f"more than {MOST} actions of the past would have to be read")
        return len(counted) if window.what == "count" else _sum(counted, window)


def _sum(found: Iterable[Recorded], window: Window) -> int | Decimal:
    return total(Arguments(one.args, one.schema).at(window.path) for one in found)
