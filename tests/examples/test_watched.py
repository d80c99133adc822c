"""What the demo's agents under watch do to the shop, without the watch, and the mail that its people get."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from decimal import Decimal
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import httpx2
import pytest

from examples.shop import database, mail_page, mailbox, prices, taxes
from examples.shop.guidance import Guidance
from examples.shop.mailbox import HOST, Mailbox
from examples.shop.operations import ShopRefused
from examples.shop.shop import Shop
from handrail.notify.channels.smtp import MailServer
from handrail.notify.settings import read_settings


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


def tax(shop: Shop, week: str, *left_out: str) -> None:
    found = shop.look(partial(taxes.orders, week=week, left_out=left_out))
    shop.transact(partial(taxes.add, found=found))


def test_every_order_gets_its_vat_once_and_only_when_it_is_put_in_place(shop: Shop):
    shop.transact(taxes.begin)
    weeks = shop.look(taxes.weeks)
    for week in (*weeks, weeks[0]):
        tax(shop, week)
    assert not shop.look(taxes.done)
    assert shop.transact(taxes.put_in_place) == 3_000
    assert shop.look(taxes.done)
    assert shop.look(taxes.weeks) == []
    vat, kept = shop.look(
        lambda db: db.execute(
            "SELECT t.tax, b.kept FROM order_taxes AS t JOIN balances AS b ON b.id = order_id WHERE country = 'DE'"
        ).fetchone()
    )
    assert vat == round(kept * 0.19 / 1.19)


def test_what_is_dropped_begins_anew_and_a_restart_goes_on(shop: Shop):
    shop.transact(taxes.begin)
    weeks = shop.look(taxes.weeks)
    tax(shop, weeks[0])
    shop.transact(taxes.begin)
    assert shop.look(taxes.weeks) == weeks[1:]
    shop.transact(taxes.drop)
    shop.transact(taxes.begin)
    assert shop.look(taxes.weeks) == weeks


def test_a_country_that_people_leave_out_keeps_its_orders_as_they_are(shop: Shop):
    told = Guidance()
    assert told.follow("Leave out austria and PL") == "from now on leaves out Austria, Poland"
    shop.transact(taxes.begin)
    tax(shop, shop.look(taxes.weeks)[3], *told.left_out)
    with database.connection(shop.path) as db:
        found = {row["country"] for row in db.execute(f"SELECT country FROM {taxes.WORK}")}
    assert "DE" in found
    assert found.isdisjoint({"AT", "PL"})


def test_the_agent_says_what_it_did_not_understand():
    told = Guidance()
    assert told.follow("Faster, please") == "goes on faster"
    assert told.pause == pytest.approx(0.2)
    assert "did not understand" in told.follow("take care")
    assert told.left_out == set()


def test_a_dear_product_is_sold_for_more_and_then_is_dear_no_longer(shop: Shop):
    first, *rest = shop.look(prices.rises)
    fair = Decimal(first.fair) / 100
    assert 0.5 < first.quote / first.fair < 0.6
    done = shop.transact(partial(prices.change_price, product=first.product, price=fair))
    assert str(done).startswith(f"{first.product} costs {fair:,.2f} EUR instead of")
    assert shop.look(prices.rises) == rest
    assert ("prices changed", 0, 1) in shop.figures()


@pytest.mark.parametrize("price", ["0.00", "-1", "1.005", "9999999"])
def test_a_price_that_makes_no_sense_is_refused(shop: Shop, price: str):
    with pytest.raises(ShopRefused):
        shop.transact(partial(prices.change_price, product="Hand-blown tumbler", price=Decimal(price)))


def test_a_supplier_who_does_not_answer_goes_on_not_answering(shop: Shop):
    answers = [shop.look(partial(prices.quote, product=one)) for one in shop.look(prices.products)]
    assert answers[3] == prices.UNANSWERED
    assert prices.UNANSWERED not in answers[:3]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Mailbox, MailServer]]:
    with mailbox.open_for(tmp_path / "notify.yaml") as found:
        server = read_settings(str(tmp_path / "notify.yaml"))["mail"]
        assert isinstance(server, MailServer)
        yield found, server


def send(server: MailServer, subject: str, *lines: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = server.sender, "eve@copper-kettle.example", subject
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 GMT"
    mail.set_content("\n\n".join((subject, *lines)))
    with smtplib.SMTP(server.host, server.port) as link:
        link.send_message(mail)


def test_the_newest_mail_is_shown_first_and_nothing_in_it_becomes_markup(box: tuple[Mailbox, MailServer]):
    found, server = box
    with mail_page.shown(found) as address:
        assert "Nothing yet" in httpx2.get(address).text
        send(server, "You are asked", f"http://{HOST}:8321/d/lnk_abc")
        send(
            server,
            "<script>alert(1)</script>",
            "\u202eevil",
            f'http://{HOST}:1/"onclick="x',
            "https://elsewhere.example/",
        )
        page = httpx2.get(address)
    assert page.text.index("alert(1)") < page.text.index("You are asked")
    assert f'<a href="http://{HOST}:8321/d/lnk_abc">' in page.text
    assert page.text.count("<a ") == 1
    assert "<script" not in page.text
    assert "\u202e" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_page_answers_nobody_who_asks_for_another_host(box: tuple[Mailbox, MailServer]):
    with mail_page.shown(box[0]) as address:
        assert httpx2.get(address, headers={"Host": "rebound.example"}).status_code == 404
        assert httpx2.get(address + "/other").status_code == 404
