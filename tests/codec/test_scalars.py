"""Scalars travel without pydantic, and no differently than with it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.codec.scalars import SCHEMAS, ScalarValue
from handrail.codec.typed_values import TypedValue, json_schemas

KINDS = [str, int, bool, None]
anything: st.SearchStrategy[Any] = st.one_of(
    st.text(), st.integers(), st.booleans(), st.none(), st.floats(), st.just("\ud800"), st.just(2**53), st.just("7")
)


def told(step: Any, value: Any) -> Any:
    """What a step gives, or what it says."""
    try:
        found = step(value)
    except (TypeError, ValueError) as error:
        return type(error).__name__, str(error)
    return type(found).__name__, repr(found)


@pytest.mark.parametrize("kind", KINDS)
@given(value=anything)
def test_a_scalar_is_stored_and_read_as_its_whole_type_would_be(kind: Any, value: Any):
    whole = TypedValue("argument 'x' of f", kind)
    scalar = ScalarValue(kind, lambda: whole)
    assert told(scalar.dump, value) == told(whole.dump, value)
    if value == value and value not in (float("inf"), float("-inf")):
        assert told(scalar.load, value) == told(whole.load, value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_that_of_the_whole_type(kind: Any):
    assert json_schemas({"x": TypedValue("x", kind)})[0]["x"] == SCHEMAS[kind]


def test_a_function_of_scalars_asks_without_loading_pydantic():
    script = (
        "import sys, handrail\n"
        "rail = handrail.connect('sqlite:///:memory:', quiet=True)\n"
        "def send(to: str, copies: int = 1) -> None: ...\n"
        "ticket = rail.approval(send).propose('kim')\n"
        "assert ticket.status == 'held'\n"
        "assert 'pydantic' not in sys.modules and 'asyncio' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
