"""The drawn review on the front page is the one that the example shop's first ticket leads to."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, blocks, compare
from tools import picture


def test_the_front_page_shows_the_review_as_it_is_drawn(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    shown = next(block for block in blocks(ROOT / "README.md") if block.info == ("text", "drawn"))
    compare(shown.text, "\n".join(line.text for line in picture.draw()), "README.md")


def test_the_picture_is_light_and_loads_nothing_from_anywhere():
    found = picture.TARGET.read_text("utf-8")
    assert len(found) < 60_000
    assert "payments.refund" in found.replace("&#160;", " ")
    assert found.count("http") == found.count('xmlns="http://www.w3.org/2000/svg"')
    assert "url(http" not in found


@pytest.mark.parametrize("path", sorted(picture.TARGET.parent.glob("*.png")), ids=lambda path: path.name)
def test_a_picture_of_the_inbox_is_light_and_shown_somewhere_with_words_for_those_who_do_not_see_it(path):
    assert path.stat().st_size < 350_000
    pages = "\n".join(page.read_text("utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")))
    name = re.escape(path.name)
    assert re.search(rf'!\[[^\]]{{20,}}\]\((docs|\.\.)/images/{name}\)|images/{name}"[^>]* alt="[^"]{{20,}}"', pages)
