"""What conditions are evaluated on inside a transaction: the action, its arguments, and its past."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ..action.model import Action
from ..codec.conditions import Arguments, Context, NoValue, Window, total
from ..policy.rules import Policy

if TYPE_CHECKING:
    from .conditions import About
    from .work import Work

MOST: Final = 500
"""So many actions of the past a condition may count or add up."""
COUNTED: Final = ("held", "cleared", "claimed", "started", "unknown", "succeeded", "failed")
"""How actions stand that may have taken effect, or may still."""


def context_of(work: Work, about: About) -> Context:
    """One context for all conditions about an action."""
    arguments = Arguments(about.args, about.schema() or "{}")
    policy = work.sources.policy()
    raises = policy.criticality if isinstance(policy, Policy) else ()
    return Context(about.asked, arguments, work.sources.directory().names, Past(work, about), raises)


class Past:
    """What this agent did before with this action; each window is read once."""

    def __init__(self, work: Work, about: About) -> None:
        self._work, self._about = work, about
        self._known: dict[Window, Any] = {}

    def past(self, window: Window) -> Any:
        """A count, a sum or whether it is the first time. Raises `NoValue`."""
        if window not in self._known:
            self._known[window] = self._read(window)
        return self._known[window]

    def _read(self, window: Window) -> Any:
        if window.what == "first":
            return not self._actions(("succeeded",), 0, 1)
        if window.what == "refused":
            found = self._actions(("refused",), window.over, MOST + 1)
            return len([one for one in _bounded(found) if one.answered_at is not None])
        found = _bounded(self._actions(COUNTED, window.over, MOST + 1))
        return len(found) if window.what == "count" else self._sum(found, window)

    def _actions(self, statuses: tuple[str, ...], over: int, most: int) -> list[Action]:
        asked = self._about.asked
        since = self._work.now - over if over else 0
        found = self._work.sources.past(asked.agent, asked.name, statuses, since, most)
        return [one for one in found if one.id != self._about.id]

    def _sum(self, found: list[Action], window: Window) -> int | Decimal:
        sources = self._work.sources
        args = (Arguments(self._work.args(one.id, one.revision), sources.schema(one.schema) or "{}") for one in found)
        return total(one.at(window.path) for one in args)


def _bounded(found: list[Action]) -> list[Action]:
    if len(found) > MOST:
        raise NoValue(f"more than {MOST} actions of the past would have to be read")
    return found
