"""Errors as problem documents (RFC 9457) and back, so that the same code meets the same errors either way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from .. import errors
from ..codec.policy_file import Mistake, PolicyFileError
from ..errors import HandrailError
from . import refusals

MEDIA: Final = "application/problem+json"
TYPE: Final = "urn:handrail:problem:"
"""Names, not addresses: each is explained in the reference of errors."""
MEMBERS: Final = ("retry_after", "what", "where", "hint", "line", "problem", "fix", "folds", "waits_for")
_OUTCOME: Final[dict[str, Any]] = {"action": "", "reason": "", "note": "", "decision": None, "ticket": None}
_STATUS: Final[dict[int, type[HandrailError]]] = {
    400: errors.UsageError, 401: errors.Unauthenticated, 403: errors.NotAllowed, 404: errors.NotFound,
    408: errors.Unavailable, 409: errors.Refused, 413: refusals.TooLarge, 415: refusals.NotJSON,
    422: errors.InvalidValue, 429: errors.TooMany, 502: errors.Unavailable, 503: errors.Unavailable,
    504: errors.Unavailable,
}  # fmt: skip


def _classes(base: type[HandrailError]) -> Iterator[type[HandrailError]]:
    yield base
    for one in base.__subclasses__():
        yield from _classes(one)


def known() -> dict[str, type[HandrailError]]:
    """Every error class by its code."""
    return {one.code: one for one in _classes(HandrailError)}


def title(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ").capitalize()


def problem_of(error: HandrailError) -> dict[str, Any]:
    """The problem document of an error."""
    extra = {name: getattr(error, name) for name in MEMBERS if hasattr(error, name)}
    if isinstance(error, PolicyFileError):
        extra["mistakes"] = [asdict(one) for one in error.mistakes]
    if isinstance(error, errors.InvalidValue) and error.errors:
        extra["errors"] = [asdict(one) for one in error.errors]
    return {
        "type": TYPE + error.code, "title": title(error.code), "status": error.status, "detail": str(error),
        "code": error.code, **extra,
    }  # fmt: skip


def error_of(status: int, problem: Any) -> HandrailError:
    """The error that a problem document tells of; an unknown one becomes the nearest by its status."""
    found = problem if isinstance(problem, dict) else {}
    code = str(found.get("code") or "")
    kind = known().get(code) if re.fullmatch(r"[a-z_]{1,40}", code) else None
    detail = str(found.get("detail") or f"the server answered {status}, and did not say why")
    error = (kind or _STATUS.get(status) or HandrailError).__new__(kind or _STATUS.get(status) or HandrailError)
    Exception.__init__(error, detail)
    for name in MEMBERS:
        if name in found:
            setattr(error, name, found[name])
    _complete(error, found)
    return error


def _complete(error: HandrailError, found: dict[str, Any]) -> None:
    """Give an error the members that its class has, also where the document lacks them."""
    if isinstance(error, errors.TooMany) and "retry_after" not in found:
        error.retry_after = 1
    if isinstance(error, errors.RunHeld):
        error.waits_for = str(found.get("waits_for", ""))
    if isinstance(error, errors.Unseen):
        told = found.get("folds")
        error.folds = tuple(map(str, told)) if isinstance(told, list) else ()
    if isinstance(error, errors.InvalidValue):
        error.errors = tuple(_misfits(found.get("errors")))
    if isinstance(error, errors.Outcome):
        for name, nothing in _OUTCOME.items():
            setattr(error, name, nothing)
    if isinstance(error, PolicyFileError):
        told = found.get("mistakes")
        mistakes = told if isinstance(told, list) else []
        error.mistakes = tuple(Mistake(one["line"], one["problem"], one["fix"]) for one in mistakes)


def _misfits(told: Any) -> Iterator[errors.Misfit]:
    """What is wrong with a value, as far as a document tells it in this form."""
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict):
            yield errors.Misfit(str(one.get("path", "")), str(one.get("text", "")))
