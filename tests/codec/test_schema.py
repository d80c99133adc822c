"""Calls to JSON and back: what comes back is what was passed, or it is refused by name."""

import functools
import json
import math
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from handrail.codec.canonical import canonical, parse
from handrail.codec.schema import CallSchema, InvalidValue, Local, NotSerialisable
from tests.codec import calls


def round_trip(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the executor passes after the arguments went through canonical text."""
    schema = CallSchema(function)
    stored = parse(canonical(schema.dump(args, kwargs)))
    assert isinstance(stored, dict)
    return CallSchema(function).load(stored)


def test_arguments_are_bound_and_defaults_stored() -> None:
    schema = CallSchema(calls.wire)
    stored = schema.dump(("DE89",), {"amount": Decimal("98000.00")})
    assert stored == {"account": "DE89", "amount": "98000.00", "urgent": False}
    assert schema.load(stored) == (("DE89", Decimal("98000.00"), False), {})


def test_every_kind_of_value_comes_back() -> None:
    args, kwargs = round_trip(calls.every, **calls.EVERY)
    assert dict(zip(calls.EVERY, args, strict=True)) == calls.EVERY
    assert kwargs == {}
    assert type(args[5]) is calls.Point


def test_the_stored_form_is_the_same_in_every_process() -> None:
    stored = CallSchema(calls.every).dump((), calls.EVERY)
    assert stored["names"] == ["x", "y", "z"]
    assert stored["address"] == {"street": "Main", "raw": "_wA=", "tags": ["a", "b"]}
    assert stored["line"] == {"text": "x", "unitPrice": "1.50", "labels": ["p", "q"]}
    assert stored["big"] == str(2**200)
    assert stored["data"] == "__79"


def test_variadic_arguments_come_back() -> None:
    args, kwargs = round_trip(calls.variadic, 1, 2, Decimal(3), Decimal("4.5"), flag=True, x=calls.NOON.date())
    assert args == (1, 2, Decimal(3), Decimal("4.5"))
    assert kwargs == {"flag": True, "x": calls.NOON.date()}
    assert round_trip(calls.unpacked, dry_run=True) == ((), {"dry_run": True})


def test_without_annotations_plain_json_comes_back() -> None:
    assert round_trip(calls.unannotated, [1, {"x": None}]) == (([1, {"x": None}], 2), {})
    args, kwargs = round_trip(calls.unannotated, 1, 2, 3, "x", k=True)
    assert (args, kwargs) == ((1, 2, 3, "x"), {"k": True})


def test_what_is_stored_is_a_copy() -> None:
    value = {"a": [1]}
    stored = CallSchema(calls.unannotated).dump((value,), {})
    value["a"].append(2)
    assert stored["a"] == {"a": [1]}


def test_forward_references_are_read_at_the_first_use() -> None:
    item = calls.Later(calls.NOON)
    assert round_trip(calls.later, item, [item]) == ((item, [item]), {})


def test_local_names_can_be_handed_in() -> None:
    @dataclass
    class Here:
        x: int

    def function(here: "Here") -> None: ...

    with pytest.raises(NotSerialisable, match="'Here'"):
        CallSchema(function).dump((Here(1),), {})
    schema = CallSchema(function, namespace={"Here": Here})
    assert schema.load(schema.dump((Here(1),), {})) == ((Here(1),), {})


def test_wrapped_functions_are_looked_through() -> None:
    @functools.wraps(calls.later)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return calls.later(*args, **kwargs)

    item = calls.Later(calls.NOON)
    assert round_trip(wrapper, item) == ((item, None), {})
    assert round_trip(functools.partial(calls.later, others=[item]), item)[0] == (item,)


def test_self_and_cls_are_not_stored() -> None:
    service = calls.Service()
    assert CallSchema(service.method).dump((1,), {}) == {"x": 1}
    assert CallSchema(calls.Service.build).dump((1,), {}) == {"x": 1}
    assert CallSchema(calls.Service.loose).dump((1, 2), {}) == {"self": 1, "x": 2}
    unbound = CallSchema(calls.Service.method)
    assert unbound.dump((service, 1), {}) == {"x": 1}
    assert unbound.has_local
    assert not CallSchema(service.method).has_local
    assert unbound.load({"x": 1}, unbound.local((service, 1), {})) == ((service, 1), {})


def test_local_parameters_are_not_stored() -> None:
    schema = CallSchema(calls.with_local)
    connection = calls.Identity()
    assert schema.dump((connection, "t"), {}) == {"table": "t"}
    assert schema.has_local
    local = schema.local((connection, "t"), {})
    assert local == {"connection": connection, "session": None}
    assert schema.load({"table": "t"}, local) == ((connection, "t", None), {})
    with pytest.raises(TypeError, match="local argument 'connection'"):
        schema.load({"table": "t"})


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (
            calls.wire,
            {"account": "a", "amount": 500},
            "'amount' of wire .* int 500 would come back as Decimal",
        ),
        (calls.wire, {"account": "a", "amount": Decimal("NaN")}, "'amount'"),
        (calls.wire, {"account": "a", "amount": "5"}, "'amount'"),
        (calls.wire, {"account": "a", "amount": Decimal(1), "urgent": 1}, "'urgent'"),
        (calls.wire, {"account": 5, "amount": Decimal(1)}, "'account'"),
        (calls.wire, {"account": "\ud800", "amount": Decimal(1)}, "'account'"),
        (calls.unannotated, {"a": calls.NOON}, "'a' of unannotated takes plain JSON only.*datetime"),
        (calls.unannotated, {"a": {"x": (1,)}}, "tuple at /x"),
        (calls.unannotated, {"a": math.nan}, "NaN"),
        (calls.unannotated, {"a": 2**60}, "integer beyond"),
        (calls.every, calls.EVERY | {"colour": "red"}, "'colour'"),
        (calls.every, calls.EVERY | {"big": True}, "'big'"),
        (calls.every, calls.EVERY | {"pair": [1, "a"]}, "'pair'"),
        (calls.every, calls.EVERY | {"numbers": {1: math.inf}}, "'numbers'"),
        (calls.every, calls.EVERY | {"numbers": {True: 1.0}}, "'numbers'"),
        (calls.every, calls.EVERY | {"many": ()}, "'many'"),
        (calls.every, calls.EVERY | {"names": ["x"]}, "'names'"),
        (calls.every, calls.EVERY | {"line": "x"}, "'line'"),
        (calls.secret, {"x": SecretStr("s3cret")}, "'x'"),
        (calls.opaque, {"x": calls.Identity()}, "'x'.*Local"),
        (calls.undefined, {"x": 1, "y": 2}, "Missing"),
    ],
)
def test_what_would_not_come_back_is_refused_by_name(
    function: Callable[..., Any], arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(NotSerialisable, match=words) as caught:
        CallSchema(function).dump((), arguments)
    assert isinstance(caught.value, TypeError)
    assert "s3cret" not in str(caught.value)


def test_a_class_without_equality_is_refused() -> None:
    def function(x: calls.Opaque) -> None: ...

    with pytest.raises(NotSerialisable, match="'x'"):
        CallSchema(function).dump((calls.Opaque(1),), {})


def test_a_value_that_holds_itself_is_refused() -> None:
    def function(x: list[Any]) -> None: ...

    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(NotSerialisable, match="'x'"):
        CallSchema(function).dump((loop,), {})


def test_an_int_may_stand_for_a_float() -> None:
    def function(x: float, many: list[float]) -> None: ...

    args, _ = round_trip(function, 5, [1, 2.5])
    assert args == (5.0, [1.0, 2.5])
    assert type(args[0]) is float


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
)
def test_all_numbers_come_back(x: float, n: int, d: Decimal) -> None:
    args, _ = round_trip(numbers, x, n, d)
    assert args == (x, n, d)
    assert list(map(type, args)) == [float, int, Decimal]


def numbers(x: float, n: int, d: Decimal) -> None: ...


@given(
    st.binary(max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.datetimes(timezones=st.timezones()),
    st.timedeltas(),
)
def test_values_come_back(data: bytes, text: str, when: datetime, how_long: timedelta) -> None:
    assert round_trip(texts, data, text) == ((data, text), {})
    try:
        assert round_trip(times, when, how_long) == ((when, how_long), {})
    except NotSerialisable:
        return


def texts(data: bytes, text: str) -> None: ...


def times(when: datetime, how_long: timedelta) -> None: ...


def test_a_call_that_python_refuses_is_refused_alike() -> None:
    with pytest.raises(TypeError, match=r"wire\(\): missing a required argument: 'amount'") as caught:
        CallSchema(calls.wire).dump(("a",), {})
    assert not isinstance(caught.value, NotSerialisable)
    with pytest.raises(TypeError, match="unexpected keyword"):
        CallSchema(calls.wire).dump(("a",), {"amount": Decimal(1), "extra": 1})


def test_stored_arguments_that_do_not_fit_are_refused() -> None:
    schema = CallSchema(calls.wire)
    good = schema.dump(("a", Decimal(1)), {})
    with pytest.raises(InvalidValue, match="'amount' of wire"):
        schema.load(good | {"amount": "many"})
    with pytest.raises(InvalidValue, match="extra"):
        schema.load(good | {"extra": 1})
    with pytest.raises(InvalidValue, match="urgent"):
        schema.load({"account": "a", "amount": "1"})
    every = CallSchema(calls.every)
    with pytest.raises(InvalidValue, match="'line' of every/unitPrice"):
        every.load(every.dump((), calls.EVERY) | {"line": {"text": "x", "unitPrice": "-1"}})


def test_results_come_back() -> None:
    address = calls.Address("Main", b"\xff", {"a"})
    schema = CallSchema(calls.every)
    assert schema.load_result(schema.dump_result(address)) == address
    with pytest.raises(NotSerialisable, match="the result of every"):
        schema.dump_result("Main")
    with pytest.raises(InvalidValue, match="the result of every"):
        schema.load_result({"street": 1})
    nothing = CallSchema(calls.variadic)
    assert nothing.load_result(nothing.dump_result(None)) is None
    plain = CallSchema(calls.unannotated)
    assert plain.load_result(plain.dump_result([None, {"a": 1}])) == [None, {"a": 1}]
    assert plain.load_result(plain.dump_result(None)) is None
    with pytest.raises(NotSerialisable, match="plain JSON"):
        plain.dump_result(calls.NOON)


def test_the_result_of_a_coroutine_function_is_what_it_returns() -> None:
    async def function() -> Decimal:
        return Decimal(1)

    schema = CallSchema(function)
    assert schema.load_result(schema.dump_result(Decimal("1.0"))) == Decimal("1.0")


def test_the_schema_says_what_is_stored() -> None:
    assert json.loads(CallSchema(calls.wire).schema_json) == {
        "type": "object",
        "properties": {
            "account": {"type": "string"},
            "amount": {"type": "string", "format": "decimal"},
            "urgent": {"type": "boolean", "default": False},
        },
        "required": ["account", "amount", "urgent"],
        "additionalProperties": False,
    }
    assert json.loads(CallSchema(calls.unannotated).schema_json)["properties"] == {
        "a": {},
        "b": {"default": 2},
        "rest": {"type": "array"},
        "more": {"type": "object"},
    }
    assert json.loads(CallSchema(calls.wire).result_schema_json) == {"type": "string"}
    assert CallSchema(calls.unannotated).result_schema_json == "{}"


def test_definitions_are_shared_and_bounds_kept() -> None:
    schema = json.loads(CallSchema(calls.every).schema_json)
    assert {"Address", "Colour", "Level", "Line", "Options", "Point"} <= schema["$defs"].keys()
    assert schema["properties"]["line"] == {"$ref": "#/$defs/Line"}
    bounded = json.loads(CallSchema(calls.bounded).schema_json)["properties"]
    assert bounded["amount"] == {"type": "string", "format": "decimal", "exclusiveMinimum": 0, "maximum": 500}
    assert bounded["count"] == {"type": "integer", "minimum": 1, "maximum": 10, "default": 1}
    assert "maximum" not in bounded["ratio"]


def test_a_default_that_json_cannot_hold_is_refused_when_it_is_used() -> None:
    def function(x: int, y: Any = calls.Identity, options: calls.Defaults | None = None) -> None: ...

    schema = CallSchema(function)
    assert "default" not in json.loads(schema.schema_json)["properties"]["y"]
    assert schema.dump((1, 2), {}) == {"x": 1, "y": 2, "options": None}
    with pytest.raises(NotSerialisable, match="'y'"):
        schema.dump((1,), {})


def test_a_type_that_no_schema_describes_is_refused_by_name() -> None:
    def function(x: int, done: Callable[[], None]) -> None: ...

    with pytest.raises(NotSerialisable, match="describes argument 'done' of"):
        _ = CallSchema(function).schema_json


def test_containers_of_other_kinds_come_back() -> None:
    def function(x: deque[float], y: dict[str, float]) -> None: ...

    args = (deque([1e300, 1e17]), {"a": 1e17})
    assert round_trip(function, *args) == (args, {})
    assert CallSchema(function).dump(args, {}) == {"x": ["1e+300", "1e+17"], "y": {"a": "1e+17"}}


def test_local_parameters_with_a_default_need_not_be_handed_in() -> None:
    def function(x: int, connection: Local[object] = "default", *rest: Local[int]) -> None: ...

    schema = CallSchema(function)
    assert schema.dump((1, object(), 2), {}) == {"x": 1}
    assert schema.load({"x": 1}) == ((1, "default"), {})


def test_the_digest_is_of_the_schema() -> None:
    first, second = CallSchema(calls.wire).digest, CallSchema(calls.wire).digest
    assert first == second
    assert first.startswith("sha256:")
    assert first != CallSchema(calls.every).digest
    assert canonical(parse(CallSchema(calls.every).schema_json)) == CallSchema(calls.every).schema_json


def test_pydantic_and_jsonschema_are_not_loaded_before_they_are_needed() -> None:
    script = (
        "import sys; from handrail.action import digest\n"
        "from handrail.codec import canonical, edits, schema\n"
        "schema.CallSchema(lambda a: a).dump((1,), {})\n"
        "sys.exit(bool({'pydantic', 'jsonschema', 'referencing'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
