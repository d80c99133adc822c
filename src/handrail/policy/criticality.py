"""How critical an action is: what its code says of its risk, raised by what the policy names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .globs import fits

Level = Literal["low", "medium", "high", "critical"]
LEVELS: Final[tuple[Level, ...]] = ("low", "medium", "high", "critical")
UNRATED: Final[Level] = "medium"


@dataclass(frozen=True, slots=True)
class Raise:
    """What makes actions of that name more critical, by so many levels, where the condition `when` is true."""

    name: str
    when: str
    action: str = "*"
    by: int = 1


@dataclass(frozen=True, slots=True)
class Criticality:
    """The level of an action, and the names of what raised it."""

    level: Level
    because: tuple[str, ...] = ()


def criticality(action: str, risk: str, raises: Sequence[Raise], holds: Callable[[str], bool]) -> Criticality:
    """How critical an action is; one whose risk nobody rated begins in the middle. `holds` says whether a condition is
    true, and what it raises is raised here."""
    found = tuple(_raising(action, raises, holds))
    start = LEVELS.index(_rated(risk)) + sum(one.by for one in found)
    return Criticality(LEVELS[min(start, len(LEVELS) - 1)], tuple(one.name for one in found))


def _rated(risk: str) -> Level:
    return next((level for level in LEVELS if level == risk), UNRATED)


def _raising(action: str, raises: Sequence[Raise], holds: Callable[[str], bool]) -> Iterator[Raise]:
    for one in raises:
        if fits(one.action, action) and holds(one.when):
            yield one
