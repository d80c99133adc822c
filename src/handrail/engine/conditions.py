"""What a policy's conditions may look at, read inside the transaction, and only where a condition names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ..action.model import Action
from ..policy.asked import Asked
from ..policy.criticality import Criticality
from ..policy.rules import ConditionFailed, Holds, Policy, Rule
from . import lineage

if TYPE_CHECKING:
    from ..codec.conditions import Context
    from .work import Work


class About(NamedTuple):
    """The action that is judged: its id, what is known of it, its arguments (`None` once erased) and their schema."""

    id: str
    asked: Asked
    args: str | None
    schema: Callable[[], str | None]


def holding(work: Work, about: About) -> Holds:
    """Whether a rule's condition is true for an action. One context for all rules, made at the first condition."""
    made: list[Context] = []

    def holds(rule: Rule) -> bool:
        if not made:
            made.append(_context(work, about))
        return made[0].holds(rule)

    return holds


def standing(work: Work, state: Action, args: str | None) -> About:
    """An action that was judged before, with its arguments as they are or as an edit has them."""
    watched = lineage.watched(work, state.run)
    asked = Asked(state.name, state.risk, state.reversible, state.agent, state.run, state.env, state.sure, watched)
    return About(state.id, asked, args, lambda: work.sources.schema(state.schema))


def why(work: Work, about: About) -> str | None:
    """Why a condition has no answer for an action, in words that hold no argument's value."""
    policy = work.sources.policy()
    try:
        if isinstance(policy, Policy):
            policy.find(about.asked.name, holding(work, about))
    except ConditionFailed as failed:
        return failed.why
    return None


def critical(work: Work, about: About) -> Criticality | None:
    """How critical an action is by the policy's own words, and what raised it; nothing where the policy has none, or
    one of them has no answer."""
    policy = work.sources.policy()
    if not isinstance(policy, Policy) or not policy.criticality:
        return None
    from ..codec.conditions import NoValue

    try:
        return _context(work, about).criticality
    except NoValue:
        return None


def _context(work: Work, about: About) -> Context:
    from .context import context_of

    return context_of(work, about)
