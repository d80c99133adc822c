"""Policy files: what is right reads back; what is wrong is told with its line and what to write."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.codec.policies import compiled_text, read_policy, text_digest
from handrail.codec.policy_file import Mistake, PolicyFileError, read_policy_file
from handrail.engine.rehearsal import mistakes
from handrail.policy.rules import Policy, Unreadable
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
PATH: Final = "default_path: p\npaths: {p: {levels: [{ask: group:x, for: 1h}]}}\n"
BROKEN: Final = Path(__file__).with_name("broken_policies.txt").read_text("utf-8").split("\n=== ")[1:]
"""Policies that are refused, each with its name before and all that is said about it behind."""


def test_a_good_file_reads_and_reads_back_from_what_is_kept() -> None:
    found = read_policy_file(GOOD)
    assert found.policy.digest == text_digest(GOOD)
    assert [level.ask for level in found.policy.paths["finance"].levels][-1] == ("user:owner",)
    kept = compiled_text(found.policy)
    assert read_policy(kept, text_digest(kept)) == found.policy
    assert mistakes(found, None) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{", ""), ('"default":"review"', '"default":"run"'), ('"path":"finance"', '"path":"nowhere"'),
        ('"effect":"deny"', '"effect":"allow"'), ('"default_path":"finance"', '"default_path":"f"'),
        ('"rules":', '"r":'),
        ('"within":600000000', '"within":-1'),
    ],
)  # fmt: skip
def test_what_is_kept_and_cannot_be_read_is_no_policy(before: str, after: str) -> None:
    kept = compiled_text(read_policy_file(GOOD).policy)
    changed = kept.replace(before, after, 1)
    assert changed != kept
    assert read_policy(changed, text_digest(changed)) == Unreadable(text_digest(changed))


def test_a_policy_that_was_changed_where_it_is_kept_is_no_policy() -> None:
    kept = compiled_text(read_policy_file(GOOD).policy)
    changed = kept.replace('"effect":"approval"', '"effect":"run"')
    assert read_policy(changed, text_digest(kept)) == Unreadable(text_digest(kept))
    assert read_policy(None, text_digest(kept)) == Unreadable(text_digest(kept))


def test_a_policy_without_newer_words_is_kept_byte_for_byte_as_before() -> None:
    rules = """rules:
  - {name: reads, action: db.read, verdict: run, replaces: code}
  - {action: "pay*", pattern: approval, quorum: 2}
"""
    kept = compiled_text(read_policy_file(PATH + rules).policy)
    assert text_digest(kept) == "sha256:9a57e02ffe9ed9bedf531f099093d8484293359f4fefda1cbcbc1cfcb9b5248f"


def test_a_condition_that_is_kept_and_cannot_be_read_is_no_policy() -> None:
    rules = "rules: [{action: pay, pattern: approval, when: args.amount > 500}]\n"
    kept = compiled_text(read_policy_file(PATH + rules).policy)
    assert isinstance(read_policy(kept, text_digest(kept)), Policy)
    for other in ("args.amount >", "arg.amount > 500", "args.amount + 500"):
        changed = kept.replace("args.amount > 500", other)
        assert read_policy(changed, text_digest(changed)) == Unreadable(text_digest(changed))


@pytest.mark.parametrize("broken", BROKEN, ids=[one.splitlines()[0] for one in BROKEN])
def test_all_that_is_wrong_in_a_policy_is_told_with_its_line_and_what_to_write(broken: str) -> None:
    text, _, said = broken.partition("\n")[2].partition("--- is refused with\n")
    try:
        found = [str(one) for one in mistakes(read_policy_file(text), None)]
    except PolicyFileError as refused:
        found = str(refused).splitlines()
    assert found == said.strip().splitlines()


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    with pytest.raises(PolicyFileError) as found:
        read_policy_file("default: run\nrules:\n- {action: a}\n- {verdict: deny}\nnever: [x]\nelse: 1\n")
    assert [one.line for one in found.value.mistakes] == [1, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: " + "[" * 500, "line 1: lists and mappings are nested without end; nest at most 20"),
        ("a: " + "[" * 30 + "]" * 30, "line 1: lists and mappings are nested without end; nest at most 20"),
        ("#" * 200_001, "line 1: the file has 200,001 characters; keep it below 200,000"),
        ("default: review\n# \0", "line 2: a character that nobody sees stands here; write the line again by hand"),
        ("default: " + "x" * 300, "line 1: `default` is empty, too long or has blanks around it; write 1 to 200"),
        (f"rules: [{{action: pay, pattern: approval, quorum: {'9' * 5_000}}}]", "line 1: `quorum` is 999"),
    ],
    ids=["unclosed", "deep", "long", "control", "word", "number"],
)
def test_what_is_absurd_is_refused(text: str, said: str) -> None:
    with pytest.raises(PolicyFileError) as found:
        read_policy_file(text)
    assert str(found.value).startswith(said)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)), st.integers(0, 9), st.text("\t\n -:{}[]*&!%|\"'#ax1,\ufeff\ud800", max_size=3)
        ),
        max_size=3,
    )
)
def test_whatever_is_written_is_a_policy_or_is_told(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    told: tuple[Mistake, ...] = ()
    try:
        kept = compiled_text(read_policy_file(text).policy)
        assert isinstance(read_policy(kept, text_digest(kept)), Policy)
    except PolicyFileError as refused:
        told = refused.mistakes
    assert all(one.line >= 1 and one.problem and one.fix for one in told)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("expect: run", "expect: deny", "this expects `deny` of db.read, and it would be `run` by the rule 'reads'"),
        ("quorum 2}", "quorum 1}", "`review finance quorum 1` of payments.refund, and it would be `review finance q"),
        ("sign, expect: review", "sign, expect: review owners", "it would be `review finance quorum 2`"),
        ("default: review", "default: deny", ""),
        (
            "pattern: approval, path: finance, quorum: 2, undo: 1m, grant: 1h", "verdict: run",
            "payments.refund must never run without people, and the rule 'refunds need two' of line 9 lets it",
        ),
        ('action == "payments.refund"', 'action == "db.*"', "db.read must never run without people, and the rule 're"),
        ('action == "payments.refund"', 'action == "*.read"', "db.read must never run without people, and the rule 'r"),
        ('action == "payments.refund"', 'action == "db.drop_all"', ""),
        ('action == "payments.refund"', 'action == "*"', "db.read must never run without people, and the rule 'reads'"),
    ],
)  # fmt: skip
def test_tests_and_never_fail_when_they_should_and_only_then(before: str, after: str, said: str) -> None:
    found = [str(one) for one in mistakes(read_policy_file(GOOD.replace(before, after)), None)]
    assert any(said in one for one in found) if said else found == []


@pytest.mark.parametrize(("risk", "reversible"), [("low", "true"), ("critical", "false")])
def test_a_test_may_say_how_risky_an_action_is(risk: str, reversible: str) -> None:
    tested = GOOD + f"  - {{action: db.read, risk: {risk}, reversible: {reversible}, expect: run}}\n"
    found = read_policy_file(tested)
    assert (found.tests[-1].risk, found.tests[-1].reversible) == (risk, reversible == "true")
    assert mistakes(found, None) == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (("pay.small approval", "pay.* run"), "pay.x"),
        (("pay.* approval", "* run"), None),
        (("* run replaces",), "pay.x"),
        (("*.refund run", "pay.* deny"), "pay.refund"),
        (("pay.* deny", "*.refund run"), None),
        (("pay.a* approval", "pay*b run"), "pay.b"),
        (("db.read run",), None),
    ],
)
def test_a_promise_looks_through_globs_order_and_replaced_code(rules: tuple[str, ...], found: str | None) -> None:
    text = PATH + "rules:\n"
    for one in rules:
        action, effect, *more = one.split()
        said = "pattern: approval" if effect == "approval" else f"verdict: {effect}"
        also = ", replaces: code" if more else ""
        text += f"  - {{action: '{action}', {said}{also}}}\n"
    told = mistakes(read_policy_file(text + 'never:\n  - run when action == "pay.*"\n'), None)
    assert [str(one).split()[2] for one in told] == ([] if found is None else [found])


def test_a_policy_is_tried_on_the_people_who_are_there() -> None:
    directory = Desk(ann="finance", cfo="", ceo="", owner="").world.directory
    assert mistakes(read_policy_file(GOOD), directory) == []
    said = [str(one) for one in mistakes(read_policy_file(GOOD), Desk(ann="finance").world.directory)]
    assert said[0] == "line 5: there is no user:ceo; add people with `handrail people apply people.yaml`, or ask others"
    many = GOOD.replace("quorum: 2,", "quorum: 9,").replace("quorum 2}", "quorum 9}")
    assert str(mistakes(read_policy_file(many), directory)[0]) == (
        "line 9: the rule 'refunds need two' could never be decided: the quorum needs 9, 4 may decide; "
        "ask more people, or let fewer agree"
    )
