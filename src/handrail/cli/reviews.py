"""`handrail reviews list` and `show`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import orjson
import typer
from msgspec import to_builtins

from ..backend import ActionRecord, Event, Failing, ReviewRecord, WaitScore
from ..gate.asking import drawn
from ..review.model import OPEN, Review
from ..review.voting import COLLECTED
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.model import Erased, folds
from ..view.words import approximate, count
from . import gist
from .desk import Db, Desk, desk
from .failures import failures, failures_of
from .page import NARROW, Json, labelled, say, show, table, tell, width

After = Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on behind this one, the last of a page.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at most.")]
Error = Annotated[
    str | None, typer.Option("--error", metavar="TYPE", help="Only what failed with an error of this type.")
]
Like = Annotated[str | None, typer.Option("--like", metavar="REVIEW", help="Only what failed as this one did.")]
Which = Annotated[
    str | None,
    typer.Argument(metavar="REVIEW", help="The id, or enough of it; without it the one that should be decided first."),
]
MOST = 2_000
"""Reviews that one page folds at most."""
VERBS = {
    "approve": "approve", "edit": "edit", "reject": "reject", "send_back": "send-back", "answer": "answer",
    "retry": "retry", "supply": "supply", "skip": "skip", "abort": "abort", "happened": "happened",
    "not_happened": "not-happened", "right": "right", "wrong": "wrong",
}  # fmt: skip


def list_reviews(
    everybody: Annotated[bool, typer.Option("--all", help="Also those that ask other people.")] = False,
    each: Annotated[bool, typer.Option("--each", help="A row for each, also where several ask for the same.")] = False,
    error: Error = None,
    like: Like = None,
    after: After = None,
    limit: Limit = 50,
    json: Json = False,
    db: Db = None,
) -> None:
    """What waits for you, the most pressing first: by risk, then age.

    Where an agent asks for the same action with the same arguments again and again, or where an action fails alike
    again and again, one row stands for all of them, with how many there are; each is still decided by itself.
    """
    with desk(db) as at:
        cursor, failing = at.find("rev", after) if after else None, failures(at, error, like)
        fold = not (each or json or like)
        page, following = _page(_waiting(at, cursor, everybody, failing), limit, fold=fold)
        if json:
            tell({"reviews": [brief_json(at, row[0]) for row in page], "after": following})
            return
        if not page:
            say(_nothing(at, everybody, cursor, failing))
            return
        show(rows(at, page))
        if any(len(row) > 1 for row in page):
            say(
                "×: the same is asked or fails so often; the first is shown, --each shows all, each is decided alone",
                "muted",
            )
        if following:
            say(f"More: --after {gist.short(following)}", "muted")


def _waiting(at: Desk, after: str | None, everybody: bool, failing: Failing | None) -> Any:
    while page := at.backend.waiting(after=after, limit=100, failing=failing):
        yield from (one for one in page if everybody or at.refusal(one.state) is None)
        after = page[-1].state.id


def _page(waiting: Iterable[ReviewRecord], limit: int, *, fold: bool) -> tuple[list[list[ReviewRecord]], str | None]:
    """So many rows, each of one or more reviews that are alike, and behind which review the next page begins."""
    page: dict[str, list[ReviewRecord]] = {}
    last = None
    for number, one in enumerate(waiting):
        key = one.alike if fold and one.alike else one.state.id
        if number == MOST or (key not in page and len(page) == limit):
            return list(page.values()), last
        page.setdefault(key, []).append(one)
        last = one.state.id
    return list(page.values()), None


def _nothing(at: Desk, everybody: bool, cursor: str | None, failing: Failing | None) -> str:
    others = 0 if everybody else len(at.backend.waiting(after=cursor, limit=100, failing=failing))
    if everybody:
        return "Nothing waits."
    return f"Nothing waits for you.{f' {others} for others: --all shows them.' if others else ''}"


def rows(at: Desk, page: list[list[ReviewRecord]]) -> list[Line]:
    """Reviews as a table, one line for those that are alike; on a narrow terminal without age and agent."""
    now, wide = at.now(), width() >= NARROW
    head = ("REVIEW", "RISK", "AGE", "LEFT", "WHAT", "AGENT")
    keep = range(6) if wide else (0, 1, 3, 4)
    cells = [
        (
            gist.short(one.state.id), visible(one.state.risk), gist.brief(now - one.state.opened_at),
            gist.left(one.state, now), gist.failing(one, others) + _mark(at, one.state, 1 + len(others)),
            gist.name(at, one.action.state.agent),
        )
        for one, *others in page
    ]  # fmt: skip
    picked = [tuple(row[column] for column in keep) for row in (head, *cells)]
    grows = 4 if wide else 3
    return table(picked[0], picked[1:], grows=grows, spans={0: "title", (3 if wide else 2): "deadline"})


def _mark(at: Desk, review: Review, times: int) -> str:
    often = f"  ×{times}" if times > 1 else ""
    claimed = f"  · {gist.name(at, review.claimed_by)} is at it" if review.claimed_by else ""
    return often + claimed + (f"  · {gist.awaited(at, review)}" if review.votes else "")


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
    lines += [*failures_of(at, record), BLANK, *gist.standing(at, record)]
    for event in at.backend.history(record.state.id):
        if event.type != "review.decided" and "note" in event.texts:
            lines += labelled("Said", _remark(at, event))
    return lines


def _remark(at: Desk, event: Event) -> str:
    doing = event.type.partition(".")[2]
    return f"{gist.name(at, event.by.id)} ({doing}, {gist.at(at, event.at)}): {_plain(event.texts['note'])}"


def _plain(text: Any) -> str:
    return f"[erased, {text.digest}]" if isinstance(text, Erased) else visible(str(text))


def _next_steps(at: Desk, record: ReviewRecord) -> list[Line]:
    """What can be done now, with the commands."""
    if record.state.status not in OPEN:
        return labelled("Look", f"handrail explain {gist.short(record.state.action)}", "muted")
    reason = at.refusal(record.state)
    if reason:
        return labelled("You", reason, "muted")
    verbs = " | ".join(VERBS[choice] for choice in record.state.choices)
    steps = labelled("Decide", f"handrail reviews {verbs}  {gist.short(record.state.id)}", "deadline")
    if folds(record.view) and not COLLECTED.isdisjoint(record.state.choices):
        steps += labelled("", "What would run is folded in part: add --unfold, which draws it whole.", "muted")
    return steps


def brief_json(at: Desk, record: ReviewRecord) -> dict[str, Any]:
    """A review as a list gives it to programs."""
    review = record.state
    return {
        "id": review.id, "kind": review.kind, "cause": review.cause, "status": review.status, "risk": review.risk,
        "opened_at": review.opened_at, "deadline": review.deadline, "action": review.action,
        "name": record.action.state.name, "args": args_json(record.action), "agent": record.action.state.agent,
        "agent_name": at.backend.name(record.action.state.agent), "view": review.view, "votes": len(review.votes),
        "claimed_by": review.claimed_by, "yours": at.refusal(review) is None, "alike": record.alike,
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


def waits(json: Json = False, db: Db = None) -> None:
    """How long reviews waited lately, and how well that was foretold."""
    with desk(db) as at:
        found = at.backend.feedback.wait_score()
        if json:
            tell(to_builtins(found))
        elif found.median is None:
            say("No review is over yet.")
        else:
            say(f"Half of the last {count(found.ended, 'review')} waited less than {approximate(found.median)}.")
            say(_foretold(found))


def _foretold(found: WaitScore) -> str:
    if not found.foretold:
        return "Too few reviews are over to foretell a wait."
    share = round(100 * found.inside / found.foretold)
    return (
        f"{found.inside} of {count(found.foretold, 'wait')} that were foretold ended within their range, {share} %; "
        "80 % should."
    )
