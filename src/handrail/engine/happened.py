"""What happened in a watched run, newest first, in drawn text: what it reported, its actions, what people asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..action.model import Action
from ..backend import Event
from ..stream import JSON, changed
from ..view.columns import clip
from ..view.drawing import drawn, inline
from ..view.ends import WHOLE, head
from ..view.escape import visible
from ..view.masks import conceal
from ..view.model import Erased
from .rows import Names, Who

MOST: Final = 100
"""So much of which a run's page tells."""
WIDEST: Final = 2_000
"""Columns of what an agent or a person said."""
SHORT: Final = 300
"""Columns of a value that an agent reports."""
What = Literal[
    "step", "failed", "call", "note", "action", "pause", "interrupt", "resume", "stop", "guide", "alarm", "lapsed",
    "cleaned", "not_cleaned", "entered", "faulted", "finished", "ended",
]  # fmt: skip
_CONTROLS: Final[Mapping[str, What]] = {
    "run.resumed": "resume", "run.stopped": "stop", "run.guided": "guide", "run.lapsed": "lapsed",
    "run.entered": "entered", "run.faulted": "faulted", "run.finished": "finished", "run.failed": "ended",
}  # fmt: skip
BY_AGENT: Final = frozenset({"faulted", "ended", "cleaned", "not_cleaned"})


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, from one time to another (µs); a step without an end lasts.

    `words` and `value` are drawn text, the agent's own where `agent` says so. `name` is that of an action as it was
    registered, or of a monitor; `status` and `review` are an action's. `confirmed_at` is when the run's process said
    that a control has taken hold, or when its agent had read what it was told.
    """

    what: What
    at: int
    rev: int = 0
    until: int | None = None
    words: str | None = None
    value: str | None = None
    agent: bool = False
    name: str | None = None
    by: Who | None = None
    status: str | None = None
    review: str | None = None
    confirmed_at: int | None = None


def happened(events: Iterable[Event], actions: Iterable[Happening], names: Names) -> tuple[Happening, ...]:
    """What entries of a run tell, and its actions among them, newest first."""
    told = _Story(names)
    for event in events:
        told.take(event)
    found = sorted([*told.found, *actions], key=lambda one: one.at, reverse=True)
    return tuple(found[:MOST])


def of_action(action: Action, gist: str) -> Happening:
    """An action, as something that happened."""
    return Happening(
        "action", action.proposed_at, until=action.answered_at, words=gist, name=visible(action.name),
        status=action.status, review=action.review or action.asked,
    )  # fmt: skip


class _Story:
    """What happened so far, as one entry after the other is read."""

    def __init__(self, names: Names) -> None:
        self._names: Final = names
        self.found: list[Happening] = []
        self._step: int | None = None

    def take(self, event: Event) -> None:
        """Read one more entry."""
        match event.type:
            case "run.observed":
                items = event.texts.get("observations")
                for one in items if isinstance(items, list) else ():
                    if isinstance(one, dict):
                        self._reported(one, event.at)
            case "run.paused":
                self._paused(event)
            case "run.cleaned":
                self._said("cleaned" if event.data.get("ok") else "not_cleaned", event)
            case "run.confirmed":
                self._confirmed(event)
            case "run.heard":
                self._heard(event)
            case _ if event.type in _CONTROLS:
                self._said(_CONTROLS[event.type], event)
            case _:
                pass

    def _said(self, what: What, event: Event, name: str | None = None) -> None:
        words = event.texts.get("note", event.texts.get("text"))
        by = self._names.who(event.by.id) if event.by.kind == "human" else None
        self.found.append(
            Happening(what, event.at, event.rev, words=told(words), agent=what in BY_AGENT, name=name, by=by)
        )

    def _paused(self, event: Event) -> None:
        monitor = event.data.get("monitor")
        if isinstance(monitor, str):
            self._said("alarm", event, monitor)
        else:
            self._said("interrupt" if event.data.get("interrupt") else "pause", event)

    def _confirmed(self, event: Event) -> None:
        for place, one in enumerate(self.found):
            if one.rev == event.data.get("of"):
                self.found[place] = changed(one, confirmed_at=event.at)

    def _heard(self, event: Event) -> None:
        for place, one in enumerate(self.found):
            if one.what == "guide" and one.confirmed_at is None:
                self.found[place] = changed(one, confirmed_at=event.at)

    def _reported(self, one: Mapping[str, Any], at: int) -> None:
        when = min(one["at"], at) if isinstance(one.get("at"), int) else at
        words, value = told(one.get("step") or one.get("text")), _value(one.get("value"))
        match one.get("kind"):
            case "step":
                self._close(when, "step", None)
                self._step = len(self.found)
                self.found.append(Happening("step", when, words=words, agent=True))
            case "report" | "error" as kind:
                what: What = "step" if kind == "report" else "failed"
                text = told(one.get("text")) or value
                if self._step is None:
                    self.found.append(Happening(what, when, until=when, words=words, value=text, agent=True))
                self._close(when, what, text)
            case "call" | "note" as kind:
                said = told(one.get("text")) or words
                self.found.append(Happening(kind, when, until=when, words=said, value=value, agent=True))
            case _:
                pass

    def _close(self, at: int, what: What, value: str | None) -> None:
        if self._step is not None:
            step = self.found[self._step]
            self.found[self._step] = changed(step, what=what, until=max(at, step.at), value=value)
        self._step = None


def told(words: JSON | Erased) -> str | None:
    """What somebody said, drawn, its secrets covered."""
    if isinstance(words, Erased):
        return "erased on request"
    if not isinstance(words, str) or not words:
        return None
    return clip(head(words, WIDEST) if len(words) > WHOLE else drawn(conceal(words)), WIDEST)


def _value(value: JSON) -> str | None:
    return None if value is None else clip(inline(value), SHORT)
