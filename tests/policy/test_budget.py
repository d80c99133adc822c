"""Budgets: what is booked, spent and given back, beside a plain list; exact numbers; windows on the safe side."""

from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handrail.policy import budget
from handrail.policy.budget import PARTS, Book, Budget, Facts, GiveBack, Spend, Window
from handrail.policy.limits import Charge, at, number
from handrail.principal import SYSTEM
from handrail.stream import Sealed
from tests.night import by_night

WITHIN = 3_600
CHARGE = Charge("bud_1", "a-limit", "amount", WITHIN, 1)
AMOUNTS = st.decimals(0, 10**9, places=2) | st.sampled_from([Decimal("0.1"), Decimal("0.2"), Decimal("1E+3")])


class Plain:
    """What a budget has to say, from a list that never forgets."""

    def __init__(self) -> None:
        self.open: dict[str, Decimal] = {}
        self.spent: dict[str, tuple[int, Decimal]] = {}

    def used(self, now: int, within: int) -> Decimal:
        """The exact sum."""
        return sum(self.open.values(), Decimal(0)) + sum(
            (amount for when, amount in self.spent.values() if when > now - within), Decimal(0)
        )


class BudgetMachine(RuleBasedStateMachine):
    """Books, spends and gives back at rising times."""

    @initialize()
    def begin(self) -> None:
        self.now, self.count, self.state, self.kept = 10_000, 0, None, None
        self.plain = Plain()

    state: Budget | None
    kept: object

    def do(self, command: budget.Command, amount: Decimal) -> None:
        window = budget.window(self.kept) if self.kept is not None else Window()  # type: ignore[arg-type]
        for draft in budget.decide(self.state, command, Facts(self.now, SYSTEM, amount, window)):
            texts = {name: f"sha256:{name}" for name in draft.texts}
            rev = self.state.rev + 1 if self.state else 1
            self.state = budget.evolve(self.state, Sealed(draft.event, rev, self.now, SYSTEM, texts), subject="bud_1")
            self.kept = draft.texts["window"]

    @rule(span=st.integers(0, WITHIN // 2))
    def wait(self, span: int) -> None:
        self.now += span

    @rule(amount=AMOUNTS)
    def book(self, amount: Decimal) -> None:
        self.count += 1
        self.plain.open[f"act_{self.count}"] = amount
        self.do(Book(CHARGE, f"act_{self.count}"), amount)

    @rule(amounts=st.lists(AMOUNTS, min_size=30, max_size=50), span=st.integers(0, 40))
    def spend_many(self, amounts: list[Decimal], span: int) -> None:
        for amount in amounts:
            self.book(amount)
            self.spend(len(self.plain.open) - 1)
            self.now += span

    @precondition(lambda self: self.plain.open)
    @rule(place=st.integers(0))
    def spend(self, place: int) -> None:
        action = sorted(self.plain.open)[place % len(self.plain.open)]
        amount = self.plain.open.pop(action)
        self.plain.spent[action] = (self.now, amount)
        self.do(Spend(CHARGE, action), amount)

    @precondition(lambda self: self.plain.spent)
    @rule(place=st.integers(0))
    def spend_again(self, place: int) -> None:
        action = sorted(self.plain.spent)[place % len(self.plain.spent)]
        before, amount = self.plain.spent[action]
        self.plain.spent[action] = (self.now, amount)
        self.do(Spend(CHARGE, action, before), amount)

    @precondition(lambda self: self.plain.open or self.plain.spent)
    @rule(place=st.integers(0))
    def give_back(self, place: int) -> None:
        known = [*sorted(self.plain.open), *sorted(self.plain.spent)]
        action = known[place % len(known)]
        before, amount = self.plain.spent.pop(action, (None, None))
        self.do(GiveBack(CHARGE, action, before), self.plain.open.pop(action) if amount is None else amount)

    @invariant()
    def what_is_used_is_never_too_little_and_hardly_too_much(self) -> None:
        window = budget.window(self.kept) if self.kept is not None else Window()  # type: ignore[arg-type]
        used = window.used(self.now, WITHIN)
        assert used is not None
        assert len(window.spent) <= budget.MOST
        part = WITHIN // PARTS + 1
        assert self.plain.used(self.now, WITHIN) <= used <= self.plain.used(self.now, WITHIN + part)


def test_what_is_used_is_never_too_little_and_hardly_too_much() -> None:
    run_state_machine_as_test(
        BudgetMachine, settings=settings(max_examples=by_night(1_000, 30), stateful_step_count=25, deadline=None)
    )


def test_up_to_its_last_exact_booking_a_window_is_exact() -> None:
    window = Window(spent=tuple((100 + one, Decimal("0.1")) for one in range(budget.MOST)))
    kept = budget.window(budget.text(window, 200, WITHIN))
    assert kept.used(100 + WITHIN - 1, WITHIN) == Decimal("6.4")
    assert kept.used(100 + WITHIN, WITHIN) == Decimal("6.3")


def test_an_erased_window_is_unsure_for_one_window() -> None:
    (draft,) = budget.decide(None, Book(CHARGE, "act_1"), Facts(1_000, SYSTEM, Decimal(5), None))
    kept = budget.window(draft.texts["window"])
    assert kept.used(1_000 + WITHIN - 1, WITHIN) is None
    assert kept.used(1_000 + WITHIN, WITHIN) == 5


def test_what_can_be_read_no_more_stays_booked() -> None:
    assert budget.decide(None, GiveBack(CHARGE, "act_1"), Facts(1, SYSTEM, None, Window(Decimal(5)))) == []


@pytest.mark.parametrize("value", [0, 8, "7", "7.50", ".5", "1E+3", "2e-2", Decimal("0.1"), "1" * 30])
def test_a_number_is_exact(value: object) -> None:
    assert number(value) == Decimal(str(value))


@pytest.mark.parametrize(
    "value",
    [
        None, True, "", "x", "-1", -2, "-0", "NaN", "Infinity", "1,000", "1_000", " 1", "1 ", "\uff11\uff12", "1e31",
        "1e-31", "1" * 31, {}, [], 1.5, "0x10", "1e999", "+5", "1\n",
    ],
)  # fmt: skip
def test_what_is_no_number_from_zero_is_none(value: object) -> None:
    assert number(value) is None


def test_an_argument_is_found_by_its_path() -> None:
    assert at({"order": {"total": "5"}}, "order.total") == "5"
    assert at({"order": []}, "order.total") is None
    assert at(None, "order") is None
