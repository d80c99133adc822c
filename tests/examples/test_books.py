"""The shop's books: what is filed adds up with the shop, and the bookkeeper really turns papers away."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from examples.shop import bookkeeper, books, database
from examples.shop.bookkeeper import Busy
from examples.shop.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    database.create(tmp_path / "shop.db")
    return Shop(tmp_path / "shop.db")


def test_the_days_that_are_filed_hold_every_cent_that_was_paid_until_then(shop: Shop):
    total, days = Decimal(0), 0
    while day := shop.look(books.unfiled):
        rows = [line.split(",") for line in shop.look(lambda db: books.sales(db, day)).splitlines()[1:]]
        total, days = total + sum(Decimal(row[2]) for row in rows), days + 1
        assert len(rows) == int(shop.look(lambda db: books.summary(db, day)).split()[0])
        shop.transact(lambda db: db.execute("INSERT INTO journal VALUES (?, 'B-1')", (day,)))
    today = "SELECT sum(captured) FROM orders JOIN balances USING (id) WHERE placed = '2026-11-22'"
    (left,) = shop.look(lambda db: db.execute(today).fetchone())
    captured = next(now for name, _, now in shop.figures() if name == "captured, EUR")
    assert total * 100 == captured - left
    assert ("days filed", 0, days) in shop.figures()


@pytest.mark.parametrize(("paper", "times"), [("journal/2026-11-20", 0), ("journal/2026-11-19", 2)])
def test_a_busy_bookkeeper_turns_a_paper_away_and_takes_it_later(tmp_path: Path, paper: str, times: int):
    with bookkeeper.open_for(tmp_path) as url:
        for _ in range(times):
            with pytest.raises(Busy, match="come again later"):
                bookkeeper.file(url, paper, "order\n")
            assert not (tmp_path / f"{paper}.csv").exists()
        first = bookkeeper.file(url, paper, "order\n")
        assert bookkeeper.file(url, paper, "order\n") == first
        assert bookkeeper.file(url, paper, "another\n") != first
    assert (tmp_path / f"{paper}.csv").read_text() == "another\n"
    with pytest.raises(Busy, match="cannot be reached"):
        bookkeeper.file(url, paper, "order\n")


def test_no_paper_is_filed_outside_the_folder(tmp_path: Path):
    with bookkeeper.open_for(tmp_path / "books") as url:
        for path in ("/%2e%2e/shop", "/a//b", "/.hidden"):
            answers = {httpx2.put(url + path, content=b"x").status_code for _ in range(5)}
            assert answers <= {400, 503}
            assert 400 in answers
    assert list(tmp_path.rglob("*.csv")) == []
