"""The page of errors, from `handrail.errors`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from handrail import errors
from handrail.codec.people_file import PeopleFileError
from handrail.codec.policy_file import PolicyFileError
from handrail.errors import HandrailError
from handrail.notify.channel import Undeliverable, Unreachable
from handrail.notify.settings import NotifyFileError
from handrail.wire import refusals
from tools.markdown import doc, table

HEAD: Final = """\
# Errors

Every error that Handrail raises derives from `handrail.HandrailError` and is importable from `handrail`. Its `code` is
stable; its `status` is the HTTP status that belongs to it. The groups say whose fault it is;
[When things go wrong](../how-to/when-things-go-wrong.md) says what to do.
"""
REST: Final = """
A server answers with these, too; a client raises them as what they are. They are importable from
`handrail.codec.people_file`, `handrail.codec.policy_file` and `handrail.wire.refusals`. The channels on which people
are told raise those of `handrail.notify.channel`, and their file that of `handrail.notify.settings`;
these never travel.
"""
FAULTS: Final[dict[str, tuple[type[HandrailError], ...]]] = {
    "The call or the configuration is wrong": (errors.UsageError,),
    "The rules or the present state refuse it": (errors.Refused,),
    "Who asks is unknown, or asks too often": (errors.Unauthenticated, errors.TooMany),
    "People or time decided": (errors.Outcome, errors.WaitTimeout, errors.ResultErased),
    "The place where things are kept, or the program itself, is at fault": (
        errors.Unavailable, errors.CorruptLog, errors.TooNew,
    ),
}  # fmt: skip


def everything() -> list[type[HandrailError]]:
    """Every error class, in the order of its definition, without the base of all."""
    found = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, HandrailError)]
    return [one for one in found if one is not HandrailError]


def rest() -> list[type[HandrailError]]:
    """The errors of files and of the server."""
    own = [one for one in vars(refusals).values() if inspect.isclass(one) and one.__module__ == refusals.__name__]
    return [PeopleFileError, PolicyFileError, *own, NotifyFileError, Unreachable, Undeliverable]


def by_fault() -> Iterator[tuple[str, list[type[HandrailError]]]]:
    """The errors of each group. Raises `ValueError` for one that is in none."""
    left = everything()
    for fault, bases in FAULTS.items():
        mine = [one for one in left if issubclass(one, bases)]
        left = [one for one in left if one not in mine]
        yield fault, mine
    if left:
        raise ValueError(f"whose fault is {left}? Name its base in FAULTS")


def page() -> str:
    """The page as Markdown."""
    parts = [f"## {fault}\n\n{_table(found)}" for fault, found in by_fault()]
    parts.append(f"## Files, and what only travels over HTTP\n\n{REST.strip()}\n\n{_table(rest())}")
    return "\n\n".join([HEAD.strip(), *parts])


def _table(found: list[type[HandrailError]]) -> str:
    return table(("Error", "Code", "Status", "Base", "Meaning"), map(_row, found))


def _row(error: type[HandrailError]) -> tuple[str, ...]:
    return f"`{error.__name__}`", f"`{error.code}`", str(error.status), _bases(error), doc(error)


def summary() -> str:
    """The errors by fault in one table, for the how-to page."""
    rows = ((fault, ", ".join(f"`{one.__name__}`" for one in found)) for fault, found in by_fault())
    return table(("Fault", "Errors"), rows)


def _bases(error: type[HandrailError]) -> str:
    return ", ".join(f"`{base.__name__}`" for base in error.__bases__)
