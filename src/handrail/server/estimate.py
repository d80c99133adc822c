"""What an agent that has to wait is told: 202, how long people will probably take, and when to ask again."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fastapi import Response

from ..backend import Wait
from ..clock import SECOND
from ..wire import records
from .exchange import Exchange, answer

AGAIN: Final = 30
"""Seconds after which to ask again where nobody can tell how long it takes."""
LONGEST: Final = 3600


async def estimated(exchange: Exchange, review: str) -> Wait | None:
    """How long a review will probably wait; off the event loop where that takes a look at many reviews."""
    feedback = exchange.backend.feedback
    if exchange.service.database.process.waits.fresh(exchange.who.tenant):
        return feedback.expected_wait(review)
    return await asyncio.to_thread(feedback.expected_wait, review)


async def held(exchange: Exchange, found: dict[str, Any]) -> Response:
    """The answer about an action that waits for people."""
    wait = await estimated(exchange, found["review"])
    seconds = AGAIN if wait is None or wait.likely is None else min(max(wait.likely // SECOND, 1), LONGEST)
    return answer({**found, "estimated_wait": records.wait_out(wait)}, 202, {"Retry-After": str(seconds)})
