"""What all lives have in common: an event is drafted by `decide`, sealed into the log, and folded in by `evolve`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeAlias, TypeVar, Union

from .principal import Principal

JSON: TypeAlias = Union[None, bool, int, float, str, list["JSON"], dict[str, "JSON"]]
Table: TypeAlias = Mapping[type, Mapping[str | None, str]]
"""For each event type, from which state to which it leads; `None` is the state before birth."""

NO_TEXTS: Final[Mapping[str, JSON]] = MappingProxyType({})
NO_DIGESTS: Final[Mapping[str, str]] = MappingProxyType({})

E = TypeVar("E")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an action's arguments: canonical text, the salt that hides it, and the digest that binds it."""

    number: int
    args: str
    salt: bytes
    bind: str


class Draft(NamedTuple, Generic[E]):
    """An event that was decided and not yet sealed, with the erasable texts that go with it.

    `lease` is the new end of the executor's lease in microseconds; 0 ends it, `None` leaves it alone.
    """

    event: E
    texts: Mapping[str, JSON] = NO_TEXTS
    revision: Revision | None = None
    lease: int | None = None


class Sealed(NamedTuple, Generic[E]):
    """An event as the log holds it: counted, timed, signed for, its texts known by digest alone."""

    event: E
    rev: int
    at: int
    by: Principal
    texts: Mapping[str, str] = NO_DIGESTS


if TYPE_CHECKING:
    from dataclasses import replace as changed
else:

    def changed(state, **fields):
        """The frozen dataclass with some fields changed, and checked by types like `dataclasses.replace`.

        That one goes through `__init__`, for which a life of thirty fields pays five times as much at each event.
        Raises `TypeError` for a field that there is not.
        """
        copy, puts = _writing(type(state))
        after = copy(state)
        for name, value in fields.items():
            if name not in puts:
                raise TypeError(f"{type(state).__name__} has no field {name}")
            puts[name](after, value)
        return after

    @cache
    def _writing(kind):
        """How a dataclass with slots is copied, and each of its slots written; the copy is compiled like `__init__`."""
        puts = {name: vars(kind)[name].__set__ for name in kind.__slots__}
        names = {"new": object.__new__, "kind": kind} | {f"put_{name}": put for name, put in puts.items()}
        lines = ("after = new(kind)", *(f"put_{name}(after, state.{name})" for name in puts), "return after")
        exec("def copy(state):\n    " + "\n    ".join(lines), names)
        return names["copy"], puts


class IllegalTransition(Exception):
    """An event met a state that does not accept it: the log or the program is wrong, never the caller."""


def step(table: Table, event: object, state: str | None) -> str:
    """The state that `event` leads to, by the life's table. Raises `IllegalTransition`."""
    try:
        return table[type(event)][state]
    except KeyError:
        raise IllegalTransition(f"{type(event).__name__} is not accepted in state {state}") from None


def fold(evolve: Callable[[S | None, Sealed[E]], S], events: Iterable[Sealed[E]]) -> S | None:
    """The state after all events, from nothing."""
    state: S | None = None
    for event in events:
        state = evolve(state, event)
    return state


__all__ = [
    "JSON", "NO_DIGESTS", "NO_TEXTS", "Draft", "IllegalTransition", "Revision", "Sealed", "Table", "changed", "fold",
    "step",
]  # fmt: skip
