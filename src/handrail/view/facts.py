"""The facts of a view in words: what is asked, until when, of whom and why. None is the agent's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from .columns import clip
from .escape import visible
from .words import clock, count, digest, duration, listed, relative

KINDS = {
    "approval": "APPROVE",
    "check": "CHECK THE RESULT",
    "exception": "FAILED",
    "question": "QUESTION",
    "sample": "SPOT CHECK",
}
"""What a review of each kind asks for, as its title begins."""

_ENDS = {
    "reject": "it is rejected",
    "approve": "it runs",
    "answer": "the default answer is given",
    "close": "the review closes and nothing changes",
}
_UNANSWERED = {
    "attempts_failed": "it fails",
    "outcome_unknown": "it stays unknown",
    "sampled": "the review closes and nothing changes",
}
"""What an unanswered question about a call means, which no path says."""
_REASONS = {
    "rule": "a rule of the policy asks for it",
    "declared": "the action's code asks for it",
    "default": "no rule is about it, so a person decides",
    "below_threshold": "the agent is less sure than it has to be",
    "no_usable_confidence": "there is no usable confidence: a number from 0 to 1",
    "condition_error": "a condition of the policy could not be evaluated",
    "policy_changed": "the policy has become stricter since it was agreed to",
    "intent_refused": "people refused an action of this run with the same intent",
    "limit": "it would pass a limit",
    "limit_unreadable": "an argument that a limit counts is missing, or no number that can be added up",
    "permission_revoked": "the permission by which it was to run was taken back",
    "attempts_failed": "every attempt failed",
    "outcome_unknown": "it was started, and nobody knows whether it took effect",
    "not_watched": "it runs by itself only inside a run that people watch",
    "sampled": "it ran by itself, and was drawn to be looked at",
}
_LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom facts are told: names for ids, the present time, the time zone."""

    names: Callable[[str], str]
    now: int
    zone: tzinfo = UTC

    def name(self, id_: str) -> str:
        """Return the display name of an id, with nothing in it that hides or overflows."""
        return clip(visible(self.names(id_)), _LONGEST_NAME)

    def clock(self, time: int) -> str:
        """Return a time as the reader's clock shows it."""
        return clock(time, now=self.now, zone=self.zone)


def deadline(view: Mapping[str, Any], reader: Reader) -> str:
    """Return until when a decision is awaited, and what happens then."""
    time = view["review"]["deadline"]
    end = ending(view["review"]["at_end"], reader, view["verdict"]["reason"])
    when = f"{reader.clock(time)}, {relative(reader.now, time)}"
    if time <= reader.now:
        return f"Ended {when}. Without a decision, {end}."
    return f"Until {when}. If nobody decides, {end}."


def ending(at_end: str, reader: Reader, cause: str = "held") -> str:
    """Return what an end of the path means in words, for a review that was opened for a cause."""
    if cause in _UNANSWERED:
        return _UNANSWERED[cause]
    verb, _, rest = at_end.partition(":")
    if verb == "escalate":
        return f"it goes on to {reader.name(rest)}"
    return _ENDS.get(at_end) or f"the outcome is “{clip(visible(at_end), _LONGEST_NAME)}”"


def facts(view: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield label and words of every fact, in the order in which a person needs them."""
    review, action = view["review"], view["action"]
    yield "Why", reason(view["verdict"])
    if refused := view["verdict"].get("refused"):
        words = f"{reader.name(refused['by'])}, {reader.clock(refused['at'])}, in {visible(refused['review'])}"
        yield "Refused", f"the last one by {words}"
    if critical := view["verdict"].get("criticality"):
        yield "Critical", _critical(critical)
    for limit in view["verdict"].get("limits", ()):
        yield "Limit", _limit(limit)
    yield from _levels(review, reader)
    yield "Needs", quorum(review["quorum"], reader)
    if "confidence" in action:
        yield "How sure", sure(action["confidence"], action["threshold"])
    yield "Risk", f"{_rated(action['risk'])}, {_undoable(action['reversible'])}"
    if action.get("target"):
        yield "Checked", "how its target looks is compared again right before it runs; if that changed, it does not run"
    yield "Agent", _agent(action, reader)
    if action["attempt"] > 1:
        yield "Attempt", f"{action['attempt']:,}"
    if review["round"] > 1 or action["revision"] > 1:
        yield "Round", f"{review['round']:,}, on revision {action['revision']:,} of the arguments"
    if review["undo"]:
        yield "Undo", f"a decision can be taken back for {duration(review['undo'])}"


def awaits(first: str | None) -> Iterator[tuple[str, str]]:
    """Yield that another action is to be decided first, if one is. It may change, so it is no part of the view."""
    if first:
        yield "Waits", f"does not start before {visible(first)} is decided"


def reason(verdict: Mapping[str, Any]) -> str:
    """Return why a person is asked, with the rule and the policy that said so."""
    words = _REASONS.get(verdict["reason"]) or visible(verdict["reason"])
    if verdict.get("error"):
        words = f"{words}: {visible(verdict['error'])}"
    if verdict["rule"]:
        rule = f"{'limit' if verdict['reason'].startswith('limit') else 'rule'} “{visible(verdict['rule'])}”"
        words = f"{rule} asks for it" if verdict["reason"] == "rule" else f"{words}, {rule}"
    return f"{words} · policy {digest(visible(verdict['pol']))}" if verdict["pol"] else words


def _critical(found: Mapping[str, Any]) -> str:
    """Return how critical an action is, and what raised that."""
    because = listed([visible(one) for one in found["because"]])
    return f"{visible(found['level'])}: {because}" if because else f"{visible(found['level'])}: by its risk alone"


def _limit(limit: Mapping[str, Any]) -> str:
    """Return how a limit stood: what this action asks for, what was used, what is left."""
    per = f" per {listed([visible(one.removeprefix('args.')) for one in limit['per']])}" if limit["per"] else ""
    what = f"{visible(limit['name'])}, at most {limit['at_most']} in {duration(limit['within'])}{per}"
    asks = "asks for what cannot be counted" if limit["asks"] is None else f"asks for {limit['asks']}"
    if limit["used"] is None:
        return f"{what}: this {asks}" + ("" if limit["asks"] is None else ", and nobody knows what was used")
    left = max(Decimal(limit["at_most"]) - Decimal(limit["used"]), Decimal(0))
    end = "which is too much" if limit["over"] else "which fits"
    return f"{what}: {limit['used']} used, {left:f} left, this {asks}, {end}"


def _levels(review: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield who is asked in which order; the times are those of an undisturbed path."""
    time = review["opened_at"]
    for index, level in enumerate(review["levels"]):
        asked = listed([reader.name(id_) for id_ in level["ask"]]) or "nobody"
        remind = f" of {visible(level['hours'])}" if "hours" in level else ""
        remind += f", reminded every {duration(level['remind'])}" if level["remind"] else ""
        if index:
            yield "Then", f"{asked} from {reader.clock(time)}, for {duration(level['within'])}{remind}"
        else:
            yield "Asked", f"{asked}, for {duration(level['within'])}{remind}"
        time = level.get("until", time + level["within"])


def quorum(demand: Sequence[Sequence[Any]], reader: Reader) -> str:
    """Return how many people have to agree: `2 people`, `1 of Treasury and 1 of Legal`."""
    parts = [
        count(number, "person", "people") if group == "any" else f"{number:,} of {reader.name(group)}"
        for group, number in demand
    ]
    return f"{listed(parts)} to approve" if parts else "1 person to approve"


def sure(confidence: str | None, threshold: str | None) -> str:
    """Return how sure the agent is, and how sure its code wants it to be."""
    found = visible(confidence) if confidence else "none that can be used"
    return f"{found}, wanted {visible(threshold)} or more" if threshold else found


def _rated(risk: str | None) -> str:
    return visible(risk) if risk else "not rated"


def _undoable(reversible: bool | None) -> str:
    if reversible is None:
        return "not told whether it can be undone"
    return "can be undone" if reversible else "cannot be undone"


def _agent(action: Mapping[str, Any], reader: Reader) -> str:
    owner = f" for {reader.name(action['owner'])}" if action["owner"] else ""
    run = f", run {reader.name(action['run'])}" if action["run"] else ""
    return f"{reader.name(action['agent'])}{owner}{run}"
