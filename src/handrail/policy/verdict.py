"""What is to happen with an action: run, review or deny; from the policy, what its code declares, and who is there."""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from ..directory.model import Directory
from ..principal import SOLO_ID
from .limits import Limit, Tally
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

    @property
    def is_question(self) -> bool:
        """Whether people are asked for an answer: no rule can do without them."""
        return self.pattern == "question"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The routing of one action. `reason` is a code; `advice` tells the caller what to do about a denial; `over` are
    the limits that it would pass."""

    kind: Kind
    pattern: str
    reason: str
    demand: Demand | None = None
    rule: str | None = None
    pol: str | None = None
    advice: str = ""
    over: tuple[str, ...] = ()


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
    floor = declared.speaks and (declared.is_question or not (rule is not None and rule.replaces))
    if rule is not None and rule.effect == "run" and not floor:
        return Verdict("run", "auto", "rule", _safe_end(_unasked(declared, directory, policy, rule), asked))
    ended = _safe_end(_demand(declared, directory, policy, rule, floor=floor), asked)
    _require_reachable(ended, directory, barred)
    tightens = rule is not None and rule.effect == "approval"
    pattern = "approval" if declared.pattern == "auto" else declared.pattern
    return Verdict("review", pattern, "rule" if tightens else "declared" if declared.speaks else "default", ended)


def again(
    present: Demand, *, floor: bool, directory: Directory, barred: frozenset[str], policy: Policy | Unreadable | None,
    asked: Asked,
) -> Verdict:  # fmt: skip
    """The verdict on a call that had one, by a policy that may be another now; `present` is what was demanded of it
    so far, and `floor` whether its code asks for people by itself."""
    if isinstance(policy, Unreadable):
        return Verdict("deny", "approval", "policy_unreadable", pol=policy.digest, advice=_UNREADABLE)
    rule = policy.find(asked.name) if policy else None
    found = Verdict("review", "approval", "policy_changed", present, rule.id if rule else None)
    try:
        demand = _again(present, floor, directory, policy, rule)
        if demand is None:
            found = replace(found, kind="run")
        else:
            _require_reachable(demand, directory, barred)
            found = replace(found, demand=_safe_end(demand, asked))
    except _Denied as denied:
        found = replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return replace(found, pol=policy.digest if policy else None)


def anew(verdict: Verdict, directory: Directory, barred: frozenset[str]) -> Verdict:
    """A verdict after people refused the same intent in the run: they are asked, also where a rule lets it run."""
    if verdict.kind == "deny" or verdict.demand is None:
        return verdict
    demand = replace(verdict.demand, at_end="reject")
    try:
        _require_reachable(demand, directory, barred)
    except _Denied as denied:
        return replace(verdict, kind="deny", reason=denied.reason, advice=denied.advice)
    pattern = "approval" if verdict.pattern == "auto" else verdict.pattern
    return replace(verdict, kind="review", pattern=pattern, reason="intent_refused", demand=demand)


def limited(
    verdict: Verdict, over: tuple[Tally, ...], policy: Policy, directory: Directory, barred: frozenset[str]
) -> Verdict:
    """A verdict where these limits would be passed: people are asked, also where a rule lets it run."""
    if verdict.kind == "deny" or not over:
        return verdict
    ids = tuple(tally.limit.id for tally in over)
    reason = "limit" if any(tally.charge for tally in over) else "limit_unreadable"
    found = replace(verdict, reason=reason, rule=ids[0], over=ids)
    hard = next((tally.limit for tally in over if tally.forbidden), None)
    if hard is not None:
        advice = f"it would pass the limit {hard.name!r}, which nobody may"
        return replace(found, kind="deny", rule=hard.id, demand=None, advice=advice)
    pattern = "approval" if verdict.pattern == "auto" else verdict.pattern
    try:
        demand = _within_limits(verdict, over, policy, directory)
        _require_reachable(demand, directory, barred)
    except _Denied as denied:
        return replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return replace(found, kind="review", pattern=pattern, demand=replace(demand, at_end="reject"))


def _within_limits(verdict: Verdict, over: tuple[Tally, ...], policy: Policy, directory: Directory) -> Demand:
    """What is demanded of an action that passes limits: by the path of each, or else as it stands."""
    present = verdict.demand or Demand(())
    asks = [_of_limit(tally.limit, present, policy, directory) for tally in over]
    if verdict.kind == "review":
        asks.append(present)
    return reduce(_both, asks)


def _of_limit(limit: Limit, present: Demand, policy: Policy, directory: Directory) -> Demand:
    path = _path(policy, limit.path or (None if present.levels else policy.default_path))
    demand = replace(present, levels=_of_path(path, directory).levels) if path else present
    if not demand.levels:
        raise _Denied("no_reviewer", f"nobody is named who decides beyond the limit {limit.name!r}: give it a `path:`")
    if limit.quorum is None:
        return demand
    return replace(demand, quorum=tuple((_known(spec, directory), count) for spec, count in limit.quorum))


def edited(present: Demand, fresh: Verdict, directory: Directory, barred: frozenset[str]) -> Demand | None:
    """What the next round of a review demands after an edit that was judged afresh; never less than `present`, which
    holds the action. `None` where the edit is denied, or nobody could agree to it."""
    if fresh.kind == "deny" or fresh.demand is None:
        return None
    demand = stricter(present, fresh.demand)
    try:
        if demand is not None:
            _require_reachable(demand, directory, barred)
    except _Denied:
        return None
    return demand


def _again(
    present: Demand, floor: bool, directory: Directory, policy: Policy | None, rule: Rule | None
) -> Demand | None:
    """What the policy demands of it now; `None` where it lets it run."""
    if rule is None and not floor and policy is not None and policy.default == "deny":
        raise _Denied("default", "no rule is about this action any more, and the policy denies such actions")
    if rule is not None and rule.effect == "deny":
        raise _Denied("rule", f"the rule {rule.name!r} denies this action")
    holds = floor and not (rule is not None and rule.replaces)
    if policy is None or (rule is None and floor):
        return present
    path = _path(policy, rule.path if rule else policy.default_path)
    found = _of_path(path, directory) if path else present
    if rule is not None and rule.effect == "run":
        return present if holds else None
    asks = replace(present, levels=found.levels, at_end=found.at_end)
    if rule is None:
        return asks
    return _both(_tightened(asks, rule, directory), present) if holds else _tightened(asks, rule, directory)


def _both(ruled: Demand, own: Demand) -> Demand:
    found = stricter(ruled, own)
    if found is None:
        raise _Denied("rule", "no way to sign in satisfies both the rule and the code")
    return found


def _safe_end(demand: Demand, asked: Asked) -> Demand:
    """Silence approves only what is of low risk and can be undone."""
    safe = asked.risk == "low" and asked.reversible
    return replace(demand, at_end="reject") if demand.at_end == "approve" and not safe else demand


def _demand(
    declared: Declaration, directory: Directory, policy: Policy | None, rule: Rule | None, *, floor: bool
) -> Demand:
    """Who is asked: by the rule's path, else the declared one, else the default one. What the rule leaves open stays
    as the code declares it; where both ask, both count."""
    path = _path(policy, rule.path if rule else None)
    if rule is not None and path is not None and not floor:
        return _tightened(_on(path, declared, directory), rule, directory)
    own = _own(declared, directory, policy)
    if rule is None or (floor and rule.effect == "run"):
        return own
    ruled = _tightened(_on(path, declared, directory) if path else own, rule, directory)
    return _both(ruled, own) if floor else ruled


def _unasked(declared: Declaration, directory: Directory, policy: Policy | None, rule: Rule) -> Demand:
    """What would be demanded of an action that runs by a rule, should the rule change before it starts; with nobody
    who is asked where that names nobody who is there."""
    try:
        return _demand(declared, directory, policy, rule, floor=False)
    except _Denied:
        own = Demand((), undo=declared.undo, grant=declared.grant)
        return _tightened(own, replace(rule, quorum=None), directory)


def _own(declared: Declaration, directory: Directory, policy: Policy | None) -> Demand:
    """What the code asks for, by its own path or else the default one."""
    default = _path(policy, policy.default_path if policy else None)
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
    found = _of_path(path, directory, question=declared.is_question)
    if not declared.speaks:
        return found
    quorum = tuple((_known(spec, directory), count) for spec, count in declared.quorum)
    return replace(found, quorum=quorum, undo=declared.undo, grant=declared.grant)


def _path(policy: Policy | None, name: str | None) -> PathSpec | None:
    return policy.paths.get(name) if policy and name else None


def _tightened(demand: Demand, rule: Rule, directory: Directory) -> Demand:
    quorum = demand.quorum if rule.quorum is None else tuple((_known(spec, directory), n) for spec, n in rule.quorum)
    return replace(
        demand, quorum=quorum, undo=demand.undo if rule.undo is None else rule.undo,
        grant=demand.grant if rule.grant is None else rule.grant, auth=rule.auth or demand.auth,
    )  # fmt: skip


def _of_path(path: PathSpec, directory: Directory, *, question: bool = False) -> Demand:
    """A path's people by id, and its end: silence can answer a question, and approve a call."""
    levels = tuple(
        Level(tuple(_known(spec, directory) for spec in rung.ask), rung.within, rung.remind) for rung in path.levels
    )
    fits = path.at_end != ("approve" if question else "answer")
    return Demand(levels, at_end=path.at_end if fits else "reject")


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
