"""`handrail reviews list` and `show`."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import orjson
import typer
from msgspec import to_builtins

from ..backend import ActionRecord, Event, ReviewRecord
from ..gate.asking import drawn
from ..review.model import OPEN, Review
from ..view.columns import wrap
from ..view.escape import visible
from ..view.lines import BLANK, FENCE, Line
from ..view.model import Erased
from . import gist
from .desk import Db, Desk, desk
from .page import NARROW, Json, labelled, say, show, table, tell, width

After = Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on behind this one, the last of a page.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at most.")]
Which = Annotated[
    str | None,
    typer.Argument(metavar="REVIEW", help="The id, or enough of it; without it the one that should be decided first."),
]
VERBS = {
    "approve": "approve", "edit": "edit", "reject": "reject", "send_back": "send-back", "answer": "answer",
    "retry": "retry", "supply": "supply", "skip": "skip", "abort": "abort", "happened": "happened",
    "not_happened": "not-happened",
}  # fmt: skip


def list_reviews(
    everybody: Annotated[bool, typer.Option("--all", help="Also those that ask other people.")] = False,
    after: After = None,
    limit: Limit = 50,
    json: Json = False,
    db: Db = None,
) -> None:
    """What waits for you, the most pressing first: by risk, then age."""
    with desk(db) as at:
        cursor = at.find("rev", after) if after else None
        found = list(islice(_waiting(at, cursor, everybody), limit + 1))
        page = found[:limit]
        if json:
            tell({"reviews": [brief_json(at, one) for one in page], "after": _next(found, limit)})
        elif page:
            show(rows(at, page))
            if _next(found, limit):
                say(f"More: --after {gist.short(page[-1].state.id)}", "muted")
        else:
            say(_nothing(at, everybody, cursor))


def _waiting(at: Desk, after: str | None, everybody: bool) -> Any:
    while page := at.backend.waiting(after=after, limit=100):
        yield from (one for one in page if everybody or at.refusal(one.state) is None)
        after = page[-1].state.id


def _next(found: list[ReviewRecord], limit: int) -> str | None:
    return found[limit - 1].state.id if len(found) > limit else None


def _nothing(at: Desk, everybody: bool, cursor: str | None) -> str:
    others = 0 if everybody else len(at.backend.waiting(after=cursor, limit=100))
    if everybody:
        return "Nothing waits."
    return f"Nothing waits for you.{f' {others} for others: --all shows them.' if others else ''}"


def rows(at: Desk, page: list[ReviewRecord]) -> list[Line]:
    """Reviews as a table, one line each; on a narrow terminal without age and agent."""
    now, wide = at.now(), width() >= NARROW
    head = ("REVIEW", "RISK", "AGE", "LEFT", "WHAT", "AGENT")
    keep = range(6) if wide else (0, 1, 3, 4)
    cells = [
        (
            gist.short(one.state.id), visible(one.state.risk), gist.brief(now - one.state.opened_at),
            gist.left(one.state, now), gist.gist(one) + _mark(at, one.state), gist.name(at, one.action.state.agent),
        )
        for one in page
    ]  # fmt: skip
    picked = [tuple(row[column] for column in keep) for row in (head, *cells)]
    grows = 4 if wide else 3
    return table(picked[0], picked[1:], grows=grows, spans={0: "title", (3 if wide else 2): "deadline"})


def _mark(at: Desk, review: Review) -> str:
    claimed = f"  · {gist.name(at, review.claimed_by)} is at it" if review.claimed_by else ""
    return claimed + (f"  · {gist.awaited(at, review)}" if review.votes else "")


def show_review(
    review: Which = None,
    unfold: Annotated[bool, typer.Option("--unfold", help="Open what is folded.")] = False,
    json: Json = False,
    db: Db = None,
) -> None:
    """Everything needed to decide: the facts, the exact arguments, the context, and last what the agent says."""
    with desk(db) as at:
        record = at.review(review)
        if json:
            tell(full_json(at, record))
            return
        banner(at)
        show([*page(at, record, unfold=unfold), BLANK, *_next_steps(at, record)])


def banner(at: Desk) -> None:
    """Say once that this database has one person."""
    if at.directory.solo:
        say("solo mode: you are the only person; decisions are marked solo", "muted")


def page(at: Desk, record: ReviewRecord, *, unfold: bool = False) -> list[Line]:
    """The drawn review, what failed, how far it is, and what people said about it."""
    lines = [*drawn(record, at.backend, width=width(), unfold=unfold)]
    lines += [*_failure(record.action), BLANK, *gist.standing(at, record)]
    for event in at.backend.history(record.state.id):
        if event.type != "review.decided" and "note" in event.texts:
            lines += labelled("Said", _remark(at, event))
    return lines


def _remark(at: Desk, event: Event) -> str:
    doing = event.type.partition(".")[2]
    return f"{gist.name(at, event.by.id)} ({doing}, {gist.at(at, event.at)}): {_plain(event.texts['note'])}"


def _plain(text: Any) -> str:
    return f"[erased, {text.digest}]" if isinstance(text, Erased) else visible(str(text))


def _failure(action: ActionRecord) -> list[Line]:
    """The last error, which comes from the agent's process and is fenced like its words."""
    outcome = action.outcome
    if not isinstance(outcome, dict) or "error" not in outcome:
        return []
    rows = wrap(f"attempt {action.state.attempt} failed: {visible(str(outcome['error']))}", width() - len(FENCE))
    return [BLANK, *(Line("agent", FENCE + row) for row in rows)]


def _next_steps(at: Desk, record: ReviewRecord) -> list[Line]:
    """What can be done now, with the commands."""
    if record.state.status not in OPEN:
        return labelled("Look", f"handrail explain {gist.short(record.state.action)}", "muted")
    reason = at.refusal(record.state)
    if reason:
        return labelled("You", reason, "muted")
    verbs = " | ".join(VERBS[choice] for choice in record.state.choices)
    return labelled("Decide", f"handrail reviews {verbs}  {gist.short(record.state.id)}", "deadline")


def brief_json(at: Desk, record: ReviewRecord) -> dict[str, Any]:
    """A review as a list gives it to programs."""
    review = record.state
    return {
        "id": review.id, "kind": review.kind, "cause": review.cause, "status": review.status, "risk": review.risk,
        "opened_at": review.opened_at, "deadline": review.deadline, "action": review.action,
        "name": record.action.state.name, "args": args_json(record.action), "agent": record.action.state.agent,
        "agent_name": at.backend.name(record.action.state.agent), "view": review.view, "votes": len(review.votes),
        "claimed_by": review.claimed_by, "yours": at.refusal(review) is None,
    }  # fmt: skip


def full_json(at: Desk, record: ReviewRecord) -> dict[str, Any]:
    """Everything about a review for programs. Times are µs since the epoch; erased texts are `{"$erased": digest}`."""
    action = record.action
    return {
        **brief_json(at, record), "choices": list(record.state.choices), "state": to_builtins(record.state),
        "shown": _json(record.view), "context": _json(action.context), "story": _json(action.story),
        "outcome": _json(action.outcome), "first_args": orjson.loads(record.first_args) if record.first_args else None,
        "decision": _decision(record),
    }  # fmt: skip


def args_json(action: ActionRecord) -> Any:
    """The arguments, or the digest that is left of them."""
    return orjson.loads(action.args) if action.args is not None else {"$erased": action.state.bind}


def _json(value: Any) -> Any:
    return {"$erased": value.digest} if isinstance(value, Erased) else value


def _decision(record: ReviewRecord) -> Any:
    made = record.decision
    if made is None:
        return None
    return {
        "outcome": made.outcome, "by": made.by, "auth": made.auth, "at": made.at, "note": made.note,
        "value": _json(made.value), "edited": made.edited,
    }  # fmt: skip
