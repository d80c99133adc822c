"""Votes, edits, the quorum, and taking a vote back."""

from collections.abc import Mapping
from typing import Any, assert_never

from ..errors import AlreadyDecided, InvalidValue, NotAllowed, NotReady, StaleView, Unseen
from ..policy.paths import Demand, stricter
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, changed
from . import commands as c
from . import events as e
from .access import People, counted, require
from .facts import Facts
from .model import Decision, Outcome, Review, Vote
from .permission import require_permissible

COLLECTED = frozenset({"approve", "edit", "retry"})
"""The outcomes that let bytes run: they need the quorum. For an exception it is one person, until an edit raises it."""
ONCE = frozenset({"approve", "retry"})
"""The outcomes that one person counts towards once a round; an edit begins the next round."""
VALUED = frozenset({"answer", "supply", "happened"})
"""The outcomes that come with a value; that a sample is wrong may come with what would have been right."""
MOST_NAMED = 8
"""Folds that a refusal names; the rest are counted."""


def vote(state: Review, command: c.Decide, facts: Facts) -> list[Draft[e.Event]]:
    """An approval counts towards the quorum; any other outcome, by one who may decide, decides at once."""
    require(state, facts.actor, facts.people)
    if command.outcome not in state.choices:
        raise InvalidValue(f"this review can end with {', '.join(state.choices)}, not with {command.outcome}")
    if command.view != state.view:
        raise StaleView("what you saw is not what stands now: look again, then decide")
    if command.standing is not None:
        require_permissible(state, command.outcome, command.standing, facts)
    if command.outcome not in COLLECTED:
        return [_decided(state, command, facts, (facts.actor.id,))]
    _require_seen(command, facts)
    if command.outcome == "edit":
        return _edit(state, command, facts)
    if voted(state, facts.actor, facts.people):
        own = any(vote.by == facts.actor.id for vote in state.votes)
        who = "you have" if own else "somebody else has, in that place,"
        raise AlreadyDecided(f"{who} approved this round already; another person is needed")
    return _count(state, command, facts)


def voted(state: Review, actor: Principal, people: People) -> bool:
    """Say whether a principal has approved the present round, or the place that they would fill is filled."""
    place = people.instead(state, actor.id) or actor.id
    return any(actor.id == vote.by or place == (vote.instead or vote.by) for vote in state.votes)


def left(state: Review, actor: Principal, people: People) -> tuple[Outcome, ...]:
    """The outcomes that one who may decide can still choose."""
    return tuple(one for one in state.choices if one not in ONCE or not voted(state, actor, people))


def _require_seen(command: c.Decide, facts: Facts) -> None:
    """Raise `Unseen` where bytes would run of which a part was folded and not opened."""
    if facts.unseen is None:
        raise Unseen("what was shown is erased, so nobody can see any more what would run: reject it, or send it back")
    seen = frozenset(command.seen)
    left = tuple(path for path in facts.unseen if path not in seen)
    if left:
        raise Unseen(f"folded and not opened yet: {named(left)}; open each, then decide", folds=left)


def named(paths: tuple[str, ...]) -> str:
    """The first few paths in words."""
    more = len(paths) - MOST_NAMED
    return ", ".join(paths[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _count(state: Review, command: c.Decide, facts: Facts) -> list[Draft[e.Event]]:
    mine = _mine(state, facts)
    filled = counted(state, (*state.votes, mine), facts.people)
    if filled is None:
        return [Draft(e.Voted(state.round, command.view, mine.seats, mine.instead), _texts(command, facts))]
    return [_decided(state, command, facts, filled)]


def _mine(state: Review, facts: Facts) -> Vote:
    """The actor's approval: in their own place, or in that of who is away."""
    instead = facts.people.instead(state, facts.actor.id)
    seats = facts.people.seats(state, instead or facts.actor.id)
    return Vote(facts.actor.id, facts.actor.auth, tuple(sorted(seats)), facts.now, instead)


def _texts(command: c.Decide, facts: Facts) -> Mapping[str, JSON]:
    texts: dict[str, JSON] = {"actor": facts.label} if facts.label else {}
    if command.note:
        texts["note"] = command.note
    seen = frozenset(command.seen)
    opened: list[JSON] = [path for path in facts.unseen or () if path in seen]
    if opened:
        texts["seen"] = opened
    return texts


def _decided(state: Review, command: c.Decide, facts: Facts, filled: tuple[str, ...]) -> Draft[e.Event]:
    texts = dict(_texts(command, facts))
    if command.outcome in VALUED or (command.outcome == "wrong" and command.value is not None):
        texts["value"] = command.value
    mine = _mine(state, facts)
    event = e.Decided(
        outcome=command.outcome, round=state.round, view=command.view, bind=state.bind, seats=mine.seats,
        counted=filled, effective_at=facts.now + state.demand.undo, standing=command.standing, instead=mine.instead,
    )  # fmt: skip
    return Draft(event, texts)


def _edit(state: Review, command: c.Decide, facts: Facts) -> list[Draft[e.Event]]:
    """A new round on other bytes, begun with the editor's approval; and its decision, if that is enough.

    The note goes with the last of the two, where the agent and the log look for it; what was opened with the first,
    which names the view that it was opened in.
    """
    if facts.revision is None:
        raise InvalidValue("an edit needs the new arguments")
    if facts.demand is None:
        raise NotAllowed("the policy denies the edited action, or nobody could agree to it; the present round stands")
    demand = stricter(facts.demand, state.demand)
    if demand is None:
        raise NotAllowed("no way to sign in satisfies the rules for the edited action; the present round stands")
    mine = _mine(state, facts)
    event = e.Edited(
        round=state.round + 1, on_view=command.view, revision=facts.revision.number, bind=facts.revision.bind,
        demand=demand, seats=mine.seats, instead=mine.instead,
    )  # fmt: skip
    after = changed(
        state, demand=demand, round=event.round, bind=event.bind, revision=event.revision, votes=(mine,),
        delegates=_delegates(state, demand),
    )  # fmt: skip
    filled = counted(after, after.votes, facts.people)
    said = command if filled is None else changed(command, note=None)
    texts = {**_texts(said, facts), "view": facts.view}
    edited: Draft[e.Event] = Draft(event, texts, revision=facts.revision)
    return [edited] if filled is None else [edited, _decided(after, changed(command, seen=()), facts, filled)]


def _delegates(state: Review, demand: Demand) -> tuple[str, ...]:
    """Who was asked in addition, as long as the same people are asked: those whom others ask were named by nobody."""
    return state.delegates if demand.levels == state.demand.levels else ()


def revoke(state: Review, command: c.Revoke, facts: Facts) -> list[Draft[e.Event]]:
    """Take back a counted vote before the decision takes effect."""
    decision = state.decision
    if state.status != "decided" or decision is None:
        raise NotReady("nothing is decided that could be taken back")
    if facts.actor.kind != "human" or facts.actor.id not in decision.counted:
        raise NotAllowed("only those whose vote counted can take it back")
    if state.effective or decision.effective_at <= facts.now:
        raise AlreadyDecided("the decision has taken effect and cannot be taken back")
    return [Draft(e.Revoked(), {"note": command.note} if command.note else {})]


def moved(
    state: Review, event: e.Voted | e.Edited | e.Decided | e.Revoked, sealed: Sealed[e.Event]
) -> dict[str, Any]:  # fmt: skip
    """The members that an event of the voting changes."""
    by = sealed.by
    match event:
        case e.Voted():
            return {"votes": (*state.votes, Vote(by.id, by.auth, event.seats, sealed.at, event.instead))}
        case e.Edited():
            return {
                "votes": (Vote(by.id, by.auth, event.seats, sealed.at, event.instead),), "round": event.round,
                "revision": event.revision, "bind": event.bind, "demand": event.demand, "view": sealed.texts["view"],
                "delegates": _delegates(state, event.demand),
            }  # fmt: skip
        case e.Decided():
            return _closed(state, event, sealed)
        case e.Revoked():
            return {"votes": tuple(v for v in state.votes if v.by != by.id), "decision": None}
    assert_never(event)


def _closed(state: Review, event: e.Decided, sealed: Sealed[e.Event]) -> dict[str, Any]:
    by = sealed.by
    approving = event.outcome in COLLECTED and all(vote.by != by.id for vote in state.votes)
    mine = Vote(by.id, by.auth, event.seats, sealed.at, event.instead)
    votes = (*state.votes, mine) if approving else state.votes
    decision = Decision(
        event.outcome, by.id, by.auth, event.counted, sealed.at, event.effective_at,
        sealed.texts.get("note"), sealed.texts.get("value"), event.standing, event.instead,
    )  # fmt: skip
    return {"votes": votes, "decision": decision, "effective": event.effective_at <= sealed.at}
