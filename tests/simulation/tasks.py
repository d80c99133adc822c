"""What agents do: conducted calls, stepped effect by effect by whoever schedules them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from handrail.action import commands as c
from handrail.embedded import Embedded
from handrail.engine.request import Request, answer_of
from handrail.errors import HandrailError, Stopped, TooMany, Unavailable
from handrail.gate.conduct import Steps
from handrail.gate.drivers import ENDING, PATIENCE
from handrail.gate.effects import Commit, Effect, Evaluate, Heard, Held, Look, Moved, Rest
from handrail.ids import mint

from .machine import Machine
from .outside import Outside, Sometimes

Send = Callable[[Machine, Request], Any]


class Gone(Exception):
    """Thrown into what a killed process was doing, to let Python clear it away. Nothing of it is performed."""


class Task:
    """One conducted call in one process. `step` performs its next effect; afterwards the call is one step further."""

    def __init__(self, name: str, machine: Machine, backend: Embedded, steps: Steps, outside: Outside, send: Send):
        self.name: Final = name
        self.machine: Final = machine
        self.backend: Final = backend
        self._steps, self._outside, self._send = steps, outside, send
        self._command: str | None = None
        self._tries = 0
        self._until: int | None = None
        self._started: tuple[str, int, str] | None = None
        self.over = False
        self.effect: Effect | None = None
        self._go(None, None)

    def step(self) -> str:
        """Perform the effect that is next; gives back what happened, in a few words."""
        assert self.effect is not None
        said = words(self.effect)
        try:
            answer = self._perform(self.effect)
        except (Unavailable, TooMany) as error:
            return f"{said}: {self._unserved(error)}"
        except Exception as error:
            self._go(None, error)
            return f"{said}: {type(error).__name__}"
        if answer is WAITS:
            return f"{said}: waits"
        self._go(answer, None)
        status = answer.get("status", "") if isinstance(answer, dict) else ""
        return f"{said}: {status or 'done'}"

    def cancel(self) -> None:
        """The one who waits does not want to any more."""
        self._go(None, KeyboardInterrupt())

    def bury(self) -> None:
        """Clear away what a killed process was doing."""
        while not self.over:
            self._go(None, Gone())

    def _go(self, answer: Any, error: BaseException | None) -> None:
        self._command, self._tries, self._until = None, 0, None
        try:
            self.effect = self._steps.throw(error) if error is not None else self._steps.send(answer)
        except BaseException as end:
            if not isinstance(end, EXPECTED):
                raise
            self.over, self.effect = True, None

    def _unserved(self, error: HandrailError) -> str:
        """Try again later, as the drivers do, until their patience is over."""
        self._tries += 1
        ending = isinstance(self.effect, Commit) and isinstance(self.effect.command, c.Settle | c.Reconcile)
        if self._tries <= len(ENDING if ending else PATIENCE):
            return "not served, later again"
        self._go(None, error)
        return "not served, and given up"

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Commit():
                return self._commit(effect)
            case Moved():
                return self._moved(effect)
            case Held() | Rest():
                return None
            case Heard():
                return WAITS
            case Look():
                return effect.read()
            case Evaluate():
                self._outside.running = self._started
                try:
                    return effect.function(*effect.args, **effect.kwargs)
                finally:
                    self._outside.running = None

    def _commit(self, effect: Commit) -> Any:
        self._command = self._command or mint("cmd")
        answer = self._send(self.machine, Request(self._command, effect.subject, effect.command, self.backend.actor))
        if isinstance(effect.command, c.Start | c.Propose) and answer.get("status") == "started":
            self._started = (answer["id"], answer["attempt"], answer["bind"])
        return answer

    def _moved(self, effect: Moved) -> Any:
        """Look, as one does who was told nothing: wake-ups may be lost."""
        if effect.action.startswith("run_"):
            run = self.backend.run(effect.action)[0]
            return answer_of(run, {}) if run.rev > effect.rev else WAITS
        state = self.backend.action(effect.action).state
        if state.rev > effect.rev:
            review = self.backend.archive.state(state.review) if state.review else None
            return answer_of(state, {state.review or "": review})
        if effect.timeout is None:
            return WAITS
        ran = self.machine.clock.monotonic()
        if self._until is None:
            self._until = ran + round(effect.timeout * 1_000_000)
        return None if ran >= self._until else WAITS


EXPECTED: Final = (StopIteration, Gone, KeyboardInterrupt, HandrailError, Stopped, Sometimes, TimeoutError)
"""How a conducted call may end; anything else is a defect."""
WAITS: Final = object()
"""The action has not moved."""


def words(effect: Effect) -> str:
    """An effect as a trace shows it."""
    match effect:
        case Commit():
            return f"{type(effect.command).__name__} {effect.subject}"
        case Moved():
            return f"wait for {effect.action} beyond {effect.rev}"
        case Held():
            return "say that it is held"
        case Rest():
            return f"say that attempt {effect.attempt} failed"
        case Heard():
            return "wait for the supervisors"
        case Look():
            return "read"
        case Evaluate():
            return f"run {getattr(effect.function, '__name__', 'a function')}"
