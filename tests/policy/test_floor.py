"""Whatever policy is applied: nothing becomes easier than its code says, unless a rule says `replaces: code`."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handrail.clock import DAY, HOUR, MINUTE
from handrail.codec.policy_file import Never, PolicyFile
from handrail.engine.rehearsal import mistakes
from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.paths import Demand, stricter
from handrail.policy.quorum import matching
from handrail.policy.rules import PathSpec, Policy, Rule, Rung, Unreadable, unanswered
from handrail.policy.verdict import Verdict, again, edited, judge
from tests.heart.desk import Desk

NOBODY = frozenset[str]()
STAFF = Desk(ann="team legal", bob="team legal", cyd="team finance", dan="finance").world.directory
NAMES = ("pay", "pay.more", "read", "more")
ORDER = ("run", "review", "deny")

handles = st.sampled_from([*["group:team", "group:legal", "group:finance", "user:ann"] * 3, "user:nobody"])
quorums = st.one_of(
    st.sampled_from([1, 1, 2, 3]).map(lambda count: (("any", count),)),
    st.dictionaries(handles, st.sampled_from([1, 1, 2]), min_size=1, max_size=2).map(
        lambda one: tuple(sorted(one.items()))
    ),
)
ends: Any = st.sampled_from(["reject", "approve", "answer"])
times = st.sampled_from([MINUTE, HOUR, DAY])
paths = st.builds(
    PathSpec, st.lists(st.builds(Rung, st.tuples(handles), times), min_size=1, max_size=2).map(tuple), ends
)
rules = st.builds(
    Rule, st.uuids().map(str), st.just("a rule"),
    st.sampled_from(NAMES) | st.sampled_from(["*", "pay*", "*more", "p*e"]),
    st.sampled_from(["run", "deny", "approval", "approval", "confidence", "exceptions", "watched"]),
    st.none() | st.sampled_from(["one", "two"]), st.none() | quorums, st.none() | st.sampled_from([0, MINUTE]),
    st.none() | times, st.sampled_from([(), (), ("session",), ("webauthn", "session")]), st.booleans(),
    threshold=st.just(0.8), mode=st.sampled_from(["assisted"] * 4 + ["shadow", "sampled", "autonomous"]),
)  # fmt: skip
policies = st.builds(
    Policy, st.just("sha256:p"), st.sampled_from(["review", "deny"]), st.none() | st.just("one"),
    st.fixed_dictionaries({"one": paths, "two": paths}), st.lists(rules, max_size=6).map(tuple),
)  # fmt: skip
declarations = st.builds(
    Declaration, st.sampled_from(["approval", "approval", "question", "auto"]),
    st.lists(handles, max_size=2).map(tuple),
    times, quorum=quorums, at_end=ends, undo=st.sampled_from([0, HOUR]), grant=times,
)  # fmt: skip
actions = st.builds(
    Asked, st.sampled_from(NAMES), st.sampled_from(["low", "high"]), st.booleans(), run=st.sampled_from([None, "run"]),
    confidence=st.sampled_from([None, 0.5, 0.8, 1.0]), watched=st.booleans(),
)  # fmt: skip
crowds = st.dictionaries(st.sampled_from(list(STAFF.people)), st.just(NOBODY), max_size=4).map(
    lambda who: {one: STAFF.asked_as(one) for one in who}
)


def first(policy: Policy, name: str) -> Rule | None:
    """The first rule about an action, found by trying one after another."""
    return next((rule for rule in policy.rules if rule.is_about(name)), None)


def lets_run(rule: Rule, asked: Asked) -> bool:
    """Whether a rule lets an action run, said apart from the code under test."""
    sure = asked.confidence is not None and rule.threshold is not None and asked.confidence >= rule.threshold
    free = {"run": True, "exceptions": True, "confidence": sure, "watched": asked.watched}
    return free.get(rule.effect, False) or (rule.effect != "deny" and rule.mode != "assisted")


def no_easier(alone: Demand, ruled: Demand, crowd: Any) -> None:
    """Whoever could agree under the policy could agree without it, as far as numbers and roles go."""
    if matching(crowd, ruled.quorum) is not None:
        assert matching(crowd, alone.quorum) is not None, "fewer people are enough"
    assert ruled.undo >= alone.undo, "it takes effect earlier"
    assert ruled.grant <= alone.grant, "the grant lasts longer"
    assert ruled.at_end in (alone.at_end, "reject"), "silence does more"


@settings(max_examples=200)
@given(policies, declarations, actions, crowds)
def test_no_policy_loosens_what_the_code_declares_unless_a_rule_replaces_it(
    policy: Policy, declared: Declaration, asked: Asked, crowd: Any
) -> None:
    rule, alone = first(policy, asked.name), judge(declared, STAFF, NOBODY, None, asked)
    ruled = judge(declared, STAFF, NOBODY, policy, asked)
    assert policy.find(asked.name, unanswered) == rule
    if not declared.speaks or (rule and rule.replaces and not declared.is_question):
        return
    assert ruled.kind != "run"
    if declared.reviewers and not (rule and rule.holds_back(asked) and rule.path):
        assert ORDER.index(ruled.kind) >= ORDER.index(alone.kind)
    if alone.demand is not None and ruled.demand is not None:
        no_easier(alone.demand, ruled.demand, crowd)
        assert set(ruled.demand.auth) == set(rule.auth if rule and rule.holds_back(asked) else ())


@settings(max_examples=200)
@given(policies, declarations, actions, crowds)
def test_a_rule_that_replaces_the_code_loosens_only_what_it_names(
    policy: Policy, declared: Declaration, asked: Asked, crowd: Any
) -> None:
    rule, alone = first(policy, asked.name), judge(declared, STAFF, NOBODY, None, asked)
    ruled = judge(declared, STAFF, NOBODY, policy, asked)
    if rule is None or rule.effect != "approval" or not alone.demand or not ruled.demand or not declared.speaks:
        return
    if rule.quorum is None and matching(crowd, ruled.demand.quorum) is not None:
        assert matching(crowd, alone.demand.quorum) is not None
    assert rule.undo is not None or ruled.demand.undo >= alone.demand.undo
    assert rule.grant is not None or ruled.demand.grant <= alone.demand.grant


@settings(max_examples=200)
@given(policies, declarations, actions)
def test_only_a_rule_lets_anything_run_and_what_it_denies_is_denied(
    policy: Policy, declared: Declaration, asked: Asked
) -> None:
    rule, ruled = first(policy, asked.name), judge(declared, STAFF, NOBODY, policy, asked)
    if ruled.kind == "run":
        assert rule is not None
        assert lets_run(rule, asked)
        assert not declared.speaks or rule.replaces
        assert not declared.is_question
        assert ruled.rule == rule.id
    if rule is not None and rule.effect == "deny":
        assert (ruled.kind, ruled.reason, ruled.rule) == ("deny", "rule", rule.id)
    if ruled.demand is not None and ruled.demand.at_end == "approve":
        assert (asked.risk, asked.reversible) == ("low", True)


@given(declarations, actions)
def test_a_policy_that_cannot_be_read_denies_everything(declared: Declaration, asked: Asked) -> None:
    found = judge(declared, STAFF, NOBODY, Unreadable("sha256:p"), asked)
    assert (found.kind, found.reason, found.pol) == ("deny", "policy_unreadable", "sha256:p")


@settings(max_examples=200)
@given(policies, declarations, actions, st.sampled_from(["*", "pay*", "*more", "pay", "read", "p*", "*.more"]))
def test_what_never_promises_holds_for_every_action_and_declaration(
    policy: Policy, declared: Declaration, asked: Asked, pattern: str
) -> None:
    places = {rule.id: place for place, rule in enumerate(policy.rules, 1)}
    told = mistakes(PolicyFile(policy, never=(Never(1, pattern),), places=places), STAFF)
    broken = [one for one in told if "must never run" in one.problem]
    about = Rule("", "", pattern, "run").is_about(asked.name)
    if not broken and about:
        assert judge(declared, STAFF, NOBODY, policy, asked).kind != "run"
    for one in broken:
        name = one.problem.split()[0]
        rule = first(policy, name)
        assert rule is not None
        assert rule.effect != "deny"
        assert (rule.effect, rule.mode) != ("approval", "assisted")
        assert Rule("", "", pattern, "run").is_about(name)


@settings(max_examples=200)
@given(policies, policies, declarations, actions, crowds)
@example(
    Policy("sha256:a", rules=(Rule("r", "r", "pay", "run", replaces=True),)),
    Policy("sha256:b", rules=(Rule("r", "r", "pay", "run"),)),
    Declaration(reviewers=("group:team",)), Asked("pay"), {},
)  # fmt: skip
@example(
    Policy("sha256:a"), Policy("sha256:b", "review", "one", {"one": PathSpec((Rung(("user:nobody",), HOUR),))}, (
        Rule("r", "r", "pay", "run", replaces=True),)),
    Declaration(reviewers=("group:team",)), Asked("pay"), {},
)  # fmt: skip
def test_judged_again_nothing_runs_that_would_be_asked_about_now(
    before: Policy, now: Policy, declared: Declaration, asked: Asked, crowd: Any
) -> None:
    was, fresh = (judge(declared, STAFF, NOBODY, one, asked) for one in (before, now))
    if was.demand is None or declared.is_question:
        return
    found = again(was.demand, floor=declared.speaks, directory=STAFF, barred=NOBODY, policy=now, asked=asked)
    assert found.kind != "run" or fresh.kind == "run"
    assert fresh.kind != "run" or found.kind != "review" or was.kind == "review"
    if found.kind == "review" and found.demand is not None:
        rule = first(now, asked.name)
        if declared.speaks and not (rule and rule.replaces) and matching(crowd, found.demand.quorum) is not None:
            assert matching(crowd, was.demand.quorum) is not None, "fewer people than its code asks for"
    _an_edit_holds_at_least_as_hard(was.demand, found, crowd)


def _an_edit_holds_at_least_as_hard(present: Demand, found: Verdict, crowd: Any) -> None:
    demand = edited(present, found, STAFF, NOBODY)
    if found.kind == "deny":
        assert demand is None
    if demand is not None:
        no_easier(present, demand, crowd)
        assert demand.levels == present.levels
        assert found.demand is not None
        assert stricter(demand, found.demand) is not None
