"""What is to happen with an action: run, review or deny; from the policy, what its code declares, and who is there."""

from dataclasses import dataclass, replace
from typing import Literal

from ..directory.model import Directory
from .asked import Asked
from .declaration import Declaration, usable
from .demanded import Undecidable, both, demanded, of_path, path_of, require_reachable, tightened, unasked
from .paths import Demand, stricter
from .patterns import EXCEPTIONS, asking, joined
from .rules import ConditionFailed, Holds, Policy, Rule, Unreadable, unanswered

Kind = Literal["run", "review", "deny"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The routing of one action. `reason` is a code; `advice` tells the caller what to do about a denial; `over` are
    the limits that it would pass, `failing` who is asked once it fails, where others than `demand` names; `threshold`
    is how sure its agent had to be, and `share` the part of what runs that people look at afterwards."""

    kind: Kind
    pattern: str
    reason: str
    demand: Demand | None = None
    rule: str | None = None
    pol: str | None = None
    advice: str = ""
    over: tuple[str, ...] = ()
    failing: Demand | None = None
    threshold: float | None = None
    share: float = 0.0


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
    try:
        if rule is None:
            verdict = _unruled(declared, directory, barred, policy, about)
        else:
            verdict = _ruled(declared, directory, barred, policy, rule, about)
    except Undecidable as denied:
        by = rule.id if rule is not None and denied.reason == "rule" else None
        verdict = Verdict("deny", declared.pattern, denied.reason, rule=by, advice=denied.advice)
    if why and rule is not None and verdict.kind == "review":
        verdict = replace(verdict, reason="condition_error", advice=why, rule=rule.id)
    return replace(verdict, pol=policy.digest if policy else None)


def _found(policy: Policy | None, name: str, holds: Holds) -> tuple[Rule | None, str]:
    """The rule that counts. One whose condition has no answer counts as one that asks people, and with it goes why."""
    try:
        return (policy.find(name, holds) if policy else None), ""
    except ConditionFailed as failed:
        return replace(failed.rule, effect="approval", mode="assisted", replaces=False), failed.why


_UNREADABLE = "the stored policy cannot be read; apply it again with `handrail policy apply`"


def _unruled(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | None, asked: Asked
) -> Verdict:
    """The verdict where no rule speaks: by what the code declares, else by the default."""
    if declared.runs or (declared.speaks and not declared.asks(asked.confidence)):
        pattern, reason = ("auto", "declared") if declared.runs else (declared.pattern, "sure")
        demand = _safe_end(unasked(declared, directory, policy), asked)
        return Verdict("run", pattern, reason, demand, threshold=declared.threshold, share=declared.sample)
    if not declared.speaks and policy is not None and policy.default == "deny":
        raise Undecidable("default", "no rule is about this action, and the policy denies such actions")
    return _by_code(declared, directory, barred, policy, asked)


def _ruled(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | None, rule: Rule,
    asked: Asked,
) -> Verdict:  # fmt: skip
    """The verdict by a rule, above the floor of what the code declares."""
    if rule.effect == "deny":
        raise Undecidable("rule", f"the rule {rule.name!r} denies this action")
    floor = declared.asks(asked.confidence) and (declared.is_question or not rule.replaces)
    threshold, share = _stricter(rule, declared)
    if rule.holds_back(asked):
        demand = _safe_end(demanded(declared, directory, policy, rule, floor=floor), asked)
        require_reachable(demand, directory, barred)
        found = Verdict("review", _asking(declared, rule), rule.asks(asked) or "rule", demand, rule.id)
    elif floor:
        found = _by_code(declared, directory, barred, policy, asked)
    else:
        demand = _safe_end(unasked(declared, directory, policy, rule), asked)
        found = Verdict("run", _running(rule), _letting(rule, asked), demand, rule.id, share=share)
    pattern = joined(found.pattern) if rule.effect == EXCEPTIONS else found.pattern
    return replace(found, pattern=pattern, threshold=threshold)


def _by_code(
    declared: Declaration, directory: Directory, barred: frozenset[str], policy: Policy | None, asked: Asked
) -> Verdict:
    """People are asked because the code says so, or nothing does."""
    demand = _safe_end(demanded(declared, directory, policy, None, floor=True), asked)
    require_reachable(demand, directory, barred)
    pattern = declared.pattern if declared.speaks else "approval"
    return Verdict("review", pattern, _why(declared, asked), demand, threshold=declared.threshold)


def _stricter(rule: Rule, declared: Declaration) -> tuple[float | None, float]:
    """The threshold and the share of samples that count: the stricter of the rule's and the code's."""
    if rule.replaces:
        return rule.threshold if rule.threshold is not None else declared.threshold, rule.sample
    both = [one for one in (rule.threshold, declared.threshold) if one is not None]
    return max(both, default=None), max(rule.sample, declared.sample)


def _running(rule: Rule) -> str:
    """The pattern by which a rule lets an action run."""
    return "auto" if rule.effect in ("run", EXCEPTIONS) else rule.effect


def _letting(rule: Rule, asked: Asked) -> str:
    """Why a rule lets an action run."""
    if rule.asks(asked) is not None:
        return rule.mode
    return "sure" if rule.effect == "confidence" else "rule"


def _asking(declared: Declaration, rule: Rule) -> str:
    """The pattern of what a rule asks about: as the code has it, where that asks by itself and counts."""
    if declared.speaks and (declared.is_question or not (rule.replaces and rule.effect == "confidence")):
        return declared.pattern
    return "confidence" if rule.effect == "confidence" else "approval"


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
        demand = _again(present, floor or bool(why), directory, policy, rule, asked) if rule or not runs else None
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
    return replace(verdict, kind="review", pattern=asking(verdict.pattern), reason="intent_refused", demand=demand)


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
    present: Demand, floor: bool, directory: Directory, policy: Policy | None, rule: Rule | None, asked: Asked
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
    if rule is not None and not rule.holds_back(asked):
        return present if holds else None
    asks = replace(present, levels=found.levels, at_end=found.at_end)
    if rule is None:
        return asks
    return both(tightened(asks, rule, directory), present) if holds else tightened(asks, rule, directory)


def _safe_end(demand: Demand, asked: Asked) -> Demand:
    """Silence approves only what is of low risk and can be undone."""
    safe = asked.risk == "low" and asked.reversible
    return replace(demand, at_end="reject") if demand.at_end == "approve" and not safe else demand
