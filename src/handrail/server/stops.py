"""The routes of stops: what is stopped, stopping, and lifting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import Response

from ..errors import InvalidValue
from ..ids import derive
from ..policy.stops import Halt
from ..wire import records
from ..wire.bodies import command_of
from .exchange import ID, Exchange, answer, paged
from .lives import Handler


async def list_stops(exchange: Exchange) -> Response:
    """Stops, newest first."""
    after, limit = exchange.page
    found = await asyncio.to_thread(lambda: exchange.backend.stops.newest(after=after, limit=limit))
    more = found[-1].state.id if len(found) == limit else None
    return paged(exchange, [records.stop_out(one) for one in found], more)


async def get_stop(exchange: Exchange) -> Response:
    """One stop, with what had started before it."""
    return answer(records.stop_out(await asyncio.to_thread(exchange.backend.stops.one, exchange.id)))


async def create_stop(exchange: Exchange) -> Response:
    """Stop what the body names; from the answer on nothing of it begins, at any server or worker."""
    body = await exchange.body()
    given = body.pop("id", None) if isinstance(body, dict) else None
    sent, command_id = command_of(Halt, body), exchange.command_id
    subject = derive("stp", command_id) if given is None else given
    if not isinstance(subject, str) or not ID.fullmatch(subject) or not subject.startswith("stp_"):
        raise InvalidValue("id is no id of a stop: leave it out, and it is made")
    return answer(await exchange.backend.acall(subject, sent, command_id=command_id))


HANDLERS: Final[Mapping[str, Handler]] = {
    "list_stops": list_stops, "get_stop": get_stop, "create_stop": create_stop,
}  # fmt: skip
