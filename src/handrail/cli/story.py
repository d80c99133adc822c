"""Each entry about an action as a sentence. Every word comes from the entry, its data, and the texts that are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from ..action import events as a
from ..directory import events as d
from ..policy.paths import ANYONE, Demand
from ..policy.rules import MODES
from ..review import events as r
from ..review.voting import named
from ..view.drawing import inline
from ..view.escape import visible
from ..view.facts import reason, sure
from ..view.model import Erased
from ..view.words import count, digest, duration, listed
from . import gist
from .past import Moment
from .permissions import told

Names = Callable[[str], str]
Clock = Callable[[int], str]
Execution = (
    a.Claimed | a.Lapsed | a.Released | a.Started | a.AttemptFailed | a.Succeeded | a.Failed | a.Skipped | a.Lost
    | a.ReportedLate | a.OutcomeReported | a.Unresolved
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns moments into sentences; `names` and `clock` say ids and times as people here read them."""

    names: Names
    clock: Clock

    def tell(self, moment: Moment) -> str:
        """The sentence of one entry."""
        who = self.names(moment.entry.by.id)
        event, texts = moment.event, moment.entry.texts
        if away := getattr(event, "instead", None):
            who = f"{who}, in place of {self.names(away)},"
        if isinstance(event, a.Event):
            return self._action(event, who, texts)
        if isinstance(event, r.Event):
            return self._review(event, who, moment)
        return self._directory(event, moment)

    def _action(self, event: a.Event, who: str, texts: Mapping[str, Any]) -> str:
        match event:
            case a.Proposed():
                return self._proposed(event, who)
            case a.Held() | a.Inquired():
                return f"held by {gist.short(event.review)}"
            case a.Revised():
                return f"the arguments are revision {event.revision} now, {_digest(event.bind)}"
            case a.Cleared():
                grant = event.grant
                booked = listed(sorted(visible(one.limit) for one in event.charges))
                return (
                    f"cleared by {_giver(grant.by)}: these bytes may run once until {self.clock(grant.expires_at)}, "
                    f"{_digest(grant.bind)}" + (f"; it counts under {booked}" if booked else "")
                )
            case a.Refused():
                by = f" by {gist.short(event.stop)}" if event.stop else ""
                return f"refused: {_code(event.reason)}{by}{_note(texts)}"
            case a.Withdrawn():
                return f"{who} withdrew it: {_code(event.reason)}{_note(texts)}"
            case _:
                return _executed(event, self.clock, texts)

    def _proposed(self, event: a.Proposed, who: str) -> str:
        verdict = {"verdict": event.verdict, "reason": event.reason, "rule": event.rule, "pol": None}
        outcome = {"review": "people are asked", "run": "it may run", "deny": "it may not run"}
        answer = outcome.get(event.verdict, visible(event.verdict))
        why = reason(verdict) if event.verdict == "review" else allowed(event.reason, event.rule)
        if event.threshold is not None:
            why += f" (confidence {sure(event.confidence, event.threshold)})"
        return (
            f"{who} proposed it for {self.names(event.owner)}: {answer}, because {why}; "
            f"risk {visible(event.risk)}, {_digest(event.bind)}"
        )

    def _review(self, event: r.Event, who: str, moment: Moment) -> str:
        texts = moment.entry.texts
        match event:
            case r.Opened():
                return self._opened(event, gist.short(moment.subject))
            case r.Claimed():
                return f"{who} is at it until {self.clock(event.until)}"
            case r.Released():
                return "nobody is at it any more"
            case r.Delegated():
                return f"{who} asked {self.names(event.to)}, too{_note(texts)}"
            case r.Commented():
                return f"{who} said{_note(texts)}"
            case r.Reminded():
                return "those who are asked were told again"
            case r.Escalated():
                by = "time ran out" if moment.entry.by.kind == "system" else f"{who} asked for it"
                return f"level {event.level + 1} is asked, too, until {self.clock(event.until)}: {by}{_note(texts)}"
            case _:
                return self._voted(event, who, moment)

    def _opened(self, event: r.Opened, review: str) -> str:
        levels = [
            f"{listed([self.names(one) for one in level.ask])} for {duration(level.within)}"
            for level in event.demand.levels
        ]
        barred = listed(sorted(self.names(one) for one in event.barred))
        return (
            f"{review} asks {', then '.join(levels)}; needs {self._quorum(event.demand)}; without a decision by "
            f"{self.clock(event.deadline)}: {_code(event.demand.at_end)}; never by {barred}"
        )

    def _quorum(self, demand: Demand) -> str:
        return listed([
            count(number, "person", "people") if place == ANYONE else f"{number} of {self.names(place)}"
            for place, number in demand.quorum
        ])  # fmt: skip

    def _voted(
        self, event: r.Voted | r.Edited | r.Decided | r.Revoked | r.TookEffect | r.Expired | r.Withdrawn | r.Superseded,
        who: str, moment: Moment,
    ) -> str:  # fmt: skip
        texts, auth = moment.entry.texts, moment.entry.by.auth
        match event:
            case r.Voted():
                view = f"on view {_view(event.view)}{_opened(texts)}"
                return f"{who} approved ({auth}), {view}; more approvals are needed{_note(texts)}"
            case r.Edited():
                return (
                    f"{who} changed the arguments ({auth}), on view {_view(event.on_view)}{_opened(texts)}: "
                    f"round {event.round} on revision {event.revision}, {_digest(event.bind)}{_note(texts)}"
                )
            case r.Decided():
                return self._decided(event, who, moment)
            case r.Revoked():
                return f"{who} took the vote back{_note(texts)}"
            case r.TookEffect():
                return "the decision took effect"
            case r.Expired():
                return f"nobody decided in time: {_code(event.at_end)}"
            case r.Withdrawn() | r.Superseded():
                return "the review closed: its action needs no answer any more"
        assert_never(event)

    def _decided(self, event: r.Decided, who: str, moment: Moment) -> str:
        texts = moment.entry.texts
        given = f": {_value(texts['value'])}" if texts.get("value") is not None else ""
        counted = listed(sorted(self.names(one) for one in event.counted))
        votes = f", with the votes of {counted}" if len(event.counted) > 1 else ""
        later = f"; takes effect at {self.clock(event.effective_at)}" if event.effective_at > moment.entry.at else ""
        did = f"{who} {gist.PAST[event.outcome]} ({moment.entry.by.auth}){given}"
        did += f", and {told(event.standing)}" if event.standing else ""
        return f"{did}, on view {_view(event.view)}{_opened(texts)}{votes}{later}{_note(texts)}"

    def _directory(self, event: Any, moment: Moment) -> str:
        person = self.names(moment.subject)
        match event:
            case d.AccessDenied():
                times = f", {event.count} times" if event.count > 1 else ""
                return f"{person} was refused: {_code(event.code)} ({event.command.lower()}{times})"
            case d.PersonAdded():
                return f"{person} came into the directory: {self._groups(event.groups)}"
            case d.PersonChanged():
                return f"{person} is now in {self._groups(event.groups)}"
            case _:
                return f"{person} left the directory"

    def _groups(self, groups: tuple[str, ...]) -> str:
        return listed([self.names(one) for one in groups]) or "no group"


def _executed(event: Execution, clock: Clock, texts: Mapping[str, Any]) -> str:
    match event:
        case a.Claimed():
            return f"claimed by executor {visible(event.executor)}, fence {event.fence}"
        case a.Lapsed():
            return "the right to execute it ended before a start: nothing happened, and anybody may claim it"
        case a.Released():
            return "given back before it started: somebody else may claim it"
        case a.Started():
            return f"started, attempt {event.attempt}, {_digest(event.bind)}"
        case a.AttemptFailed():
            return f"attempt {event.attempt} failed; the next not before {clock(event.not_before)}{_outcome(texts)}"
        case a.Succeeded():
            by = "used as it is" if event.by == "rule" else f"succeeded, says the {event.by}"
            return f"{by}{_outcome(texts)}"
        case a.Failed():
            return f"failed, says the {event.by}{_outcome(texts)}"
        case a.Skipped():
            return "skipped: the work went on without it"
        case a.Lost():
            return f"nobody knows how it ended: {_code(event.reason)}; fence {event.fence}"
        case a.ReportedLate():
            return f"reported late that it {_code(event.outcome)}, under fence {event.fence}: that decides nothing"
        case a.OutcomeReported():
            return f"it turned out {'wrong' if event.wrong else 'right'}{_note(texts)}"
        case a.Unresolved():
            return "nobody could say in time whether it took effect"
    assert_never(event)


def _giver(by: str) -> str:
    if by == "declared":
        return "its code"
    known = {"rev_": "", "std_": "permission "}.get(by[:4])
    return f"rule {visible(by)}" if known is None else known + gist.short(by)


def allowed(code: str, rule: str | None) -> str:
    """Why something runs, or may not, without anybody having been asked."""
    if code in ("rule", "standing") and rule:
        return f"{_giver(rule)} says so"
    if code in MODES and rule:
        return f"{_giver(rule)} would ask people, and its mode is {code}"
    words = {"sure": "its agent is as sure as it has to be", "declared": "its code says so"}
    found = words.get(code) or _code(code)
    return f"{found}, by {_giver(rule)}" if code == "sure" and rule else found


def _code(code: str) -> str:
    return visible(code.replace("_", " "))


def _digest(bind: str) -> str:
    return digest(visible(bind))


def _view(view: str) -> str:
    return visible(view[:12])


def _note(texts: Mapping[str, Any]) -> str:
    note = texts.get("note")
    if note is None:
        return ""
    return f" [note erased, {visible(note.digest[:12])}]" if isinstance(note, Erased) else f": “{visible(str(note))}”"


def _opened(texts: Mapping[str, Any]) -> str:
    """What was folded and opened before deciding."""
    seen = texts.get("seen")
    if isinstance(seen, Erased):
        return f" [opened: erased, {visible(seen.digest[:12])}]"
    return f", with {named(tuple(map(str, seen)))} opened" if isinstance(seen, list) else ""


def _outcome(texts: Mapping[str, Any]) -> str:
    kept = texts.get("outcome")
    if kept is None:
        return ""
    return f": {_value(kept.get('value', kept.get('error')) if isinstance(kept, dict) else kept)}"


def _value(value: Any) -> str:
    return f"[erased, {visible(value.digest[:12])}]" if isinstance(value, Erased) else inline(value)
