"""How limits stand for an action, and what it books under them: read inside the transaction that decides it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..action.commands import Propose
from ..action.model import Action
from ..policy import budget
from ..policy.budget import Budget, Window
from ..policy.limits import ARGS, Charge, Limit, Tally, at, number, written
from ..policy.rules import Policy, Unreadable
from ..principal import Principal
from ..stream import JSON
from ..view.model import Erased, LimitView

if TYPE_CHECKING:
    from .work import Work

ONE: Final = Decimal(1)


class Counted(NamedTuple):
    """An action as limits look at it. `charges` are booked for it already, since `spent_at` (µs) if it started."""

    id: str
    name: str
    agent: str
    owner: str
    run: str | None
    args: str | None
    revision: int
    charges: tuple[Charge, ...] = ()
    spent_at: int | None = None


def proposed(subject: str, command: Propose, actor: Principal) -> Counted:
    """An action that is asked for."""
    return Counted(subject, command.name, actor.id, actor.owner or "", command.run, command.args, 1)


def standing(work: Work, state: Action) -> Counted:
    """An action that is there, with its present arguments."""
    return revised(state, state.revision, work.args(state.id, state.revision))


def revised(state: Action, revision: int, args: str | None) -> Counted:
    """An action that is there, with other arguments."""
    return Counted(
        state.id, state.name, state.agent, state.owner, state.run, args, revision, state.charges, state.spent_at
    )


def tallies(work: Work, policy: Policy | Unreadable | None, kind: str, about: Counted) -> tuple[Tally, ...]:
    """How each limit that counts the action stands."""
    limits = _about(policy, kind, about.name)
    args = _read(about.args) if limits else None
    return tuple(_tally(work, limit, about, args) for limit in limits)


def tallies_of(work: Work, policy: Policy | Unreadable | None, state: Action) -> tuple[Tally, ...]:
    """The same for an action that is there; its arguments are read only where a limit counts it."""
    if not _about(policy, state.kind, state.name):
        return ()
    return tallies(work, policy, state.kind, standing(work, state))


def _about(policy: Policy | Unreadable | None, kind: str, name: str) -> list[Limit]:
    found = policy.limits if isinstance(policy, Policy) and kind == "call" else ()
    return [one for one in found if one.is_about(name)]


def charges(found: Iterable[Tally]) -> tuple[Charge, ...]:
    """What the action books."""
    return tuple(tally.charge for tally in found if tally.charge)


def told(found: Iterable[Tally]) -> list[LimitView]:
    """How the limits stand, as it is shown to people."""
    return [
        {
            "name": tally.limit.name, "per": [*tally.limit.per], "within": tally.limit.within,
            "sum": tally.limit.sum, "at_most": tally.limit.at_most, "over": tally.over,
            "used": None if tally.used is None else written(tally.used),
            "asks": None if tally.asks is None else written(tally.asks),
        }
        for tally in found
    ]  # fmt: skip


def facts(work: Work, subject: str, state: Budget | None, command: Any, actor: Principal) -> budget.Facts:
    """The facts for a budget's command."""
    amount = _amount(_read(work.args(command.action, command.charge.revision)), command.charge.sum)
    key: JSON = None
    action = work.state(command.action)
    if state is None and isinstance(action, Action):
        limit = next((one for one in _limits(work) if one.id == command.charge.limit), None)
        found = _key(limit, standing(work, action), _read(work.args(action.id, command.charge.revision)))
        key = dict(found or {})
    return budget.Facts(work.now, actor, amount, _window(work, subject, state), key)


def _limits(work: Work) -> tuple[Limit, ...]:
    policy = work.sources.policy()
    return policy.limits if isinstance(policy, Policy) else ()


def _tally(work: Work, limit: Limit, about: Counted, args: JSON) -> Tally:
    asks, key = _amount(args, limit.sum), _key(limit, about, args)
    if asks is None or key is None:
        return Tally(limit, None, None, asks)
    names = work.sources.directory().names
    budget_id = names.budget(limit.id, limit.sum or "", *(part for name, value in key for part in (name, _same(value))))
    charge = Charge(budget_id, limit.id, limit.sum, limit.within, about.revision)
    state = work.state(budget_id)
    window = _window(work, budget_id, state if isinstance(state, Budget) else None)
    own = next((one for one in about.charges if one.budget == budget_id), None)
    if window is not None and own is not None:
        window = _without(work, window, own, about)
    used = None if window is None else window.used(work.now, limit.within)
    return Tally(limit, charge, used, asks, booked=own == charge)


def _without(work: Work, window: Window, own: Charge, about: Counted) -> Window:
    """The window without what is booked for the action itself."""
    amount = _amount(_read(work.args(about.id, own.revision)), own.sum)
    return window if amount is None else budget.taken(window, amount, about.spent_at, work.now, own.within)


def _window(work: Work, subject: str, state: Budget | None) -> Window | None:
    if state is None:
        return Window()
    kept = work.text(subject, state.window)
    return None if isinstance(kept, Erased) else budget.window(kept)


def _read(args: str | None) -> JSON:
    """Arguments with their fractions as they are written: a binary fraction would round them."""
    found: JSON = json.loads(args, parse_float=Decimal) if args is not None else None
    return found


def _amount(args: JSON, path: str | None) -> Decimal | None:
    if args is None:
        return None
    return ONE if path is None else number(at(args, path))


def _key(limit: Limit | None, about: Counted, args: JSON) -> tuple[tuple[str, JSON], ...] | None:
    """What the limit counts by, with its values; `None` where an argument is missing."""
    values: dict[str, JSON] = {"agent": about.agent, "owner": about.owner, "run": about.run or "", "action": about.name}
    found: list[tuple[str, JSON]] = []
    for name in limit.per if limit else ():
        value = at(args, name.removeprefix(ARGS)) if name.startswith(ARGS) else values[name]
        if value is None:
            return None
        found.append((name, value))
    return tuple(found)


def _same(value: JSON) -> str:
    """A value as it is told from others: by its letters and digits, however it is spaced or capitalised."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    plain = "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())
    return plain or text
