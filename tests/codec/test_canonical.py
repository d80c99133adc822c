"""Canonical JSON and strict reading: RFC 8785 on all that is allowed, a named refusal for all else."""

import json
import math
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.codec.canonical import MAX_SAFE_INTEGER, canonical, parse
from handrail.errors import MalformedJSON
from handrail.stream import JSON

MIB = 1024 * 1024
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
safe_floats = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: abs(x) <= MAX_SAFE_INTEGER or abs(x) >= 1e21
)
scalars = st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | safe_floats | texts
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=200)
@given(json_values)
def test_equals_rfc_8785(value: JSON) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@given(st.dictionaries(st.text("a\ue000\U0001f600\ud7ff\uffff", max_size=3), st.just(1)))
def test_keys_sort_by_utf_16_units(value: dict[str, JSON]) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@given(safe_floats)
def test_floats_are_written_as_ecmascript_writes_them(number: float) -> None:
    assert canonical([number]).encode() == rfc8785.dumps([number])


@given(st.floats(1e-4, 1e16))
def test_everyday_floats_are_written_as_ecmascript_writes_them(number: float) -> None:
    if number > MAX_SAFE_INTEGER:
        number /= 16
    assert canonical([number, -number]).encode() == rfc8785.dumps([number, -number])


def test_every_character_is_escaped_alike() -> None:
    every = "".join(map(chr, [*range(0x3000), 0xD7FF, 0xE000, 0xFEFF, 0xFFFF, 0x10000, 0x10FFFF]))
    assert canonical(every).encode() == rfc8785.dumps(every)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        (1.0, "1"),
        (-0.0, "0"),
        ({"score": 0.93}, '{"score":0.93}'),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (333333333.33333329, "333333333.3333333"),
        (MAX_SAFE_INTEGER, "9007199254740991"),
        ('\u20ac$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
    ],
)
def test_known_texts(value: JSON, text: str) -> None:
    assert canonical(value) == text


@given(json_values)
def test_what_is_written_is_read_back(value: JSON) -> None:
    text = canonical(value)
    assert parse(text) == value
    assert canonical(parse(text)) == text
    assert parse(json.dumps(value, indent=1)) == value
    assert canonical(parse(json.dumps(value, indent=1))) == text


class Colour(StrEnum):
    RED = "red"


class Words(str):
    pass


@pytest.mark.parametrize(
    ("value", "where", "words"),
    [
        (math.nan, "the top level", "NaN"),
        ({"a": [1, math.inf]}, "/a/1", "infinity"),
        ({"a": {"b": 2**53}}, "/a/b", "integer beyond"),
        ([-(2**53)], "/0", "integer beyond"),
        ([10**40], "/0", "integer beyond"),
        ([1e17], "/0", "integer beyond"),
        ({"a": "\ud800"}, "/a", "surrogate"),
        ({"\udfff": 1}, "the top level", "surrogate"),
        ({"a": {1: 2}}, "/a", "key of type int"),
        ({Words("a"): 2}, "the top level", "key of type Words"),
        ({"a": (1, 2)}, "/a", "tuple"),
        ({"a": {1, 2}}, "/a", "set"),
        ({"a": b"x"}, "/a", "bytes"),
        ({"a": Words("x")}, "/a", "Words"),
        ({"a": Colour.RED}, "/a", "Colour"),
        ({"a/b~c": object()}, "/a~1b~0c", "object"),
    ],
)
def test_what_is_no_plain_json_is_refused_and_named(value: Any, where: str, words: str) -> None:
    with pytest.raises(MalformedJSON, match=words) as caught:
        canonical(value)
    assert caught.value.where == where
    assert where in str(caught.value)


def nested(depth: int) -> JSON:
    value: JSON = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def test_64_levels_are_enough() -> None:
    assert parse(canonical(nested(64))) == nested(64)
    with pytest.raises(MalformedJSON, match="nested levels"):
        canonical(nested(65))
    with pytest.raises(MalformedJSON, match="nested levels"):
        parse(json.dumps(nested(65)))


def test_10_000_members_are_enough() -> None:
    assert canonical([0] * 10_000)
    assert parse(json.dumps([[0] * 4_999, [0.5] * 4_999]))
    with pytest.raises(MalformedJSON, match="10,000 members"):
        canonical([0] * 10_001)
    with pytest.raises(MalformedJSON, match="10,000 members"):
        parse(json.dumps([[0] * 5_000, [0] * 5_000]))


def test_a_value_that_shares_itself_ends_early() -> None:
    bomb: JSON = [0] * 90
    for _ in range(40):
        bomb = [bomb] * 90
    with pytest.raises(MalformedJSON, match="members"):
        canonical(bomb)


def test_a_value_that_holds_itself_ends_early() -> None:
    loop: list[JSON] = []
    loop.append(loop)
    with pytest.raises(MalformedJSON, match="nested levels"):
        canonical(loop)


def test_1_mib_of_text_is_enough() -> None:
    assert parse(canonical("x" * (MIB - 2)))
    for attempt in (canonical, lambda text: parse(json.dumps(text))):
        with pytest.raises(MalformedJSON, match="1,048,576 bytes"):
            attempt("x" * (MIB - 1))
    with pytest.raises(MalformedJSON, match="bytes"):
        parse("é" * MIB)


def test_limits_can_be_set() -> None:
    assert parse(json.dumps(nested(65)), max_depth=65) == nested(65)
    for limits in ({"max_bytes": 4}, {"max_depth": 1}, {"max_members": 2}):
        with pytest.raises(MalformedJSON):
            parse("[[1,2]]", **limits)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ('{"a":1,"a":1}', "the top level", "key 'a' twice"),
        ('[{"x":{"a":1,"b":2,"a":3}}]', "/0/x", "key 'a' twice"),
        ('{"a":1,"\\u0061":2}', "the top level", "key 'a' twice"),
        ('{"\\u202e":1,"\\u202e":2}', "the top level", r"key '\\u202e' twice"),
        ("[1,9007199254740992]", "/1", "integer beyond"),
        ("[1,18446744073709551616]", "/1", "integer beyond"),
        ('{"n":' + "9" * 100_000 + "}", "line 1", "infinity"),
        ("[1e17]", "/0", "integer beyond"),
        ("1e999", "line 1", "infinity"),
        ("[NaN]", "line 1, column 2", "unexpected character"),
        ("[1,\n 2", "line 2", "unexpected end"),
        ('"\\ud800"', "line 1", "surrogate"),
        ('"\ud800"', "character 1", "surrogate"),
        ("\ufeff1", "line 1", "BOM"),
        ("", "line 1", "empty"),
        ("01", "line 1", "leading zero"),
        ('"a\nb"', "line 1", "control character"),
        ("[1] [2]", "line 1", "Send JSON"),
        ("[1,]", "line 1", "Send JSON"),
        ("{'a':1}", "line 1", "Send JSON"),
    ],
)
def test_text_that_readers_understand_differently_is_refused_and_named(text: str, where: str, words: str) -> None:
    with pytest.raises(MalformedJSON, match=words) as caught:
        parse(text)
    assert caught.value.where.startswith(where)
    assert len(str(caught.value)) < 400


def test_bytes_are_utf_8() -> None:
    assert parse('{"a":"é"}'.encode()) == {"a": "é"}
    for data in (b'"\xff"', b'"\xed\xa0\x80"', '"a"'.encode("utf-16")):
        with pytest.raises(MalformedJSON):
            parse(data)


@pytest.mark.parametrize("text", ["[" * MIB, '{"a":' * (MIB // 5), "[" * 1000 + "]" * 1000, "[[],[" * (MIB // 5)])
def test_hostile_depth_is_refused_without_recursion(text: str) -> None:
    with pytest.raises(MalformedJSON):
        parse(text)


hostile = st.text(st.sampled_from('{}[]",:\\u0019eE+-.tfn \n\ud800é'), max_size=40)


@settings(max_examples=500)
@given(hostile | st.binary(max_size=40))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        value = parse(text)
    except MalformedJSON:
        return
    assert parse(canonical(value)) == value
    assert json.loads(text) == value


def test_what_was_read_is_a_value_of_its_own() -> None:
    text = '{"a":[1]}'
    first = parse(text)
    assert first == parse(text)
    assert first is not parse(text)
