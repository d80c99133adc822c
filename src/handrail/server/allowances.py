"""The routes of limits and standing permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Response

from ..wire import records
from .exchange import Exchange, answer, paged
from .lives import Handler


async def list_limits(exchange: Exchange) -> Response:
    """The policy's limits, and what is used of them."""
    return answer({"items": [records.limit_out(one) for one in exchange.backend.limits()]})


async def list_permissions(exchange: Exchange) -> Response:
    """Standing permissions, newest first."""
    after, limit = exchange.page
    found = exchange.backend.permissions(after=after, limit=limit)
    more = found[-1].state.id if len(found) == limit else None
    return paged(exchange, [records.permission_out(one) for one in found], more)


HANDLERS: Final[Mapping[str, Handler]] = {"list_limits": list_limits, "list_permissions": list_permissions}
