"""What a program learns from decisions: a function that hears of each, and past ones that are like a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal

from ..backend import Decided
from ..clock import SECOND, micros
from ..codec.canonical import canonical
from ..errors import InvalidValue
from ..gate.gate import Gate
from ..learning.consumer import Consumer
from ..learning.cursors import LONGEST, required


def consume(
    gate: Gate, name: str, function: Callable[[Decided], Any], since: Literal["beginning", "now"],
    lease: str | float | timedelta,
) -> Consumer:  # fmt: skip
    """Begin to hand decisions to a function, sync or async.

    Raises `InvalidValue` for what cannot name a consumer, and for no time for which one can hold its name.
    """
    import asyncio

    def handle(made: Decided) -> None:
        if inspect.iscoroutinefunction(function):
            asyncio.run(function(made))
        else:
            function(made)

    consumer = Consumer(lambda: gate.backend.feedback, required(name), handle, since, lease=_seconds(lease))
    consumer.start()
    return consumer


def _seconds(lease: str | float | timedelta) -> int:
    try:
        found = micros(lease) // SECOND
    except ValueError as error:
        raise InvalidValue(str(error)) from None
    if not 1 <= found <= LONGEST:
        raise InvalidValue(f"the lease is {lease!r}: give 1 s to {LONGEST // 60} min, such as '30s'")
    return found


def plain_args(args: Mapping[str, Any]) -> str:
    """Arguments as canonical JSON text. Raises `InvalidValue` for what is no JSON."""
    return canonical(dict(args))
