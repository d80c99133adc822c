"""Arguments are shown in the order of the parameters, and their members in that of their fields."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from handrail.codec.parameters import in_order


class Line(BaseModel):
    sku: str
    amount: int


class Order(BaseModel):
    to: str
    lines: list[Line]
    extra: Line | None
    named: dict[str, Line]
    pair: tuple[str, Line]
    about: str = ""


LINE = {"amount": 1, "sku": "a"}
ORDER = {
    "about": "x", "extra": LINE, "lines": [LINE, LINE], "named": {"b": LINE, "a": LINE}, "pair": ["p", LINE], "to": "z",
}  # fmt: skip
SCHEMA = orjson.dumps(TypeAdapter(Order).json_schema(), option=orjson.OPT_SORT_KEYS).decode()


def text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def test_members_stand_in_the_order_of_their_fields_at_every_depth():
    found = in_order(text(ORDER), SCHEMA)
    assert list(found) == ["to", "lines", "extra", "named", "pair", "about"]
    lines = [*found["lines"], found["extra"], *found["named"].values(), found["pair"][1]]
    assert [list(one) for one in lines] == [["sku", "amount"]] * 6
    assert list(found["named"]) == ["a", "b"], "what has no order of its own keeps that of the text"


def test_nothing_but_the_order_changes():
    assert in_order(text(ORDER), SCHEMA) == ORDER
    assert in_order(text(ORDER), None) == ORDER


@pytest.mark.parametrize("schema", [
    '{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/A"}}}', '{"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":[]}',
    '{"required":"a","properties":7}', '{"required":[1,null,"b"],"properties":{"b":true}}', "[]", "null", "true",
    '{"properties":{"a":{"anyOf":7}}}', '{"properties":{"a":{"anyOf":[{"properties":{}},3]}}}',
    '{"properties":{"a":{"$defs":1,"$ref":"https://elsewhere.example/schema"}}}',
])  # fmt: skip
def test_what_an_agent_says_of_its_function_may_be_anything(schema: str):
    value = {"a": {"y": 1, "x": [{"z": 1}]}, "b": {"q": None}}
    assert in_order(text(value), schema) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
WORDS = ("required", "properties", "items", "prefixItems", "anyOf", "$defs", "$ref", "additionalProperties", "a", "b")
KEYS = st.sampled_from(WORDS)
VALUES = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)


@given(VALUES, st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON)))
def test_the_value_is_the_same_whatever_the_schema_says(value: dict[str, Any], schema: dict[str, Any]):
    assert in_order(text(value), text(schema)) == value
