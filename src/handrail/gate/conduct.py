"""Conducts a call from its proposal to its end, without I/O: a generator that yields effects and is sent their answers.

Two drivers run it, one for each colour. Whatever the way, the function is called with the stored arguments, after
`started` is committed, and its end is settled under the fence that the start gave.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any, Final, Literal

import orjson

from ..action import commands as c
from ..action.model import WAITING, Action
from ..backend import ActionRecord, Backend
from ..errors import (
    FencedOff,
    NotFound,
    NotReady,
    OutcomeUnknown,
    Pending,
    RunHeld,
    RunStopped,
    StopInForce,
    Stopped,
    WaitTimeout,
)
from ..ids import mint
from ..policy.patterns import handles
from ..run.model import Run
from ..stream import JSON
from .call import Call, Gated, plain, propose
from .effects import Commit, Effect, Evaluate, Held, Look, Moved, Rest
from .ending import ended, result_of, stopped
from .failure import Failure, report, uncertain
from .memory import Seat, executing, remember
from .scope import current_context
from .trace import error_text

Answer = dict[str, Any]
Steps = Generator[Effect, Any, Any]
log: Final = logging.getLogger("handrail.gate")
NET: Final = 5.0
"""Seconds between looks at an action that waits for another one: it can be withdrawn meanwhile."""
BLIND: Final = 0.25
"""The same where that other one cannot be watched."""
HOLDING: Final = WAITING | {"unknown", "paused"}
WAITS: Final = frozenset({"proposed", "held", "claimed", "started", "unknown"})


def conduct(seat: Seat, call: Call) -> Steps:
    """A blocking call: propose, wait, run, settle. A waiter that is cancelled takes its action back."""
    action = mint("act")
    try:
        answer = yield from open_action(seat, call, action, offered=call.gated.wait == "defer")
        begun, action = answer["id"] == action and answer["status"] == "started", answer["id"]
        if call.gated.wait == "defer" and answer["status"] in WAITS:
            raise Pending(f"{call.gated.name} waits for people as {action}", action=action)
        return (yield from follow(seat, call.gated, call.local, answer, None, begun=begun))
    except BaseException as error:
        if isinstance(error, Exception | Stopped) or (
            call.identified and isinstance(error, KeyboardInterrupt | SystemExit)
        ):
            raise
        yield from _take_back(action)
        raise


def open_action(seat: Seat, call: Call, action: str, *, offered: bool) -> Steps:
    """Describe the call, propose it, and give back the answer: a new action, or the one it led to before.

    A blocking call is run by its caller, and started at once where nobody is asked; another one is `offered` to whoever
    has the function.
    """
    texts: dict[str, Any] = {}
    for name in ("describe", "risk", "impact", "preview", "context"):
        value = getattr(call.gated.texts, name)
        texts[name] = (yield Evaluate(value, (), call.given)) if callable(value) else value
    if call.gated.precondition is not None:
        texts["precondition"] = yield Evaluate(call.gated.precondition, (), call.given)
    executor = None if offered else seat.executor
    try:
        answer: Answer = yield Commit(
            action, propose(call, texts, current_context(), offered=offered, executor=executor)
        )
    except (RunStopped, StopInForce) as error:
        raise stopped(error, call.run) from None
    except BaseException as error:
        if executor is not None and not isinstance(error, Exception):
            with contextlib.suppress(NotFound):
                yield from _stay(seat, action)
        raise
    remember(seat, answer["id"])
    return answer


def _take_back(action: str) -> Steps:
    """Withdraw what was proposed and not claimed yet; who was cancelled early has not even proposed."""
    with contextlib.suppress(NotReady, NotFound):
        yield Commit(action, c.Withdraw("cancelled"))


def follow(
    seat: Seat, gated: Gated | None, local: Mapping[str, Any], answer: Answer, timeout: float | None, *,
    begun: bool = False,
) -> Steps:  # fmt: skip
    """From wherever the action is to its end: its result, or the error that says why there is none. `begun` says that
    it was started here, with its proposal.

    Raises `WaitTimeout` once `timeout` seconds are over; the action stays as it is. Without the function here, it
    waits for another process to execute it.
    """
    end = None if timeout is None else time.monotonic() + timeout
    told: set[str | None] = {None}
    cause: BaseException | None = None
    if answer["status"] == "unknown" and (yield from _nobody_asked(seat, gated, answer)):
        answer = yield from _reconcile(answer, "unclear")
    while True:
        match answer["status"]:
            case "succeeded":
                return (yield Look(partial(result_of, seat.backend, gated, answer)))
            case "cleared" | "started" if gated is not None and (begun or answer["status"] == "cleared"):
                begun = False
                answer, done, value = yield from _execute(seat, gated, local, answer, _left(end, NET))
                if done:
                    return value
                if isinstance(value, Failure):
                    cause = value.error
                    yield from _rest(gated, answer, value)
                if answer["status"] == "cleared" and end is not None and time.monotonic() >= end:
                    raise _too_late(answer)
                continue
            case "unknown" if not (yield from _left_to_others(seat, gated, answer)):
                yield from _probe(seat, gated, local, answer)
            case "refused" | "failed" | "skipped" | "withdrawn":
                raise (yield Look(partial(ended, seat.backend, answer))) from cause
            case _:
                pass
        if answer["review"] not in told:
            told.add(answer["review"])
            yield Held(answer)
        moved = yield Moved(answer["id"], answer["rev"], _left(end, None))
        if moved is None:
            raise _too_late(answer)
        answer = moved


def _rest(gated: Gated, answer: Answer, failure: Failure) -> Steps:
    if failure.pause is not None and answer["status"] == "claimed":
        yield Rest(gated.name, answer["attempt"], failure.pause)


def _left(end: float | None, most: float | None) -> float | None:
    """The seconds until `end`, at most so many."""
    left = None if end is None else max(0.0, end - time.monotonic())
    return left if most is None else most if left is None else min(left, most)


def _too_late(answer: Answer) -> WaitTimeout:
    return WaitTimeout(f"{answer['id']} is still {answer['status']}; it goes on without this waiter")


def _nobody_asked(seat: Seat, gated: Gated | None, answer: Answer) -> Steps:
    """Whether neither people nor any probe is asked how a call ended."""
    if answer["review"] is not None or (gated is not None and gated.probe is not None):
        return False
    return not (yield from _left_to_others(seat, gated, answer))


def _left_to_others(seat: Seat, gated: Gated | None, answer: Answer) -> Steps:
    """Whether the probe is awaited, which is not here, but may be where the function is."""
    if gated is not None and gated.probe is not None:
        return False
    record: ActionRecord = yield Look(partial(seat.backend.action, answer["id"]))
    state = record.state
    moved = state.rev != answer["rev"]
    return moved or (state.offered and state.probe and state.review is None and state.due_at is not None)


def serve(seat: Seat, gated: Gated, taken: Answer) -> Steps:
    """What a worker does with an action that it took: start, run and settle it, or ask its probe. Gives back how it
    stands then. A claim that could not be started is given back."""
    remember(seat, taken["id"])
    if taken["status"] == "unknown":
        yield from _probe(seat, gated, {}, taken)
        return "probed"
    try:
        answer, done, _ = yield from _execute(seat, gated, {}, taken, 0.0)
    except Exception:
        yield from _give_back(seat, taken)
        raise
    if done:
        return "succeeded"
    resting = answer["attempt"] != taken["attempt"]
    if answer["status"] == "claimed" and answer["fence"] == taken["fence"] and not resting:
        answer = yield Commit(taken["id"], c.Release(seat.executor, taken["fence"]))
    if answer["status"] == "unknown" and gated.probe is not None:
        yield from _probe(seat, gated, {}, answer)
    return answer["status"]


def _give_back(seat: Seat, taken: Answer) -> Steps:
    """What failed before the call left is for somebody else to try."""
    record: ActionRecord = yield Look(partial(seat.backend.action, taken["id"]))
    if record.state.status == "claimed" and record.state.fence == taken["fence"]:
        yield Commit(taken["id"], c.Release(seat.executor, taken["fence"]))


def _execute(seat: Seat, gated: Gated, local: Mapping[str, Any], answer: Answer, patience: float | None) -> Steps:
    """Start, run, settle; where another action comes first, wait for that for `patience` seconds. Gives back the next
    answer, whether the call is done, and its value."""
    if answer["status"] == "started":
        return (yield from _going(seat, gated, local, answer))
    action = answer["id"]
    target = yield from _target(seat, gated, local, answer)
    try:
        fence = answer["fence"] if answer["status"] == "claimed" else None
        start = c.Start(seat.executor, answer["bind"], fence, gated.schema.digest, target)
        started: Answer = yield Commit(action, start)
    except RunHeld as held:
        return (yield from _let_pass(seat, answer, held, patience)), False, None
    except (NotReady, FencedOff):
        return (yield Moved(action, -1, None)), False, None
    except BaseException as error:
        if not isinstance(error, Exception):
            yield from _stay(seat, action)
        raise
    if started["status"] != "started":
        return started, False, None
    return (yield from _going(seat, gated, local, started))


def _going(seat: Seat, gated: Gated, local: Mapping[str, Any], started: Answer) -> Steps:
    """Run and settle what was started here, keeping its lease meanwhile."""
    release = seat.backend.hold(started["id"], started["fence"], seat.executor)
    try:
        return (yield from _invoke(seat, gated, local, started))
    finally:
        release()


def _target(seat: Seat, gated: Gated, local: Mapping[str, Any], answer: Answer) -> Steps:
    """What the target looks like now, for the arguments that would run. An error here lets nothing start."""
    if gated.precondition is None:
        return None
    record: ActionRecord = yield Look(partial(seat.backend.action, answer["id"]))
    args, kwargs = gated.schema.load(orjson.loads(record.args or "{}"), local)
    return {"value": plain("precondition", (yield Evaluate(gated.precondition, (), gated.given(args, kwargs))))}


def _let_pass(seat: Seat, answer: Answer, held: RunHeld, patience: float | None) -> Steps:
    """Wait until the action that people are to decide on first has moved, or the run that is paused; how this one
    stands then. Those of another agent may be out of sight."""
    try:
        first = yield Look(partial(_life, seat.backend, held.waits_for))
    except NotFound:
        yield Moved(answer["id"], answer["rev"], BLIND if patience is None else min(BLIND, patience))
    else:
        if first.status in HOLDING:
            yield Moved(first.id, first.rev, patience)
    return (yield Moved(answer["id"], -1, None))


def _life(backend: Backend, subject: str) -> Action | Run:
    return backend.run(subject)[0] if subject.startswith("run_") else backend.action(subject).state


def _stay(seat: Seat, action: str) -> Steps:
    """The waiter was cancelled while the start was committed: the call has not left, and that is what is reported."""
    answer = yield Moved(action, -1, None)
    if answer["status"] == "started":
        with contextlib.suppress(FencedOff):
            report: dict[str, Any] = {"error": "the waiter was cancelled before the call left"}
            yield Commit(action, c.Settle(seat.executor, answer["fence"], "failed", report))


def _invoke(seat: Seat, gated: Gated, local: Mapping[str, Any], started: Answer) -> Steps:
    action, fence = started["id"], started["fence"]
    try:
        stored = orjson.loads((yield Look(partial(seat.backend.granted, action, started["bind"], fence))))
        args, kwargs = gated.schema.load(stored, local)
    except FencedOff:
        return (yield Moved(action, -1, None)), False, None
    except Exception as error:
        yield Commit(action, c.Settle(seat.executor, fence, "failed", error_text(error)))
        raise
    try:
        with executing(action, started["bind"]):
            value = yield Evaluate(gated.function, args, kwargs)
    except BaseException as error:
        return (yield from _failed(seat, gated, started, error))
    return (yield from _settle(seat, gated, started, value))


def _failed(seat: Seat, gated: Gated, started: Answer, error: BaseException) -> Steps:
    """Report an error. It is raised as it is, unless another attempt follows or people are asked."""
    tries, handled = 1, False
    if isinstance(error, Exception) and not uncertain(error, gated):
        record: ActionRecord = yield Look(partial(seat.backend.action, started["id"]))
        tries, handled = record.state.tries, handles(record.state.pattern)
    settle = report(gated, seat.executor, started["fence"], error, tries=tries, handled=handled)
    settled: Answer = yield Commit(started["id"], settle)
    if settled["status"] == "failed" or not isinstance(error, Exception):
        raise error
    return settled, False, Failure(error, settle.retry_in)


def _settle(seat: Seat, gated: Gated, started: Answer, value: Any) -> Steps:
    """Keep the result; what cannot be kept is given back all the same, since the effect is there.

    Too late a report counts for nothing: then the call ends as the probe or people say.
    """
    settle = c.Settle(seat.executor, started["fence"], "succeeded", _kept(gated, value))
    try:
        settled = yield Commit(started["id"], settle)
    except FencedOff:
        return (yield Moved(started["id"], -1, None)), False, None
    return settled, True, value


def _kept(gated: Gated, value: Any) -> dict[str, Any]:
    """What is stored of a result; of one that cannot be stored, what it was and why."""
    try:
        return {"value": gated.schema.dump_result(value)}
    except (TypeError, ValueError) as error:
        return {"unkept": type(value).__qualname__, "why": str(error)}


def _probe(seat: Seat, gated: Gated | None, local: Mapping[str, Any], answer: Answer) -> Steps:
    """Ask the probe whether the call took effect; without one people are asked, and then nobody is left to ask."""
    if answer["review"] is not None:
        return
    if gated is None or gated.probe is None:
        raise _unknown(answer)
    record: ActionRecord = yield Look(partial(seat.backend.action, answer["id"]))
    try:
        args, kwargs = gated.schema.load(orjson.loads(record.args or "{}"), local)
        found = yield Evaluate(gated.probe, (), gated.given(args, kwargs))
    except Exception as error:
        log.warning("the probe of %s failed, so people are asked: %s", gated.name, error)
        found = None
    happened, value = found if isinstance(found, tuple) else (found, None)
    match happened:
        case True:
            yield from _reconcile(answer, "happened", _kept(gated, value))
        case False:
            yield from _reconcile(answer, "not_happened")
        case _:
            asked: Answer = yield from _reconcile(answer, "unclear")
            if asked["status"] == "unknown" and asked["review"] is None:
                raise _unknown(answer)


def _reconcile(answer: Answer, found: Literal["happened", "not_happened", "unclear"], value: JSON = None) -> Steps:
    """Say what the probe found. Several may have asked theirs at once: the first answer counts, and an answer about an
    attempt that is over counts for nothing. Gives back how the action stands then."""
    try:
        return (yield Commit(answer["id"], c.Reconcile(found, value, fence=answer["fence"])))
    except (NotReady, FencedOff):
        return (yield Moved(answer["id"], -1, None))


def _unknown(answer: Answer) -> OutcomeUnknown:
    words = f"{answer['id']} was started and nobody could say whether it took effect"
    return OutcomeUnknown(words, action=answer["id"])
