"""Rules with conditions, whatever those are worth: only one that holds lets anything run, and an error never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.paths import stricter
from handrail.policy.rules import ConditionFailed, Holds, Policy, Rule
from handrail.policy.verdict import again, judge

from .test_floor import NOBODY, STAFF, actions, declarations, lets_run, policies, rules

Worth = Mapping[str, bool | None]
conditional = st.builds(lambda rule, when: replace(rule, when=when), rules, st.none() | st.sampled_from("abc"))
conditioned = st.builds(
    lambda policy, found: replace(policy, rules=tuple(found)), policies, st.lists(conditional, max_size=6)
)
worths = st.fixed_dictionaries({one: st.sampled_from([True, False, None]) for one in "abc"})


def answering(worth: Worth) -> Holds:
    """Conditions by what they are worth; `None` has no answer."""

    def holds(rule: Rule) -> bool:
        found = worth[rule.when or ""]
        if found is None:
            raise ConditionFailed(rule, "it cannot be told")
        return found

    return holds


def counting(policy: Policy, name: str, worth: Worth) -> Rule | None:
    """The first rule that is not known to be untrue, found by trying one after another."""
    about = (rule for rule in policy.rules if rule.is_about(name))
    return next((rule for rule in about if rule.when is None or worth[rule.when] is not False), None)


@settings(max_examples=50)
@given(conditioned, declarations, actions, worths)
def test_only_a_rule_whose_condition_is_true_lets_anything_run(
    policy: Policy, declared: Declaration, asked: Asked, worth: Worth
) -> None:
    rule = counting(policy, asked.name, worth)
    verdict = judge(declared, STAFF, NOBODY, policy, asked, answering(worth))
    if verdict.kind == "run":
        assert rule is not None
        assert lets_run(rule, asked)
        assert rule.when is None or worth[rule.when] is True
    if rule is not None and rule.when is not None and worth[rule.when] is None:
        assert verdict.kind != "run"
        assert verdict.reason == "condition_error" or verdict.kind == "deny"
    else:
        assert verdict.reason != "condition_error"


@settings(max_examples=200)
@given(conditioned, declarations, actions, worths)
def test_a_condition_without_an_answer_asks_no_fewer_than_its_rule_would(
    policy: Policy, declared: Declaration, asked: Asked, worth: Worth
) -> None:
    rule = counting(policy, asked.name, worth)
    if rule is None or rule.when is None or worth[rule.when] is not None:
        return
    asking = replace(rule, effect="approval", mode="assisted", when=None, replaces=False)
    alone = judge(declared, STAFF, NOBODY, replace(policy, rules=(asking,)), asked)
    verdict = judge(declared, STAFF, NOBODY, policy, asked, answering(worth))
    assert (verdict.kind, verdict.demand) == (alone.kind, alone.demand)


@settings(max_examples=50)
@given(conditioned, declarations, actions, worths)
def test_a_call_that_is_judged_again_is_freed_only_by_a_condition_that_is_true(
    policy: Policy, declared: Declaration, asked: Asked, worth: Worth
) -> None:
    present = judge(declared, STAFF, NOBODY, None, asked).demand
    if present is None:
        return
    rule = counting(policy, asked.name, worth)
    found = again(
        present, floor=declared.speaks, directory=STAFF, barred=NOBODY, policy=policy, asked=asked,
        holds=answering(worth),
    )  # fmt: skip
    if rule is not None and rule.when is not None and worth[rule.when] is None:
        assert found.kind != "run"
        if found.demand is not None:
            assert stricter(found.demand, present) == found.demand
    elif found.kind == "run":
        assert rule is not None
        assert lets_run(rule, asked)


@given(conditioned, actions)
def test_without_anything_known_no_condition_lets_anything_run(policy: Policy, asked: Asked) -> None:
    verdict = judge(Declaration("auto"), STAFF, NOBODY, policy, asked)
    rule = counting(policy, asked.name, {"a": None, "b": None, "c": None})
    assert verdict.kind != "run" or (rule is not None and rule.when is None)
