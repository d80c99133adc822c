"""The routes of what people decided: in the order of the log, and the most alike."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi import Response

from ..action.model import Action
from ..backend import Decisions
from ..codec.canonical import canonical
from ..errors import InvalidValue
from ..learning.feedback import LocalFeedback
from ..wire import records
from .exchange import Exchange, answer
from .lives import Handler
from .rights import visible

GATHERED: Final = 0.05
"""Seconds in which changes are gathered before somebody who waits looks again."""


def feedback(exchange: Exchange) -> LocalFeedback:
    """What the caller may see: people everything, an agent what is its own, with the scope `learn` its owner's."""
    who = exchange.who

    def sees(action: Action) -> bool:
        own = action.agent == who.principal.id
        return not who.is_agent or own or ("learn" in who.scopes and action.owner == who.principal.owner)

    return exchange.backend.learnt(sees)


async def list_decisions(exchange: Exchange) -> Response:
    """What was decided behind a position, or behind what the consumer acknowledged; `Prefer: wait` waits for some."""
    after = exchange.number("after", -1, -1, 2**53 - 1) if exchange.text("after") is not None else None
    limit, consumer = exchange.number("limit", 50, 1, 200), exchange.text("consumer")
    read = partial(feedback(exchange).decisions, limit=limit, consumer=consumer)
    found = await asyncio.to_thread(read, after)
    if exchange.wait and not found.items and not found.more:
        with exchange.service.poll(exchange.who.tenant) as room:
            coming = _until_decided(exchange, read, found, exchange.wait if room else 0)
            cursor, found = found.cursor, await exchange.service.waiting_for(coming) or found
        found = replace(found, cursor=cursor)
    return answer(
        {"items": [records.decided_out(one) for one in found.items], "next": found.next, "more": found.more,
         "newest": found.newest, "cursor": found.cursor}
    )  # fmt: skip


async def _until_decided(exchange: Exchange, read: partial[Decisions], found: Decisions, seconds: float) -> Decisions:
    """The next decisions, or none once the time is over."""
    loop, moved, end = asyncio.get_running_loop(), asyncio.Event(), time.monotonic() + seconds
    keeper = exchange.service.database.process.keeper

    def tell() -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(moved.set)

    stop = keeper.listen(tell)
    try:
        while not found.items and not found.more and (left := end - time.monotonic()) > 0:
            async with asyncio.timeout(left):
                await moved.wait()
                await asyncio.sleep(GATHERED)
            moved.clear()
            found = await asyncio.to_thread(read, found.next)
    except TimeoutError:
        return found
    finally:
        stop()
    return found


async def expected_wait(exchange: Exchange) -> Response:
    """How long a review will probably still wait."""
    state = visible(exchange.service, exchange.who, exchange.id)
    found = await asyncio.to_thread(exchange.backend.feedback.expected_wait, state.id)
    return answer({"estimated_wait": records.wait_out(found)})


async def expected_waits(exchange: Exchange) -> Response:
    """How long the open reviews will probably still wait."""
    exchange.service.database.process.waits.met(exchange.who.tenant, exchange.who.principal.id)
    found = await asyncio.to_thread(exchange.backend.feedback.expected_waits)
    return answer({"waits": {review: records.wait_out(one) for review, one in found.items()}})


async def waits(exchange: Exchange) -> Response:
    """How well waits were foretold lately."""
    return answer(records.plain(await asyncio.to_thread(exchange.backend.feedback.wait_score)))


async def lease(exchange: Exchange) -> Response:
    """Hold the name of a consumer of the caller, or go on holding it; 0 seconds let it go."""
    given = await exchange.members(consumer=str, holder=str, seconds=int)
    if None in given.values():
        raise InvalidValue("consumer, holder and seconds are missing, or one of them is")
    own = feedback(exchange)
    return answer(records.plain(await asyncio.to_thread(own.lease, **given)))


async def acknowledge(exchange: Exchange) -> Response:
    """Note how far a consumer of the caller has come."""
    given = await exchange.members(consumer=str, position=int, fence=int)
    if given["consumer"] is None or given["position"] is None:
        raise InvalidValue("consumer and position are missing, or one of them is")
    if not -1 <= given["position"] < 2**53:
        raise InvalidValue("position is where a decision stands in the log, or -1 for its beginning")
    own = feedback(exchange)
    await asyncio.to_thread(partial(own.acknowledge, **given))
    return answer({"consumer": given["consumer"], "cursor": await asyncio.to_thread(own.cursor, given["consumer"])})


async def examples(exchange: Exchange) -> Response:
    """Past decisions, the most alike first, with their secrets covered."""
    given = await exchange.members(name=str, args=dict, limit=int)
    if not given["name"]:
        raise InvalidValue("name is missing: say of which action")
    args = canonical(given["args"]) if given["args"] is not None else None
    limit = 5 if given["limit"] is None else given["limit"]
    if not 1 <= limit <= 50:
        raise InvalidValue("limit is a whole number from 1 to 50")
    found = await asyncio.to_thread(feedback(exchange).examples, given["name"], args, limit)
    return answer({"items": [{"decided": records.decided_out(one.decided), "alike": one.alike} for one in found]})


HANDLERS: Final[Mapping[str, Handler]] = {
    "list_decisions": list_decisions,
    "lease_consumer": lease,
    "acknowledge_decisions": acknowledge,
    "find_examples": examples,
    "get_review_wait": expected_wait,
    "get_inbox_waits": expected_waits,
    "get_waits": waits,
}
