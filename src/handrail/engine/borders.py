"""Looks for an action that a rule lets run and that must never: actions at all the borders that conditions draw."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise, product
from math import prod
from typing import Any, Final

from ..codec.conditions import Called, Condition, NoValue, Path, Subject, Window, condition, critical
from ..codec.policy_file import Never
from ..policy.criticality import Raise
from ..policy.rules import Rule

MOST: Final = 5_000
"""So many actions are tried; of more, a part is drawn, the same each time."""
RISKS: Final = ("unrated", "low", "medium", "high", "critical")
_ANYTHING: Final = (0, 1, "", "x", True, False, None)


def violation(never: Never, rules: list[Rule], name: str, raises: Sequence[Raise] = ()) -> str | None:
    """An action of that name that the last of these rules is the first to be about and lets run, in words."""
    *earlier, last = (one for one in rules if one.is_about(name))
    must = [condition(text) for text in (last.when, never.when, _sure(last)) if text is not None]
    before = [condition(one.when) for one in earlier if one.when is not None]
    for action in _actions(name, [*must, *before], raises):
        if all(_holds(one, action) is True for one in must) and all(_holds(one, action) is False for one in before):
            return action.said()
    return None


def _sure(rule: Rule) -> str | None:
    """The condition under which a rule that goes by confidence lets run."""
    return f"confidence >= {rule.threshold!r}" if rule.effect == "confidence" and rule.mode == "assisted" else None


def _holds(one: Condition, action: Imagined) -> bool | None:
    try:
        return one.holds(action)
    except NoValue:
        return None


@dataclass
class Imagined:
    """An action that is made up: what conditions look at, by what they call it."""

    name: str
    values: Mapping[Subject, Any]
    raises: Sequence[Raise] = ()
    steps: int = 0

    def variable(self, name: str) -> Any:
        """The value of a variable. Raises `NoValue`."""
        if name == "criticality":
            return critical(self.name, self.values["risk"], self.raises, self).level
        return self.name if name == "action" else self.values[name]

    def argument(self, path: Path) -> Any:
        """The value of an argument. Raises `NoValue`."""
        if path not in self.values:
            raise NoValue("it is not imagined")
        return self.values[path]

    def has(self, path: Path) -> bool:
        """Whether an argument is there."""
        return path in self.values

    def past(self, window: Window) -> Any:
        """What happened before."""
        return self.values[window]

    def said(self) -> str:
        """The action in words."""
        parts = [f"{_called(subject)} {_shown(value)}" for subject, value in self.values.items()]
        return f"{self.name}{' with ' if parts else ''}{', '.join(parts)}"


def _called(subject: Subject) -> str:
    if isinstance(subject, Window):
        return f"history.{subject.what}"
    return subject if isinstance(subject, str) else ".".join(("args", *subject))


def _shown(value: Any) -> str:
    return str(value.id if isinstance(value, Called) else value) if value != "" else '""'


def _actions(name: str, conditions: list[Condition], raises: Sequence[Raise]) -> Iterator[Imagined]:
    borders: dict[Subject, set[Any]] = {}
    if any("criticality" in one.uses.names for one in conditions):
        conditions = [*conditions, *(condition(one.when) for one in raises), condition('risk != "low"')]
    for one in conditions:
        for subject, values in one.uses.borders.items():
            borders.setdefault(subject, set()).update(values)
    borders.pop("criticality", None)
    subjects = sorted((one for one in borders if one != "action"), key=_called)
    choices = [_values(subject, borders[subject]) for subject in subjects]
    for chosen in _drawn(choices):
        yield Imagined(name, dict(zip(subjects, chosen, strict=True)), raises)


def _drawn(choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    if prod(len(one) for one in choices) <= MOST:
        yield from product(*choices)
        return
    draw = random.Random(0)
    yield from islice((tuple(draw.choice(one) for one in choices) for _ in range(MOST)), MOST)


def _values(subject: Subject, borders: set[Any]) -> list[Any]:
    if subject == "risk":
        return list(RISKS)
    if subject == "reversible" or (isinstance(subject, Window) and subject.what == "first"):
        return [True, False]
    numbers = sorted(_of(borders, int, Decimal))
    if isinstance(subject, Window):
        return [one for one in _around(numbers or [0]) if one >= 0]
    if subject == "confidence":
        return [one for one in _around(numbers or [Decimal("0.5")]) if 0 <= one <= 1]
    if subject == "env":
        return [*sorted(_of(borders, str)), "another"]
    if subject in ("agent", "run"):
        return [Called(one, str) for one in (*sorted(_of(borders, str)), "another")]
    found = [*_around(numbers), *_texts(borders), *_times(borders), *(one for one in borders if one in (True, False))]
    return [*found, None] if found else list(_ANYTHING)


def _of(borders: set[Any], *kinds: type) -> list[Any]:
    return [one for one in borders if type(one) in kinds]


def _around(numbers: list[Any]) -> list[Any]:
    """Each number, one between each two, and one beyond them."""
    if not numbers:
        return []
    between = [(Decimal(one) + Decimal(other)) / 2 for one, other in pairwise(numbers)]
    return [*numbers, *between, numbers[0] - 1, numbers[-1] + 1]


def _texts(borders: set[Any]) -> list[str]:
    texts = sorted(_of(borders, str))
    return [*texts, *(f"{one}x" for one in texts), *(f"x{one}" for one in texts), *(["another"] if texts else [])]


def _times(borders: set[Any]) -> list[Any]:
    found: list[Any] = []
    for kind, step in ((datetime, timedelta(microseconds=1)), (date, timedelta(days=1)), (timedelta, timedelta(0, 1))):
        found += [one + way * step for one in _of(borders, kind) for way in (-1, 0, 1)]
    return found
