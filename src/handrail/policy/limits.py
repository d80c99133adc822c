"""Limits: how often, or for how much in all, actions may run within a sliding window before people are asked."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final, Literal

from ..stream import JSON
from .globs import fits

ARGS: Final = "args."
EXACT: Final = Context(prec=100, traps=[Inexact, InvalidOperation])
"""Sums never round: a number has at most 30 digits on either side of its point."""
_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")
_LARGEST: Final = Decimal(10) ** 30
_SMALLEST: Final = -30

Otherwise = Literal["review", "deny"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much within a window (µs). `sum` is the path of the argument that is added up, `None` counts calls;
    `per` names what each has a budget of its own: agent, owner, run, action or `args.PATH`. `id` is its name as it is
    logged; `at_most` a decimal. `path` and `quorum` say who is asked beyond it."""

    id: str
    name: str
    action: str
    within: int
    at_most: str
    sum: str | None = None
    per: tuple[str, ...] = ()
    otherwise: Otherwise = "review"
    path: str | None = None
    quorum: tuple[tuple[str, int], ...] | None = None

    def is_about(self, action: str) -> bool:
        """Whether it counts actions of that name."""
        return fits(self.action, action)


@dataclass(frozen=True, slots=True)
class Charge:
    """What an action books on a budget: the argument at the path `sum` of that revision, or one call."""

    budget: str
    limit: str
    sum: str | None
    within: int
    revision: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How a limit stands for one action: what is booked already, and what the action asks for.

    `charge` is `None` where an argument that counts is missing, or `asks` no such number: then nothing is charged.
    `used` is `None` where the budget was erased. `booked` says that it was charged before.
    """

    limit: Limit
    charge: Charge | None
    used: Decimal | None
    asks: Decimal | None
    booked: bool = False

    @property
    def over(self) -> bool:
        """Whether the action would pass the limit, or nobody can tell that it would not."""
        if self.booked:
            return False
        if self.charge is None or self.used is None or self.asks is None:
            return True
        return EXACT.add(self.used, self.asks) > Decimal(self.limit.at_most)

    @property
    def forbidden(self) -> bool:
        """Whether the action would pass the limit, and nobody may let it."""
        return self.over and self.charge is not None and self.limit.otherwise == "deny"


def number(value: object) -> Decimal | None:
    """An argument as an exact number that can be added up; `None` for what is none, negative or out of all bounds."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    text = str(value)
    if not _NUMBER.fullmatch(text):
        return None
    found = Decimal(text)
    exponent = found.as_tuple().exponent
    fitting = isinstance(exponent, int) and exponent >= _SMALLEST and found < _LARGEST
    return found if fitting and not found.is_signed() else None


def written(value: Decimal) -> str:
    """A number as people write it, without an exponent."""
    return f"{value:f}"


def at(args: JSON, path: str) -> JSON:
    """What is at a path of the arguments, as `order.total`; `None` where there is nothing."""
    found = args
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
