"""The JSON that Handrail signs: which values belong to it, and where a value leaves it.

The set is I-JSON (RFC 7493) with limits: no NaN or infinity, no number that a double cannot hold exactly as
an integer, no lone surrogate, at most 64 levels, 10,000 members and 1 MiB of text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from handrail.errors import MalformedJSON

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493 section 2.2)."""

_EXPONENT_FROM: Final = 1e21
"""From here on RFC 8785 writes a number with an exponent, so it reads back as a float."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one value may hold: bytes of canonical text, nested containers, values inside containers."""

    bytes: int = 1024 * 1024
    depth: int = 64
    members: int = 10_000


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a value and what to do; a reader may leave one in place of the value it refuses."""

    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value sits: a linked list, so that a deep walk shares its prefixes."""

    parent: _Spot | None
    key: str | int
    depth: int

    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901) of this spot, printable and at most 200 characters."""
        keys: list[str] = []
        spot: _Spot | None = self
        while spot is not None:
            keys.append(escape_key(spot.key))
            spot = spot.parent
        return shorten("".join(f"/{key}" for key in reversed(keys)), 200)


def escape_key(key: str | int) -> str:
    """One reference token of a JSON Pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def shorten(text: str, limit: int = 60) -> str:
    """Text for an error message: hidden and foreign characters escaped, cut to `limit` characters."""
    shown = text[: limit + 1].encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def guard(value: object, limits: Limits = LIMITS) -> None:
    """Refuse whatever is not plain JSON within the limits; never recurses, so depth cannot harm it.

    Raises MalformedJSON that names the first spot found.
    """
    room = limits.members
    waiting: list[tuple[_Spot | None, object]] = [(None, value)]
    while waiting:
        spot, item = waiting.pop()
        if (flaw := _scalar_flaw(item)) is not None:
            raise MalformedJSON(flaw.what, _where(spot), flaw.hint)
        if type(item) is not dict and type(item) is not list:
            continue
        depth = spot.depth + 1 if spot is not None else 1
        room -= len(item)
        if (flaw := _excess(depth, room, limits)) is not None:
            raise MalformedJSON(flaw.what, _where(spot), flaw.hint)
        waiting.extend(reversed([(_Spot(spot, key, depth), child) for key, child in _members(item, spot)]))


def _where(spot: _Spot | None) -> str:
    return spot.pointer() if spot is not None else "the top level"


def _members(container: dict[object, object] | list[object], spot: _Spot | None) -> Iterator[tuple[str | int, object]]:
    if isinstance(container, list):
        yield from enumerate(container)
        return
    for key, child in container.items():
        if type(key) is not str:
            raise MalformedJSON(f"a key of type {type(key).__name__}", _where(spot), "Use text as keys.")
        if (flaw := _text_flaw(key)) is not None:
            raise MalformedJSON(f"a key with {flaw.what}", _where(spot), flaw.hint)
        yield key, child


def _excess(depth: int, room: int, limits: Limits) -> Flaw | None:
    if depth > limits.depth:
        return Flaw(f"more than {limits.depth} nested levels", "Flatten the value.")
    if room < 0:
        return Flaw(f"more than {limits.members:,} members", "Send a reference to the data instead.")
    return None


def _scalar_flaw(item: object) -> Flaw | None:
    kind = type(item)
    if item is None or kind is bool or kind is dict or kind is list:
        return None
    if isinstance(item, str) and kind is str:
        return _text_flaw(item)
    if isinstance(item, int) and kind is int:
        return None if abs(item) <= MAX_SAFE_INTEGER else BIG_INTEGER
    if isinstance(item, float) and kind is float:
        return _float_flaw(item)
    if isinstance(item, Flaw):
        return item
    return Flaw(f"a value of type {kind.__name__}", "Use dict, list, str, int, float, bool or None.")


BIG_INTEGER: Final = Flaw("an integer beyond 2^53 - 1", "Send it as text: other readers would round it.")


def _float_flaw(number: float) -> Flaw | None:
    if number - number != 0.0:
        return Flaw("NaN or infinity", "JSON has neither: use null or text.")
    if MAX_SAFE_INTEGER < abs(number) < _EXPONENT_FROM:
        return BIG_INTEGER
    return None


def _text_flaw(text: str) -> Flaw | None:
    if text.isascii() or not has_surrogate(text):
        return None
    return Flaw("a lone surrogate", "It is no character: repair the text where it was decoded.")


def has_surrogate(text: str) -> bool:
    """Whether the text holds a surrogate code point, which UTF-8 cannot carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def is_fast(value: object, limits: Limits) -> bool:
    """Whether orjson's sorted output of the value is known to be its RFC 8785 text; False says nothing.

    Level by level at C speed. The closed set: plain JSON whose keys sort alike by code point and by UTF-16
    unit (no key above U+D7FF), whose floats are written alike; orjson itself refuses big integers and
    surrogates.
    """
    level: list[object] | None = [value]
    room = limits.members
    for _ in range(limits.depth + 1):
        if level is None:
            return False
        kinds = set(map(type, level))
        if not kinds <= _PLAIN or (float in kinds and not all(map(_plain_float, level))):
            return False
        if kinds.isdisjoint(_CONTAINERS):
            return True
        level = _inner(level, room)
        room -= len(level or ())
    return False


_SMALL: Final = 1e-3
_LARGE: Final = 1e15
_CONTAINERS: Final = frozenset((dict, list))
_PLAIN: Final = frozenset((dict, list, str, int, float, bool, type(None)))


def _inner(level: list[object], room: int) -> list[object] | None:
    """The members of the level's containers; None when too many, or a key does not sort alike."""
    inner: list[object] = []
    for item in level:
        if isinstance(item, dict):
            if not _sorts_alike(item):
                return None
            inner += item.values()
        elif isinstance(item, list):
            inner += item
        if len(inner) > room:
            return None
    return inner


def _sorts_alike(members: dict[str, object]) -> bool:
    try:
        keys = "".join(members)
    except TypeError:
        return False
    return keys.isascii() or max(keys) < "\ud800"


def _plain_float(item: object) -> bool:
    """Whether orjson and ECMAScript write a float alike: neither whole nor with an exponent."""
    return type(item) is not float or (_SMALL < abs(item) < _LARGE and not item.is_integer())
