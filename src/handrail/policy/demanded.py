"""Whom an action is put to, for how long, and how many must agree: from a rule, the code and the default path."""

from dataclasses import dataclass, replace

from ..directory.model import Directory
from ..principal import SOLO_ID
from .declaration import Declaration
from .paths import ANYONE, Demand, Level, Quorum, stricter
from .quorum import matching
from .rules import PathSpec, Policy, Rule


@dataclass(frozen=True, slots=True)
class Undecidable(Exception):
    reason: str
    advice: str


def demanded(
    declared: Declaration, directory: Directory, policy: Policy | None, rule: Rule | None, *, floor: bool
) -> Demand:
    """Who is asked: by the rule's path, else the declared one, else the default one. What the rule leaves open stays
    as the code declares it; where both ask, both count."""
    path = path_of(policy, rule.path if rule else None)
    if rule is not None and path is not None and not floor:
        return tightened(_on(path, declared, directory), rule, directory)
    own = _own(declared, directory, policy)
    if rule is None or (floor and rule.effect == "run"):
        return own
    ruled = tightened(_on(path, declared, directory) if path else own, rule, directory)
    return both(ruled, own) if floor else ruled


def unasked(declared: Declaration, directory: Directory, policy: Policy | None, rule: Rule | None = None) -> Demand:
    """What would be demanded of an action that runs by a rule, should the rule change before it starts, or by its code,
    should it fail; with nobody who is asked where that names nobody who is there."""
    try:
        return demanded(declared, directory, policy, rule, floor=False)
    except Undecidable:
        own = Demand((), undo=declared.undo, grant=declared.grant)
        return own if rule is None else tightened(own, replace(rule, quorum=None), directory)


def _own(declared: Declaration, directory: Directory, policy: Policy | None) -> Demand:
    """What the code asks for, by its own path or else the default one."""
    default = path_of(policy, policy.default_path if policy else None)
    if declared.reviewers or default is None:
        return _of_code(declared, directory)
    found = _on(default, declared, directory)
    if not declared.speaks:
        return found
    if declared.is_question:
        return replace(found, at_end=declared.at_end)
    return found if found.at_end == declared.at_end else replace(found, at_end="reject")


def _on(path: PathSpec, declared: Declaration, directory: Directory) -> Demand:
    """The path's people and end, with what else the code declares."""
    found = of_path(path, directory, question=declared.is_question)
    if not declared.speaks:
        return found
    quorum = tuple((known(spec, directory), count) for spec, count in declared.quorum)
    return replace(found, quorum=quorum, undo=declared.undo, grant=declared.grant)


def path_of(policy: Policy | None, name: str | None) -> PathSpec | None:
    return policy.paths.get(name) if policy and name else None


def tightened(demand: Demand, rule: Rule, directory: Directory) -> Demand:
    quorum = demand.quorum if rule.quorum is None else tuple((known(spec, directory), n) for spec, n in rule.quorum)
    return replace(
        demand, quorum=quorum, undo=demand.undo if rule.undo is None else rule.undo,
        grant=demand.grant if rule.grant is None else rule.grant, auth=rule.auth or demand.auth,
    )  # fmt: skip


def both(ruled: Demand, own: Demand) -> Demand:
    found = stricter(ruled, own)
    if found is None:
        raise Undecidable("rule", "no way to sign in satisfies both the rule and the code")
    return found


def of_path(path: PathSpec, directory: Directory, *, question: bool = False) -> Demand:
    """A path's people by id, and its end: silence can answer a question, and approve a call."""
    levels = tuple(
        Level(tuple(known(spec, directory) for spec in rung.ask), rung.within, rung.remind, rung.hours)
        for rung in path.levels
    )
    fits = path.at_end != ("approve" if question else "answer")
    return Demand(levels, at_end=path.at_end if fits else "reject")


def _of_code(declared: Declaration, directory: Directory) -> Demand:
    first = declared.reviewers or ((SOLO_ID,) if directory.solo else ())
    if not first and not declared.speaks:
        raise Undecidable("no_reviewer", "nobody is named who decides: add a `default_path:` to the policy")
    quorum = tuple((known(spec, directory), count) for spec, count in declared.quorum)
    rungs = [Level(tuple(known(spec, directory) for spec in first), declared.within, declared.remind)]
    for spec, within in declared.then:
        rungs.append(Level((known(spec, directory),), within or declared.within, declared.remind))
    return Demand(tuple(rungs), quorum, declared.at_end, declared.undo, declared.grant)


def known(spec: str, directory: Directory) -> str:
    """The id behind a handle; in solo mode the one person is everybody."""
    if spec == ANYONE:
        return spec
    found = SOLO_ID if directory.solo and spec.startswith("user:") else directory.resolve(spec)
    if found is None:
        raise Undecidable(
            "unknown_reviewer", f"{spec} is not in the directory; add it with `handrail people apply people.yaml`"
        )
    return found


def require_reachable(demand: Demand, directory: Directory, barred: frozenset[str]) -> None:
    asked = {asked for level in demand.levels for asked in level.ask}
    people = {person for one in asked for person in directory.members(one)} - barred
    if not people:
        raise Undecidable("no_reviewer", "nobody who may decide is asked: name `reviewers=` or add people")
    if not demand.quorum or any(count < 1 for _, count in demand.quorum):
        raise Undecidable("quorum_unreachable", "a quorum names at least one person: give `quorum=` numbers from 1")
    if matching({person: seats(directory, person, demand.quorum) for person in people}, demand.quorum) is None:
        needed = sum(count for _, count in demand.quorum)
        raise Undecidable(
            "quorum_unreachable",
            f"the quorum needs {needed}, {len(people)} may decide: add people with `handrail people apply`",
        )


def seats(directory: Directory, person: str, quorum: Quorum) -> frozenset[str]:
    """The ids under which a person can fill a quorum's place; in solo mode the one person is in every group."""
    if directory.solo:
        return frozenset({SOLO_ID, *(place for place, _ in quorum)})
    return directory.asked_as(person)
