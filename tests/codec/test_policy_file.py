"""Policy files: what is right reads back; what is wrong is told with its line and what to write."""

import pytest

from handrail.codec.policies import compiled_text, read_policy, text_digest
from handrail.codec.policy_file import PolicyFileError, read_policy_file
from handrail.engine.rehearsal import mistakes
from handrail.policy.rules import Unreadable
from tests.heart.desk import Desk

GOOD = """\
default: review
default_path: finance
paths:
  finance:
    levels: [{ask: group:finance, for: 10m, remind: 5m}, {ask: [user:cfo, user:ceo], for: 30m}]
    at_end: escalate:owners
  owners: {levels: [{ask: user:owner, for: 1d}]}
rules:
  - {name: refunds need two, action: payments.refund, pattern: approval, path: finance, quorum: 2, undo: 1m, grant: 1h}
  - {name: contracts, action: "contracts.*", pattern: approval, quorum: {group:finance: 1, user:cfo: 1}}
  - {name: reads, action: db.read, verdict: run, replaces: code}
  - {name: drops, action: "db.drop*", verdict: deny}
never:
  - run when action == "payments.refund"
tests:
  - {action: payments.refund, expect: review finance quorum 2}
  - {action: contracts.sign, expect: review}
  - {action: db.read, expect: run}
  - {action: db.drop_table, risk: high, expect: deny}
"""
LOOP = """\
paths:
  p: {levels: [{ask: user:a, for: 1m}], at_end: "escalate:q"}
  q: {levels: [{ask: user:a, for: 1m}], at_end: "escalate:p"}
"""
PATH = "default_path: p\npaths: {p: {levels: [{ask: group:x, for: 1h}]}}\n"


def test_a_good_file_reads_and_reads_back_from_what_is_kept() -> None:
    found = read_policy_file(GOOD)
    assert found.policy.digest == text_digest(GOOD)
    assert [level.ask for level in found.policy.paths["finance"].levels][-1] == ("user:owner",)
    assert read_policy(compiled_text(found.policy), "sha256:x") == found.policy
    assert mistakes(found, None) == []


@pytest.mark.parametrize("kept", [None, "", "{}", "[]", '{"digest": 1, "default": "run"}'])
def test_what_is_kept_and_cannot_be_read_is_no_policy(kept: str | None) -> None:
    assert read_policy(kept, "sha256:x") == Unreadable("sha256:x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "line 1: the file is no mapping; write default: …"),
        ("default: run", "line 1: default: 'run' is not known; write review or deny"),
        ("rule: []", "line 1: 'rule' is no key here; known are default, default_path, paths, rules, never, tests"),
        ("default: deny\ndefault: deny", "line 2: `default` is written twice; keep one of them"),
        ("default_path: nowhere", "line 1: 'nowhere' is no path; known are none yet; add it below `paths:`"),
        ("rules: {}", "line 1: this is no list; write each as `- …` on a line of its own"),
        ("rules:\n- {verdict: deny}", "line 2: this rule says no action; write action: payments.refund"),
        ("rules:\n- {action: a b, verdict: deny}", "line 2: 'a b' names no action; use letters, digits"),
        ("rules:\n- {action: a}", "line 2: a rule has either a verdict or a pattern; write verdict: run or deny"),
        ("rules:\n- {action: a, verdict: allow}", "line 2: verdict: 'allow' is not known; write run or deny"),
        (
            "rules:\n- {action: a, verdict: deny, quorum: 2}",
            "line 2: `quorum` is about people, and this rule asks none",
        ),
        (
            "rules:\n- {action: a, verdict: deny, when: x}",
            "line 2: `when` needs conditions",
        ),
        (PATH + "rules:\n- {action: a, pattern: approval, quorum: 0}", "line 4: `quorum` is 0; write a number from 1"),
        (PATH + "rules:\n- {action: a, pattern: approval, undo: 15}", "line 4: `undo` has no unit; write s, m, h or d"),
        ("rules:\n- {action: a, verdict: run}", "line 2: what this rule lets run may fail, and nobody is named"),
        (
            "rules:\n- {name: all, action: '*', verdict: deny}\n- {action: a, verdict: deny}",
            "line 3: no action reaches this rule: line 2 is about them first; move it up",
        ),
        (
            "rules:\n- {name: x, action: a, verdict: deny}\n- {name: X, action: b, verdict: deny}",
            "line 3: the rule of line 2 has this name, too; give each rule its own name",
        ),
        ("paths: {p: {levels: []}}", "line 1: `levels` is no list; write levels: [{ask: group:finance, for: 1h}]"),
        (
            "paths: {p: {levels: [{ask: finance, for: 1h}]}}",
            "line 1: 'finance' is nobody's handle; write group:",
        ),
        ("paths: {p: {levels: [{ask: user:a}]}}", "line 1: this level does not say `for`; write {ask: group:finance"),
        ("paths: {p: {levels: [{ask: user:a, for: soon}]}}", "line 1: `for` is no duration; write a number and s, m"),
        ("paths: {p: {levels: [{ask: user:a, for: 1m, remind: 2m}]}}", "line 1: the reminder does not come before"),
        (
            LOOP,
            "line 2: the path p leads back to p; let one of them end with reject",
        ),
        (
            "paths: {p: {levels: [{ask: user:a, for: 1m}], at_end: run}}",
            "line 1: at_end: 'run' is no end; write",
        ),
        ("never: [run sometimes]", "line 1: this is no condition; write run when action =="),
        ("tests: [{action: a, expect: maybe}]", "line 1: this cannot be expected; write run, deny, review, or review"),
        ("a: &x 1", "line 1: anchors and aliases are not used here; write the value out where it is meant"),
        ("default: [", "line 1: "),
    ],
)
def test_a_broken_file_is_told_with_its_line_and_what_to_write(text: str, said: str) -> None:
    with pytest.raises(PolicyFileError) as found:
        read_policy_file(text)
    assert str(found.value).splitlines()[0].startswith(said)


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    with pytest.raises(PolicyFileError) as found:
        read_policy_file("default: run\nrules:\n- {action: a}\n- {verdict: deny}\nnever: [x]\n")
    assert [one.line for one in found.value.mistakes] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("expect: run", "expect: deny", "expected deny of db.read, and it is run"),
        ("quorum 2}", "quorum 1}", "expected review finance quorum 1 of payments.refund, and it is review finance"),
        (
            "pattern: approval, path: finance, quorum: 2, undo: 1m, grant: 1h",
            "verdict: run",
            "payments.refund must never run without people, and the rule 'refunds need two' lets it",
        ),
        ('action == "payments.refund"', 'action == "db.*"', "db.* must never run without people, and the rule 'reads'"),
    ],
)
def test_tests_and_never_fail_when_they_should(before: str, after: str, said: str) -> None:
    found = [str(one) for one in mistakes(read_policy_file(GOOD.replace(before, after)), None)]
    assert any(said in one for one in found), found


def test_a_policy_is_tried_on_the_people_who_are_there() -> None:
    directory = Desk(ann="finance", cfo="", ceo="", owner="").world.directory
    assert mistakes(read_policy_file(GOOD), directory) == []
    said = [str(one) for one in mistakes(read_policy_file(GOOD), Desk(ann="finance").world.directory)]
    assert said[0] == "line 5: there is no user:ceo; add people with `handrail people apply people.yaml`, or ask others"
    many = GOOD.replace("quorum: 2,", "quorum: 9,").replace("quorum 2}", "quorum 9}")
    assert "nobody could decide what the rule 'refunds need two' asks for" in str(
        mistakes(read_policy_file(many), directory)[0]
    )
