"""What is to happen with an action: run, review or deny; from the policy, what its code declares, and who is there."""

from dataclasses import dataclass, replace
from typing import Literal

from ..directory.model import Directory
from .asked import Asked
from .declaration import Declaration, usable
from .demanded import Undecidable, both, demanded, of_path, path_of, require_reachable, tightened, unasked
from .paths import Demand, stricter
from .rules import ConditionFailed, Holds, Policy, Rule, Unreadable, unanswered

Kind = Literal["run", "review", "deny"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The routing of one action. `reason` is a code; `advice` tells the caller what to do about a denial; `over` are
    the limits that it would pass, `failing` who is asked once it fails, where others than `demand` names."""

    kind: Kind
    pattern: str
    reason: str
    demand: Demand | None = None
    rule: str | None = None
    pol: str | None = None
    advice: str = ""
    over: tuple[str, ...] = ()
    failing: Demand | None = None


def judge(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | Unreadable | None = None,
    asked: Asked | None = None, holds: Holds = unanswered,
) -> Verdict:  # fmt: skip
    """The verdict on an action. The code's declaration is a floor that the policy tightens, and loosens only where its
    rule says so; without a policy it is all there is. What cannot be decided by anybody is denied."""
    about = asked or Asked()
    if isinstance(policy, Unreadable):
        return Verdict("deny", declared.pattern, "policy_unreadable", pol=policy.digest, advice=_UNREADABLE)
    rule, why = _found(policy, about.name, holds)
    pol = policy.digest if policy else None
    try:
        verdict = _routed(declared, directory, barred, policy, rule, about)
    except Undecidable as denied:
        verdict = Verdict("deny", declared.pattern, denied.reason, advice=denied.advice)
    if why and verdict.kind == "review":
        verdict = replace(verdict, reason="condition_error", advice=why)
    counts = rule is not None and verdict.reason in ("rule", "condition_error")
    return replace(verdict, pol=pol, rule=rule.id if rule is not None and counts else None)


def _found(policy: Policy | None, name: str, holds: Holds) -> tuple[Rule | None, str]:
    """The rule that counts. One whose condition has no answer counts as one that asks people, and with it goes why."""
    try:
        return (policy.find(name, holds) if policy else None), ""
    except ConditionFailed as failed:
        return replace(failed.rule, effect="approval", replaces=False), failed.why


_UNREADABLE = "the stored policy cannot be read; apply it again with `handrail policy apply`"


def _routed(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | None, rule: Rule | None,
    asked: Asked,
) -> Verdict:  # fmt: skip
    if rule is None and declared.runs:
        return Verdict("run", "auto", "declared", _safe_end(unasked(declared, directory, policy), asked))
    if rule is None and not declared.speaks and policy is not None and policy.default == "deny":
        raise Undecidable("default", "no rule is about this action, and the policy denies such actions")
    if rule is not None and rule.effect == "deny":
        raise Undecidable("rule", f"the rule {rule.name!r} denies this action")
    floor = declared.asks(asked.confidence) and (declared.is_question or not (rule is not None and rule.replaces))
    if rule is not None and rule.effect == "run" and not floor:
        return Verdict("run", "auto", "rule", _safe_end(unasked(declared, directory, policy, rule), asked))
    if rule is None and declared.speaks and not floor:
        return Verdict("run", declared.pattern, "sure", _safe_end(unasked(declared, directory, policy, rule), asked))
    ended = _safe_end(demanded(declared, directory, policy, rule, floor=floor), asked)
    require_reachable(ended, directory, barred)
    if rule is not None and rule.effect == "approval":
        return Verdict("review", _asking(declared), "rule", ended)
    return Verdict("review", _asking(declared), _why(declared, asked), ended)


def _asking(declared: Declaration) -> str:
    return declared.pattern if declared.speaks else "approval"


def _why(declared: Declaration, asked: Asked) -> str:
    """Why people are asked where no rule says so."""
    if declared.pattern == "confidence":
        return "no_usable_confidence" if usable(asked.confidence) is None else "below_threshold"
    return "declared" if declared.speaks else "default"


def again(
    present: Demand, *, floor: bool, directory: Directory, barred: frozenset[str], policy: Policy | Unreadable | None,
    asked: Asked, holds: Holds = unanswered, runs: bool = False,
) -> Verdict:  # fmt: skip
    """The verdict on a call that had one, by a policy that may be another now; `present` is what was demanded of it
    so far, `floor` whether its code asks for people by itself, `runs` whether it may run where no rule speaks."""
    if isinstance(policy, Unreadable):
        return Verdict("deny", "approval", "policy_unreadable", pol=policy.digest, advice=_UNREADABLE)
    rule, why = _found(policy, asked.name, holds)
    found = Verdict("review", "approval", "policy_changed", present, rule.id if rule else None)
    try:
        demand = _again(present, floor or bool(why), directory, policy, rule) if rule or why or not runs else None
        if demand is None:
            found = replace(found, kind="run")
        else:
            require_reachable(demand, directory, barred)
            found = replace(found, demand=_safe_end(demand, asked))
    except Undecidable as denied:
        found = replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return replace(found, pol=policy.digest if policy else None)


def anew(verdict: Verdict, directory: Directory, barred: frozenset[str]) -> Verdict:
    """A verdict after people refused the same intent in the run: they are asked, also where a rule lets it run."""
    if verdict.kind == "deny" or verdict.demand is None:
        return verdict
    demand = replace(verdict.demand, at_end="reject")
    try:
        require_reachable(demand, directory, barred)
    except Undecidable as denied:
        return replace(verdict, kind="deny", reason=denied.reason, advice=denied.advice)
    pattern = "approval" if verdict.pattern == "auto" else verdict.pattern
    return replace(verdict, kind="review", pattern=pattern, reason="intent_refused", demand=demand)


def edited(present: Demand, fresh: Verdict, directory: Directory, barred: frozenset[str]) -> Demand | None:
    """What the next round of a review demands after an edit that was judged afresh; never less than `present`, which
    holds the action. `None` where the edit is denied, or nobody could agree to it."""
    if fresh.kind == "deny" or fresh.demand is None:
        return None
    demand = stricter(present, fresh.demand)
    try:
        if demand is not None:
            require_reachable(demand, directory, barred)
    except Undecidable:
        return None
    return demand


def _again(
    present: Demand, floor: bool, directory: Directory, policy: Policy | None, rule: Rule | None
) -> Demand | None:
    """What the policy demands of it now; `None` where it lets it run."""
    if rule is None and not floor and policy is not None and policy.default == "deny":
        raise Undecidable("default", "no rule is about this action any more, and the policy denies such actions")
    if rule is not None and rule.effect == "deny":
        raise Undecidable("rule", f"the rule {rule.name!r} denies this action")
    holds = floor and not (rule is not None and rule.replaces)
    if policy is None or (rule is None and floor):
        return present
    path = path_of(policy, rule.path if rule else policy.default_path)
    found = of_path(path, directory) if path else present
    if rule is not None and rule.effect == "run":
        return present if holds else None
    asks = replace(present, levels=found.levels, at_end=found.at_end)
    if rule is None:
        return asks
    return both(tightened(asks, rule, directory), present) if holds else tightened(asks, rule, directory)


def _safe_end(demand: Demand, asked: Asked) -> Demand:
    """Silence approves only what is of low risk and can be undone."""
    safe = asked.risk == "low" and asked.reversible
    return replace(demand, at_end="reject") if demand.at_end == "approve" and not safe else demand
