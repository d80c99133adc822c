"""What became of it: told to the one who decided, for as long as they want to wait."""

from __future__ import annotations

import time
from typing import Final

from ..action.model import Action
from ..backend import ActionRecord
from ..review.model import OPEN, Review
from ..view.escape import visible
from ..view.lines import Style
from ..view.model import Erased
from . import gist
from .ask import at_terminal
from .desk import Desk
from .page import say

PATIENCE: Final = 10.0
MOVING: Final = frozenset({"proposed", "cleared", "claimed", "started"})
WORDS: Final = {
    "rejected": "It will not run: rejected.",
    "changes_requested": "Sent back: the agent gets your note and may propose again.",
    "expired": "Nobody decided in time, so it will not run.",
    "no_reviewer": "It will not run: it names nobody who may decide it.",
    "unknown_reviewer": "It will not run: a reviewer it names is not in the directory.",
    "quorum_unreachable": "It will not run: fewer people may decide it than it needs.",
    "intent_refused": "It will not run: people refused its intent before, and it names nobody who could decide anew.",
    "run_stopped": "It will not run: the run around it was stopped.",
    "stopped": "It will not run: it was stopped with its agent, its action or its team, or with all.",
    "limit": "It will not run: it would pass a limit that nobody may pass.",
    "grant_expired": "It was approved, but nobody ran it before the approval ran out.",
}


def follow(at: Desk, review: str) -> None:
    """Say what a decision led to; after an approval wait for the action's end. Ctrl-C leaves."""
    record = at.backend.review(review)
    if record.state.status in OPEN:
        say(f"Your approval counts; it {gist.awaited(at, record.state)}.", "good")
        return
    if _undoable(at, record.state):
        return
    action = record.state.action
    try:
        _await(at, action)
    except KeyboardInterrupt:
        say("Left; your decision stands.", "muted")
    text, style = told(at, at.backend.action(action))
    say(text, style)


def _undoable(at: Desk, review: Review) -> bool:
    made = review.decision
    if made is None or review.effective:
        return False
    until, id_ = gist.at(at, made.effective_at), gist.short(review.id)
    say(f"Decided; it takes effect at {until}. Until then: handrail reviews revoke {id_}", "good")
    return True


def _await(at: Desk, action: str) -> None:
    end = time.monotonic() + PATIENCE
    record = at.backend.action(action)
    state = record.state
    if state.status in MOVING and at_terminal():
        say("Waiting for it to run; Ctrl-C leaves.", "muted")
    while state.status in MOVING and not record.waits_for and (left := end - time.monotonic()) > 0:
        if at.backend.wait(action, state.rev, left) is None:
            return
        record = at.backend.action(action)
        state = record.state


def told(at: Desk, record: ActionRecord) -> tuple[str, Style]:
    """Where an action stands, in a sentence, and how to draw it."""
    state = record.state
    match state.status:
        case "succeeded" if state.kind == "question":
            return f"Answered: {_result(record)}", "good"
        case "succeeded":
            return f"Ran: {_result(record)}", "good"
        case "failed":
            return f"Failed: {_error(record)}", "removed"
        case "cleared" if record.waits_for:
            return f"Cleared; it {gist.first(record)}.", "good"
        case "cleared":
            until = gist.at(at, state.grant.expires_at) if state.grant else "later"
            return f"Cleared; nobody has run it yet. It may run until {until}.", "good"
        case "claimed" | "started":
            return f"It is running; see how it ends: handrail explain {gist.short(state.id)}", "good"
        case _:
            first = gist.first(record)
            return f"{_rest(state)} It {first}." if first else _rest(state), "fact"


def _rest(state: Action) -> str:
    match state.status:
        case "refused":
            return WORDS.get(state.reason, f"It will not run: {visible(state.reason)}.")
        case "withdrawn":
            return "It was withdrawn before it ran."
        case "skipped":
            return "Skipped: the agent's work goes on without it."
        case "unknown":
            asks = f"; {gist.short(state.review)} asks people" if state.review else ""
            return f"It was started, and nobody knows whether it took effect{asks}."
        case _:
            asks = f" by {gist.short(state.review)}" if state.review else ""
            return f"It is held{asks}."


def _result(record: ActionRecord) -> str:
    kept = record.outcome
    if isinstance(kept, Erased):
        return gist.value_text(kept)
    if isinstance(kept, dict) and "unkept" in kept:
        return f"its {visible(str(kept['unkept']))} could not be kept"
    return gist.value_text(kept.get("value") if isinstance(kept, dict) else kept)


def _error(record: ActionRecord) -> str:
    kept = record.outcome
    return visible(str(kept.get("error", "it raised"))) if isinstance(kept, dict) else gist.value_text(kept)
