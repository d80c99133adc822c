"""What is to happen with an action: run, review or deny; from what its code declares and who is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..directory.model import Directory
from ..principal import SOLO_ID
from .paths import ANYONE, DEFAULT_GRANT, DEFAULT_WITHIN, AtEnd, Demand, Level, Quorum
from .quorum import matching

Kind = Literal["run", "review", "deny"]
Pattern = Literal["approval", "question", "auto"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a decorator or call says, in handles (`group:treasury`, `user:ann`) and microseconds.

    `quorum` pairs a handle, or "any", with a number. `then` pairs a handle with its time; `None` lasts as long as the
    first level. No reviewers means: the connection's, or in solo mode the one person.
    """

    pattern: Pattern = "approval"
    reviewers: tuple[str, ...] = ()
    within: int = DEFAULT_WITHIN
    remind: int | None = None
    then: tuple[tuple[str, int | None], ...] = ()
    quorum: tuple[tuple[str, int], ...] = ((ANYONE, 1),)
    at_end: AtEnd = "reject"
    undo: int = 0
    grant: int = DEFAULT_GRANT


@dataclass(frozen=True, slots=True)
class Verdict:
    """The routing of one action. `reason` is a code; `advice` tells the caller what to do about a denial."""

    kind: Kind
    pattern: str
    reason: str
    demand: Demand | None = None
    rule: str | None = None
    pol: str | None = None
    advice: str = ""


def judge(declared: Declaration, directory: Directory, barred: frozenset[str]) -> Verdict:
    """The verdict for a declared action, while there is no policy: review by the declared path, or deny."""
    specs = _specs(declared, directory)
    ids = {spec: _id(spec, directory) for spec in specs}
    found = {spec: one for spec, one in ids.items() if one is not None}
    unknown = next((spec for spec in specs if spec not in found), None)
    if unknown is not None:
        advice = f"{unknown} is not in the directory; add it with `handrail people apply`"
        return _deny(declared, "unknown_reviewer", advice)
    quorum = tuple((found.get(spec, spec), count) for spec, count in declared.quorum)
    demand = Demand(_ladder(declared, directory, found), quorum, declared.at_end, declared.undo, declared.grant)
    return _reachable(declared, demand, directory, barred)


def _specs(declared: Declaration, directory: Directory) -> list[str]:
    """Every handle that the declaration names, in its order."""
    later = [spec for spec, _ in declared.then]
    return [*_first(declared, directory), *later, *(spec for spec, _ in declared.quorum if spec != ANYONE)]


def _first(declared: Declaration, directory: Directory) -> tuple[str, ...]:
    return declared.reviewers or ((SOLO_ID,) if directory.solo else ())


def _id(spec: str, directory: Directory) -> str | None:
    """The id behind a handle; in solo mode the one person is everybody."""
    return SOLO_ID if directory.solo and spec.startswith("user:") else directory.resolve(spec)


def _ladder(declared: Declaration, directory: Directory, ids: Mapping[str, str]) -> tuple[Level, ...]:
    first = tuple(ids[spec] for spec in _first(declared, directory))
    later = (Level((ids[spec],), within or declared.within, declared.remind) for spec, within in declared.then)
    return (Level(first, declared.within, declared.remind), *later)


def _reachable(declared: Declaration, demand: Demand, directory: Directory, barred: frozenset[str]) -> Verdict:
    asked = {asked for level in demand.levels for asked in level.ask}
    people = {person for one in asked for person in directory.members(one)} - barred
    if not people:
        return _deny(declared, "no_reviewer", "nobody who may decide is asked: name `reviewers=` or add people")
    if not demand.quorum or any(count < 1 for _, count in demand.quorum):
        return _deny(
            declared, "quorum_unreachable", "a quorum names at least one person: give `quorum=` numbers from 1"
        )
    if matching({person: seats(directory, person, demand.quorum) for person in people}, demand.quorum) is None:
        needed = sum(count for _, count in demand.quorum)
        advice = f"the quorum needs {needed}, {len(people)} may decide: add people with `handrail people apply`"
        return _deny(declared, "quorum_unreachable", advice)
    return Verdict("review", declared.pattern, "declared", demand)


def seats(directory: Directory, person: str, quorum: Quorum) -> frozenset[str]:
    """The ids under which a person can fill a quorum's place; in solo mode the one person is in every group."""
    if directory.solo:
        return frozenset({SOLO_ID, *(place for place, _ in quorum)})
    return directory.asked_as(person)


def _deny(declared: Declaration, reason: str, advice: str) -> Verdict:
    return Verdict("deny", declared.pattern, reason, None, None, None, advice)
