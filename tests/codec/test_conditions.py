"""Conditions: what they are worth is exact, an error is no answer, and what cannot be meant is told before."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.codec.canonical import canonical
from handrail.codec.conditions import Arguments, ConditionError, Context, NoValue, condition
from handrail.codec.schema import CallSchema
from handrail.directory.model import Names
from handrail.policy.asked import Asked

NAMES = Names(b"secret")
ASKED = Asked("pay", "high", True, NAMES.agent("payer"), NAMES.run("nightly"), "prod", 0.8)
SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "string", "format": "decimal"},
        "count": {"type": "integer"},
        "rate": {"type": "number"},
        "to": {"type": "string"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "due": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "span": {"type": "string", "format": "duration"},
        "either": {"anyOf": [{"type": "string"}, {"type": "string", "format": "decimal"}]},
        "urgent": {"type": "boolean"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "free": {},
    },
    "$defs": {
        "Line": {
            "type": "object",
            "properties": {"price": {"type": "string", "format": "decimal"}, "n": {"type": "integer"}},
        }
    },
}  # fmt: skip
ARGS: dict[str, Any] = {
    "amount": "500.10", "count": 3, "rate": 0.1, "to": "acct_Ann", "note": None, "due": "2026-11-28T10:00:00+01:00",
    "day": "2026-11-28", "span": "P1DT2H", "urgent": True, "tags": ["a", "b"], "free": {"deep": [1, 2.5]},
    "lines": [{"price": "1.00", "n": 1}, {"price": "2.50", "n": 4}],
}  # fmt: skip


def holds(text: str, args: dict[str, Any] | None = None, asked: Asked = ASKED) -> bool:
    """Whether a condition is true."""
    arguments = Arguments(canonical(args or ARGS), json.dumps(SCHEMA))
    return condition(text).holds(Context(asked, arguments, NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "args.amount > 500",
        "args.amount == 500.1",
        "args.amount < 500.1000000000000000000000001",
        "args.amount != 5",
        'args.amount == decimal("500.100")',
        "args.amount * 3 == 1500.3",
        "args.amount - 0.1 == 500",
        "-args.count == -3",
        "args.count / 2 == 1",
        "-7 / 2 == -3",
        "-7 % 2 == -1",
        "args.count % 2 == 1",
        "args.rate == 0.1",
        "args.rate + 0.2 == 0.3",
        "0x10 == 16",
        "1e3 == 1000",
        "500u == 500",
        "args.urgent",
        "!args.urgent || true",
        'args.to.startsWith("acct_") && args.to.endsWith("nn") && args.to.contains("_")',
        'args.to.matches("^acct_[A-Z][a-z]+$")',
        'matches(args.to, "Ann")',
        'args.to.lowerAscii() == "acct_ann"',
        "args.note == null",
        'args.note != "x"',
        "has(args.note)",
        "!has(args.gone)",
        "!has(args.free.none)",
        'args.due == timestamp("2026-11-28T09:00:00Z")',
        'args.due > timestamp("2026-11-28T08:59:59.999999Z")',
        'args.day > date("2026-11-27")',
        'args.day - date("2026-11-27") == duration("24h")',
        'args.span == duration("26h")',
        'args.due + duration("1h") < timestamp("2026-11-28T10:00:00.1Z")',
        'args.tags == ["a", "b"]',
        '"a" in args.tags',
        'args.to in ["x", "acct_Ann"]',
        '"count" in args',
        "size(args.tags) == 2 && args.to.size() == 8",
        "args.lines.all(one, one.price > 0)",
        "args.lines.exists(one, one.price == 2.5 && one.n > 3)",
        "args.lines.exists_one(one, one.n == 1)",
        "size(args.lines.filter(one, one.n > 1)) == 1",
        "args.lines.map(one, one.n) == [1, 4]",
        "args.lines[1].n == 4",
        'args["count"] == 3',
        "args.free.deep[1] == 2.5",
        'action == "pay"',
        'agent == "payer"',
        f'agent == "{NAMES.agent("payer")}"',
        'agent in ["other", "payer"]',
        'run == "nightly"',
        'run != "other"',
        'env == "prod"',
        "confidence == 0.8",
        "confidence >= 0.8",
        "reversible",
        'risk in ["high", "critical"]',
        "args.count > 2 ? args.urgent : false",
        "args.count > 1 || args.gone > 1",
        "args.count > 5 && args.gone > 1 || true",
        r'"\u0061\x62" == "ab"',
        r'r"\d" == "\\d"',
        '"a" + "b" == "ab"',
    ],
)
def test_a_condition_is_worth_what_it_says(text: str) -> None:
    assert holds(text)
    assert not holds(f"!({text})")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("args.gone > 1", "`args.gone` is not there"),
        ("args.to > 1", "`args.to > 1` compares a text with a number"),
        ('args.count == "3"', "compares a number with a text"),
        ("args.urgent && args.count", "`args.count` is a number, and neither true nor false"),
        ("args.to", "the condition is a text, and neither true nor false"),
        ("args.gone > 1 || true", "`args.gone` is not there"),
        ("args.lines[5].n == 1", "`args.lines[5]` is not there"),
        ("args.lines.all(one, one.gone > 1)", "`one.gone` is not there"),
        ("args.either == 5", "`args.either` is not of its type: it may stand for several things"),
        ("args.count / 0 == 1", "has no exact result"),
        ("args.rate / 3 > 0", "has no exact result"),
        ("args.day > timestamp('2026-11-28T00:00:00Z')", "compares a date with a point in time"),
        ("args.free.deep > 1", "compares a list with a number"),
        ('history.count("1h") > 1', "`history` is not known here"),
    ],
)
def test_an_error_is_no_answer(text: str, why: str) -> None:
    with pytest.raises(NoValue) as refused:
        holds(text, ARGS | {"either": "5"})
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("args.amount < 500", {"amount": 3}),
        ("args.amount < 500", {"amount": "3e"}),
        ("args.amount < 500", {"amount": "NaN"}),
        ("args.amount < 500", {"amount": "-Infinity"}),
        ("args.amount < 500", {"amount": None}),
        ("args.amount < 500", {"amount": ["3"]}),
        ("args.amount < 500", {"amount": " 3"}),
        ("args.count < 5", {"count": "3"}),
        ("args.count < 5", {"count": 3.5}),
        ("args.count < 5", {"count": True}),
        ('args.to != "x"', {"to": ["x"]}),
        ('args.to != "x"', {"to": 5}),
        ('args.to != "x"', {"to": None}),
        ("!args.urgent", {"urgent": 0}),
        ("args.due < timestamp('2030-01-01T00:00:00Z')", {"due": "2026-11-28T10:00:00"}),
        ("args.due < timestamp('2030-01-01T00:00:00Z')", {"due": "2026-11-28T10:00:00.1234567Z"}),
        ("args.lines.all(one, one.price < 5)", {"lines": [{"price": "1"}, {"price": {}}]}),
        ('!("x" in args.tags)', {"tags": ["a", 5]}),
        ('!("x" in args.tags)', {"tags": "a"}),
        ("args.other.amount < 5", {"other": {"amount": "4"}, "amount": "4"}),
    ],
)
def test_an_argument_that_is_not_of_its_type_has_no_answer(text: str, args: dict[str, Any]) -> None:
    with pytest.raises(NoValue):
        holds(text, args)


@pytest.mark.parametrize(
    ("asked", "text", "why"),
    [
        (Asked("pay"), 'env != "prod"', "`env` is not known"),
        (Asked("pay"), "confidence < 1", "`confidence` is not known"),
    ],
)
def test_what_nobody_said_has_no_answer(asked: Asked, text: str, why: str) -> None:
    with pytest.raises(NoValue, match=why):
        holds(text, asked=asked)
    assert holds("run == null", asked=asked)


def test_a_reason_never_holds_an_arguments_value() -> None:
    secret = {"amount": "s3cret-amount", "to": "s3cret", "count": 3}
    for text in ("args.amount > 1", "args.to > 1", "args.to.size", "args.count[args.to]"):
        with pytest.raises(NoValue) as refused:
            holds(text, secret)
        assert "s3cret" not in str(refused.value)


big = st.integers(-(10**40), 10**40)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**18), max_value=10**18)


@given(decimals, decimals, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]))
def test_decimals_compare_without_loss_however_they_are_written(left: Decimal, right: Decimal, sign: str) -> None:
    wanted = {"<": left < right, "<=": left <= right, "==": left == right}
    wanted |= {"!=": left != right, ">=": left >= right, ">": left > right}
    for written in (f"{left:f}", f"{left:E}", f"{left:f}000"):
        assert holds(f"args.amount {sign} {right:f}", {"amount": written}) == wanted[sign]


@given(big, big)
def test_whole_numbers_compare_without_loss_beyond_64_bits(left: int, right: int) -> None:
    stored = left if abs(left) < 2**53 else str(left)
    assert holds(f"args.count < {right}", {"count": stored}) == (left < right)
    assert holds(f"args.count == {left}", {"count": stored})


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15), st.floats(-1e15, 1e15))
def test_floats_compare_as_they_are_written(left: float, right: float) -> None:
    assert holds(f"args.rate < {Decimal(repr(right)):f}", {"rate": left}) == (left < right)


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_is_refused_with_what_to_write(text: str) -> None:
    try:
        said: tuple[str, ...] = (condition(text).text,)
    except ConditionError as error:
        said = (error.problem, error.fix)
    assert all(said)


PARTS = st.sampled_from(
    [
        *"()[].,!?:",
        "&&",
        "||",
        "==",
        "<",
        "in",
        "+",
        "-",
        "*",
        "args",
        ".amount",
        ".count",
        "1",
        "0.5",
        '"a"',
        "true",
        "null",
        "env",
        "size",
        "has",
        ".all",
        "one",
        "history",
        "r",
        "x",
    ]
)


@given(st.lists(PARTS, max_size=14).map(" ".join))
def test_a_condition_that_is_accepted_has_an_answer_or_says_why_not(text: str) -> None:
    try:
        found = condition(text)
    except ConditionError:
        return
    try:
        worth: bool | str = found.holds(Context(ASKED, Arguments(canonical(ARGS), json.dumps(SCHEMA)), NAMES))
    except NoValue as error:
        worth = str(error)
    assert worth != ""


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "true" + ")" * 5_000,
        "!" * 1_000 + "true",
        "[" * 500 + "]" * 500,
        "a" * 3_000,
        " && ".join(["true"] * 800),
        "args.a" + "[0]" * 900 + " == 1",
        "(" * 40 + "true" + ")" * 40,
        "9" * 500 + " > 1",
        "args.a.all(x, args.b.all(y, args.c.all(z, z > 1)))",
    ],
)
def test_long_and_deep_conditions_are_refused_or_read_at_once(text: str) -> None:
    try:
        said = condition(text).text
    except ConditionError as error:
        said = str(error)
    assert len(said) <= 2_000


def test_what_would_take_long_has_no_answer() -> None:
    many = {"tags": ["a"] * 400}
    with pytest.raises(NoValue, match="too many items"):
        holds('args.tags.all(x, args.tags.all(y, x == "a" && y == "a"))', many)
    with pytest.raises(NoValue, match="no exact result"):
        holds(" * ".join(["args.count"] * 60) + " > 0", {"count": str(10**900)})
    with pytest.raises(NoValue, match="no exact result"):
        holds("size(" + " + ".join(["args.to"] * 100) + ") > 0", {"to": "x" * 10_000})


def test_a_pattern_takes_time_in_line_with_its_text() -> None:
    assert not holds('args.to.matches("^(a+)+$")', {"to": "a" * 100_000 + "b"})


def test_a_schema_that_would_take_long_has_no_answer() -> None:
    chain: dict[str, Any] = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(1_000)}
    chain["d1000"] = {"type": "string"}
    schema = json.dumps({"additionalProperties": {"$ref": "#/$defs/d0"}, "$defs": chain})
    arguments = Arguments(canonical({f"k{n}": "x" for n in range(5_000)}), schema)
    with pytest.raises(NoValue, match="too many parts"):
        condition('"k1" in args').holds(Context(ASKED, arguments, NAMES))


def test_only_what_a_condition_names_is_read() -> None:
    found = condition('args.order.amount > 5 && has(args.note) && history.count("1h") < 3 && env == "prod"').uses
    assert found.paths == {("order", "amount"), ("note",)}
    assert [(one.what, one.over) for one in found.windows] == [("count", 3_600_000_000)]


def test_the_types_of_a_function_are_those_that_conditions_see() -> None:
    def refund(amount: Decimal, count: int, note: str | None = None) -> None:
        """Exists for its parameters."""

    found = CallSchema(refund).schema_json
    args = Arguments(canonical({"amount": "10.50", "count": str(2**70), "note": None}), found)
    context = Context(ASKED, args, NAMES)
    assert condition("args.amount == 10.5 && args.count == 1180591620717411303424 && args.note == null").holds(context)
