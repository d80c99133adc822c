"""Code and policy together: the code is a floor, the policy tightens it, and loosens only where a rule says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.clock import HOUR, MINUTE
from handrail.directory.model import Directory
from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.rules import PathSpec, Policy, Rule, Rung, Unreadable, unanswered
from handrail.policy.verdict import Verdict, judge
from tests.heart.desk import Desk, group

NOBODY = frozenset[str]()
PATHS = {"money": PathSpec((Rung(("group:legal",), HOUR), Rung(("user:bob",), MINUTE)))}
CODE = Declaration(reviewers=("group:team",), within=2 * HOUR)
SILENT = Declaration("auto")


@pytest.fixture(scope="module")
def staff() -> Directory:
    return Desk(ann="team legal", bob="team").world.directory


def ruled(directory: Directory, declared: Declaration, *rules: Rule, risk: str = "unrated", **given: Any) -> Verdict:
    policy = Policy("sha256:p", paths=given.pop("paths", PATHS), rules=rules, **given)
    return judge(declared, directory, NOBODY, policy, Asked("pay", risk, risk == "low"))


def rule(effect: Any, **given: Any) -> Rule:
    return Rule("the-rule", "the rule", given.pop("action", "pay"), effect, **given)


def asked(verdict: Verdict) -> list[tuple[str, ...]]:
    assert verdict.demand is not None
    return [level.ask for level in verdict.demand.levels]


LEGAL, TEAM, BOB = (group("group:legal"),), (group("group:team"),), ("usr_bob",)


@pytest.mark.parametrize(
    ("declared", "rules", "given", "kind", "reason", "who"),
    [
        (SILENT, (rule("run", path="money"),), {}, "run", "rule", [LEGAL, BOB]),
        (CODE, (rule("run"),), {}, "review", "declared", [TEAM]),
        (CODE, (rule("run", replaces=True),), {}, "run", "rule", [TEAM]),
        (CODE, (rule("deny"),), {}, "deny", "rule", None),
        (SILENT, (rule("deny"),), {}, "deny", "rule", None),
        (CODE, (rule("approval", path="money"),), {}, "review", "rule", [LEGAL, BOB]),
        (CODE, (rule("approval"),), {"default_path": "money"}, "review", "rule", [TEAM]),
        (SILENT, (rule("approval"),), {"default_path": "money"}, "review", "rule", [LEGAL, BOB]),
        (SILENT, (), {"default_path": "money"}, "review", "default", [LEGAL, BOB]),
        (CODE, (), {"default_path": "money"}, "review", "declared", [TEAM]),
        (Declaration(), (), {"default_path": "money"}, "review", "declared", [LEGAL, BOB]),
        (SILENT, (), {"default": "deny"}, "deny", "default", None),
        (CODE, (), {"default": "deny"}, "review", "declared", [TEAM]),
        (SILENT, (), {}, "deny", "no_reviewer", None),
        (SILENT, (rule("run", action="other"),), {"default_path": "money"}, "review", "default", [LEGAL, BOB]),
        (SILENT, (rule("deny", action="p*"), rule("run")), {"default_path": "money"}, "deny", "rule", None),
        (SILENT, (rule("run", path="money"), rule("deny", action="*")), {}, "run", "rule", [LEGAL, BOB]),
    ],
)
def test_which_of_the_two_counts(
    staff: Directory, declared: Declaration, rules: Any, given: Any, kind: str, reason: str, who: Any
) -> None:
    verdict = ruled(staff, declared, *rules, **given)
    assert (verdict.kind, verdict.reason, verdict.pol) == (kind, reason, "sha256:p")
    if who is not None:
        assert asked(verdict) == who


def test_both_quorums_have_to_be_filled(staff: Directory) -> None:
    verdict = ruled(staff, Declaration(reviewers=("group:team",), quorum=(("any", 2),)), rule("approval"))
    assert verdict.demand is not None
    assert dict(verdict.demand.quorum) == {"any": 2}
    more = ruled(staff, CODE, rule("approval", quorum=(("group:legal", 1), ("group:team", 1))))
    assert more.demand is not None
    assert dict(more.demand.quorum) == {group("group:legal"): 1, group("group:team"): 1}


def test_a_quorum_that_nobody_can_fill_is_denied_with_what_to_do(staff: Directory) -> None:
    verdict = ruled(staff, CODE, rule("approval", quorum=(("any", 3),)))
    assert (verdict.kind, verdict.reason) == ("deny", "quorum_unreachable")
    assert "add people" in verdict.advice


@pytest.mark.parametrize(("risk", "end"), [("low", "approve"), ("medium", "reject"), ("unrated", "reject")])
def test_silence_approves_only_what_is_harmless(staff: Directory, risk: str, end: str) -> None:
    paths = {"money": PathSpec((Rung(("group:team",), HOUR),), "approve")}
    verdict = ruled(staff, SILENT, rule("approval", path="money"), paths=paths, risk=risk)
    assert verdict.demand is not None
    assert verdict.demand.at_end == end


def test_a_policy_that_cannot_be_read_lets_nothing_run(staff: Directory) -> None:
    verdict = judge(CODE, staff, NOBODY, Unreadable("sha256:p"), Asked("pay"))
    assert (verdict.kind, verdict.reason) == ("deny", "policy_unreadable")


names = st.sampled_from(["pay", "read", "pay.more"])
globs = st.sampled_from(["*", "pay*", "*.more", "read*"])
rules = st.builds(
    Rule,
    st.uuids().map(str), st.just("r"), names | globs, st.sampled_from(["run", "deny", "approval"]),
    st.none() | st.just("money"), replaces=st.booleans(),
)  # fmt: skip
policies = st.builds(
    Policy, st.just("sha256:p"), st.sampled_from(["review", "deny"]), st.none() | st.just("money"), st.just(PATHS),
    st.lists(rules, max_size=5).map(tuple),
)  # fmt: skip


@given(policies, names, st.sampled_from([CODE, SILENT]))
def test_nothing_runs_unless_the_first_rule_about_it_lets_it(policy: Policy, name: str, declared: Declaration) -> None:
    directory = Desk(ann="team legal", bob="team").world.directory
    verdict = judge(declared, directory, NOBODY, policy, Asked(name))
    first = next((one for one in policy.rules if one.is_about(name)), None)
    assert policy.find(name, unanswered) == first
    allowed = first is not None and first.effect == "run" and (first.replaces or not declared.speaks)
    if verdict.kind == "run":
        assert allowed
    if verdict.kind == "review":
        assert verdict.demand is not None
        assert verdict.demand.levels


@pytest.mark.parametrize("default_path", [None, "gone"])
def test_what_a_rule_runs_needs_nobody_to_ask(default_path: str | None) -> None:
    paths = {"gone": PathSpec((Rung(("user:gone",), HOUR),))}
    policy = Policy("sha256:p", "review", default_path, paths, (Rule("r", "reads", "read", "run", grant=HOUR),))
    verdict = judge(Declaration("auto"), Desk(ann="team").world.directory, frozenset(), policy, Asked("read"))
    assert (verdict.kind, verdict.rule) == ("run", "r")
    assert verdict.demand is not None
    assert verdict.demand.grant == HOUR
