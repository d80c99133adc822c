"""The life of a review: one table, `decide`, `evolve`. Voting is in `voting`, the ladder and the clock in `ladder`."""

from typing import Any, Final, assert_never, cast

from ..clock import MINUTE
from ..errors import AlreadyDecided, Late, NotAllowed, NotReady, UnknownPerson
from ..principal import Principal
from ..stream import Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from . import ladder, voting
from .access import SEPARATE, People, require
from .facts import Facts
from .model import OPEN, Outcome, Review, Status

ACCEPTS: Final[Table] = {
    e.Opened: {None: "open"},
    e.Claimed: {"open": "claimed", "claimed": "claimed"},
    e.Released: {"claimed": "open"},
    e.Delegated: {"open": "open", "claimed": "claimed"},
    e.Commented: {"open": "open", "claimed": "claimed", "decided": "decided"},
    e.Reminded: {"open": "open", "claimed": "claimed"},
    e.Escalated: {"open": "open", "claimed": "open"},
    e.Voted: {"open": "open", "claimed": "open"},
    e.Edited: {"open": "open", "claimed": "open"},
    e.Decided: {"open": "decided", "claimed": "decided"},
    e.Revoked: {"decided": "open"},
    e.TookEffect: {"decided": "decided"},
    e.Expired: {"open": "expired", "claimed": "expired"},
    e.Withdrawn: {"open": "withdrawn", "claimed": "withdrawn", "decided": "withdrawn"},
    e.Superseded: {"open": "superseded", "claimed": "superseded", "decided": "superseded"},
}
CLAIM: Final = 15 * MINUTE


def decide(state: Review | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; an empty list where nothing is due.

    Raises `NotAllowed`, `StaleView`, `Late`, `AlreadyDecided` or `NotReady`; then nothing happens.
    """
    if isinstance(command, c.Open | c.Close) and facts.actor.kind != "system":
        raise NotAllowed("a review opens and closes with its action; withdraw the action instead")
    if isinstance(command, c.Open):
        return ladder.opened(state, command, facts)
    if state is None:
        raise NotReady("there is no such review yet")
    match command:
        case c.Elapse():
            return ladder.elapse(state, facts)
        case c.Close():
            return _close(state, command)
        case c.Comment():
            return _comment(state, command, facts)
        case c.Revoke():
            return voting.revoke(state, command, facts)
        case c.Decide():
            _require_open(state, facts.now)
            return voting.vote(state, command, facts)
        case c.Claim() | c.Release() | c.Delegate() | c.Escalate():
            _require_open(state, facts.now)
            require(state, facts.actor, facts.people)
            return _handle(state, command, facts)
    assert_never(command)


def choices(state: Review, actor: Principal, people: People, now: int) -> tuple[Outcome, ...]:
    """The outcomes that a principal may choose at that time (µs): by the rules of `decide`, for one who wants to know
    before. Raises `Late`, `AlreadyDecided` or `NotAllowed` where there is none."""
    _require_open(state, now)
    require(state, actor, people)
    return voting.left(state, actor, people)


def may_comment(state: Review, person: str, people: People) -> bool:
    """Say whether a person may comment now."""
    return state.status in ACCEPTS[e.Commented] and bool(people.directory.members(person))


def _require_open(state: Review, now: int) -> None:
    if state.status == "expired" or (state.status in OPEN and state.deadline <= now):
        raise Late("the deadline has passed, and the outcome chosen for that case stands")
    if state.status not in OPEN:
        raise AlreadyDecided(f"the review is {state.status} already: look at it again to see how it ended")


def _handle(
    state: Review, command: c.Claim | c.Release | c.Delegate | c.Escalate, facts: Facts
) -> list[Draft[e.Event]]:
    match command:
        case c.Claim():
            return [Draft(e.Claimed(min(facts.now + CLAIM, state.deadline)))]
        case c.Release():
            if state.claimed_by != facts.actor.id:
                raise NotReady("you hold no claim on this review")
            return [Draft(e.Released())]
        case c.Delegate():
            return _delegate(state, command, facts)
        case c.Escalate():
            return ladder.escalate(state, command, facts)
    assert_never(command)


def _delegate(state: Review, command: c.Delegate, facts: Facts) -> list[Draft[e.Event]]:
    if not facts.people.directory.members(command.to) or command.to.startswith("grp_"):
        raise UnknownPerson("that person is not in the directory: choose somebody who is")
    if command.to in facts.people.forbidden(state):
        raise NotAllowed(SEPARATE)
    return [Draft(e.Delegated(command.to), {"note": command.note} if command.note else {})]


def _comment(state: Review, command: c.Comment, facts: Facts) -> list[Draft[e.Event]]:
    known = facts.people.directory.members(facts.actor.id) or facts.actor.id == facts.agent
    if not known:
        raise NotAllowed("only people of the directory and the proposing agent comment")
    if state.status not in ACCEPTS[e.Commented]:
        raise AlreadyDecided(f"the review is {state.status}")
    return [Draft(e.Commented(), {"note": command.text})]


def _close(state: Review, command: c.Close) -> list[Draft[e.Event]]:
    if state.status not in OPEN and (state.status != "decided" or state.effective):
        return []
    return [Draft(e.Superseded() if command.superseded else e.Withdrawn())]


def evolve(state: Review | None, sealed: Sealed[e.Event], *, subject: str) -> Review:
    """The review after one event. Raises `IllegalTransition` for an event its state does not accept."""
    event = sealed.event
    status = step(ACCEPTS, event, state.status if state else None)
    if isinstance(event, e.Opened):
        return ladder.born(event, sealed, subject)
    assert state is not None
    moved = _moved(state, event, sealed)
    if status != "claimed" and state.claimed_by is not None:
        moved |= {"claimed_by": None, "claim_until": None}
    return changed(state, status=cast(Status, status), rev=sealed.rev, **moved)


def _moved(state: Review, event: e.Event, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members that an event changes, beside status, revision number and the end of a claim."""
    match event:
        case e.Claimed():
            return {"claimed_by": sealed.by.id, "claim_until": event.until}
        case e.Delegated():
            return {"delegates": tuple(sorted({*state.delegates, event.to}))}
        case e.Commented():
            return {"comments": state.comments + 1}
        case e.Reminded() | e.Escalated():
            return ladder.moved(state, event, sealed)
        case e.Voted() | e.Edited() | e.Decided() | e.Revoked():
            return voting.moved(state, event, sealed)
        case e.TookEffect():
            return {"effective": True}
        case e.Opened() | e.Released() | e.Expired() | e.Withdrawn() | e.Superseded():
            return {}
    assert_never(event)
