"""Every command that any principal could send in a state, fit or unfit: most are refused, and that is the point."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias, get_args

from handrail.action import commands as action
from handrail.action.model import Action
from handrail.clock import MINUTE
from handrail.policy.stops import Stop
from handrail.principal import SYSTEM, Principal
from handrail.review import commands as review
from handrail.review.model import OPEN, Outcome, Review

from .desk import ANN, BOB, BOT, OLGA, STRANGER, group
from .invariants import over
from .world import World

Move: TypeAlias = tuple[str, object, Principal]
OUTCOMES: Final[tuple[Any, ...]] = get_args(Outcome)
CALLERS: Final = (BOT, STRANGER, ANN, BOB, OLGA)
EDITED: Final = '{"n":2}'


def moves(world: World, *, revisions: int, attempts: int, reviews: int) -> Iterator[Move]:
    """All commands to all streams; edits, retries and reopened questions only up to the given numbers."""
    for state in list(world.states.values()):
        match state:
            case Action():
                for command in _to_action(state, attempts, reviews):
                    yield from ((state.id, command, caller) for caller in CALLERS)
                yield state.id, action.Elapse(), SYSTEM
            case Review():
                held = world.states[state.action]
                assert isinstance(held, Action)
                for command in _to_review(state, revisions, again=held.attempt < attempts):
                    yield from ((state.id, command, caller) for caller in CALLERS)
                yield state.id, review.Elapse(), SYSTEM
            case _:
                pass


def _to_action(state: Action, attempts: int, reviews: int) -> Iterator[object]:
    """Also from an executor that was fenced off, with wrong bytes, and with what only the engine may say."""
    yield action.Start("x1", "bind:other", state.fence)
    yield action.Withdraw()
    yield action.ReportOutcome(wrong=True)
    yield from _forged(state)
    for one in state.lost:
        yield action.Testify(one.fence, "succeeded", 1)
    if over(state):
        return
    for executor, fence in (("x1", state.fence), ("x1", state.fence - 1), ("x2", state.fence)):
        if executor == "x1" or state.executor:
            yield action.Start(executor, state.bind, fence)
        yield from _reports(executor, fence, state.attempt < attempts, state.reviews < reviews)
    if state.status == "unknown" and not state.lost:
        yield action.Testify(state.fence - 1, "succeeded", 1)
    yield action.Claim("x1")
    yield action.Reconcile("happened", 1, fence=state.fence)
    yield action.Reconcile("happened", 1, fence=state.fence - 1)
    if state.attempt < attempts:
        yield action.Reconcile("not_happened", fence=state.fence)
    if state.reviews < reviews or state.review:
        yield action.Reconcile("unclear", fence=state.fence)


def _forged(state: Action) -> Iterator[object]:
    yield action.Clear(state.review or "rev_none", state.bind, MINUTE)
    yield action.Refuse(state.review or "rev_none", "rejected")
    yield action.Conclude(state.review or "rev_none", "succeeded", 1)
    yield action.Revise(state.revision + 1, "bind:other")


def _reports(executor: str, fence: int, again: bool, ask: bool) -> Iterator[object]:
    yield action.Release(executor, fence)
    yield action.Settle(executor, fence, "succeeded", 1)
    yield action.Settle(executor, fence, "failed")
    yield action.Settle(executor, fence, "unknown")
    if again:
        yield action.Settle(executor, fence, "failed", retry_in=2 * MINUTE)
    if ask:
        yield action.Settle(executor, fence, "failed", escalate=True)


def _to_review(state: Review, revisions: int, *, again: bool) -> Iterator[object]:
    yield from (review.Close(), review.Comment("a word"))
    yield review.Decide(state.choices[0], "an older view")
    yield review.Revoke()
    if over(state):
        return
    if state.status not in OPEN:
        yield from (review.Decide("reject", state.view), review.Claim(), review.Delegate(BOB.id), review.Escalate())
        return
    yield from (review.Claim(), review.Release(), review.Escalate())
    yield from (review.Delegate(to) for to in (BOB.id, OLGA.id, group("group:team"), "usr_nobody"))
    for outcome in OUTCOMES:
        if outcome != "edit" and (again or outcome != "retry"):
            yield review.Decide(outcome, state.view, value=1)
    if state.revision < revisions and (again or state.kind != "exception"):
        yield review.Decide("edit", state.view, args=EDITED)


def instants(world: World) -> Iterator[int]:
    """Every time that a decision in this world may be compared with, past or future."""
    for state in world.states.values():
        if isinstance(state, Action) and not over(state):
            yield from _known(state.due_at, world.leases.get(state.id), state.grant.expires_at if state.grant else None)
        if isinstance(state, Review) and not over(state):
            until = state.decision.effective_at if state.decision else None
            yield from _known(state.deadline, state.level_until, state.remind_at, state.claim_until, until)
        if isinstance(state, Stop):
            yield from _known(state.due_at)


def _known(*times: int | None) -> Iterator[int]:
    return (time for time in times if time)
