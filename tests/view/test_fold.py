"""A long value keeps both ends, tells its size, and is listed as not seen yet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handrail.view.fold import ENDS, LONG_TEXT, fold, folded_paths

from .corpus import PEM


@given(st.text("ab \n", min_size=1, max_size=300), st.text("ab \n", max_size=300))
def test_ends_and_middle_add_up(unit: str, tail: str) -> None:
    text = unit * (LONG_TEXT // len(unit) + 1) + tail + "."
    folded = fold(text)
    assert folded is not None
    assert text.startswith(folded.head)
    assert text.endswith(folded.tail)
    assert len(folded.head) + folded.hidden + len(folded.tail) == folded.total == len(text)
    assert 0 < len(folded.head) <= ENDS
    assert len(folded.tail) <= ENDS


def test_short_values_are_whole() -> None:
    assert fold("x" * LONG_TEXT) is None
    assert fold("line\n" * 40) is None


def test_many_short_lines_fold_too() -> None:
    folded = fold("".join(f"{number}\n" for number in range(100)))
    assert folded is not None
    assert folded.head.endswith("11\n")
    assert folded.tail.startswith("89\n")


def test_ends_are_cut_between_lines_where_one_is_near() -> None:
    folded = fold("a line of text that is whole\n" * 200)
    assert folded is not None
    assert folded.head.endswith("whole\n")
    assert folded.tail.startswith("a line")


def test_paths_of_folds_are_listed_in_reading_order() -> None:
    value = {"a": "x" * 3000, "b": [{"c d": "y\n" * 60}], "e": [*range(200)], "f": "short"}
    assert folded_paths(value) == ["args.a", 'args.b[0]["c d"]', "args.e"]


def test_a_secret_is_covered_and_so_not_folded() -> None:
    assert folded_paths({"key": PEM, "password": "x" * 5000, "secrets": {"a": ["y" * 5000]}}) == []
