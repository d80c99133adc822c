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
    action, failures, inquired = answer["id"], 0, False
    while answer["status"] in LIVE:
        if answer["status"] in ("cleared", "claimed"):
            answer = yield from _start(seat.executor, answer)
        if answer["status"] == "unknown" and answer["review"] is None and not inquired:
            inquired, answer = True, (yield from _inquire(answer))
        if answer["status"] not in LIVE or (answer["status"] == "unknown" and answer["review"] is None):
            return
        if answer["status"] != "started":
            answer = yield Moved(action, answer["rev"], None)
            continue
        report = yield from _report(seat, gated, answer, failures)
        failures += report.outcome == "failed"
        try:
            answer = yield Commit(action, report)
        except HandrailError:
            answer = yield Moved(action, -1, None)


def _start(executor: str, answer: dict[str, Any]) -> Steps:
    fence = answer["fence"] if answer["status"] == "claimed" else None
    try:
        return (yield Commit(answer["id"], c.Start(executor, answer["bind"], fence)))
    except HandrailError:
        return (yield Moved(answer["id"], answer["rev"], 60.0)) or {**answer, "status": "cleared", "fence": None}


def _inquire(answer: dict[str, Any]) -> Steps:
    """Have people asked what became of the call; where there is nobody to ask, it stays unknown."""
    try:
        return (yield Commit(answer["id"], c.Reconcile("unclear")))
    except HandrailError:
        return (yield Moved(answer["id"], -1, None))


def _report(seat: Seat, gated: Gated, started: dict[str, Any], failures: int) -> Steps:
    """Call, and say how it went."""
    executor, fence = seat.executor, started["fence"]
    try:
        stored = orjson.loads((yield Look(partial(seat.backend.granted, started["id"]))))
        value = yield Evaluate(gated.function, (), stored)
    except TimeoutError:
        return c.Settle(executor, fence, "unknown", {"error": "timeout"})
    except Exception:
        more = failures < 2
        return c.Settle(executor, fence, "failed", {"error": "no"}, MINUTE if more else None, escalate=not more)
    return c.Settle(executor, fence, "succeeded", {"value": value})
