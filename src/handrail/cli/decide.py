"""The decisions: approve, reject, send back, answer, and what a failed or lost action needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, NoReturn

import orjson
import typer

from ..backend import ReviewRecord
from ..clock import micros
from ..codec.canonical import canonical
from ..codec.edits import entered, typed
from ..errors import InvalidValue, UsageError
from ..policy.standing import Terms
from ..review.commands import Decide
from ..review.model import OPEN, Outcome
from ..review.voting import COLLECTED, named
from ..stream import JSON
from ..view.drawing import inline
from ..view.model import folds
from . import gist, permissions, reviews
from .ask import at_terminal, confirmed, reason
from .desk import Db, Desk, desk
from .outcome import follow
from .page import say, show
from .refusal import REFUSED, refused

SHORTEST_VIEW: Final = 12
REASONED: Final = ("reject", "send_back", "abort", "wrong")
Which = Annotated[str, typer.Argument(metavar="REVIEW", help="The id, or enough of it.")]
Note = Annotated[str | None, typer.Option("--note", "-m", metavar="TEXT", help="What the agent and the log are told.")]
Reason = Annotated[str | None, typer.Option("--note", "-m", metavar="TEXT", help="The reason; needed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask again.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Do not draw the review first.")]
View = Annotated[
    str | None,
    typer.Option(
        "--view", metavar="DIGEST", help="Decide on this view alone, as `show --json` gives it; asks nothing."
    ),
]

Unfold = Annotated[
    bool,
    typer.Option("--unfold", help="Draw what is folded, too; with --view: it was read in `show --json`."),
]


@dataclass(frozen=True, slots=True)
class Way:
    """How a person decides: asked or not, on a drawing or a digest, with what is folded opened or not, and what is let
    run like it."""

    yes: bool
    quiet: bool
    view: str | None
    unfold: bool = False
    standing: Terms | None = None


def approve(
    review: Which, note: Note = None, yes: Yes = False, quiet: Quiet = False, unfold: Unfold = False,
    view: View = None, until: permissions.Until = None, times: permissions.Times = None,
    fixed: permissions.Fixed = None, db: Db = None,
) -> None:  # fmt: skip
    """Let exactly these bytes run, once; then wait up to 10 s and say what became of it."""
    with desk(db) as at:
        terms = permissions.terms(None if until is None else _lasts(until), times, fixed)
        _decide(at, review, "approve", note, Way(yes, quiet, view, unfold, terms))


def _lasts(until: str) -> int:
    try:
        return micros(until)
    except ValueError as error:
        raise UsageError(f"--standing-until: {error}") from None


def reject(
    review: Which, note: Reason = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Say no, with the reason."""
    with desk(db) as at:
        _decide(at, review, "reject", note, Way(yes, quiet, view))


def send_back(
    review: Which, note: Reason = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Ask the agent for changes: it gets the reason and may propose again."""
    with desk(db) as at:
        _decide(at, review, "send_back", note, Way(yes, quiet, view))


def answer(
    review: Which,
    value: Annotated[str, typer.Argument(metavar="ANSWER", help="One of the options or its number, else the value.")],
    note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None,
) -> None:  # fmt: skip
    """Answer a question."""
    with desk(db) as at:
        _decide(at, review, "answer", note, Way(yes, quiet, view), value)


def retry(
    review: Which, note: Note = None, yes: Yes = False, quiet: Quiet = False, unfold: Unfold = False,
    view: View = None, db: Db = None,
) -> None:  # fmt: skip
    """Let a failed action run once more."""
    with desk(db) as at:
        _decide(at, review, "retry", note, Way(yes, quiet, view, unfold))


def supply(
    review: Which,
    value: Annotated[str, typer.Argument(metavar="RESULT", help='JSON, such as 12 or "text"; other text stays text.')],
    note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None,
) -> None:  # fmt: skip
    """Give the result of a failed action yourself."""
    with desk(db) as at:
        _decide(at, review, "supply", note, Way(yes, quiet, view), value)


def skip(
    review: Which, note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Let the work go on without a failed action."""
    with desk(db) as at:
        _decide(at, review, "skip", note, Way(yes, quiet, view))


def abort(
    review: Which, note: Reason = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Give a failed action up."""
    with desk(db) as at:
        _decide(at, review, "abort", note, Way(yes, quiet, view))


def happened(
    review: Which,
    value: Annotated[str, typer.Argument(metavar="RESULT", help="The result it had, if any: JSON or text.")] = "null",
    note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None,
) -> None:  # fmt: skip
    """Say that an action of unknown outcome took effect."""
    with desk(db) as at:
        _decide(at, review, "happened", note, Way(yes, quiet, view), value)


def not_happened(
    review: Which, note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Say that an action of unknown outcome did not take effect."""
    with desk(db) as at:
        _decide(at, review, "not_happened", note, Way(yes, quiet, view))


def right(
    review: Which, note: Note = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None
) -> None:
    """Say that what ran by itself, and was drawn as a sample, was right."""
    with desk(db) as at:
        _decide(at, review, "right", note, Way(yes, quiet, view))


def wrong(
    review: Which,
    value: Annotated[str | None, typer.Argument(metavar="CORRECTION", help="The right output of a predictor.")] = None,
    note: Reason = None, yes: Yes = False, quiet: Quiet = False, view: View = None, db: Db = None,
) -> None:  # fmt: skip
    """Say that a sample was wrong, and what would have been right. Nothing is undone."""
    with desk(db) as at:
        _decide(at, review, "wrong", note, Way(yes, quiet, view), value)


def _decide(
    at: Desk, given: str, outcome: Outcome, note: str | None, way: Way, value: str | None = None
) -> None:  # fmt: skip
    record = at.review(given)
    check(at, record, outcome)
    seen = look(at, record, way, ask=outcome in COLLECTED)
    said = reason(note, "Why?") if outcome in REASONED else note
    found = None if value is None else valued(record, outcome, value)
    if not way.yes and way.view is None and not confirmed(_question(record, outcome, found, way.standing)):
        nothing()
    send(at, record, Decide(outcome, on_view(record, way.view), said, found, None, seen, way.standing))


def nothing() -> NoReturn:
    """End, since the person did not say yes."""
    say("Nothing was decided.", "muted")
    raise typer.Exit(REFUSED)


def check(at: Desk, record: ReviewRecord, outcome: Outcome) -> None:
    """Raise before anything is asked where the decision is sure to be refused."""
    review = record.state
    if review.status in OPEN and outcome not in review.choices:
        verbs = ", ".join(reviews.VERBS[choice] for choice in review.choices)
        raise InvalidValue(f"{gist.short(review.id)} can end with {verbs}, not with {reviews.VERBS[outcome]}")
    if review.status in OPEN:
        at.who()


def look(at: Desk, record: ReviewRecord, way: Way, *, ask: bool) -> tuple[str, ...]:
    """Draw what is about to be decided, and return the folds that were opened; `ask` whether to open them now.

    Raises `UsageError` for what is to be opened without being drawn.
    """
    if way.unfold and way.quiet and way.view is None:
        raise UsageError("--unfold draws what is folded and --quiet draws nothing: leave one of them out")
    folded = folds(record.view) or ()
    if way.view is not None:
        return folded if way.unfold else ()
    if not way.quiet:
        draw(at, record, unfold=way.unfold)
    if way.unfold or not folded or not ask or way.yes or not at_terminal():
        return folded if way.unfold else ()
    if not confirmed(f"Folded and not seen yet: {named(folded)}. Open now?"):
        nothing()
    draw(at, record, unfold=True)
    return folded


def draw(at: Desk, record: ReviewRecord, *, unfold: bool) -> None:
    """Draw a review before it is decided."""
    reviews.banner(at)
    show([*reviews.page(at, record, unfold=unfold)])
    print()


def _question(record: ReviewRecord, outcome: Outcome, value: JSON, standing: Terms | None) -> str:
    verb = reviews.VERBS[outcome].capitalize().replace("-", " ")
    given = f" with {inline(value)}" if outcome in ("answer", "supply", "happened") else ""
    more = f", and {permissions.told(standing)}" if standing else ""
    return f"{verb} {gist.short(record.state.id)}{given}{more}?"


def on_view(record: ReviewRecord, view: str | None) -> str:
    """The digest to send: the one that was drawn, or the one given, which may be shortened."""
    if view is None:
        return record.state.view
    return record.state.view if len(view) >= SHORTEST_VIEW and record.state.view.startswith(view) else view


RESULTS: Final = frozenset({"supply", "happened"})
"""What gives the action a result."""


def valued(record: ReviewRecord, outcome: Outcome, text: str) -> JSON:
    """The typed value of an answer or a result. Raises `InvalidValue`."""
    if outcome == "happened" and text == "null":
        return None
    if outcome != "answer":
        return entered(record.action.returns if outcome in RESULTS else None, text)
    question = orjson.loads(record.action.args or "{}")
    options = question.get("options")
    if not options:
        return typed(canonical(question.get("schema") or {"type": "string"}), "", text)
    named = next((option for option in options if str(option) == text), None)
    if named is None and text.isascii() and text.isdigit() and 0 < int(text) <= len(options):
        named = options[int(text) - 1]
    if named is None:
        listed = ", ".join(f"{number} {option}" for number, option in enumerate(options, 1))
        raise InvalidValue(f"{text[:60]!a} is none of the options: {listed}")
    found: JSON = named
    return found


def send(at: Desk, record: ReviewRecord, command: Decide) -> None:
    """Send a decision, and say what it led to. A refusal becomes its line and exit code."""
    with refused(gist.short(record.state.id)):
        at.backend.call(record.state.id, command)
    follow(at, record.state.id)
