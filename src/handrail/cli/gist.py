"""Reviews and actions in one line or a few: what they are about, how far they are, what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ..backend import ActionRecord, Decision, ReviewRecord
from ..clock import DAY, HOUR, MINUTE, SECOND
from ..engine.past import outcome_text
from ..gate.asking import ordered
from ..gate.notice import local_zone
from ..policy.paths import ANYONE
from ..policy.quorum import missing
from ..review.model import OPEN, Review
from ..view.drawing import inline
from ..view.escape import visible
from ..view.facts import awaits
from ..view.lines import Line
from ..view.model import Erased
from ..view.text import summary
from ..view.words import clock, count, duration, listed, relative
from .desk import Desk
from .page import labelled

SHORT: Final = 10
PAST: Final = {
    "approve": "approved", "edit": "approved with changes", "reject": "rejected", "send_back": "sent back for changes",
    "answer": "answered", "retry": "told it to try again", "supply": "supplied the result", "skip": "skipped it",
    "abort": "aborted it", "happened": "said that it happened", "not_happened": "said that it did not happen",
    "right": "found it right", "wrong": "found it wrong",
}  # fmt: skip
_UNITS: Final = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


def short(id_: str) -> str:
    """An id as lists show it: enough of it to find the rest again."""
    return id_[:SHORT]


def brief(span: int) -> str:
    """A duration in its largest unit: `12 min`."""
    return next((f"{span // size} {name}" for size, name in _UNITS if span >= size), "0 s")


def what(record: ActionRecord, width: int = 400) -> str:
    """What an action would do, from its bytes: `payments.wire  amount 90000`; a question by its words."""
    if record.args is None:
        return summary(record.state.name, Erased(record.state.bind), width)
    args = ordered(record)
    if record.state.kind == "question":
        return visible(f"asks  {args.get('question', '')}")
    return summary(record.state.name, args, width)


def gist(record: ReviewRecord) -> str:
    """What a review is about; failed and lost actions say so first."""
    mark = {"attempts_failed": "failed: ", "outcome_unknown": "did it happen? "}.get(record.state.cause, "")
    return mark + what(record.action)


def failing(record: ReviewRecord, others: Sequence[ReviewRecord]) -> str:
    """What a row is about; where it stands for several failures, the error that they have in common."""
    found = record.action.outcome
    if not others or record.state.like is None or not isinstance(found, dict):
        return gist(record)
    return f"failed: {visible(record.action.state.name)}: {outcome_text(found)}"


def left(review: Review, now: int) -> str:
    """How long a decision is still awaited."""
    return duration(review.deadline - now) if review.deadline > now else "over"


def at(desk: Desk, time: int) -> str:
    """An instant as a person here reads it."""
    return clock(time, now=desk.now(), zone=local_zone())


def name(desk: Desk, id_: str) -> str:
    """What people call somebody, safe to draw."""
    return visible(desk.backend.name(id_))


def standing(desk: Desk, record: ReviewRecord) -> list[Line]:
    """How far a review is: its state, claim, votes, comments, and the decision once there is one."""
    review = record.state
    lines = labelled("State", _state(desk, review), "good" if record.decision else "fact")
    if review.votes and review.status in OPEN:
        lines += labelled("Votes", f"{_voters(desk, review)}; {awaited(desk, review)}")
    if waits := first(record.action):
        lines += labelled("Waits", waits)
    if review.status in OPEN and (wait := desk.backend.feedback.expected_wait(review.id)):
        lines += labelled("Wait", str(wait))
    if record.decision:
        lines += decided(desk, record.decision)
    return lines


def _state(desk: Desk, review: Review) -> str:
    match review.status:
        case "claimed":
            who = name(desk, review.claimed_by or "")
            return f"open; {who} is at it until {at(desk, review.claim_until or 0)}, others may decide all the same"
        case "open":
            return "open" if review.deadline > desk.now() else "over: the deadline has passed"
        case _:
            return review.status


def _voters(desk: Desk, review: Review) -> str:
    return listed([f"{name(desk, vote.by)} approved{_instead(desk, vote.instead)}" for vote in review.votes])


def _instead(desk: Desk, away: str | None) -> str:
    return f" in place of {name(desk, away)}" if away else ""


def awaited(desk: Desk, review: Review) -> str:
    """How many approvals are still needed: `waits for 1 more approval, of group:treasury`."""
    voters = {vote.instead or vote.by: frozenset(vote.seats) for vote in review.votes}
    more = missing(voters, review.demand.quorum)
    places = listed([name(desk, place) for place, _ in review.demand.quorum if place != ANYONE])
    return f"waits for {count(more, 'more approval')}{f', of {places}' if places else ''}"


def decided(desk: Desk, decision: Decision) -> list[Line]:
    """Who ended a review, how and why. The note is a person's; the value may be anybody's."""
    how = PAST[decision.outcome] + (" with changes" if decision.edited and decision.outcome == "approve" else "")
    when = relative(desk.now(), decision.at)
    lines = labelled("Decided", f"{visible(decision.by)} {how}, {when} ({decision.auth})", "good")
    if decision.note:
        lines += labelled("Note", visible(decision.note))
    if decision.value is not None:
        lines += labelled("Value", value_text(decision.value))
    return lines


def first(record: ActionRecord) -> str:
    """That another action is to be decided first: `does not start before act_… is decided`, or nothing."""
    return next((words for _, words in awaits(short(record.waits_for) if record.waits_for else None)), "")


def value_text(value: Any) -> str:
    """A kept value on one line, or that it was erased; secrets covered."""
    return f"[erased, {visible(value.digest)}]" if isinstance(value, Erased) else inline(value)
