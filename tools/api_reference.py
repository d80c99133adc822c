"""The page of public names, from signatures and docstrings."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any, Final

import handrail
import handrail.monitors
import handrail.testing
from handrail.backend import Text
from handrail.errors import HandrailError
from handrail.patterns.approval import AsyncGatedFunction, GatedFunction
from handrail.patterns.oversight.rail import Oversees
from handrail.testing.supervising import Supervisors
from tools.markdown import doc

HEAD: Final = """\
# Public names

What `from handrail import …` gives, `handrail.monitors` for watched runs, and `handrail.testing` for tests. Errors are
on [their own page](errors.md). How the names are used is on the how-to pages, such as
[Approve an action](../how-to/approve-an-action.md). Everything else may change without notice.

In signatures, `Duration` is text such as `"15m"`, a number of seconds, or a `timedelta`; `Reviewers` is one handle such
as `"group:treasury"` or several; `Then` is one further handle or several, each alone or paired with a `Duration`;
`Quorum` is a number of people, or a number for each handle; `AtEnd` is `"reject"` or `"approve"`; `Hold` is `"action"`
or `"run"`. `GatedFunction` and `AsyncGatedFunction` are what a decorator makes of a function.
"""
LOCAL: Final = """\
`Local[T]` marks a parameter that stays in the process: it is not stored, not shown and not bound by an approval."""
MODULES: Final = (handrail, handrail.monitors, handrail.testing)
INHERITED: Final = ("status", "review", "decision", "deadline")
"""Members of tickets that come from a base without a public name."""
BASES: Final = (Oversees, Supervisors)
"""Bases without a public name, whose members are shown with the class."""
CONSTRUCTED: Final = (handrail.Decision, handrail.testing.FrozenClock)
"""Classes whose fields or parameters are shown; all others are made by Handrail."""
GATED: Final = (GatedFunction, AsyncGatedFunction)
TYPES: Final[dict[Any, str]] = {Text: "JSON | Erased"}
WIDTH: Final = 100


class Plain(str):
    """An annotation that is written as it was."""

    def __repr__(self) -> str:
        return str(self)


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD.strip()]
    for module in MODULES:
        parts += [f"## {module.__name__}", doc(module)]
        parts += [part for name in module.__all__ for part in _entry(name, getattr(module, name))]
        parts += [part for one in GATED if module is handrail for part in _entry(one.__name__, one)]
    return "\n\n".join(parts)


def _entry(name: str, thing: Any) -> Iterator[str]:
    if inspect.isclass(thing) and issubclass(thing, HandrailError):
        return
    yield f"### {name}"
    if thing is handrail.Local:
        yield LOCAL
        return
    if not inspect.isclass(thing):
        yield from _callable(name, thing, "def ")
        return
    yield from _class(name, thing)


def _class(name: str, thing: type[Any]) -> Iterator[str]:
    yield _code(_signature(name, thing, "class ") if thing in CONSTRUCTED else f"class {name}")
    yield doc(thing)
    for member in _members(thing):
        found = inspect.getattr_static(thing, member)
        yield f"#### {name}.{member}"
        if isinstance(found, property):
            yield _code(f"{member}: {inspect.signature(found.fget).return_annotation}") if found.fget else ""
            yield doc(found)
        else:
            yield from _callable(member, found, "async def " if inspect.iscoroutinefunction(found) else "def ")


def _members(thing: type[Any]) -> Iterator[str]:
    own = [one for part in (thing, *(base for base in BASES if issubclass(thing, base))) for one in vars(part)]
    own = [one for one in own if not one.startswith("_")]
    inherited = [one for one in INHERITED if hasattr(thing, one) and one not in own]
    fields = set(getattr(thing, "__dataclass_fields__", {}))
    return (one for one in [*inherited, *own] if one not in fields)


def _callable(name: str, function: Any, word: str) -> Iterator[str]:
    yield _code(_signature(name, function, word))
    yield doc(function)


def _signature(name: str, thing: Any, word: str) -> str:
    """The declaration, on one line or with one parameter a line; of overloads the one with the most parameters."""
    variants = typing.get_overloads(thing) if inspect.isfunction(thing) else []
    signatures = [inspect.signature(one) for one in variants or [thing]]
    found = max(signatures, key=lambda one: len(one.parameters))
    parameters = [_parameter(one) for one in found.parameters.values() if one.name != "self"]
    returned = found.return_annotation if word != "class " else inspect.Signature.empty
    if hasattr(thing, "__wrapped__"):
        returned = str(returned).replace("Iterator[", "ContextManager[")
    text = str(found.replace(parameters=parameters, return_annotation=_annotation(returned)))
    return _wrapped(f"{word}{name}", text)


def _parameter(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(annotation=_annotation(parameter.annotation))


def _annotation(given: Any) -> Any:
    return Plain(TYPES.get(given, given)) if isinstance(given, str) or given in TYPES else given


def _wrapped(head: str, text: str) -> str:
    if len(head + text) <= WIDTH:
        return head + text
    inside, _, after = text[1:].rpartition(")")
    return f"{head}(\n" + "".join(f"    {one},\n" for one in _split(inside)) + f"){after}"


def _split(parameters: str) -> Iterator[str]:
    """The parameters at the commas outside brackets."""
    depth, start = 0, 0
    for at, letter in enumerate(parameters):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            yield parameters[start:at].strip()
            start = at + 1
    yield parameters[start:].strip()


def _code(text: str) -> str:
    return f"```py\n{text}\n```"
