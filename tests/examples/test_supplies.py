"""What the demo company has beyond the support desk: the warehouse, the mail that comes later, and graded risk."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from examples.shop import agent, database, stockroom
from examples.shop.actions import Evidence
from examples.shop.agent import Proposal
from examples.shop.operations import ShopRefused
from examples.shop.place import State
from examples.shop.post import Post
from examples.shop.reading import read
from examples.shop.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    database.create(tmp_path / "shop.db")
    return Shop(tmp_path / "shop.db")


def test_what_is_ordered_is_no_shortage_any_more_and_costs_what_was_offered(shop: Shop):
    short = shop.look(stockroom.shortages)
    first, offer = short[0], stockroom.offers(short[0])[1]
    order = partial(stockroom.order_stock, product=first.name, pieces=20, supplier=offer.supplier)
    assert shop.rehearse(order)[-1].startswith("purchases S-0001: new, product")
    bought = shop.transact(order)
    assert bought.cost == Decimal(offer.price * 20).scaleb(-2)
    assert [one.id for one in shop.look(stockroom.shortages)] == [one.id for one in short[1:]]
    assert ("ordered from suppliers, EUR", 0, offer.price * 20) in shop.figures()


@pytest.mark.parametrize(("pieces", "supplier"), [(0, "Nordholm"), (501, "Nordholm"), (20, "Nobody")])
def test_an_order_that_makes_no_sense_is_refused(shop: Shop, pieces: int, supplier: str):
    with pytest.raises(ShopRefused):
        shop.transact(partial(stockroom.order_stock, product="Hand-blown tumbler", pieces=pieces, supplier=supplier))


def test_parcels_leave_together_or_not_at_all(shop: Shop):
    ready = shop.look(stockroom.packed)
    with pytest.raises(ShopRefused, match="O-10001 is not packed"):
        shop.transact(partial(stockroom.hand_over, orders=[ready[0], "O-10001"], carrier="Swift Parcel"))
    assert shop.look(stockroom.packed) == ready
    shop.transact(partial(stockroom.hand_over, orders=ready[:3], carrier="Swift Parcel"))
    assert shop.look(stockroom.packed) == ready[3:]


def test_mail_is_about_real_orders_of_its_senders_and_stays_as_it_came(shop: Shop):
    came = [Post(shop).deliver() for _ in range(30)]
    assert Post(shop).received() == came
    assert len({ticket.sender for ticket in came if ticket}) == 30
    for ticket in filter(None, came):
        reading = read(ticket)
        facts = agent.look_up(ticket, reading, shop)
        plan = agent.plan(ticket, reading, facts)
        assert facts.sender is not None
        assert facts.sender == facts.owner
        assert isinstance(plan, Proposal)
        assert plan.action == "payments.refund"
        assert 0 < plan.arguments["amount"] * 100 <= facts.order.captured if facts.order else False


def test_a_statement_that_changes_several_rows_is_critical(shop: Shop):
    risk = Evidence(shop).sql_risk
    by_name = "UPDATE customers SET street = '' WHERE name = ?"
    assert risk(by_name, ["Maria Santos"]) == "critical"
    assert risk("UPDATE customers SET street = '' WHERE id = ?", ["C-0431"]) == "high"
    assert risk("UPDATE payments SET captured = 0", []) == "high"
    assert len(shop.customers_named("Maria Santos")) == 3


def test_a_shop_of_an_older_version_is_made_anew_and_a_present_one_is_kept(tmp_path: Path):
    state = State(tmp_path)
    state.prepare(fresh=False)
    shop = Shop(state.shop)
    shop.reply("T-1042", "kept")
    state.prepare(fresh=False)
    assert shop.answered() == {"T-1042"}
    with database.connection(state.shop) as db:
        db.execute("PRAGMA user_version = 1")
    state.prepare(fresh=False)
    assert shop.answered() == set()
