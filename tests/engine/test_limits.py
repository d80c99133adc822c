"""Limits over the real engine, on both stores: what counts, from when, until when, and what people are asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.action.commands import Propose, Reconcile, Settle, Start, Withdraw
from handrail.action.model import Action
from handrail.backend import Answer
from handrail.clock import DAY
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID
from handrail.testing import FrozenClock

from .kit import Desk
from .test_policy import put

PAYS = "rules:\n- {name: pays, action: pay, verdict: run, path: team}\n"
TEAM = """\
default_path: team
paths: {team: {levels: [{ask: group:team, for: 4h}]}, cfo: {levels: [{ask: user:local, for: 1h}]}}
"""
DAILY = "- {name: payments a day, action: pay, sum: args.amount, within: 24h, at_most: '1000.00'%s}\n"


def policy(*limits: str, rules: str = PAYS) -> str:
    """A policy that lets payments run, within limits."""
    return TEAM + rules + "".join(["limits:\n" if limits else "", *limits])


class Till(Desk):
    """Payments under a policy with limits."""

    def apply(self, text: str) -> None:
        """Make a policy the active one."""
        self.person.call(ID, put(text))

    def pay(self, amount: str | int, payee: str = "acme", *, start: bool = True, **given: Any) -> Answer:
        """Ask for a payment; it starts at once where nobody is asked."""
        args = given.pop("args", None) or f'{{"amount":{amount!r},"payee":"{payee}"}}'.replace("'", '"')
        command = Propose(
            "pay",
            args,
            "sha256:0",
            "{}",
            Declaration("auto"),
            start=start,
            executor="exe_1" if start else None,
            **given,
        )
        return self.agent.call(mint("act"), command)

    def later(self, by: str) -> None:
        """Let time pass."""
        assert isinstance(self.clock, FrozenClock)
        self.clock.advance(by)

    def start(self, action: Answer) -> Answer:
        """Start what was cleared."""
        return self.agent.call(action["id"], Start("exe_1", action["bind"]))

    def shown(self, action: Answer) -> Any:
        """How the limits stood as the review shows it."""
        view: Any = self.person.review(action["review"]).view
        return view["verdict"]["limits"]

    def state(self, action: Answer) -> Action:
        """The action as it is now."""
        return self.action(action["id"])

    def booked(self) -> list[str]:
        """The types of all entries about budgets, in order."""
        with self.store.read() as reader:
            budgets = reader.page("default", "budget")
        return [one for budget in budgets for one in self.types(budget.id)]


@pytest.fixture(params=["sqlite", "postgres"])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Till]:
    path = str(request.getfixturevalue("postgres")) if request.param == "postgres" else str(tmp_path / "a.db")
    desk = Till(path)
    yield desk
    desk.close()


def test_payments_run_up_to_the_limit_and_beyond_it_people_are_asked(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    assert [till.pay("333.40")["status"] for _ in range(2)] == ["started", "started"]
    held = till.pay("333.21")
    assert (held["status"], held["reason"]) == ("held", "limit")
    assert till.shown(held) == [
        {"name": "payments a day", "per": [], "within": DAY, "sum": "amount", "at_most": "1000.00", "over": True,
         "used": "666.80", "asks": "333.21"}
    ]  # fmt: skip
    assert till.pay("333.20")["status"] == "started"
    assert till.pay("0.01")["status"] == "held"


def test_ten_payments_of_999_under_a_limit_of_1000_are_seen(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    assert [till.pay(999)["status"] for _ in range(10)] == ["started"] + ["held"] * 9


def test_fractions_are_added_up_exactly(till: Till) -> None:
    till.apply(policy("- {name: a, action: pay, sum: args.amount, within: 24h, at_most: 0.3}\n"))
    assert [till.pay("0", args='{"amount":0.1}')["status"] for _ in range(4)] == ["started"] * 3 + ["held"]


def test_a_payment_counts_until_its_start_has_left_the_window(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    first = till.pay(900, start=False)
    assert first["status"] == "cleared"
    till.later("23h")
    assert till.start(first)["status"] == "started"
    till.later("23h")
    assert till.pay(200)["status"] == "held"
    till.later("1h")
    assert till.pay(200)["status"] == "started"


def test_what_may_start_counts_however_long_ago_it_was_allowed(till: Till) -> None:
    till.apply(policy("- {name: an hour, action: pay, sum: args.amount, within: 1h, at_most: 1000}\n"))
    assert till.pay(900, start=False)["status"] == "cleared"
    till.later("5h")
    assert till.pay(900, start=False)["status"] == "held"


@pytest.mark.parametrize("per", ["agent", "owner", "run", "action", "args.payee"])
def test_each_that_a_limit_counts_by_has_a_budget_of_its_own(till: Till, per: str) -> None:
    till.apply(policy(DAILY % f", per: {per}"))
    assert till.pay(900)["status"] == "started"
    assert till.pay(900)["status"] == "held"
    other = till.pay(900, "other")
    assert other["status"] == ("started" if per == "args.payee" else "held")


def test_a_payee_is_the_same_however_it_is_spaced_and_capitalised(till: Till) -> None:
    till.apply(policy(DAILY % ", per: args.payee"))
    assert till.pay(900, "DE89 3704 0044")["status"] == "started"
    assert till.pay(900, "de8937040044")["status"] == "held"
    assert till.pay(900, "\\uff24E8937040044")["status"] == "held"


@pytest.mark.parametrize(
    "args", ['{"payee":"a"}', '{"amount":"many"}', '{"amount":-5}', '{"amount":null}', '{"amount":[5]}']
)
@pytest.mark.parametrize("otherwise", ["review", "deny"])
def test_an_amount_that_cannot_be_counted_is_a_review(till: Till, args: str, otherwise: str) -> None:
    till.apply(policy(DAILY % f", otherwise: {otherwise}"))
    held = till.pay(0, args=args)
    assert (held["status"], held["reason"]) == ("held", "limit_unreadable")
    assert till.shown(held)[0]["asks"] is None
    till.decide(held["review"])
    assert till.look(held["id"])["status"] == "cleared"
    assert till.booked() == []


def test_beyond_a_hard_limit_nobody_is_asked_and_nobody_can_let_it_pass(till: Till) -> None:
    hard = DAILY % ", otherwise: deny"
    till.apply(policy(hard, rules="rules:\n- {name: asks, action: pay, pattern: approval}\n"))
    held = [till.pay(600), till.pay(600)]
    denied = till.pay(1001)
    assert (denied["status"], denied["reason"]) == ("refused", "limit")
    for one in held:
        till.decide(one["review"])
    assert [till.look(one["id"])["status"] for one in held] == ["cleared", "refused"]
    assert till.state(held[1]).reason == "limit"


def test_what_people_let_pass_is_booked_too(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    held = till.pay(5000)
    till.decide(held["review"])
    assert till.look(held["id"])["status"] == "cleared"
    assert till.shown(till.pay(1))[0]["used"] == "5000"


def test_approvals_that_pass_a_limit_together_are_asked_again(till: Till) -> None:
    till.apply(policy(DAILY % ", path: cfo", rules="rules:\n- {name: asks, action: pay, pattern: approval}\n"))
    held = [till.pay(600), till.pay(600)]
    for one in held:
        assert till.shown(one)[0]["over"] is False
        till.decide(one["review"])
    again = till.look(held[1]["id"])
    assert [till.look(held[0]["id"])["status"], again["status"]] == ["cleared", "held"]
    assert (till.state(again).reason, till.shown(again)[0]["used"]) == ("limit", "600")
    assert till.review(again["review"]).demand.levels[0].ask == ("user:local",)
    till.decide(again["review"])
    assert till.look(again["id"])["status"] == "cleared"


def test_an_edit_counts_with_the_amount_that_was_approved(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    held = till.pay(5000)
    till.decide(held["review"], "edit", args='{"amount":400,"payee":"acme"}')
    assert till.look(held["id"])["status"] == "cleared"
    assert till.shown(till.pay(601))[0]["used"] == "400"


def end(till: Till, how: str) -> None:
    """Bring a payment of 900 to an end."""
    if how == "withdrawn":
        till.agent.call(till.pay(900, start=False)["id"], Withdraw())
    elif how == "expired":
        paid = till.pay(900, start=False)
        till.later("25h")
        till.tick(paid["id"])
    elif how == "rejected":
        till.decide(till.pay(5000)["review"], "reject")
    elif how == "unknown":
        till.settle(till.pay(900), outcome="unknown")
    elif how == "found not to have happened":
        paid = till.pay(900, probe=True)
        till.settle(paid, outcome="unknown")
        till.later("25h")
        till.agent.call(paid["id"], Reconcile("not_happened", fence=paid["fence"] + 1))
    elif how in ("skipped", "aborted"):
        paid = till.pay(900)
        failed = till.agent.call(paid["id"], Settle("exe_1", paid["fence"], "failed", {"error": "x"}, escalate=True))
        till.decide(failed["review"], "skip" if how == "skipped" else "abort")
    elif how == "failed by its own words":
        till.settle(till.pay(900), outcome="failed")
    else:
        till.settle(till.pay(900))


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        ("withdrawn", False), ("expired", False), ("rejected", False), ("found not to have happened", False),
        ("skipped", False), ("aborted", False), ("unknown", True), ("failed by its own words", True),
        ("succeeded", True),
    ],
)  # fmt: skip
def test_what_took_no_effect_is_given_back(till: Till, how: str, counts: bool) -> None:
    till.apply(policy("- {name: a, action: pay, sum: args.amount, within: 30d, at_most: 1000}\n"))
    end(till, how)
    assert till.pay(900)["status"] == ("held" if counts else "started")


def test_a_retry_counts_once(till: Till) -> None:
    till.apply(policy(DAILY % ""))
    paid = till.pay(600)
    till.agent.call(paid["id"], Settle("exe_1", paid["fence"], "failed", {"error": "x"}, retry_in=0))
    again = till.agent.call(paid["id"], Start("exe_1", paid["bind"], paid["fence"]))
    assert again["status"] == "started"
    assert till.pay(400)["status"] == "started"
    assert till.pay(1)["status"] == "held"


def test_a_policy_that_came_after_the_clearing_counts_at_the_start(till: Till) -> None:
    till.apply(policy())
    first, second = till.pay(600, start=False), till.pay(600, start=False)
    till.apply(policy(DAILY % ""))
    assert till.start(first)["status"] == "started"
    held = till.start(second)
    assert (held["status"], till.state(second).reason) == ("held", "limit")
    till.decide(held["review"])
    assert till.start(till.look(second["id"]))["status"] == "started"
    assert till.shown(till.pay(1))[0]["used"] == "1200"


def test_several_limits_hold_at_once(till: Till) -> None:
    twice = "- {name: twice an hour, action: 'p*', within: 1h, at_most: 2, path: cfo, quorum: 1}\n"
    till.apply(policy(DAILY % "", twice))
    assert [till.pay(1)["status"] for _ in range(3)] == ["started", "started", "held"]
    till.later("61m")
    held = till.pay(999)
    assert [one["over"] for one in till.shown(held)] == [True, False]
    assert till.state(held).over == ("payments-a-day",)


def test_a_question_counts_under_no_limit(till: Till) -> None:
    till.apply(policy("- {name: none, action: '*', within: 1h, at_most: 0}\n"))
    asked = Propose("handrail.ask", '{"question":"?"}', "sha256:0", "{}", Declaration("question"), kind="question")
    held = till.agent.call(mint("act"), asked)
    assert held["reason"] == "declared"


def test_the_log_keeps_no_amount_and_no_payee_and_replays(till: Till) -> None:
    till.apply(policy(DAILY % ", per: [args.payee]"))
    paid = till.pay("123.45", "a very private payee")
    till.settle(paid)
    with till.store.read() as reader:
        (budget,) = reader.page("default", "budget")
        rows = reader.entries("default", limit=100)
        kept = [one for one in reader.disclosures("default", [row.i for row in rows]) if one.name == "data"]
    told = b"".join(row.entry for row in rows) + "".join(one.text for one in kept).encode()
    assert b"123.45" not in told
    assert b"private" not in told
    assert till.types(budget.id) == ["budget.booked", "budget.spent"]
    assert till.replayed(budget.id) == till.archive_state(budget.id)
    assert till.replayed(paid["id"]) == till.archive_state(paid["id"])
