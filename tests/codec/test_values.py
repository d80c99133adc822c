"""What counts as the same value after a way through JSON."""

from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.codec.values import same


class Awkward:
    """A class whose comparison has no truth value, as arrays have it."""

    def __eq__(self, other: object) -> Any:
        raise ValueError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, 1.0),
        (1.0, 1),
        (-0.0, 0),
        ([1, (2.0,)], [1.0, (2,)]),
        ({"a": {1: [None]}}, {"a": {1: [None]}}),
        ({1, "a"}, {"a", 1}),
        (frozenset((1,)), frozenset((1,))),
        (Decimal("1.0"), Decimal(1)),
    ],
)
def test_equal_values_are_the_same(before: object, after: object) -> None:
    assert same(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (True, 1),
        (1, True),
        (1, Decimal(1)),
        (1, "1"),
        (float("nan"), float("nan")),
        ([1], (1,)),
        ([1], [1, 2]),
        ([True], [1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({True: 1}, {1: 1}),
        ({True}, {1}),
        (set(), frozenset()),
        (OrderedDict(a=1), {"a": 1}),
        (Awkward(), Awkward()),
        (object(), object()),
    ],
)
def test_other_values_are_not(before: object, after: object) -> None:
    assert not same(before, after)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.integers(), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_a_value_is_the_same_as_itself(value: object) -> None:
    assert same(value, value)
