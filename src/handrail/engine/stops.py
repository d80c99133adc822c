"""Stops inside the transaction: whether one is in force for an action or run, who may make one, and what it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..action.model import Action
from ..codec.records import State
from ..directory.model import Directory
from ..errors import StopInForce
from ..policy.stops import LONGEST_TARGET, MOST, About, Elapse, Facts, Halt, InForce, Lift, Runs, Stop
from ..principal import SOLO_ID, Principal
from ..run.model import Run

if TYPE_CHECKING:
    from .work import Work

PAGE: Final = 200
LOOKED: Final = 2_000
"""So many lives that could go on are looked at in one step."""
WAITING: Final = ("held", "cleared", "claimed")
RUNS: Final[Mapping[Runs, tuple[str, ...]]] = {"pause": ("running",), "stop": ("running", "paused"), "none": ()}
"""Which runs a stop pauses or stops."""
_GLOB: Final = re.compile(rf"[A-Za-z0-9_.*-]{{1,{LONGEST_TARGET}}}")


def in_force(work: Work, agent: str, owner: str, name: str | None = None) -> InForce | None:
    """The stop that an action or run of that agent is under; the one that was made first."""
    found = work.sources.stops()
    if not found:
        return None
    about = about_of(work.sources.directory(), agent, owner, name)
    return next((one for one in found if one.stop.covers(about)), None)


def require_free(work: Work, actor: Principal, name: str | None = None) -> None:
    """Raise `StopInForce` for an agent that may begin nothing of that name now."""
    found = in_force(work, actor.id, actor.owner or "", name)
    if found is not None:
        raise StopInForce(found.said)


def about_of(directory: Directory, agent: str, owner: str, name: str | None) -> About:
    """An action or run as a stop looks at it. In solo mode the one person is in every group."""
    present = [directory.people[one] for one in directory.same(owner) if one in directory.people]
    unknown = directory.solo or (owner in directory.former and not present)
    teams = None if unknown else frozenset(group for one in present for group in one.groups)
    return About(agent, teams, name)


def facts(work: Work, subject: str, state: Stop | None, command: object, actor: Principal) -> Facts:
    """The facts for a stop's command."""
    directory = work.sources.directory()
    match command:
        case Halt():
            target = _target(directory, command)
            return Facts(work.now, actor, target, may_stop=_may_stop(directory, command, target, actor))
        case Lift():
            others = directory.administrators - {actor.id}
            return Facts(work.now, actor, may_lift=_may(directory, actor, "administer"), alone=not others)
        case Elapse() if state is not None:
            swept = _swept(work, state)
            note = work.text(state.id, state.note)
            said = note if isinstance(note, str) else None
            return Facts(work.now, actor, inside=swept.inside, after=swept.after, more=swept.more, note=said)
        case _:
            return Facts(work.now, actor)


def _target(directory: Directory, command: Halt) -> str | None:
    """What the name of a target stands for."""
    given = command.target or ""
    match command.scope:
        case "agent":
            found = given if given.startswith("agt_") else directory.names.agent(given)
            return found if found in directory.agents else None
        case "tool":
            return given if _GLOB.fullmatch(given) else None
        case "team":
            return _team(directory, given)
        case "all":
            return None


def _team(directory: Directory, given: str) -> str | None:
    found = given if given.startswith("grp_") else directory.resolve(given) if given.startswith("group:") else None
    known = directory.solo or any(found in person.groups for person in directory.people.values())
    return found if known else None


def _may_stop(directory: Directory, command: Halt, target: str | None, actor: Principal) -> bool:
    """Supervisors and administrators stop anything, and whoever answers for an agent stops that one."""
    if _may(directory, actor, "supervise") or _may(directory, actor, "administer"):
        return True
    agent = directory.agents.get(target or "") if command.scope == "agent" else None
    return agent is not None and actor.id in directory.people and actor.id in directory.same(agent.owner)


def _may(directory: Directory, actor: Principal, permission: str) -> bool:
    if directory.solo:
        return actor.id == SOLO_ID
    known = directory.people.get(actor.id)
    return known is not None and permission in known.permissions


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What one step ends, the last id that it looked at, and whether more may be behind that."""

    inside: tuple[str, ...]
    after: str
    more: bool


def _swept(work: Work, state: Stop) -> _Sweep:
    inside: list[str] = []
    after = state.after
    for _ in range(LOOKED // PAGE):
        page = work.sources.going(after, PAGE)
        for one in page.found:
            after = one.id
            inside += [after] if _ends(work, state, one) else []
            if len(inside) == MOST:
                return _Sweep(tuple(inside), after, True)
        if page.upto is None:
            return _Sweep(tuple(inside), after, False)
        after = page.upto
    return _Sweep(tuple(inside), after, True)


def _ends(work: Work, state: Stop, one: Action | Run) -> bool:
    ends = one.status in WAITING if isinstance(one, Action) else one.status in RUNS[state.runs]
    return ends and state.covers(_about(work.sources.directory(), one))


def _about(directory: Directory, one: Action | Run) -> About:
    if isinstance(one, Run):
        return about_of(directory, one.agent, one.starter, None)
    return about_of(directory, one.agent, one.owner, one.name)


def begun(directory: Directory, stop: Stop, found: Iterable[State]) -> list[Action]:
    """Of these lives the actions in a stop's scope that had started before, and go on to their end."""
    actions = (one for one in found if isinstance(one, Action) and one.status == "started")
    return [one for one in actions if stop.covers(_about(directory, one))]
