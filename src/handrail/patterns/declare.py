"""Turns a decorator's keywords into a declaration."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from ..clock import micros
from ..errors import UsageError
from ..policy.declaration import Declaration, Pattern, usable
from ..policy.paths import ANYONE, DEFAULT_GRANT, DEFAULT_WITHIN, AtEnd

Duration = str | int | float | timedelta
Reviewers = str | Iterable[str]
Then = str | tuple[str, Duration] | Iterable[str | tuple[str, Duration]]
Quorum = int | Mapping[str, int]
_KINDS: Final = ("user:", "group:")


def declaration(
    pattern: Pattern, *, reviewers: Reviewers | None, within: Duration | None, then: Then | None, quorum: Quorum,
    remind: Duration | None = None, at_end: AtEnd = "reject", undo: Duration = 0, grant: Duration | None = None,
    threshold: float | None = None, sample: float = 0,
) -> Declaration:  # fmt: skip
    """A declaration in handles and microseconds. Raises `UsageError` for what cannot be meant."""
    return Declaration(
        pattern, handles(reviewers), _time("within", within, DEFAULT_WITHIN),
        _time("remind", remind, 0) or None, _then(then), _quorum(quorum), at_end, _time("undo", undo, 0),
        _time("grant", grant, DEFAULT_GRANT), _threshold(threshold), _share(sample),
    )  # fmt: skip


def _threshold(given: float | None) -> float | None:
    if given is not None and usable(given) is None:
        raise UsageError(f"threshold={given!r}: give a number from 0 to 1, from which on it runs without people")
    return given


def _share(given: float) -> float:
    if isinstance(given, bool) or usable(given) is None:
        raise UsageError(f"sample={given!r}: give a number from 0 to 1, the part of what runs that people look at")
    return float(given)


def _time(name: str, value: Any, default: int) -> int:
    try:
        return default if value is None else micros(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name}=: {error}") from error


def handles(given: Reviewers | None) -> tuple[str, ...]:
    """Who is named, such as `user:ann` or `group:treasury`. Raises `UsageError` for what names nobody."""
    if given is None:
        return ()
    found = (given,) if isinstance(given, str) else tuple(given)
    return tuple(_handle(one) for one in found)


def _handle(spec: str) -> str:
    if not spec.startswith(_KINDS) or spec.endswith(":"):
        raise UsageError(f"{spec!r} names nobody: write 'user:ann' or 'group:treasury'")
    return spec


def _then(given: Then | None) -> tuple[tuple[str, int | None], ...]:
    if given is None:
        return ()
    single = isinstance(given, str) or (isinstance(given, tuple) and len(given) == 2 and _timed(given))
    rungs: Iterable[Any] = (given,) if single else given
    return tuple(
        (_handle(one), None) if isinstance(one, str) else (_handle(one[0]), _time("then", one[1], 0)) for one in rungs
    )


def _timed(pair: tuple[Any, ...]) -> bool:
    return isinstance(pair[0], str) and not (isinstance(pair[1], str) and pair[1].startswith(_KINDS))


def _quorum(given: Quorum) -> tuple[tuple[str, int], ...]:
    places = {ANYONE: given} if isinstance(given, int) else {_handle(name): count for name, count in given.items()}
    if not places or any(count < 1 for count in places.values()):
        raise UsageError(f"quorum={given!r}: give a number from 1 up, or a number for each 'group:…'")
    return tuple(sorted(places.items()))
