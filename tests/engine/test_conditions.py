"""Conditions over the real engine: what they see of an action, its edits and its past, and what becomes of an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handrail
from handrail.action.commands import Start
from handrail.codec.canonical import canonical
from handrail.embedded import Database, Embedded, local_agent, solo_person
from handrail.engine.request import Request
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID
from handrail.testing import FrozenClock
from handrail.view.facts import reason

from .kit import proposal
from .test_policy import TEAM, Office, put

SCHEMA = json.dumps(
    {"type": "object", "properties": {"amount": {"type": "string", "format": "decimal"}, "to": {"type": "string"}}}
)
SILENT = Declaration("auto")


def rules(*lines: str) -> str:
    """A policy of these rules about the test's action."""
    return (
        TEAM + "rules:\n" + "".join(f"  - {{name: r{n}, action: test.effect, {one}}}\n" for n, one in enumerate(lines))
    )


SMALL = rules("when: 'args.amount <= 500', verdict: run", "when: 'args.amount > 900', verdict: deny")


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def propose(office: Office, amount: Any = "1.00", who: Embedded | None = None, **given: Any) -> Any:
    """A call with typed arguments that its code does not ask about."""
    made = replace(proposal(canonical({"amount": amount}), **given), schema="sha256:typed", schema_text=SCHEMA)
    return (who or office.agent).call(mint("act"), replace(made, declared=SILENT))


def finish(office: Office, action: Any) -> None:
    """Start an action and let it succeed."""
    office.settle(office.agent.call(action["id"], Start("exe_1", action["bind"])))


def test_the_first_rule_counts_whose_condition_is_true(office: Office) -> None:
    office.apply(SMALL)
    assert [propose(office, one)["status"] for one in ("500.00", "500.01", "900", "900.01")] == [
        "cleared", "held", "held", "refused",
    ]  # fmt: skip


def test_a_condition_without_an_answer_asks_people_and_says_which(office: Office) -> None:
    office.apply(SMALL)
    state = office.action(propose(office, {"much": 1})["id"])
    assert (state.status, state.reason, state.rule) == ("held", "condition_error", "r0")
    view: Any = office.person.review(state.review or "").view
    assert view["verdict"]["reason"] == "condition_error"
    assert view["verdict"]["error"] == "`args.amount` is not of its type: its type allows no object"
    assert "could not be evaluated: `args.amount` is not of its type" in reason(view["verdict"])


def test_the_rule_whose_condition_has_no_answer_says_how_many_agree(office: Office) -> None:
    office.apply(rules("when: 'args.amount > 5', pattern: approval, quorum: 2", "verdict: run"))
    assert office.quorum(propose(office, [])["id"]) == 2
    assert propose(office, "5")["status"] == "cleared"


def test_an_edit_is_judged_by_what_it_says(office: Office) -> None:
    office.apply(
        rules(
            "when: 'args.amount > 900', verdict: deny", "when: 'args.amount > 500', pattern: approval, quorum: 2",
            "pattern: approval",
        )
    )  # fmt: skip
    action = propose(office, "10")["id"]
    review = office.action(action).review or ""
    with pytest.raises(handrail.HandrailError):
        office.decide(review, "edit", who=office.ann, args=canonical({"amount": "901"}))
    office.decide(review, "edit", who=office.ann, args=canonical({"amount": "501"}))
    assert office.quorum(action) == 2
    office.decide(review, who=office.ben)
    assert office.action(action).status == "cleared"


def test_an_agreed_call_is_judged_again_by_its_arguments_once_the_policy_changed(office: Office) -> None:
    office.apply(rules("verdict: run"))
    small, large = propose(office, "10"), propose(office, "1000")
    office.apply(rules("when: 'args.amount > 900', verdict: deny", "verdict: run"))
    assert office.begin(small["id"])["status"] == "started"
    office.begin(large["id"])
    assert office.action(large["id"]).status == "refused"


def test_an_agent_and_a_run_are_known_by_their_names(office: Office) -> None:
    other = Embedded(office.database, local_agent("other", None))
    office.apply(rules("""when: 'agent == "other"', verdict: deny""", "verdict: run"))
    assert propose(office)["status"] == "cleared"
    assert propose(office, who=other)["status"] == "refused"


def test_what_happened_before_counts_within_its_window(office: Office) -> None:
    assert isinstance(office.clock, FrozenClock)
    office.apply(rules("when: 'history.count(\"1h\") >= 2', pattern: approval", "verdict: run"))
    assert [propose(office)["status"] for _ in range(3)] == ["cleared", "cleared", "held"]
    office.clock.advance("2h")
    assert propose(office)["status"] == "cleared"


def test_actions_that_were_proposed_in_one_commit_count_for_one_another(office: Office) -> None:
    office.apply(rules("when: 'history.count(\"1h\") >= 2', pattern: approval", "verdict: run"))
    made = replace(proposal(canonical({"amount": "1"})), schema="sha256:typed", schema_text=SCHEMA, declared=SILENT)
    who = office.agent.actor
    found = office.engine.together([Request(mint("cmd"), mint("act"), made, who) for _ in range(4)])
    assert sorted(one["status"] for one in found) == ["cleared", "cleared", "held", "held"]


def test_sums_of_an_argument_are_exact(office: Office) -> None:
    office.apply(
        rules("""when: 'history.sum("args.amount", "1d") + args.amount > 1', pattern: approval""", "verdict: run")
    )
    assert [propose(office, "0.1")["status"] for _ in range(11)] == ["cleared"] * 10 + ["held"]


def test_the_first_time_is_asked_about_until_it_succeeded(office: Office) -> None:
    office.apply(rules("when: history.first, pattern: approval", "verdict: run"))
    first = propose(office)
    assert first["status"] == propose(office)["status"] == "held"
    office.agree(first["id"])
    finish(office, office.look(first["id"]))
    assert propose(office)["status"] == "cleared"


def test_refusals_by_people_count_and_those_by_rules_do_not(office: Office) -> None:
    office.apply(
        rules(
            "when: args.amount > 5, verdict: deny", "when: 'history.refused(\"7d\") > 0', verdict: deny",
            "pattern: approval",
        )
    )  # fmt: skip
    assert propose(office, "6")["status"] == "refused"
    asked = propose(office)
    assert asked["status"] == "held"
    office.decide(office.action(asked["id"]).review or "", "reject", who=office.ann, note="no")
    assert propose(office)["status"] == "refused"


def test_more_of_the_past_than_is_read_has_no_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.context.MOST", 2)
    office.apply(rules("when: 'history.count(\"1h\") > 100', verdict: deny", "verdict: run"))
    states = [office.action(propose(office)["id"]) for _ in range(4)]
    assert [one.reason for one in states] == ["rule", "rule", "rule", "condition_error"]


@pytest.mark.parametrize(("env", "status"), [("prod", "held"), ("dev", "cleared"), (None, "held")])
def test_the_environment_is_that_of_whoever_commits_and_stands_in_the_log(
    tmp_path: Path, env: str | None, status: str
) -> None:
    database = Database(str(tmp_path / "a.db"), env=env)
    policy = rules("""when: 'env == "prod"', pattern: approval""", "verdict: run")
    Embedded(database, solo_person).call(ID, put(policy))
    agent = Embedded(database, local_agent("tester", None))
    made = agent.call(mint("act"), replace(proposal(), declared=SILENT))
    assert made["status"] == status
    assert agent.action(made["id"]).state.env == env
    assert next(iter(agent.history(made["id"]))).data["env"] == env
    database.close()


CONDITIONS = st.sampled_from(
    [
        "args.amount <= 500", "args.amount < 10.5 || args.amount > 900", 'args.to == "a"', "has(args.to)",
        "!(args.amount > 3)", 'args.to in ["a", "b"] && args.amount < 5', "args.amount != 3",
        'args.to.startsWith("a")', "args.amount * 2 > 7", '!("x" in args)', 'history.count("1h") < 2',
        "size(args.to) < 3", "reversible", 'risk != "high"',
    ]
)  # fmt: skip
RULES = st.lists(
    st.tuples(CONDITIONS, st.sampled_from(["verdict: run", "verdict: deny", "pattern: approval"])),
    min_size=1,
    max_size=4,
)
GOOD = st.fixed_dictionaries(
    {"amount": st.sampled_from(["1", "3.00", "10.49", "500", "901"]), "to": st.sampled_from(["a", "b", "abc", ""])}
)
WRITTEN = st.sampled_from(
    [lambda one: f"{one}00" if "." in one else f"{one}.0", lambda one: f"0{one}", lambda one: f"{one}e0"]
)
JUNK = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "NaN", "1e5x", [], {}])


def policy_of(found: list[tuple[str, str]]) -> str:
    """A policy of conditions and what they lead to."""
    return rules(*(f"when: {json.dumps(one)}, {effect}" for one, effect in found))


@settings(max_examples=60, deadline=None)
@given(RULES, GOOD, st.sampled_from(["amount", "to"]), JUNK)
def test_no_malformed_argument_turns_a_review_into_a_run(
    found: list[tuple[str, str]], args: dict[str, Any], name: str, junk: Any
) -> None:
    if isinstance(junk, str) and name == "to":
        return
    office = Office()
    try:
        office.apply(policy_of(dict(found).items()))  # type: ignore[arg-type]
        good, bad = (_status(office, one) for one in (args, args | {name: junk}))
        assert not (bad == "cleared" and good == "held"), (found, args, name, junk)
    finally:
        office.close()


def _status(office: Office, args: dict[str, Any]) -> str:
    made = replace(proposal(canonical(args)), schema="sha256:typed", schema_text=SCHEMA, declared=SILENT)
    return str(office.agent.call(mint("act"), made)["status"])


@settings(max_examples=40, deadline=None)
@given(
    RULES,
    GOOD,
    WRITTEN,
)
def test_how_numbers_and_blanks_are_written_changes_nothing(
    found: list[tuple[str, str]], args: dict[str, Any], written: Callable[[str], str]
) -> None:
    office = Office()
    try:
        plain = dict(found)
        office.apply(policy_of(plain.items()))  # type: ignore[arg-type]
        first = _status(office, args | {"amount": written(args["amount"])})
        spread = {f"  {one}  ".replace(" ", "  "): effect for one, effect in plain.items()}
        other = Office()
        other.apply(policy_of((one.strip(), effect) for one, effect in spread.items()))  # type: ignore[arg-type]
        assert _status(other, args) == first
        other.close()
    finally:
        office.close()


def test_an_environment_is_named_plainly_and_a_server_says_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(handrail.UsageError, match="names no environment"):
        handrail.connect("sqlite:///:memory:", env="Prod 1")
    with pytest.raises(handrail.UsageError, match="the server has the clock and the env"):
        handrail.connect("http://127.0.0.1:1", key="k", env="prod")
    monkeypatch.setenv("HANDRAIL_ENV", "no/name")
    with pytest.raises(handrail.UsageError, match="names no environment"):
        handrail.connect("sqlite:///:memory:")
