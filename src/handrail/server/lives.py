"""The routes of actions, reviews and runs."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import Response

from ..action.commands import Propose
from ..action.likeness import is_error_type
from ..action.model import Action
from ..action.words import require_executor, require_ids
from ..action.work import Take
from ..backend import Failing
from ..engine import watched
from ..engine.explanation import explanation
from ..engine.request import LEASES, Renew, RenewAll
from ..engine.room import Room
from ..errors import InvalidValue, NotFound, TooMany, UnknownAction
from ..ids import derive
from ..run.commands import Open
from ..run.model import Run
from ..wire import records
from ..wire.bodies import command_of
from ..wire.routes import MOST_SEEN
from .estimate import held
from .exchange import ID, Exchange, answer, nothing, paged
from .rights import visible

Handler = Callable[[Exchange], Awaitable[Response]]
AGAIN: Final = 2
"""Seconds after which one who may not wait should ask again."""


async def command(exchange: Exchange) -> Response:
    """Send the route's command to the stream that the path names."""
    kind = exchange.route.command
    assert kind is not None
    sent = command_of(kind, await exchange.body())
    subject = exchange.id
    if not isinstance(sent, Open):
        visible(exchange.service, exchange.who, subject)
    found = await exchange.backend.acall(subject, sent, command_id=exchange.command_id)
    return answer(granting(exchange, found))


def _require_own_run(exchange: Exchange, run: str | None) -> None:
    """Raise `NotFound` for a run that an agent names and that is not its own."""
    if run is not None and not isinstance(visible(exchange.service, exchange.who, run), Run):
        raise NotFound(f"no run has the id {run[:40]!a} here")


def granting(exchange: Exchange, found: dict[str, Any]) -> dict[str, Any]:
    """The answer; of an action that has just started also with what is to run."""
    if found.get("status") != "started" or not exchange.who.is_agent:
        return found
    return {**found, "grant": grant(exchange, found["id"])}


def grant(exchange: Exchange, action: str) -> dict[str, Any]:
    """The stored arguments that may run now, with all that their digest is made of."""
    args, salt, bind = exchange.service.archive(exchange.who.tenant).grant(action)
    return {"args": args, "salt": b64encode(salt).decode(), "tenant": exchange.who.tenant, "bind": bind}


async def propose(exchange: Exchange) -> Response:
    """Propose an action, within the caps."""
    return await _proposal_answered(exchange, await _asked(exchange, _proposal))


async def _proposal_answered(exchange: Exchange, found: dict[str, Any]) -> Response:
    """201 for what is new, 200 for what was found again, 202 for what waits for people."""
    if found["status"] == "held":
        return await held(exchange, found)
    return answer(granting(exchange, found), 200 if found.get("found") else 201)


async def _proposal(exchange: Exchange) -> tuple[Propose, Any]:
    body = await exchange.body()
    given = body.pop("id", None) if isinstance(body, dict) else None
    return command_of(Propose, body), given


async def _asked(exchange: Exchange, read: Callable[[Exchange], Awaitable[tuple[Propose, Any]]]) -> dict[str, Any]:
    """Propose what is read, within the caps, when it is the agent's turn: before that not even its body is read."""
    service, agent = exchange.service, exchange.who.principal.id
    try:
        async with service.turn(agent):
            sent, given = await read(exchange)
            return await _proposed(exchange, sent, given)
    except TooMany:
        await service.hold_back(agent)
        raise


async def _proposed(exchange: Exchange, sent: Propose, given: Any) -> dict[str, Any]:
    _require_own_run(exchange, sent.run)
    command_id = exchange.command_id
    subject = derive("act", command_id) if given is None else given
    if not isinstance(subject, str) or not ID.fullmatch(subject) or not subject.startswith("act_"):
        raise InvalidValue("id is no id of an action: leave it out, and it is made")
    _require_pace(exchange, sent, command_id)
    caps = exchange.service.settings.caps
    room = Room(caps.open_reviews, caps.open_reviews * caps.owner)
    try:
        return await exchange.backend.acall(subject, sent, command_id=command_id, room=room)
    except TooMany:
        exchange.service.metrics.capped.labels("open_reviews").inc()
        raise


def _require_pace(exchange: Exchange, sent: Propose, command_id: str) -> None:
    """Raise `TooMany` for an agent that asks too fast; what it asked before is found again at any pace."""
    service, tenant, agent = exchange.service, exchange.who.tenant, exchange.who.principal
    try:
        service.meter.ask(tenant, agent)
    except TooMany:
        if not service.archive(tenant).finds(agent.id, command_id, sent):
            service.metrics.capped.labels("asks_per_minute").inc()
            raise


async def ask(exchange: Exchange) -> Response:
    """Ask people a question; with `Prefer: wait=` wait for the answer."""
    found = await _asked(exchange, _question)
    if exchange.wait:
        found = await _until_answered(exchange, found, exchange.wait)
    return await _proposal_answered(exchange, found)


async def _question(exchange: Exchange) -> tuple[Propose, Any]:
    given = await exchange.members(
        question=str, options=list, to=list, within=str, default=object, schema=dict, context=dict, id=str, key=str
    )
    args = {name: given[name] for name in ("question", "options", "default", "schema") if given[name] is not None}
    if not args.get("question"):
        raise InvalidValue("question is missing")
    declared: dict[str, Any] = {"pattern": "question", "at_end": "reject" if given["default"] is None else "answer"}
    declared |= {"reviewers": given["to"]} if given["to"] else {}
    declared |= {"within": given["within"]} if given["within"] else {}
    body = {
        "name": "handrail.ask", "kind": "question", "args": args, "declared": declared, "context": given["context"],
        "key": given["key"],
    }  # fmt: skip
    return command_of(Propose, body), given["id"]


async def _until_answered(exchange: Exchange, found: dict[str, Any], seconds: int) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while found["status"] == "held" and (left := end - time.monotonic()) > 0:
        with exchange.service.poll(exchange.who.tenant) as room:
            coming = exchange.backend.await_(found["id"], found["rev"], left if room else 0)
            moved = await exchange.service.waiting_for(coming)
        if moved is None:
            break
        found = moved
    if found["status"] == "succeeded":
        record = exchange.service.archive(exchange.who.tenant).action(found["id"])
        found = {**found, "outcome": records.text_out(record.outcome)}
    return found


async def wait(exchange: Exchange) -> Response:
    """Wait until the action or run has moved beyond `rev`; 204 where it did not in time.

    Where too many wait already nobody waits: the answer comes at once, with when to ask again.
    """
    subject = exchange.id
    visible(exchange.service, exchange.who, subject)
    rev = exchange.number("rev", -1, -1, 2**53 - 1)
    headers, seconds = {}, exchange.wait or 0
    with exchange.service.poll(exchange.who.tenant if seconds else None) as room:
        seconds = seconds if room else 0
        found = await exchange.service.waiting_for(exchange.backend.await_(subject, rev, seconds))
    if exchange.wait is not None:
        headers["Preference-Applied"] = f"wait={seconds}"
    if not room:
        headers["Retry-After"] = str(AGAIN)
    return nothing(headers) if found is None else answer(granting(exchange, found), headers=headers)


async def get_grant(exchange: Exchange) -> Response:
    """What may run now, for whoever runs it."""
    state = visible(exchange.service, exchange.who, exchange.id)
    if not isinstance(state, Action) or state.status != "started" or state.holder != exchange.who.principal.id:
        raise UnknownAction("no arguments of this action may run now at yours: start it first")
    return answer(grant(exchange, state.id))


async def take(exchange: Exchange) -> Response:
    """Give a worker something to do, as soon as there is something; nobody takes for one who has hung up."""
    sent = command_of(Take, await exchange.body())

    async def wanted() -> bool:
        return not await exchange.request.is_disconnected()

    with exchange.service.poll(exchange.who.tenant if exchange.wait else None) as room:
        timeout = (exchange.wait or 0) if room else 0
        coming = exchange.backend.take(sent, timeout, command_id=exchange.command_id, wanted=wanted)
        found = await exchange.service.waiting_for(coming)
    return answer({"items": found or []})


async def renew_all(exchange: Exchange) -> Response:
    """Keep the leases of what a process executes, in one commit; whatever is not its own is not kept."""
    leases, sent_as = command_of(RenewAll, await exchange.body()).leases, exchange.command_id
    if len(leases) > LEASES:
        raise InvalidValue(f"these are more than {LEASES} leases: send the others in another request")
    if not all(ID.fullmatch(one.action) for one in leases):
        raise InvalidValue("an action's id is none: take it from the answer to the start")
    if any(one.fence < 0 for one in leases):
        raise InvalidValue("a fencing number is below 0: take it from the answer to the start")
    for one in leases:
        require_executor(one.executor)
    sent = (
        exchange.backend.acall(one.action, Renew(one.executor, one.fence), command_id=derive("cmd", sent_as, place))
        for place, one in enumerate(leases)
    )
    answers = await asyncio.gather(*sent)
    return answer({"renewed": [one.action for one, kept in zip(leases, answers, strict=True) if kept["renewed"]]})


async def get_action(exchange: Exchange) -> Response:
    """One action."""
    state = visible(exchange.service, exchange.who, exchange.id)
    return answer(records.action_out(exchange.service.archive(exchange.who.tenant).action(state.id)))


async def get_review(exchange: Exchange) -> Response:
    """One review."""
    state = visible(exchange.service, exchange.who, exchange.id)
    return answer(records.review_out(exchange.service.archive(exchange.who.tenant).review(state.id)))


async def get_run(exchange: Exchange) -> Response:
    """One run."""
    state = visible(exchange.service, exchange.who, exchange.id)
    return answer(records.run_out(*exchange.service.archive(exchange.who.tenant).run(state.id)))


async def get_observations(exchange: Exchange) -> Response:
    """What a run has reported."""
    state = visible(exchange.service, exchange.who, exchange.id)
    after, limit = exchange.number("after", 0, 0, 2**53 - 1), exchange.number("limit", 50, 1, MOST_SEEN)
    archive = exchange.service.archive(exchange.who.tenant)
    found = await asyncio.to_thread(watched.observations, archive, state.id, after, limit)
    return answer({"items": [records.seen_out(one) for one in found]})


async def get_guidance(exchange: Exchange) -> Response:
    """What the agent of a run was told."""
    state = visible(exchange.service, exchange.who, exchange.id)
    after, archive = exchange.number("after", 0, 0, 2**53 - 1), exchange.service.archive(exchange.who.tenant)
    found = await asyncio.to_thread(watched.guidance, archive, state.id, after)
    return answer({"items": [records.guidance_out(one) for one in found]})


async def history(exchange: Exchange) -> Response:
    """What happened to one life."""
    state = visible(exchange.service, exchange.who, exchange.id)
    events = await asyncio.to_thread(exchange.service.archive(exchange.who.tenant).history, state.id)
    return answer({"items": [records.event_out(event) for event in events]})


async def explain(exchange: Exchange) -> Response:
    """Everything that tells why an action ran or not."""
    state = visible(exchange.service, exchange.who, exchange.id)
    found = await asyncio.to_thread(explanation, exchange.service.archive(exchange.who.tenant), state.id)
    return answer({"items": [{"subject": subject, "event": records.event_out(event)} for subject, event in found]})


async def list_reviews(exchange: Exchange) -> Response:
    """Open reviews with everything needed to decide them; of failures that are alike those of one type of error."""
    after, limit = exchange.page
    archive = exchange.service.archive(exchange.who.tenant)
    found = await asyncio.to_thread(archive.waiting, after, limit, _failing(exchange))
    following = found[-1].state.id if len(found) == limit else None
    error = exchange.text("error")
    fitting = [one for one in found if error is None or one.state.error == error]
    return paged(exchange, [records.review_out(one) for one in fitting], following)


def _failing(exchange: Exchange) -> Failing | None:
    """Which failures are asked for. Raises `InvalidValue` for what can be no type of an error, and no key."""
    error, like = exchange.text("error"), exchange.text("like")
    if error is not None and not is_error_type(error):
        raise InvalidValue("error is the name of a type, as PaymentError: letters, digits, '_' and '.', up to 120")
    if like is not None:
        require_ids(like=like)
        return "like", like
    return None if error is None else ("error", error)


def newest(kind: str) -> Handler:
    """A page of states of one kind, newest first; agents see their own."""

    async def listing(exchange: Exchange) -> Response:
        after, limit = exchange.page
        archive = exchange.service.archive(exchange.who.tenant)
        found = await asyncio.to_thread(archive.newest, kind, after, limit)
        own = [one for one in found if not exchange.who.is_agent or one.agent == exchange.who.principal.id]
        return paged(exchange, [records.plain(one) for one in own], found[-1].id if len(found) == limit else None)

    return listing


async def find_run(exchange: Exchange) -> Response:
    """The id that a run of that name has."""
    name = exchange.text("name")
    if not name or len(name) > 500:
        raise InvalidValue("name is missing, or longer than 500 characters")
    return answer({"id": exchange.backend.run_id(name)})


HANDLERS: Final[Mapping[str, Handler]] = {
    "propose_action": propose,
    "ask_question": ask,
    "take_work": take,
    "renew_leases": renew_all,
    "wait_for_action": wait,
    "wait_for_run": wait,
    "get_guidance": get_guidance,
    "get_observations": get_observations,
    "get_grant": get_grant,
    "get_action": get_action,
    "get_review": get_review,
    "get_run": get_run,
    "get_action_history": history,
    "explain_action": explain,
    "get_review_history": history,
    "get_run_history": history,
    "list_reviews": list_reviews,
    "list_actions": newest("action"),
    "list_all_reviews": newest("review"),
    "list_runs": newest("run"),
    "find_run": find_run,
}
