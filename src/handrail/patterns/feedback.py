"""What a program learns from decisions: a function that hears of each, and past ones that are like a call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ..backend import Decided
from ..codec.canonical import canonical
from ..gate.gate import Gate
from ..learning.consumer import Consumer
from ..learning.cursors import required


def consume(gate: Gate, name: str, function: Callable[[Decided], Any], since: Literal["beginning", "now"]) -> Consumer:
    """Begin to hand decisions to a function, sync or async. Raises `InvalidValue` for what cannot name a consumer."""

    def handle(made: Decided) -> None:
        if inspect.iscoroutinefunction(function):
            asyncio.run(function(made))
        else:
            function(made)

    consumer = Consumer(lambda: gate.backend.feedback, required(name), handle, since)
    consumer.start()
    return consumer


def plain_args(args: Mapping[str, Any]) -> str:
    """Arguments as canonical JSON text. Raises `InvalidValue` for what is no JSON."""
    return canonical(dict(args))
