"""Standing permissions and limits in the terminal, on a file and at a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import handrail
from tests.cli.conftest import Terminal

POLICY = """
default_path: treasury
paths: {treasury: {levels: [{ask: group:treasury, for: 1h}]}}
limits:
  - {name: cents an hour, action: pay, sum: args.cents, per: [agent, args.account], within: 1h, at_most: 100}
  - {name: calls a day, action: pay, within: 24h, at_most: 9, otherwise: deny}
"""


@pytest.fixture
def pay(rail: handrail.Rail) -> Any:
    @rail.approval(name="pay", reversible=True, reviewers="group:treasury", risk="low")
    def paid(account: str, cents: int) -> str:
        return f"paid {cents}"

    return paid


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def test_the_like_runs_until_it_is_taken_back(company, pay):
    review = pay.propose("DE1", 5).review
    asked = company("reviews", "approve", review, "-qy", "--standing-until", "2h", "--standing-times", "3",
                    "--fixed", "account")  # fmt: skip
    assert asked.code == 0
    assert pay("DE1", 9) == "paid 9"
    (one,) = company("permissions", "list", "--json").json["permissions"]
    state = one["state"]
    assert (state["uses"], state["times"], one["values"]) == (1, 3, {"value": {"account": "DE1"}})
    listed = company("permissions", "list").out
    assert 'account "DE1"' in listed
    assert "1 of 3" in listed
    assert company("permissions", "revoke", state["id"][:10], user="bob").code == 1
    assert company("permissions", "revoke", state["id"][:10]).out.startswith(f"{state['id'][:10]} is taken back")
    assert company("permissions", "list").out.startswith("Nothing runs by a standing permission.")
    assert "revoked" in company("permissions", "list", "--all").out
    assert pay.propose("DE1", 9).status == "held"


def test_explain_tells_who_lets_it_run(company, pay):
    first = pay.propose("DE1", 5)
    company("reviews", "approve", first.review, "-qy", "--standing-times", "2")
    ran = pay.propose("DE1", 5)
    said = " ".join(company("explain", ran.id).out.split())
    assert "permission std_" in said
    given = " ".join(company("explain", first.id).out.split())
    assert "let the like run with the same arguments for 90 d, 2 times at most" in given


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--standing-until", "91d"), "at most 90 days"),
        (("--standing-until", "soon"), "--standing-until"),
        (("--fixed", "acount"), "is no argument of this action; it has account, cents"),
    ],
)
def test_what_cannot_be_meant_decides_nothing(company, pay, options, said):
    review = pay.propose("DE1", 5).review
    refused = company("reviews", "approve", review, "-qy", *options)
    assert refused.code != 0
    assert said in refused.err
    assert "open" in company("reviews", "show", review).out


def test_limits_tell_what_is_used(company, pay, tmp_path: Path):
    assert company("policy", "limits").out == "The active policy has no limits.\n"
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    assert Terminal(company.path, company.monkeypatch)("policy", "apply", str(policy), "--yes").code == 0
    assert "nothing is used" in company("policy", "limits").out
    review = pay.propose("DE1", 60).review
    assert "Limit" in company("reviews", "show", review).out
    company("reviews", "approve", review, "-qy")
    said = company("policy", "limits").out
    assert 'account "DE1": 60 used, 40 left' in said
    assert "1 used, 8 left" in said
    held = company("reviews", "show", pay.propose("DE1", 41).review).out
    assert "it would pass a limit, limit “cents-an-hour”" in " ".join(held.split())
    assert "60 used, 40 left, this asks for 41, which is too much" in " ".join(held.split())
    first, _ = company("policy", "limits", "--json").json["limits"]
    assert [(one["used"], one["left"]) for one in first["budgets"]] == [("60", "40")]
