"""Agents that speak to the backend themselves: they retry, ask people about failures, and return too late."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson

from handrail.action import commands as c
from handrail.clock import MINUTE
from handrail.errors import HandrailError
from handrail.gate.call import Gated
from handrail.gate.conduct import Steps
from handrail.gate.effects import Commit, Evaluate, Look, Moved
from handrail.gate.memory import Seat

LIVE = frozenset({"proposed", "held", "cleared", "claimed", "started", "unknown"})


def persist(seat: Seat, gated: Gated, action: str, proposal: c.Propose) -> Steps:
    """Propose, start when that is allowed, repeat after a failure twice, and then ask a person what to do."""
    answer: dict[str, Any] = yield Commit(action, proposal)
    mine, failures, inquired = answer["status"] == "started", 0, False
    while answer["status"] in LIVE:
        if answer["status"] == "started" and mine:
            report = yield from _report(seat, gated, answer, failures)
            failures += report.outcome == "failed"
            mine, answer = False, (yield from _tell(answer["id"], report))
        elif answer["status"] in ("cleared", "claimed"):
            mine, answer = yield from _start(seat.executor, answer)
        elif answer["status"] == "unknown" and answer["review"] is None:
            if inquired:
                return
            inquired, answer = True, (yield from _tell(answer["id"], c.Reconcile("unclear", fence=answer["fence"])))
        else:
            answer = yield Moved(answer["id"], answer["rev"], None)


def _start(executor: str, answer: dict[str, Any]) -> Steps:
    """Try to start; gives back whether it did, and how the action stands."""
    fence = answer["fence"] if answer["status"] == "claimed" else None
    try:
        started = yield Commit(answer["id"], c.Start(executor, answer["bind"], fence))
    except HandrailError:
        return False, (yield Moved(answer["id"], answer["rev"], 60.0)) or {**answer, "status": "cleared"}
    return started["status"] == "started", started


def _tell(action: str, command: object) -> Steps:
    """Send a report, which may come too late."""
    try:
        return (yield Commit(action, command))
    except HandrailError:
        return (yield Moved(action, -1, None))


def _report(seat: Seat, gated: Gated, started: dict[str, Any], failures: int) -> Steps:
    """Call, and say how it went."""
    executor, fence = seat.executor, started["fence"]
    try:
        stored = orjson.loads((yield Look(partial(seat.backend.granted, started["id"], started["bind"], fence))))
        value = yield Evaluate(gated.function, (), stored)
    except TimeoutError:
        return c.Settle(executor, fence, "unknown", {"error": "timeout"})
    except Exception:
        more = failures < 2
        return c.Settle(executor, fence, "failed", {"error": "no"}, MINUTE if more else None, escalate=not more)
    return c.Settle(executor, fence, "succeeded", {"value": value})
