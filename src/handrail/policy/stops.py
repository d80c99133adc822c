"""The register of stops: while one is in force, nothing that an agent, a tool, a team or anybody asks for begins."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final, Literal

from ..errors import InvalidValue, NotAllowed, NotFound, NotReady
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, changed, step
from .globs import fits

Scope = Literal["agent", "tool", "team", "all"]
Runs = Literal["pause", "stop", "none"]
MOST: Final = 24
"""Actions and runs that end in one step."""
LONGEST: Final = 2_000
LONGEST_TARGET: Final = 200


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop what is in that scope, from the commit on: `target` is an agent's name, the name of an action or a glob of
    such, or `group:ops` for the agents that its members answer for. `runs` says what becomes of the runs in it."""

    scope: Scope
    reason: str
    target: str | None = None
    runs: Runs = "pause"


@dataclass(frozen=True, slots=True)
class Lift:
    """Let it all begin again; what was refused meanwhile stays refused."""

    note: str


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed: refuse more of what waits in the scope."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Nothing in the scope begins any more. `target` is an id, or names of actions. Texts: `note`."""

    scope: Scope
    target: str | None
    runs: Runs


@dataclass(frozen=True, slots=True)
class Swept:
    """Of what waits in the scope these end; at `due_at` (µs) come those behind `after`, if any are left.

    Texts: `note`."""

    inside: tuple[str, ...]
    after: str
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Lifted:
    """It is no longer in force. Texts: `note`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: in force while it is present.

    `note` is the digest of why it was made, `end` of why it was lifted; `swept` counts what it ended, and `after` is
    the last id that was looked at. Times in µs.
    """

    id: str
    status: str
    rev: int
    scope: Scope
    target: str | None
    runs: Runs
    by: str
    at: int
    note: str | None
    due_at: int | None
    after: str = ""
    swept: int = 0
    lifted_by: str | None = None
    lifted_at: int | None = None
    end: str | None = None

    def covers(self, about: "About") -> bool:
        """Whether it is about this. A run has no name, so that no stop of a tool is about it."""
        match self.scope:
            case "all":
                return True
            case "agent":
                return self.target == about.agent
            case "tool":
                return about.name is not None and self.target is not None and fits(self.target, about.name)
            case "team":
                return about.teams is None or self.target in about.teams


@dataclass(frozen=True, slots=True)
class About:
    """An action or run as a stop looks at it: its agent, the groups of those who answer for that, and its name.

    `teams` is `None` where those who answered for it have left, so that nobody can tell.
    """

    agent: str
    teams: Set[str | None] | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """A stop that counts, and why it was made, as far as that is kept."""

    stop: Stop
    reason: str | None

    @property
    def said(self) -> str:
        """What who is stopped is told."""
        what = _WHAT[self.stop.scope]
        return f"{what}: {self.reason}" if self.reason else what


_WHAT: Final[dict[Scope, str]] = {
    "agent": "this agent is stopped", "tool": "this action is stopped", "team": "the agents of this team are stopped",
    "all": "every agent is stopped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows: the id behind a stop's target, if somebody or something has that name; whether the actor
    may stop it, or lift it; what waits in the scope, up to which id that was looked at, and whether more is behind.

    `alone` says that nobody else could lift it; `note` is why it was made.
    """

    now: int
    actor: Principal
    target: str | None = None
    may_stop: bool = False
    may_lift: bool = False
    alone: bool = False
    inside: tuple[str, ...] = ()
    after: str = ""
    more: bool = False
    note: JSON = None


Command = Halt | Lift | Elapse
Event = Halted | Swept | Lifted
ACCEPTS: Final[Table] = {
    Halted: {None: "present"}, Swept: {"present": "present"}, Lifted: {"present": "removed"},
}  # fmt: skip


def decide(state: Stop | None, command: Command, facts: Facts) -> list[Draft[Event]]:
    """The events that follow. Raises `InvalidValue`, `NotAllowed`, `NotFound` or `NotReady`; then nothing happens."""
    match command:
        case Halt():
            return _halt(state, command, facts)
        case _ if state is None:
            raise NotFound("no stop has that id here: list them with `handrail stops list`")
        case Lift():
            return _lift(state, command, facts)
        case Elapse():
            return _sweep(state, facts)


def _halt(state: Stop | None, command: Halt, facts: Facts) -> list[Draft[Event]]:
    if state is not None:
        raise NotReady("this stop exists already")
    if facts.actor.kind != "human" or not facts.may_stop:
        raise NotAllowed("agents are stopped by a supervisor or an administrator, one agent also by who answers for it")
    if (command.target is None) != (command.scope == "all"):
        raise InvalidValue("give target: which agent, tool or team is stopped; only a stop of all has none")
    if command.target is not None and facts.target is None:
        raise NotFound(f"no {command.scope} is called {command.target[:60]!a} here: check the name, or stop all")
    _require_said(command.reason, "why it is stopped")
    return [Draft(Halted(command.scope, facts.target, command.runs), {"note": command.reason})]


def _lift(state: Stop, command: Lift, facts: Facts) -> list[Draft[Event]]:
    if facts.actor.kind != "human" or not facts.may_lift:
        raise NotAllowed("a stop is lifted by an administrator")
    if facts.actor.id == state.by and not facts.alone:
        raise NotAllowed("a stop is lifted by another person than made it: ask another administrator")
    if state.status != "present":
        raise NotReady("this stop was lifted already")
    _require_said(command.note, "why it is lifted")
    return [Draft(Lifted(), {"note": command.note})]


def _require_said(text: str, what: str) -> None:
    if not 0 < len(text.strip()) <= LONGEST:
        raise InvalidValue(f"say {what}, in up to {LONGEST} characters")


def _sweep(state: Stop, facts: Facts) -> list[Draft[Event]]:
    if state.due_at is None or state.due_at > facts.now:
        return []
    later = facts.now + 1 if facts.more else None
    return [Draft(Swept(facts.inside, facts.after, later), {} if facts.note is None else {"note": facts.note})]


def evolve(state: Stop | None, sealed: Sealed[Event], *, subject: str) -> Stop:
    """The stop after one event."""
    status, event, note = step(ACCEPTS, sealed.event, state.status if state else None), sealed.event, "note"
    if isinstance(event, Halted):
        return Stop(
            subject, status, sealed.rev, event.scope, event.target, event.runs, sealed.by.id, sealed.at,
            sealed.texts.get(note), sealed.at,
        )  # fmt: skip
    assert state is not None
    if isinstance(event, Swept):
        swept = state.swept + len(event.inside)
        return changed(state, status=status, rev=sealed.rev, due_at=event.due_at, after=event.after, swept=swept)
    return changed(
        state, status=status, rev=sealed.rev, due_at=None, lifted_by=sealed.by.id, lifted_at=sealed.at,
        end=sealed.texts.get(note),
    )  # fmt: skip
