"""Exceptions: what is worth it is tried again, longer and longer apart; then, or at any other error, people answer."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..clock import SECOND, micros
from ..errors import UsageError
from ..gate.retry import LONGEST, Retry

KEYWORDS: Final = ("on", "retries", "backoff", "jitter", "retry_if")
MOST: Final = 100
Errors = type[Exception] | Iterable[type[Exception]]


def retry_of(given: Mapping[str, Any]) -> Retry:
    """What is tried again, from a decorator's keywords. Raises `UsageError` for what cannot be meant."""
    most, retry_if = given.get("retries", 3), given.get("retry_if")
    if not isinstance(most, int) or isinstance(most, bool) or not 0 <= most <= MOST:
        raise UsageError(f"retries={most!r}: give how many attempts follow the first, 0 to {MOST}")
    if retry_if is not None and (not callable(retry_if) or inspect.iscoroutinefunction(retry_if)):
        raise UsageError("retry_if= is a function of the error that says at once whether to try again")
    return Retry(_types(given.get("on", ())), most, _backoff(given), bool(given.get("jitter", False)), retry_if)


def _types(given: Errors) -> tuple[type[BaseException], ...]:
    found: tuple[Any, ...] = (given,) if isinstance(given, type) else tuple(given)
    for one in found:
        if not isinstance(one, type) or not issubclass(one, Exception):
            raise UsageError(f"on={one!r}: name types of errors, such as on=(PaymentError,)")
    return found


def _backoff(given: Mapping[str, Any]) -> int:
    try:
        found = micros(given.get("backoff", "1s"))
    except (TypeError, ValueError) as error:
        raise UsageError(f"backoff=: {error}") from error
    if not 0 < found <= LONGEST:
        raise UsageError(f"backoff=: give a pause up to {LONGEST // (60 * SECOND)} minutes, such as '1s'")
    return found
