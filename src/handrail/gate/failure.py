"""What follows from an error: another attempt after a while, people, or the caller, who gets it as it is."""

from __future__ import annotations

from dataclasses import dataclass

from ..action.commands import Settle
from ..errors import Denied, OutcomeUnknown
from .call import Gated
from .trace import error_text


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that raised, after which something else goes on: in `pause` µs the next one, or people are asked."""

    error: BaseException
    pause: int | None


def uncertain(error: BaseException, gated: Gated) -> bool:
    """Whether the call may have taken effect although it raised: a time-out, its own word, or the waiter was
    cancelled."""
    if gated.idempotent or (gated.retry is not None and gated.retry.declares(error)):
        return False
    return isinstance(error, TimeoutError | OutcomeUnknown) or not isinstance(error, Exception)


def report(
    gated: Gated, executor: str, fence: int, error: BaseException, *, tries: int = 1, handled: bool = False
) -> Settle:
    """How an error is reported after so many attempts; `handled` says that people are asked about it by a rule. What
    people have refused inside the call is not asked again."""
    said = error_text(error)
    if uncertain(error, gated):
        return Settle(executor, fence, "unknown", said)
    if (gated.retry is None and not handled) or isinstance(error, Denied) or not isinstance(error, Exception):
        return Settle(executor, fence, "failed", said)
    if gated.retry is not None and gated.retry.repeats(error) and tries <= gated.retry.most:
        return Settle(executor, fence, "failed", said, retry_in=gated.retry.pause(tries))
    return Settle(executor, fence, "failed", said, escalate=True)
