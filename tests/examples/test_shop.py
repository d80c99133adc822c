"""The example shop without its gate: data, operations, rehearsals and the agent's rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from examples.shop import agent, database, operations, tickets
from examples.shop.agent import Answer, Facts, Proposal
from examples.shop.operations import ShopRefused
from examples.shop.reading import Reading, read
from examples.shop.shop import Shop
from examples.shop.tickets import Ticket


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    database.create(path)
    return path


@pytest.fixture
def shop(pristine: Path, tmp_path: Path) -> Shop:
    path = tmp_path / "shop.db"
    path.write_bytes(pristine.read_bytes())
    return Shop(path)


def dump(path: Path) -> list[str]:
    with database.connection(path) as db:
        return list(db.iterdump())


def planned(shop: Shop, ticket_id: str) -> tuple[agent.Plan, Facts]:
    ticket = next(ticket for ticket in tickets.load() if ticket.id == ticket_id)
    reading = read(ticket)
    facts = agent.look_up(ticket, reading, shop)
    return agent.plan(ticket, reading, facts), facts


def proposed(shop: Shop, ticket_id: str) -> tuple[Proposal, Facts]:
    plan, facts = planned(shop, ticket_id)
    assert isinstance(plan, Proposal)
    return plan, facts


class TestGenerator:
    def test_one_seed_gives_one_shop(self, pristine: Path, tmp_path: Path) -> None:
        database.create(tmp_path / "again.db")
        assert dump(tmp_path / "again.db") == dump(pristine)

    def test_another_seed_gives_another_shop(self, pristine: Path, tmp_path: Path) -> None:
        database.create(tmp_path / "other.db", seed=7)
        assert dump(tmp_path / "other.db") != dump(pristine)

    def test_there_is_enough_to_look_at(self, shop: Shop) -> None:
        figures = {figure: before for figure, before, _ in shop.figures()}
        assert figures["orders"] == 3_000
        assert figures["customers"] == 900

    def test_no_order_gave_back_more_than_it_took(self, pristine: Path) -> None:
        with database.connection(pristine) as db:
            assert db.execute("SELECT count(*) FROM balances WHERE kept < 0 OR captured = 0").fetchone()[0] == 0

    def test_references_hold(self, pristine: Path) -> None:
        with database.connection(pristine) as db:
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []

    def test_a_shop_half_made_is_no_shop(self, tmp_path: Path) -> None:
        (tmp_path / "shop.db-new").write_bytes(b"left by a crash")
        database.create(tmp_path / "shop.db")
        assert [path.name for path in tmp_path.iterdir()] == ["shop.db"]


class TestRefund:
    def test_it_gives_money_back(self, shop: Shop) -> None:
        receipt = refund(shop, "O-12958", "480.00")
        assert str(receipt) == "refunded 480.00 EUR on O-12958; captured 509.00, refunded 480.00"
        assert shop.standing("O-12958") == "O-12958 is delivered, captured 509.00 EUR, refunded 480.00 EUR"

    @pytest.mark.parametrize("amount", ["509.01", "0", "-5", "1.005", "NaN", "Infinity"])
    def test_it_refuses_amounts_that_cannot_be(self, shop: Shop, amount: str) -> None:
        before = dump(shop.path)
        with pytest.raises(ShopRefused):
            refund(shop, "O-12958", amount)
        assert dump(shop.path) == before

    def test_two_refunds_never_exceed_what_was_captured(self, shop: Shop) -> None:
        refund(shop, "O-12958", "480.00")
        with pytest.raises(ShopRefused, match=r"29\.00 EUR"):
            refund(shop, "O-12958", "480.00")

    def test_it_refuses_an_unknown_order(self, shop: Shop) -> None:
        with pytest.raises(ShopRefused, match="no order O-99999"):
            refund(shop, "O-99999", "1.00")


class TestCancel:
    def test_it_stops_the_order_and_gives_everything_back(self, shop: Shop) -> None:
        receipt = shop.transact(partial(operations.cancel_order, order="O-12996", reason="wrong size"))
        assert receipt.refunded == Decimal("174.00")
        assert shop.standing("O-12996") == "O-12996 is cancelled, captured 174.00 EUR, refunded 174.00 EUR"

    @pytest.mark.parametrize("order", ["O-12979", "O-12958"])
    def test_it_refuses_what_has_left(self, shop: Shop, order: str) -> None:
        with pytest.raises(ShopRefused, match="has not left"):
            shop.transact(partial(operations.cancel_order, order=order, reason="late"))

    def test_it_refuses_a_second_time(self, shop: Shop) -> None:
        cancel = partial(operations.cancel_order, order="O-12996", reason="wrong size")
        shop.transact(cancel)
        with pytest.raises(ShopRefused, match="cancelled"):
            shop.transact(cancel)


class TestMerge:
    def test_orders_move_and_one_account_closes(self, shop: Shop) -> None:
        moving = {order.id for order in shop.orders_of("C-0803")}
        merged = shop.transact(partial(operations.merge_customers, keep="C-0571", drop="C-0803"))
        assert merged.orders == len(moving)
        assert moving <= {order.id for order in shop.orders_of("C-0571")}
        assert shop.customer("C-0803") is None

    @pytest.mark.parametrize(("keep", "drop"), [("C-0571", "C-0571"), ("C-0571", "C-9999"), ("C-9999", "C-0571")])
    def test_it_refuses_what_is_no_pair(self, shop: Shop, keep: str, drop: str) -> None:
        with pytest.raises(ShopRefused):
            shop.transact(partial(operations.merge_customers, keep=keep, drop=drop))

    def test_a_closed_account_is_merged_no_further(self, shop: Shop) -> None:
        merge = partial(operations.merge_customers, keep="C-0571", drop="C-0803")
        shop.transact(merge)
        with pytest.raises(ShopRefused, match="already merged"):
            shop.transact(merge)


class TestExecute:
    def test_it_reads(self, shop: Shop) -> None:
        rows = execute(shop, "SELECT name FROM customers WHERE id = ?", "C-0118")
        assert rows.rows == [["Inês Carvalho"]]

    def test_it_writes_customers(self, shop: Shop) -> None:
        assert execute(shop, "UPDATE customers SET city = ? WHERE id = ?", "Porto", "C-0118").changed == 1
        customer = shop.customer("C-0118")
        assert customer is not None
        assert "Porto" in customer.address

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM refunds",
            "UPDATE orders SET status = 'delivered'",
            "INSERT INTO payments VALUES ('x', 'O-12958', 'card', 1, 'today')",
            "DROP TABLE customers",
            "ATTACH 'other.db' AS other",
            "PRAGMA writable_schema = ON",
            "COMMIT",
            "DELETE FROM customers; DELETE FROM products",
            "UPDATE customers SET email = 'same@mail.example'",
            "no sql at all",
        ],
    )
    def test_it_refuses_the_rest_and_changes_nothing(self, shop: Shop, sql: str) -> None:
        before = dump(shop.path)
        with pytest.raises(ShopRefused):
            execute(shop, sql)
        assert dump(shop.path) == before


class TestRehearsal:
    @pytest.mark.parametrize(
        "operation",
        [
            partial(operations.refund, order="O-12958", amount=Decimal("480.00"), reason="cracked"),
            partial(operations.cancel_order, order="O-12996", reason="wrong size"),
            partial(operations.merge_customers, keep="C-0571", drop="C-0803"),
            partial(operations.execute, sql="UPDATE products SET stock = 0", params=[]),
        ],
    )
    def test_it_changes_nothing(self, shop: Shop, operation: Callable[[sqlite3.Connection], object]) -> None:
        before = dump(shop.path)
        assert shop.rehearse(operation)
        assert dump(shop.path) == before

    def test_it_shows_the_balance_before_and_after(self, shop: Shop) -> None:
        operation = partial(operations.refund, order="O-12958", amount=Decimal("480.00"), reason="cracked")
        assert "balances O-12958: refunded 0.00 → 480.00, kept 509.00 → 29.00" in shop.rehearse(operation)

    def test_it_leaves_the_agents_words_out(self, shop: Shop) -> None:
        operation = partial(operations.refund, order="O-12958", amount=Decimal("1.00"), reason="trust me")
        assert not any("trust me" in line for line in shop.rehearse(operation))

    def test_rows_that_change_alike_share_a_line(self, shop: Shop) -> None:
        count = len(shop.orders_of("C-0803"))
        lines = shop.rehearse(partial(operations.merge_customers, keep="C-0571", drop="C-0803"))
        assert len(lines) == 2
        assert lines[1].endswith(f"({count} rows): customer C-0803 → C-0571")

    def test_a_long_list_says_that_it_was_cut(self, shop: Shop) -> None:
        lines = shop.rehearse(partial(operations.execute, sql="UPDATE products SET stock = stock + 1", params=[]))
        assert lines[-1].startswith("and ")

    def test_a_refusal_is_told_before_anybody_decides(self, shop: Shop) -> None:
        operation = partial(operations.refund, order="O-12935", amount=Decimal("189.00"), reason="chipped")
        (line,) = shop.rehearse(operation)
        assert line.startswith("the shop would refuse: 189.00 EUR is more than the 159.00 EUR")


class TestTickets:
    def test_every_order_and_address_in_a_ticket_exists(self, shop: Shop) -> None:
        for ticket in tickets.load():
            reading = read(ticket)
            facts = agent.look_up(ticket, reading, shop)
            assert (facts.order is None) == (reading.order is None), ticket.id
            assert (facts.other is None) == (not reading.emails), ticket.id

    def test_only_the_hostile_one_comes_from_a_stranger(self, shop: Shop) -> None:
        strangers = [ticket.id for ticket in tickets.load() if shop.customer_by_email(ticket.sender) is None]
        assert strangers == ["T-1044"]

    def test_ids_are_distinct(self) -> None:
        ids = [ticket.id for ticket in tickets.load()]
        assert len(set(ids)) == len(ids) == 14

    def test_the_shipped_file_hides_nothing(self) -> None:
        text = Path(tickets.__file__).with_name("tickets.json").read_text(encoding="utf-8")
        assert all(character.isprintable() or character == "\n" for character in text)


class TestAgent:
    @pytest.mark.parametrize(
        ("ticket", "order", "amount"),
        [
            ("T-1042", "O-12958", "480.00"),
            ("T-1044", "O-12926", "649.00"),
            ("T-1045", "O-12949", "59.40"),
            ("T-1049", "O-12967", "131.90"),
            ("T-1051", "O-12935", "189.00"),
        ],
    )
    def test_refunds(self, shop: Shop, ticket: str, order: str, amount: str) -> None:
        proposal, _ = proposed(shop, ticket)
        assert proposal.action == "payments.refund"
        assert (proposal.arguments["order"], proposal.arguments["amount"]) == (order, Decimal(amount))

    @pytest.mark.parametrize(
        ("ticket", "action", "arguments"),
        [
            ("T-1046", "customers.merge", {"keep": "C-0571", "drop": "C-0803"}),
            ("T-1054", "customers.merge", {"keep": "C-0610", "drop": "C-0611"}),
            ("T-1047", "orders.cancel", {"order": "O-12996", "reason": "Please cancel O-12996"}),
        ],
    )
    def test_merges_and_cancellations(self, shop: Shop, ticket: str, action: str, arguments: dict[str, str]) -> None:
        proposal, _ = proposed(shop, ticket)
        assert (proposal.action, proposal.arguments) == (action, arguments)

    @pytest.mark.parametrize(
        ("ticket", "words"),
        [
            ("T-1043", "O-12981 is shipped"),
            ("T-1048", "22.00 EUR went back"),
            ("T-1052", "already shipped"),
            ("T-1055", "Brisa descaler, 500 ml is 11.90 EUR"),
        ],
    )
    def test_questions_are_answered_from_look_ups(self, shop: Shop, ticket: str, words: str) -> None:
        plan, _ = planned(shop, ticket)
        assert isinstance(plan, Answer)
        assert words in plan.reply

    def test_an_address_change_touches_one_customer(self, shop: Shop) -> None:
        proposal, _ = proposed(shop, "T-1050")
        assert execute(shop, proposal.arguments["sql"], *proposal.arguments["params"]).changed == 1
        customer = shop.customer("C-0712")
        assert customer is not None
        assert customer.address == "Gartenweg 19, 10115 Berlin, DE"

    def test_the_erasure_is_too_wide_until_it_is_sent_back(self, shop: Shop) -> None:
        proposal, facts = proposed(shop, "T-1053")
        assert len(shop.rehearse(partial(operations.execute, **proposal.arguments))) == 3
        revised = agent.revise(proposal, "there are three of that name", facts)
        assert revised is not None
        assert len(shop.rehearse(partial(operations.execute, **revised.arguments))) == 1

    def test_the_first_ticket_holds_an_action_and_so_does_the_third(self, shop: Shop) -> None:
        assert isinstance(planned(shop, "T-1042")[0], Proposal)
        assert isinstance(planned(shop, "T-1044")[0], Proposal)

    def test_a_ticket_about_nothing_known_is_left_to_a_colleague(self, shop: Shop) -> None:
        ticket = Ticket("T-1", "2026-11-22", "Ada", "ada@mail.example", "Hello", "You are doing great!")
        reading: Reading = read(ticket)
        plan = agent.plan(ticket, reading, agent.look_up(ticket, reading, shop))
        assert isinstance(plan, Answer)
        assert "colleague" in plan.reply

    @pytest.mark.parametrize(
        "words",
        ["I want a refund", "please cancel my order", "where is my parcel", "charged twice", "merge us"],
    )
    def test_a_wish_without_its_facts_is_asked_about(self, shop: Shop, words: str) -> None:
        ticket = Ticket("T-1", "2026-11-22", "Ada", "ada@mail.example", words, "")
        reading = read(ticket)
        plan = agent.plan(ticket, reading, agent.look_up(ticket, reading, shop))
        assert isinstance(plan, Answer)
        assert plan.reply.endswith(("?", "O-."))


class TestRevise:
    @pytest.mark.parametrize(
        ("note", "amount"), [("only one glass: 9.90", "9.90"), ("give half", "29.70"), ("EUR 12,50", "12.50")]
    )
    def test_a_note_with_an_amount_changes_the_refund(self, shop: Shop, note: str, amount: str) -> None:
        proposal, facts = proposed(shop, "T-1045")
        revised = agent.revise(proposal, note, facts)
        assert revised is not None
        assert revised.arguments == {**proposal.arguments, "amount": Decimal(amount)}

    def test_a_merge_can_be_turned_round(self, shop: Shop) -> None:
        proposal, facts = proposed(shop, "T-1046")
        revised = agent.revise(proposal, "the other way round, please", facts)
        assert revised is not None
        assert revised.arguments == {"keep": "C-0803", "drop": "C-0571"}

    @pytest.mark.parametrize("ticket", ["T-1042", "T-1046", "T-1047", "T-1050"])
    def test_a_note_beyond_the_rules_gives_nothing(self, shop: Shop, ticket: str) -> None:
        proposal, facts = proposed(shop, ticket)
        assert agent.revise(proposal, "call them first", facts) is None


def refund(shop: Shop, order: str, amount: str) -> operations.RefundReceipt:
    return shop.transact(partial(operations.refund, order=order, amount=Decimal(amount), reason="damaged"))


def execute(shop: Shop, sql: str, *params: str) -> operations.Rows:
    return shop.transact(partial(operations.execute, sql=sql, params=list(params)))
