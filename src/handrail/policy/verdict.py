"""What is to happen with an action: run, review or deny; from the policy, what its code declares, and who is there."""

from dataclasses import dataclass, replace
from typing import Literal

from ..directory.model import Directory
from ..principal import SOLO_ID
from .paths import ANYONE, DEFAULT_GRANT, DEFAULT_WITHIN, AtEnd, Demand, Level, Quorum, stricter
from .quorum import matching
from .rules import PathSpec, Policy, Rule, Unreadable

Kind = Literal["run", "review", "deny"]
Pattern = Literal["approval", "question", "auto"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a decorator or call says, in handles (`group:treasury`, `user:ann`) and microseconds.

    `quorum` pairs a handle, or "any", with a number. `then` pairs a handle with its time; `None` lasts as long as the
    first level. No reviewers means: the connection's, or in solo mode the one person. "auto" declares nothing.
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

    @property
    def handles(self) -> tuple[str, ...]:
        """Everybody whom it names."""
        return (*self.reviewers, *(spec for spec, _ in self.then), *(spec for spec, _ in self.quorum))

    @property
    def speaks(self) -> bool:
        """Whether the code asks for people by itself."""
        return self.pattern != "auto"


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy may look at: the action's name, and what its agent says about it."""

    name: str = ""
    risk: str = "unrated"
    reversible: bool = False


@dataclass(frozen=True, slots=True)
class _Denied(Exception):
    reason: str
    advice: str


def judge(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | Unreadable | None = None,
    asked: Asked | None = None,
) -> Verdict:  # fmt: skip
    """The verdict on an action. The code's declaration is a floor that the policy tightens, and loosens only where its
    rule says so; without a policy it is all there is. What cannot be decided by anybody is denied."""
    about = asked or Asked()
    if isinstance(policy, Unreadable):
        return Verdict("deny", declared.pattern, "policy_unreadable", pol=policy.digest, advice=_UNREADABLE)
    rule = policy.find(about.name) if policy else None
    pol = policy.digest if policy else None
    try:
        verdict = _routed(declared, directory, barred, policy, rule, about)
    except _Denied as denied:
        verdict = Verdict("deny", declared.pattern, denied.reason, advice=denied.advice)
    counts = rule is not None and verdict.reason == "rule"
    return replace(verdict, pol=pol, rule=rule.id if rule is not None and counts else None)


_UNREADABLE = "the stored policy cannot be read; apply it again with `handrail policy apply`"


def _routed(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | None, rule: Rule | None,
    asked: Asked,
) -> Verdict:  # fmt: skip
    if rule is None and not declared.speaks and policy is not None and policy.default == "deny":
        raise _Denied("default", "no rule is about this action, and the policy denies such actions")
    if rule is not None and rule.effect == "deny":
        raise _Denied("rule", f"the rule {rule.name!r} denies this action")
    floor = declared.speaks and not (rule is not None and rule.replaces)
    demand = _demand(declared, directory, policy, rule, floor=floor)
    if rule is not None and rule.effect == "run" and not floor:
        return Verdict("run", "auto", "rule", demand)
    ended = _safe_end(demand, asked)
    _require_reachable(ended, directory, barred)
    tightens = rule is not None and rule.effect == "approval"
    pattern = "approval" if declared.pattern == "auto" else declared.pattern
    return Verdict("review", pattern, "rule" if tightens else "declared" if declared.speaks else "default", ended)


def again(
    present: Demand, *, speaks: bool, directory: Directory, barred: frozenset[str], policy: Policy | Unreadable | None,
    asked: Asked,
) -> Verdict:  # fmt: skip
    """The verdict on an action that had one, by a policy that may be another now; `present` is what holds it, and
    `speaks` whether its code asks for people by itself. Never less than that: only a stricter one counts."""
    if isinstance(policy, Unreadable):
        return Verdict("deny", "approval", "policy_unreadable", pol=policy.digest, advice=_UNREADABLE)
    rule = policy.find(asked.name) if policy else None
    found = Verdict("review", "approval", "policy_changed", present, rule.id if rule else None)
    try:
        demand = _again(present, speaks, directory, policy, rule)
        if demand is None:
            found = replace(found, kind="run")
        else:
            _require_reachable(demand, directory, barred)
            found = replace(found, demand=_safe_end(demand, asked))
    except _Denied as denied:
        found = replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return replace(found, pol=policy.digest if policy else None)


def _again(
    present: Demand, speaks: bool, directory: Directory, policy: Policy | None, rule: Rule | None
) -> Demand | None:
    """What the policy demands of it now; `None` where it lets it run."""
    if policy is None or (rule is None and speaks):
        return present
    if rule is None:
        if policy.default == "deny":
            raise _Denied("default", "no rule is about this action any more, and the policy denies such actions")
        path = _path(policy, policy.default_path)
        return _of_path(path, directory) if path else present
    match rule.effect:
        case "deny":
            raise _Denied("rule", f"the rule {rule.name!r} denies this action")
        case "run":
            return None
        case "approval":
            path = _path(policy, rule.path)
            return _tightened(_of_path(path, directory) if path else present, rule, directory)


def _safe_end(demand: Demand, asked: Asked) -> Demand:
    """Silence approves only what is of low risk and can be undone."""
    safe = asked.risk == "low" and asked.reversible
    return replace(demand, at_end="reject") if demand.at_end == "approve" and not safe else demand


def _demand(
    declared: Declaration, directory: Directory, policy: Policy | None, rule: Rule | None, *, floor: bool
) -> Demand:
    """Who is asked: the rule's path, else the declared one, else the default one; both where both ask."""
    path = _path(policy, rule.path if rule else None)
    if path is not None and rule is not None and not floor:
        return _tightened(_of_path(path, directory), rule, directory)
    own = _own(declared, directory, policy)
    if rule is None or rule.effect != "approval":
        return own
    both = stricter(_tightened(_of_path(path, directory) if path else own, rule, directory), own)
    if both is None:
        raise _Denied("rule", "no way to sign in satisfies both the rule and the code")
    return both


def _own(declared: Declaration, directory: Directory, policy: Policy | None) -> Demand:
    """What the code asks for, by its own path or else the default one."""
    default = _path(policy, policy.default_path if policy else None)
    if declared.reviewers or default is None:
        return _of_code(declared, directory)
    found = _of_path(default, directory)
    if not declared.speaks:
        return found
    quorum = tuple((_known(spec, directory), count) for spec, count in declared.quorum)
    end: AtEnd = found.at_end if found.at_end == declared.at_end else "reject"
    if declared.pattern == "question":
        end = declared.at_end
    return replace(found, quorum=quorum, undo=declared.undo, grant=declared.grant, at_end=end)


def _path(policy: Policy | None, name: str | None) -> PathSpec | None:
    return policy.paths.get(name) if policy and name else None


def _tightened(demand: Demand, rule: Rule, directory: Directory) -> Demand:
    quorum = demand.quorum if rule.quorum is None else tuple((_known(spec, directory), n) for spec, n in rule.quorum)
    return replace(
        demand, quorum=quorum, undo=demand.undo if rule.undo is None else rule.undo,
        grant=demand.grant if rule.grant is None else rule.grant, auth=rule.auth or demand.auth,
    )  # fmt: skip


def _of_path(path: PathSpec, directory: Directory) -> Demand:
    levels = tuple(
        Level(tuple(_known(spec, directory) for spec in rung.ask), rung.within, rung.remind) for rung in path.levels
    )
    return Demand(levels, at_end=path.at_end)


def _of_code(declared: Declaration, directory: Directory) -> Demand:
    first = declared.reviewers or ((SOLO_ID,) if directory.solo else ())
    if not first and declared.speaks is False:
        raise _Denied("no_reviewer", "nobody is named who decides: add a `default_path:` to the policy")
    quorum = tuple((_known(spec, directory), count) for spec, count in declared.quorum)
    rungs = [Level(tuple(_known(spec, directory) for spec in first), declared.within, declared.remind)]
    for spec, within in declared.then:
        rungs.append(Level((_known(spec, directory),), within or declared.within, declared.remind))
    return Demand(tuple(rungs), quorum, declared.at_end, declared.undo, declared.grant)


def _known(spec: str, directory: Directory) -> str:
    """The id behind a handle; in solo mode the one person is everybody."""
    if spec == ANYONE:
        return spec
    found = SOLO_ID if directory.solo and spec.startswith("user:") else directory.resolve(spec)
    if found is None:
        raise _Denied(
            "unknown_reviewer", f"{spec} is not in the directory; add it with `handrail people apply people.yaml`"
        )
    return found


def _require_reachable(demand: Demand, directory: Directory, barred: frozenset[str]) -> None:
    asked = {asked for level in demand.levels for asked in level.ask}
    people = {person for one in asked for person in directory.members(one)} - barred
    if not people:
        raise _Denied("no_reviewer", "nobody who may decide is asked: name `reviewers=` or add people")
    if not demand.quorum or any(count < 1 for _, count in demand.quorum):
        raise _Denied("quorum_unreachable", "a quorum names at least one person: give `quorum=` numbers from 1")
    if matching({person: seats(directory, person, demand.quorum) for person in people}, demand.quorum) is None:
        needed = sum(count for _, count in demand.quorum)
        raise _Denied(
            "quorum_unreachable",
            f"the quorum needs {needed}, {len(people)} may decide: add people with `handrail people apply`",
        )


def seats(directory: Directory, person: str, quorum: Quorum) -> frozenset[str]:
    """The ids under which a person can fill a quorum's place; in solo mode the one person is in every group."""
    if directory.solo:
        return frozenset({SOLO_ID, *(place for place, _ in quorum)})
    return directory.asked_as(person)
