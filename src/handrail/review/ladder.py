"""The ladder of a review, and what the clock does to it."""

from typing import Any

from ..errors import NotReady
from ..policy.paths import Level
from ..stream import Draft, Sealed
from . import commands as c
from . import events as e
from .facts import Facts
from .model import Review


def opened(state: Review | None, command: c.Open, facts: Facts) -> list[Draft[e.Event]]:
    """The opening; levels that resolve to nobody are passed at once, and the deadline is fixed for good."""
    if state is not None:
        raise NotReady("this review exists already")
    levels = command.demand.levels
    deadline = command.demand.deadline(facts.now, facts.after)
    people = facts.people
    reached = (i for i, rung in enumerate(levels) if people.reached_by(rung.ask) - people.barred)
    level = next(reached, len(levels) - 1)
    last = level == len(levels) - 1
    event = e.Opened(
        kind=command.kind, cause=command.cause, action=command.action, number=command.number, demand=command.demand,
        barred=tuple(sorted(facts.people.barred)), level=level,
        level_until=deadline if last else levels[level].end(facts.now, levels[level].within, facts.after),
        deadline=deadline, remind_at=_counted(levels[level], facts),
        revision=command.revision, bind=command.bind, risk=command.risk, error=command.error, like=command.like,
    )  # fmt: skip
    return [Draft(event, {"view": facts.view})]


def born(event: e.Opened, sealed: Sealed[e.Event], subject: str) -> Review:
    """The review as it is when it opens."""
    remind_at = _reminded(event.demand.levels[event.level], event, sealed.at)
    return Review(
        id=subject, status="open", rev=sealed.rev, kind=event.kind, cause=event.cause, action=event.action,
        number=event.number, demand=event.demand, barred=event.barred, opened_at=sealed.at, deadline=event.deadline,
        level=event.level, level_until=event.level_until, remind_at=remind_at, round=1,
        revision=event.revision, bind=event.bind, view=sealed.texts["view"], risk=event.risk,
        error=event.error, like=event.like,
    )  # fmt: skip


def elapse(state: Review, facts: Facts) -> list[Draft[e.Event]]:
    """The next thing that is due, or nothing. The deadline comes first, then a claim's end, the ladder, reminders."""
    if state.due_at is None or state.due_at > facts.now:
        return []
    if state.status == "decided":
        valued = state.decision is not None and state.decision.value is not None
        return [Draft(e.TookEffect(), {"value": facts.default} if valued else {})]
    if state.deadline <= facts.now:
        answered = state.demand.at_end == "answer"
        return [Draft(e.Expired(state.demand.at_end), {"value": facts.default} if answered else {})]
    if state.claim_until is not None and state.claim_until <= facts.now:
        return [Draft(e.Released())]
    if state.status == "open" and state.level_until <= facts.now:
        remind_at = _counted(state.demand.levels[state.level], facts)
        return [_next_level(state, facts) or Draft(e.Escalated(state.level, state.deadline, remind_at))]
    level = state.demand.levels[state.level]
    return [Draft(e.Reminded(level.end(facts.now, level.remind or 0, facts.after)))]


def escalate(state: Review, command: c.Escalate, facts: Facts) -> list[Draft[e.Event]]:
    """Up the ladder now, by a person who is asked."""
    draft = _next_level(state, facts)
    if draft is None:
        raise NotReady("there is nobody further up to ask; comment or delegate instead")
    return [draft._replace(texts={"note": command.note}) if command.note else draft]


def _next_level(state: Review, facts: Facts) -> Draft[e.Event] | None:
    """The next level that adds somebody."""
    levels = state.demand.levels
    before = facts.people.reached(state, state.level)
    for level in range(state.level + 1, len(levels)):
        if facts.people.reached(state, level) - before:
            last = level == len(levels) - 1
            until = state.deadline if last else levels[level].end(facts.now, levels[level].within, facts.after)
            return Draft(e.Escalated(level, min(until, state.deadline), _counted(levels[level], facts)))
    return None


def _counted(level: Level, facts: Facts) -> int | None:
    """When those whom a level asks from now on are told again, where only some hours count."""
    return level.end(facts.now, level.remind, facts.after) if level.hours and level.remind else None


def _reminded(level: Level, event: e.Opened | e.Escalated, at: int) -> int | None:
    return event.remind_at or (at + level.remind if level.remind else None)


def moved(state: Review, event: e.Reminded | e.Escalated, sealed: Sealed[e.Event]) -> dict[str, Any]:
    """The members that an event of the ladder changes."""
    if isinstance(event, e.Reminded):
        return {"remind_at": event.again_at if event.again_at < state.deadline else None}
    remind_at = _reminded(state.demand.levels[event.level], event, sealed.at)
    return {"level": event.level, "level_until": event.until, "remind_at": remind_at}
