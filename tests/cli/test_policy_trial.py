"""A policy is tried before it is applied: on one action, and on those that were recorded."""

from __future__ import annotations

import json
from decimal import Decimal

import handrail

POLICY = """
default_path: money
paths:
  money: {levels: [{ask: group:treasury, for: 10m}]}
rules:
  - name: large
    action: payments.refund
    when: args.amount > 500 && env == "prod"
    pattern: approval
    quorum: 2
  - {name: small, action: payments.refund, when: args.amount <= 20, verdict: run, replaces: code}
  - {name: reads, action: "db.*", verdict: run}
never:
  - run when action == "payments.refund" && args.to == "x"
"""


def tried(terminal, file, **options):
    """What `policy try` tells as JSON."""
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    ended = terminal("policy", "try", str(file), *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_each_rule_is_shown_with_what_becomes_of_it_and_why(terminal, tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    terminal("init")
    found = tried(terminal, file, action="payments.refund", args='{"amount": "30"}', env="prod")
    assert [(one["rule"], one["outcome"], one["why"]) for one in found["rules"]] == [
        ("large", "untrue", ["`args.amount > 500` is false"]),
        ("small", "untrue", ["`args.amount <= 20` is false"]),
        ("reads", "other_action", []),
    ]
    assert found["expect"] == "review money quorum 1"
    found = tried(terminal, file, action="payments.refund", args='{"amount": "501"}', env="prod")
    assert (found["expect"], found["rule"]) == ("review money quorum 2", "large")
    assert [one["outcome"] for one in found["rules"]] == ["counts", "not_reached", "not_reached"]
    found = tried(terminal, file, action="payments.refund", args='{"amount": "501"}')
    assert (found["verdict"], found["reason"]) == ("review", "condition_error")
    assert "`env` is not known" in found["advice"]
    shown = terminal("policy", "try", str(file), "--action", "db.read").out
    assert "+ reads: counts" in shown
    assert shown.endswith("run, by the rule reads\n")
    for words in (["--args", "[1]"], ["--args", "{"], ["--risk", "huge"]):
        assert terminal("policy", "try", str(file), "--action", "db.read", *words).code == 2


def test_a_policy_is_tried_on_what_was_recorded(db, terminal, monkeypatch, tmp_path):
    monkeypatch.setenv("LOGNAME", "robot")
    rail = handrail.connect(f"sqlite:///{db}", agent="payer", reviewers="user:local", quiet=True, env="prod")

    @rail.approval(name="payments.refund")
    def refund(amount: Decimal, to: str) -> None: ...

    tickets = [refund.propose(Decimal(amount), to) for amount, to in (("5", "a"), ("6", "x"), ("7", "b"), ("900", "c"))]
    review = terminal("reviews", "list", "--json", user="robot")
    assert review.code == 0, review.err
    ended = terminal("reviews", "reject", tickets[2].review, "--yes", "-m", "no", user="robot")
    assert ended.code == 0, ended.err
    rail.close()
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    found = json.loads(terminal("policy", "backtest", str(file), "--json").out)
    assert (found["actions"], found["whole"], found["erased"]) == (4, True, 0)
    assert found["reviews"] == {"was": 4, "would_be": 1}
    assert sorted(one["id"] for one in found["changed"]) == sorted(one.id for one in tickets[:3])
    assert found["refused_and_would_run"] == [tickets[2].id]
    assert found["never_and_would_run"] == [tickets[1].id]
    shown = terminal("policy", "backtest", str(file), "--days", "10").out
    assert "4 actions of 10 days, 3 judged otherwise." in shown
    assert "~ payments.refund: review → run, 3 times, by the rule small" in shown
    assert "Reviews a day: 0.4, and would be 0.1." in shown
    assert f"1 action would run, and `never:` forbids it: {tickets[1].id}." in shown
    assert f"1 action people said no to, and would run: {tickets[2].id}." in shown
