"""One Python value between a call and its stored JSON, and what "came back the same" means."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from handrail.codec.canonical import canonical, parse
from handrail.errors import MalformedJSON, NotSerialisable
from handrail.stream import JSON


class ValueCodec(Protocol):
    """How one parameter or result travels."""

    def dump(self, value: object) -> JSON:
        """The JSON of a value that is known to read back the same. Raises NotSerialisable."""
        ...

    def load(self, stored: JSON) -> object:
        """The value of stored JSON. Raises InvalidValue."""
        ...


class PlainValue:
    """A parameter without a type, or of type `Any`: plain JSON only, as nothing says how to read more."""

    def __init__(self, what: str) -> None:
        self._what = what

    def dump(self, value: object) -> JSON:
        """A copy of the plain JSON. Raises NotSerialisable that names the place."""
        try:
            return parse(canonical(value))  # type: ignore[arg-type]
        except MalformedJSON as error:
            raise NotSerialisable(
                f"{self._what} takes plain JSON only, and has {error.what} at {error.where}. "
                "Annotate it with its type, or with Local[...] to keep it out of what is stored."
            ) from None

    def load(self, stored: JSON) -> JSON:
        """The JSON itself."""
        return stored


def same(before: object, after: object) -> bool:
    """Whether a value came back: equal and of the same types all the way down.

    An integer and a float of equal value count as one number, as in JSON (so the sign of zero is lost), and
    as PEP 484 lets an int stand for a float. Types with `==` of their own are taken at their word.
    """
    if type(before) in _NUMBERS and type(after) in _NUMBERS:
        return before == after
    if type(before) is not type(after):
        return False
    if isinstance(before, dict) and isinstance(after, dict):
        return _same_kinds(before, after) and all(
            key in after and same(each, after[key]) for key, each in before.items()
        )
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, (set, frozenset)) and isinstance(after, (set, frozenset)):
        return _same_kinds(before, after) and before == after
    return _equal(before, after)


_NUMBERS = frozenset((int, float))


def _same_kinds(before: dict[object, object] | set[object] | frozenset[object], after: object) -> bool:
    """Whether keys or members have the same types: `==` alone takes True for 1."""
    return isinstance(after, (dict, set, frozenset)) and Counter(map(type, before)) == Counter(map(type, after))


def _equal(before: object, after: object) -> bool:
    try:
        return bool(before == after)
    except (TypeError, ValueError):
        return False
