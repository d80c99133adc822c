"""What a watched run did in the last minutes: its steps, what people were asked, and when it was held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..action.model import Action
from ..backend import Text
from ..clock import MINUTE
from ..run.model import Run
from ..stream import changed

SPAN: Final = 10 * MINUTE
MOST: Final = 120
"""Stretches that are kept of one run, and handed out of it."""
Doing = Literal["step", "failed", "person", "paused"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a run did from one time to another (µs); without an end it still does."""

    kind: Doing
    begin: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Trail:
    """What is known of a run up to its revision number: ended stretches, those that last, and the step under way."""

    rev: int = 0
    ended: tuple[Stretch, ...] = ()
    step: Stretch | None = None
    paused: Stretch | None = None
    said: str | None = None

    def on(self, rev: int, type_: str, at: int, texts: Mapping[str, Text]) -> Trail:
        """The trail after one more entry of the run."""
        found = changed(self, rev=rev)
        match type_:
            case "run.observed":
                return found._observed(texts, at)
            case "run.paused" if found.paused is None:
                return changed(found, paused=Stretch("paused", at, None))
            case "run.resumed":
                return found._without_pause(at)
            case "run.stopped" | "run.finished" | "run.failed":
                return found._without_pause(at)._closed(at, failed=type_ == "run.failed")
            case _:
                return found

    def _observed(self, texts: Mapping[str, Text], at: int) -> Trail:
        items = texts.get("observations")
        step = texts.get("step")
        found = changed(self, said=step) if isinstance(step, str) else self
        for one in items if isinstance(items, list) else ():
            if isinstance(one, dict):
                found = found._reported(one, at)
        return found

    def _reported(self, one: Mapping[str, Any], at: int) -> Trail:
        """A process may tell any time: none counts that is later than the entry."""
        when = min(one["at"], at) if isinstance(one.get("at"), int) else at
        match one.get("kind"):
            case "step":
                return changed(self._closed(when, failed=False), step=Stretch("step", when, None))
            case "report":
                return self._closed(when, failed=False)
            case "error":
                return self._closed(when, failed=True)
            case _:
                return self

    def _closed(self, at: int, *, failed: bool) -> Trail:
        if self.step is None:
            return self._with(Stretch("failed", at, at)) if failed else self
        done = Stretch("failed" if failed else "step", self.step.begin, max(at, self.step.begin))
        return changed(self._with(done), step=None)

    def _without_pause(self, at: int) -> Trail:
        if self.paused is None:
            return self
        return changed(self._with(Stretch("paused", self.paused.begin, at)), paused=None)

    def _with(self, one: Stretch) -> Trail:
        return changed(self, ended=(*self.ended, one)[-MOST:])


def lanes(trail: Trail, run: Run, actions: Iterable[Action], now: int) -> tuple[Stretch, ...]:
    """The stretches of the last ten minutes, by their begin."""
    since = (run.ended_at or now) - SPAN
    lasting = [one for one in (trail.step, trail.paused) if one is not None and not run.final]
    found = [*trail.ended, *lasting, *_asked(actions, run)]
    recent = (one for one in found if one.end is None or one.end >= since)
    return tuple(sorted(recent, key=lambda one: one.begin)[-MOST:])


def _asked(actions: Iterable[Action], run: Run) -> Iterable[Stretch]:
    for one in actions:
        if one.status == "held":
            yield Stretch("person", one.proposed_at, run.ended_at)
        elif one.answered_at is not None:
            yield Stretch("person", one.proposed_at, one.answered_at)
