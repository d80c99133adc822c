"""Edits: problems in plain words, and typed text of the right type."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail.codec.canonical import canonical
from handrail.codec.edits import Problem, typed, validate_edit
from handrail.codec.schema import CallSchema
from handrail.errors import InvalidValue, NotSerialisable, UnreadableSchema
from handrail.stream import JSON
from tests.codec import calls

EVERY = CallSchema(calls.every)
BOUNDED = CallSchema(calls.bounded)
FITTING: dict[str, JSON] = {"amount": "62.00", "count": 3, "ratio": 0.5, "code": "EUR"}


def of(schema: dict[str, Any]) -> str:
    return json.dumps({"type": "object", "properties": {"x": schema}, "$defs": schema.pop("$defs", {})})


def test_what_was_stored_fits() -> None:
    stored = EVERY.dump((), calls.EVERY)
    assert validate_edit(EVERY.schema_json, stored) == []
    assert validate_edit(BOUNDED.schema_json, FITTING) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": 62}, Problem("/amount", "must be text, not a whole number", "Enter text.")),
        ({"amount": "0"}, Problem("/amount", "must be more than 0", "Change the value.")),
        ({"amount": "500.01"}, Problem("/amount", "must be at most 500", "Change the value.")),
        (
            {"amount": "many"},
            Problem("/amount", "is no decimal", "Use digits and at most one point, such as 620.00."),
        ),
        (
            {"amount": "NaN"},
            Problem("/amount", "is no decimal", "Use digits and at most one point, such as 620.00."),
        ),
        ({"count": "3"}, Problem("/count", "must be a whole number, not text", "Enter a whole number.")),
        (
            {"count": True},
            Problem("/count", "must be a whole number, not true or false", "Enter a whole number."),
        ),
        ({"count": 11}, Problem("/count", "must be at most 10", "Change the value.")),
        ({"count": str(10**20)}, Problem("/count", "must be at most 10", "Change the value.")),
        ({"ratio": None}, Problem("/ratio", "must be a number, not empty (null)", "Enter a number.")),
        (
            {"code": "eur"},
            Problem("/code", "does not have the form that is asked for", "It must match ^[A-Z]{3}$."),
        ),
        ({"extra/1": 1}, Problem("/extra~11", "is not known here", "Remove it.")),
        ({"code": None, "count": 1}, Problem("/code", "must be text, not empty (null)", "Enter text.")),
    ],
)
def test_problems_are_named_in_plain_words(changes: dict[str, Any], problem: Problem) -> None:
    assert validate_edit(BOUNDED.schema_json, FITTING | changes) == [problem]


def test_problems_come_in_the_order_of_their_paths() -> None:
    found = validate_edit(BOUNDED.schema_json, {"amount": "-1", "count": 0, "more": 1})
    assert [problem.path for problem in found] == ["/amount", "/code", "/count", "/more", "/ratio"]
    assert found[1] == Problem("/code", "is missing", "Give it a value.")


@pytest.mark.parametrize(
    ("name", "value", "path", "words"),
    [
        ("colour", "green", "/colour", "none of the choices"),
        ("choice", 2, "/choice", "none of the choices"),
        ("maybe", "x", "/maybe", "must be a whole number or empty"),
        ("when", "tomorrow", "/when", "no date-time"),
        ("key", "5", "/key", "no uuid"),
        ("how_long", "2h", "/how_long", "no duration"),
        ("data", "###", "/data", "no base64url"),
        ("line", {"text": 1, "unitPrice": "1"}, "/line/text", "must be text"),
        ("line", {"text": "x", "unitPrice": "-1"}, "/line/unitPrice", "more than 0"),
        ("address", {"street": "x", "raw": "", "tags": ["a", "a"]}, "/address/tags", "same item twice"),
        ("pair", [1], "/pair", "at least 2 items"),
        ("many", [{"text": "x"}], "/many/0/unitPrice", "missing"),
        ("big", 10**20, "/big", "integer beyond"),
        ("big", "10", "/big", "whole number"),
    ],
)
def test_problems_inside_values_are_named(name: str, value: Any, path: str, words: str) -> None:
    stored: dict[str, Any] = EVERY.dump((), calls.EVERY)
    (problem,) = validate_edit(EVERY.schema_json, stored | {name: value})
    assert problem.path == path
    assert words in problem.message


def test_the_closest_alternative_speaks() -> None:
    schema = of(
        {
            "anyOf": [
                {"type": "null"},
                {"type": "object", "required": ["a"]},
                {"type": "string", "minLength": 2},
            ]
        }
    )
    assert validate_edit(schema, {"x": {}}) == [Problem("/x/a", "is missing", "Give it a value.")]
    assert validate_edit(schema, {"x": "a"})[0].message == "must have at least 2 characters"
    assert validate_edit(schema, {"x": 1})[0].message == "must be empty (null) or an object or text, not a whole number"


def test_other_rules_are_named_too() -> None:
    assert validate_edit(of({"not": {}}), {"x": 1})[0].message == "breaks the rule not"
    assert validate_edit(of({"multipleOf": 0.1}), {"x": 0.3}) == []
    assert validate_edit(of({"multipleOf": 1}), {"x": "9" * 60}) == []
    assert validate_edit(of({"const": "a"}), {"x": "b"}) == [Problem("/x", "is none of the choices", "Choose a.")]
    assert len(validate_edit('{"additionalProperties":false}', {f"k{i}": 1 for i in range(99)})) == 50


def test_hidden_characters_do_not_reach_the_hints() -> None:
    (problem,) = validate_edit(of({"enum": ["a\u202eb\x1b[31m"]}), {"x": 1})
    assert problem.hint == r"Choose a\u202eb\x1b[31m."


@pytest.mark.parametrize(
    "schema",
    [
        "",
        "[]",
        '{"type":"nonsense"}',
        '{"type":"object","type":"array"}',
        '{"$ref":"https://example.com/schema.json"}',
        '{"$ref":"file:///etc/passwd"}',
        '{"$ref":"#/$defs/none"}',
        '{"$ref":"#"}',
        '{"pattern":"("}',
        '{"properties":5}',
    ],
)
def test_a_schema_that_cannot_be_used_is_an_error_not_an_answer(schema: str) -> None:
    with pytest.raises(UnreadableSchema):
        validate_edit(schema, "text")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("/amount", "620", "620"),
        ("/count", " 7 ", 7),
        ("/count", "-7", -7),
        ("/count", "9007199254740993", "9007199254740993"),
        ("/ratio", "0.25", 0.25),
        ("/ratio", "2", 2),
        ("/ratio", "1e3", 1000.0),
        ("/ratio", "1e17", "1e+17"),
        ("/code", "007", "007"),
    ],
)
def test_typed_text_takes_the_type_of_the_schema(path: str, text: str, value: JSON) -> None:
    answer = typed(BOUNDED.schema_json, path, text)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("/maybe", "5", 5),
        ("/maybe", "", None),
        ("/maybe", "null", None),
        ("/colour", "blue", "blue"),
        ("/choice", "1", 1),
        ("/choice", "a", "a"),
        ("/options/dry_run", "Yes", True),
        ("/options/dry_run", "false", False),
        ("/options", '{"dry_run":true}', {"dry_run": True}),
        ("/pair/0", "3", 3),
        ("/pair/1", "3", "3"),
        ("/many/0/unitPrice", "9.99", "9.99"),
        ("/many", "[]", []),
        ("/numbers/7", "1.5", 1.5),
        ("/anything", "5", "5"),
        ("/anything/a/0", "x", "x"),
    ],
)
def test_typed_text_reaches_into_values(path: str, text: str, value: JSON) -> None:
    answer = typed(EVERY.schema_json, path, text)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize(
    ("schema", "was", "text", "value"),
    [
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "98000.00", "620", "620"),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, 98000, "620", 620),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, None, "620", "620"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, 5, "five", "five"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None, "", None),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "x", "", ""),
        ({"type": ["integer", "null"]}, 5, "", None),
        ({}, 5, "6", 6),
        ({}, [1], "[2]", [2]),
        ({}, {"a": 1}, "{}", {}),
        ({}, True, "no", False),
        ({}, 0.5, "1", 1),
        (True, 5, "x", "x"),
        ({"const": 5}, None, "5", 5),
        ({"enum": [True, None]}, True, "yes", True),
        ({"enum": [True, None]}, True, "", None),
        ({"enum": ["1", 1]}, 7, "1", 1),
        ({"enum": ["1", 1]}, "7", "1", "1"),
        ({"allOf": [{"$ref": "#/$defs/n"}], "$defs": {"n": {"type": "integer"}}}, None, "4", 4),
    ],
)
def test_the_type_of_the_value_before_is_kept(schema: Any, was: JSON, text: str, value: JSON) -> None:
    answer = typed(of(schema) if isinstance(schema, dict) else '{"properties":{"x":true}}', "/x", text, was)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("/maybe", "five", "type a whole number.* or nothing"),
        ("/maybe", "1.5", "a whole number"),
        ("/maybe", "٣", "a whole number"),
        ("/numbers/1", "1e999", "a number"),
        ("/options/dry_run", "perhaps", "yes or no"),
        ("/colour", "green", "one of red, blue"),
        ("/pair", "1, 2", "a list in JSON"),
        ("/options", "[]", "an object in JSON"),
        ("/nowhere", "1", "nothing at '/nowhere'"),
        ("/pair/2", "1", "nothing at"),
        ("colour", "red", "nothing at"),
    ],
)
def test_text_that_does_not_fit_is_refused_with_what_to_type(path: str, text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        typed(EVERY.schema_json, path, text)


@pytest.mark.parametrize(
    "schema",
    ["", "[]", of({"$ref": "https://example.com/x"}), of({"$ref": "#/$defs/none"}), of({"$ref": 5})],
)
def test_typing_needs_a_schema_that_can_be_used(schema: str) -> None:
    with pytest.raises(UnreadableSchema):
        typed(schema, "/x", "1")


def test_references_in_circles_and_in_crowds_end() -> None:
    with pytest.raises(InvalidValue):
        typed(of({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}), "/x", "1")
    crowd: dict[str, Any] = {f"d{i}": {"anyOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 9} for i in range(30)}
    crowd["d30"] = {"type": "integer"}
    assert typed(of({"$ref": "#/$defs/d0", "$defs": crowd}), "/x", "1") == 1
    tree = CallSchema(grow)
    assert typed(tree.schema_json, "/tree" + "/child" * 20 + "/name", "1") == "1"


def grow(tree: calls.Tree) -> None: ...


@given(st.text(max_size=12), st.sampled_from(["/amount", "/count", "/ratio", "/code"]))
def test_typed_text_gives_json_of_the_right_type_or_is_refused(text: str, path: str) -> None:
    try:
        value = typed(BOUNDED.schema_json, path, text)
        canonical(value)
    except ValueError:
        return
    messages = [p.message for p in validate_edit(BOUNDED.schema_json, FITTING | {path[1:]: value})]
    assert not [message for message in messages if message.startswith("must be text")]
    assert not [message for message in messages if "number, not" in message]


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(), st.floats())
@example(Decimal("1E+40"), 2**53, 2.0**53)
@example(Decimal("-0"), -(2**200), -1e16)
@example(Decimal(1), 2**53 - 1, 1e300)
def test_an_edit_that_fits_can_be_loaded(amount: Decimal, count: int, ratio: float) -> None:
    def function(amount: Decimal, count: int, ratio: float) -> None: ...

    schema = CallSchema(function)
    try:
        stored = schema.dump((amount, count, ratio), {})
    except NotSerialisable:
        return
    assert validate_edit(schema.schema_json, stored) == []
    assert schema.load(stored)[0] == (amount, count, ratio)


def _doubling(levels: int) -> dict[str, Any]:
    """A schema of a few lines that means 2 ** levels places."""
    step = {f"s{at}": {"allOf": [{"$ref": f"#/$defs/s{at + 1}"}] * 2} for at in range(levels)}
    return {"$ref": "#/$defs/s0", "$defs": {**step, f"s{levels}": {"type": "object"}}}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("^(a+)+$", "a" * 5000 + "!"), ("^" + "a?" * 60 + "a" * 60 + "$", "a" * 60), ("a*" * 9 + "b", "a" * 5000),
     ("^((ab|a)(c|bcd))*$", "abcd" * 5000)],
)  # fmt: skip
def test_a_pattern_that_could_be_tried_for_ever_is_not_looked_for(pattern: str, text: str):
    rule = {"type": "string", "pattern": pattern}
    assert validate_edit(json.dumps({"properties": {"a": rule}}), {"a": text}) == []
    with pytest.raises(UnreadableSchema, match="takes too long"):
        validate_edit(json.dumps({"patternProperties": {pattern: {}}}), {text: 1})


def test_a_schema_that_means_more_places_than_can_be_visited_is_refused() -> None:
    with pytest.raises(UnreadableSchema, match="takes too long"):
        validate_edit(json.dumps(_doubling(60)), {"a": 1})


def test_many_choices_for_many_items_are_refused_rather_than_all_compared() -> None:
    schema = {"properties": {"a": {"items": {"enum": [f"v{at}" for at in range(600)]}}}}
    assert validate_edit(json.dumps(schema), {"a": ["v1"] * 100}) == []
    with pytest.raises(UnreadableSchema, match="takes too long"):
        validate_edit(json.dumps(schema), {"a": ["v1"] * 600})


def test_many_items_are_compared_in_the_time_of_one_look_each():
    items: list[Any] = [{"a": at} for at in range(4_000)]
    schema = json.dumps({"properties": {"a": {"uniqueItems": True}}})
    assert validate_edit(schema, {"a": items}) == []
    assert [one.path for one in validate_edit(schema, {"a": [*items, {"a": 7.0}]})] == ["/a"]
    assert validate_edit(schema, {"a": [1, True, "1", None, 0, False]}) == []
