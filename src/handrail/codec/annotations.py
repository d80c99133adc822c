"""What a function's annotations say: read late, with forward references, and with the mark `Local`."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Annotated, Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from handrail.errors import NotSerialisable

T = TypeVar("T")


class _LocalMark:
    """The mark that keeps a parameter out of what is stored."""

    def __repr__(self) -> str:
        return "LOCAL"


LOCAL: Final = _LocalMark()
Local = Annotated[T, LOCAL]
"""`Local[Connection]`: a parameter that stays in the calling process: neither stored, shown nor bound."""


def is_local(annotation: object) -> bool:
    """Whether an annotation, or an alternative of it, carries the mark."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return LOCAL in cast(Any, annotation).__metadata__ or is_local(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return any(map(is_local, get_args(annotation)))
    return False


def is_receiver(function: Callable[..., object], parameter: Parameter) -> bool:
    """Whether a first parameter is the `self` or `cls` of a method that is not bound yet."""
    scope = getattr(function, "__qualname__", "").rpartition(".")[0]
    named = parameter.name in ("self", "cls") and parameter.annotation is Parameter.empty
    return named and scope != "" and not scope.endswith("<locals>")


def full_name(function: Callable[..., object]) -> str:
    """How messages call a function."""
    return getattr(function, "__qualname__", None) or repr(function)


def resolve(function: Callable[..., object], name: str, annotation: object, namespace: Mapping[str, object]) -> object:
    """One annotation of a function with forward references read; `Any` where there is none.

    `namespace` adds to the globals of the function's module. Raises NotSerialisable for an undefined name.
    """
    if annotation is Parameter.empty:
        return Any

    def holder() -> None: ...

    holder.__annotations__ = {name: annotation}
    try:
        return get_type_hints(holder, _globals(function), dict(namespace), include_extras=True)[name]
    except NameError as error:
        raise NotSerialisable(
            f"the annotation {annotation!r} of '{name}' in {full_name(function)} cannot be read: {error}. "
            "Define or import the type at the top of the module, also at run time."
        ) from error


def _globals(function: Callable[..., object]) -> dict[str, Any]:
    """The globals of the module where the function, however wrapped, was written."""
    inner: Any = inspect.unwrap(function)
    while isinstance(inner, functools.partial):
        inner = inspect.unwrap(inner.func)
    found = getattr(inner, "__globals__", None) or getattr(type(inner).__call__, "__globals__", None)
    return cast(dict[str, Any], found or {})
