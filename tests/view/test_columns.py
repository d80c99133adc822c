"""Wrapping loses nothing and keeps every row within its columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.view.columns import clip, columns, pad, wrap
from handrail.view.escape import visible

TEXT = st.text(st.sampled_from("ab  ,山田👍é\u0301\u202e\n⟨⟩é한"), max_size=120).map(visible)


@given(TEXT, st.integers(2, 40))
def test_rows_joined_are_the_text_and_none_is_too_wide(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert "".join(rows) == text
    assert all(columns(row) <= width for row in rows)


@given(TEXT)
def test_an_escape_is_never_broken_where_it_fits(text: str) -> None:
    for row in wrap(text, 12):
        assert row.count("⟨") == row.count("⟩")


@given(TEXT, st.integers(1, 60))
def test_a_cut_text_fits_and_says_so(text: str, width: int) -> None:
    cut = clip(text, width)
    assert columns(cut) <= width
    assert cut == text or cut.endswith("…")


@pytest.mark.parametrize(("text", "wide"), [("abc", 3), ("山田", 4), ("e\u0301", 1), ("👍", 2), ("\uff21", 2), ("", 0)])
def test_wide_characters_take_two_columns(text: str, wide: int) -> None:
    assert columns(text) == wide
    assert columns(pad(text, 9)) == 9


def test_rows_break_after_words_and_line_breaks() -> None:
    assert wrap("one two three⏎four", 9) == ["one two ", "three⏎", "four"]
