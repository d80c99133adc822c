"""The page about lives says what the tables say; the counts on it are asserted where the scopes are explored."""

from tests.heart.scopes import NORMAL, WIDE
from tools.lives import PAGE, explored, page


def test_the_page_is_what_the_tables_generate() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page(explored(text)), "run `python -m tools.lives`"


def test_the_page_counts_every_scope() -> None:
    table = explored(PAGE.read_text("utf-8"))
    assert [line.split(" | ")[0] for line in table.splitlines()[2:]] == [f"| {one.name}" for one in (*NORMAL, *WIDE)]
