"""What a policy's conditions may look at, read inside the transaction, and only where a condition names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ..policy.asked import Asked
from ..policy.rules import Holds, Rule

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


def _context(work: Work, about: About) -> Context:
    from .context import context_of

    return context_of(work, about)
