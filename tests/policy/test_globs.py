"""An example is found where there is one, and fits; that there is none is said only where that is so."""

from fnmatch import fnmatchcase
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.policy.globs import example, overlap

patterns = st.text("ab*", min_size=1, max_size=4)
NAMES = ["".join(letters) for length in range(1, 8) for letters in product("abx", repeat=length)]


@given(st.lists(patterns, min_size=1, max_size=4))
def test_a_name_that_the_first_fits_and_no_other_is_found_wherever_there_is_one(given: list[str]) -> None:
    first, *others = given
    found = example(given, lambda fits: fits == {0})
    if found is not None:
        assert fnmatchcase(found, first)
        assert not any(fnmatchcase(found, one) for one in others)
    else:
        assert all(any(fnmatchcase(name, one) for one in others) for name in NAMES if fnmatchcase(name, first))


@given(patterns, patterns)
def test_two_patterns_overlap_where_a_name_fits_both(one: str, other: str) -> None:
    assert overlap(one, other) == any(fnmatchcase(name, one) and fnmatchcase(name, other) for name in NAMES)


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [("pay.*", "*.refund", True), ("pay", "pay", True), ("pay", "pay.*", False), ("a*b", "b*a", False)],
)
def test_overlaps(one: str, other: str, do: bool) -> None:
    assert overlap(one, other) == do


def test_what_would_take_too_long_is_said() -> None:
    many = ["*", *(f"*{letter}{'?' * 6}*{letter}" for letter in "abcdefgh")]
    with pytest.raises(OverflowError, match="too many patterns"):
        example(many, lambda _: False)
