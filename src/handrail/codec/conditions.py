"""The conditions of a policy's rules: whether one holds for an action, and what it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Final, Protocol

from ..directory.model import Names
from ..policy.asked import Asked
from ..policy.criticality import Criticality, Raise, criticality
from ..policy.rules import ConditionFailed, Rule
from .cel.arguments import Arguments
from .cel.checking import Path, Subject, Uses, Window, checked
from .cel.evaluation import MAX_STEPS, Evaluator, Scope, calculated, compiled
from .cel.functions import SAID, Called, NoValue, kind_of
from .cel.syntax import ConditionError, Constant, Name, Node, Operation, parsed

__all__ = [
    "Arguments", "Condition", "ConditionError", "Context", "Called", "History", "NoValue", "Path", "Subject",
    "Window", "condition", "guesses", "total",
]  # fmt: skip


class History(Protocol):
    """What this agent did before with this action, as of the transaction in which it is asked."""

    def past(self, window: Window) -> Any:
        """A count, a sum or whether it is the first time. Raises `NoValue` where it is too much to read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that can be evaluated, with what it looks at; `parts` are the sides of its outermost `&&`, and
    `only` is the name of the action that one of them names, if one does."""

    text: str
    uses: Uses
    only: str | None
    whole: Evaluator
    parts: tuple[tuple[str, Evaluator], ...]

    def holds(self, context: Scope) -> bool:
        """Whether it is true. Raises `NoValue` where it is neither true nor false."""
        return _truth(self.whole, context)

    def open(self, context: Scope) -> Iterator[tuple[str, bool | str]]:
        """Each part, and whether it is true, or why it is neither."""
        for text, part in self.parts:
            try:
                yield text, _truth(part, context)
            except NoValue as error:
                yield text, str(error)


def _truth(part: Evaluator, context: Scope) -> bool:
    context.steps = MAX_STEPS
    found = part(context, _NOTHING)
    if found is True or found is False:
        return found
    raise NoValue(f"the condition is {SAID[kind_of(found)]}, and neither true nor false")


_NOTHING: Final[Mapping[str, Any]] = {}


@lru_cache(maxsize=4096)
def condition(text: str) -> Condition:
    """The condition of that text. Raises `ConditionError`."""
    tree = parsed(text)
    uses = checked(tree)
    parts = tuple((text[one.span.start : one.span.end], compiled(one, text)) for one in _sides(tree))
    only = next((name for one in _sides(tree) if (name := _named(one)) is not None), None)
    return Condition(text, uses, only, compiled(tree, text), parts)


def _named(part: Node) -> str | None:
    """The action that a part wants: `action == "…"`."""
    match part:
        case Operation("==", (Name("action"), Constant(str() as name)) | (Constant(str() as name), Name("action"))):
            return name
        case _:
            return None


def _sides(tree: Node) -> Iterator[Node]:
    if isinstance(tree, Operation) and tree.sign == "&&":
        for side in tree.sides:
            yield from _sides(side)
    else:
        yield tree


class Context:
    """What the conditions of a policy are evaluated on: one for each action, so that each value is read once."""

    def __init__(
        self, asked: Asked, args: Arguments, names: Names, history: History | None = None, raises: Sequence[Raise] = ()
    ) -> None:
        self.asked, self.args, self.names, self.history, self.raises = asked, args, names, history, raises
        self.steps = MAX_STEPS

    @cached_property
    def criticality(self) -> Criticality:
        """How critical the action is, by the policy's words. Raises `NoValue` where one of them has no answer."""
        return critical(self.asked.name, self.asked.risk, self.raises, self)

    def variable(self, name: str) -> Any:
        """The value of a variable. Raises `NoValue`."""
        if name == "action":
            return self.asked.name
        if name == "criticality":
            return self.criticality.level
        if name == "agent":
            return Called(self.asked.agent, self.names.agent)
        if name == "run":
            return None if self.asked.run is None else Called(self.asked.run, self.names.run)
        found = getattr(self.asked, name)
        if found is None and name in _MISSING:
            raise NoValue(_MISSING[name])
        return Decimal(repr(found)) if isinstance(found, float) else found

    def argument(self, path: Path) -> Any:
        """The typed value of an argument. Raises `NoValue`."""
        return self.args.at(path)

    def has(self, path: Path) -> bool:
        """Whether an argument is there."""
        return self.args.has(path)

    def past(self, window: Window) -> Any:
        """What happened before. Raises `NoValue`."""
        if self.history is None:
            raise NoValue("`history` is not known here")
        return self.history.past(window)

    def holds(self, rule: Rule) -> bool:
        """Whether a rule's condition is true. Raises `ConditionFailed`, with why there is no answer."""
        try:
            return condition(rule.when or "true").holds(self)
        except NoValue as error:
            raise ConditionFailed(rule, str(error)) from None
        except ConditionError as error:
            raise ConditionFailed(rule, error.problem) from None
        except Exception as error:
            raise ConditionFailed(rule, f"it could not be evaluated ({type(error).__name__})") from error


def critical(action: str, risk: str, raises: Sequence[Raise], context: Scope) -> Criticality:
    """How critical an action is. Raises `NoValue` where what may raise it has no answer."""
    return criticality(action, risk, raises, lambda text: condition(text).holds(context))


_MISSING: Final = {
    "env": "`env` is not known: start with HANDRAIL_ENV, env= or --env",
    "confidence": "`confidence` is not known: the action came without a usable one",
}


def guesses(conditions: Iterable[str]) -> dict[Path, str]:
    """What the arguments stand for by what these conditions compare them with, where no schema is known."""
    found: dict[Path, str] = {}
    for text in conditions:
        for path, kind in condition(text).uses.guesses.items():
            found.setdefault(path, kind)
    return found


def total(values: Iterable[Any]) -> int | Decimal:
    """The exact sum of numbers. Raises `NoValue` for what is no number."""
    found: int | Decimal = 0
    for value in values:
        if kind_of(value) != "number":
            raise NoValue(f"the sum meets {SAID[kind_of(value)]}")
        try:
            found = calculated("+", found, value)
        except ArithmeticError:
            raise NoValue("the sum has no exact result") from None
    return found
