"""What a change of policy is said to change: everything that it changes, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.codec.policy_file import read_policy_file
from handrail.engine.differences import differences
from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.rules import Policy
from handrail.policy.verdict import judge
from tests.policy.test_floor import NOBODY, STAFF, actions, declarations, policies

BEFORE = """\
default: review
default_path: money
paths:
  money: {levels: [{ask: group:team, for: 90s, remind: 10s}, {ask: [user:ann, user:bob], for: 1d}]}
rules:
  - {name: pays, action: pay, pattern: approval, quorum: {group:team: 1, any: 1}, undo: 1m, grant: 2h, auth: [session]}
  - {name: bigs, action: "*.big", pattern: approval}
  - {name: reads, action: "db.*", verdict: run, path: money}
  - {name: drops, action: "*.drop", verdict: deny}
"""


def said(after: str, before: str = BEFORE) -> list[str]:
    """The differences, each as one line."""
    found = differences(read_policy_file(before).policy, read_policy_file(after).policy)
    return [f"{mark} {words}" for mark, words in found]


def test_a_first_policy_is_told_in_full() -> None:
    found = [f"{mark} {words}" for mark, words in differences(None, read_policy_file(BEFORE).policy)]
    assert found == [
        "+ pays: pay needs approval, quorum 1 and 1 of group:team, undo 1m, grant 2h, signed in by session",
        "+ bigs: *.big needs approval",
        "+ reads: db.* runs, path money when it fails",
        "+ drops: *.drop is denied",
        "~ what no rule is about: review → review by path money",
        "+ path money: group:team for 90s, reminded after 10s, then user:ann or user:bob for 1d, then reject",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("undo: 1m", "undo: 61s", "undo 1m, grant 2h, signed in by session → pay needs approval, quorum 1 and 1 of gr"),
        ("action: pay,", "action: payment,", "~ pays: pay needs approval,"),
        (", path: money}", "}", "~ reads: db.* runs, path money when it fails → db.* runs"),
        (
            "verdict: deny",
            "verdict: run, replaces: code",
            "~ drops: *.drop is denied → *.drop runs, in place of the code",
        ),
        ("remind: 10s", "remind: 11s", "reminded after 11s, then user:ann or user:bob for 1d, then reject"),
        ("for: 1d}]}", "for: 1d}], at_end: approve}", "for 1d, then reject → group:team for 90s, reminded after 10s,"),
        ("default: review", "default: deny", "~ what no rule is about: review by path money → deny by path money"),
        ("name: bigs", "name: large", "+ large: *.big needs approval"),
        ("auth: [session]", "auth: [webauthn]", "signed in by webauthn"),
    ],
)
def test_every_change_of_meaning_is_told(old: str, new: str, line: str) -> None:
    assert any(line in one for one in said(BEFORE.replace(old, new)))


def test_other_words_with_the_same_meaning_are_no_change() -> None:
    assert said(BEFORE.replace("undo: 1m", "undo: 60s").replace("default:", "# words\ndefault:", 1)) == []
    assert said(BEFORE.replace("name: pays", "name: PAYS")) == []


def test_another_order_is_told_only_where_an_action_fits_both_rules() -> None:
    head, *rules = BEFORE.partition("rules:\n")
    pays, bigs, reads, drops = rules[1].splitlines(keepends=True)
    assert said(head + "rules:\n" + bigs + pays + reads + drops) == []
    assert said(head + "rules:\n" + pays + bigs + drops + reads) == [
        "~ drops: now counts before reads, where an action fits both"
    ]


@given(policies, st.data(), declarations, actions)
def test_an_order_that_is_not_told_changes_no_verdict(
    before: Policy, data: st.DataObject, declared: Declaration, asked: Asked
) -> None:
    after = replace(before, rules=tuple(data.draw(st.permutations(before.rules))))
    one, other = (judge(declared, STAFF, NOBODY, policy, asked) for policy in (before, after))
    if not list(differences(before, after)):
        assert (one.kind, one.demand) == (other.kind, other.demand)
